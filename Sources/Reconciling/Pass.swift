import Executing
import Journaling
import Listings
import Marketplaces
import Planning

/// One plan, carried out to its end: what fails is planned again while something can still be done, duplicates that
/// trouble may have left are swept up, and every action's result is told. `apply` is one pass.
package struct Pass: Sendable {
  private let shop: Shop
  private let executor: Executor
  private let log: ResultLog
  /// How long after its last progress a pass still waits for a marketplace; zero: not at all.
  private let patience: Duration
  private let tell: @Sendable (ExecutionEvent) -> Void

  package init(
    _ shop: Shop, executor: Executor, log: ResultLog, patience: Duration,
    tell: @escaping @Sendable (ExecutionEvent) -> Void = { _ in }
  ) {
    self.shop = shop
    self.executor = executor
    self.log = log
    self.patience = patience
    self.tell = tell
  }

  /// Returns the results in the order of the first plan: the held and the skipped ones too.
  package func run(_ plan: Plan, wanted: Wanted, selection: Selection) async throws(JournalError) -> [ActionResult] {
    var current = plan
    let heldBack = HeldBack(plan)
    var lastProgress = shop.ambient.uptime()
    while true {
      let before = (moves: log.started + log.overtaken, done: log.done)
      CrashPoint.reach("plan-made")
      try await executor.submit(current)
      CrashPoint.reach("plan-submitted")
      let due = try await executor.rest(by: earliestRetry(current))
      if log.done > before.done { lastProgress = shop.ambient.uptime() }
      if await executor.isStopped { break }
      current = await replan(wanted, selection, heldBack: heldBack)
      // What starts and gets nowhere, such as what a marketplace refuses as too fast, is no progress.
      if log.done == before.done, shop.ambient.uptime() - lastProgress > patience { break }
      if await executor.isBusy { continue }
      // What a request that ended meanwhile made stale was not started, and is planned again.
      if log.started + log.overtaken > before.moves, !current.executable.isEmpty { continue }
      guard let moment = [due, earliestRetry(current)].compactMap({ $0 }).min(),
        await sleep(until: moment, since: lastProgress)
      else { break }
      current = await replan(wanted, selection, heldBack: heldBack)
    }
    _ = try await executor.settle()
    // Who has nothing to do waits for no marketplace that is down: the next one looks again.
    try await sweep(until: plan.executable.isEmpty ? lastProgress : lastProgress + patience)
    return results(of: plan, as: await replan(wanted, selection, heldBack: heldBack), await executor.rests)
  }

  /// As the daemon would go on, but, of an `apply`, without its grace: a person has seen this plan. What
  /// `--allow-withdraw` let through is in the journal by now, as permits. What a guard held there stays held to the end,
  /// even when the others' going would let it pass: it was shown as held. Nor does what an adoption found there follow at
  /// once: nobody has seen that yet.
  private func replan(_ wanted: Wanted, _ selection: Selection, heldBack: HeldBack) async -> Plan {
    var selection = selection
    selection.allowedWithdrawals = nil
    var plan = shop.plan(
      wanted, mode: selection.givesGrace ? .continuous : .retrying, selection: selection,
      underWay: await executor.underWay)
    plan.actions.removeAll { $0.hold == nil && heldBack.covers($0) }
    return plan
  }

  private func earliestRetry(_ plan: Plan) -> Timestamp? {
    plan.actions.compactMap { $0.hold?.by == .retry ? $0.hold?.until : nil }.min()
  }

  /// False when the moment is past the patience, or the pass was stopped meanwhile.
  private func sleep(until moment: Timestamp, since lastProgress: Duration) async -> Bool {
    let pause = max(.milliseconds(1), moment.duration(since: shop.ambient.now()))
    guard shop.ambient.uptime() + pause - lastProgress <= patience else { return false }
    do throws(CancellationError) { try await shop.ambient.sleep(pause) } catch { return false }
    return await !executor.isStopped
  }

  private func sweep(until end: Duration) async throws(JournalError) {
    guard await !executor.isStopped else { return }
    let troubled = await executor.takeTroubled()
    for account in shop.accounts where troubled.contains(account.name) && log.stops[account.name] == nil {
      let sweep = Sweep(account, journal: shop.journal, ambient: shop.ambient)
      guard let found = await sweep.find(within: max(.zero, end - shop.ambient.uptime())) else { continue }
      let (results, isWhole) = try await sweep.remove(found, claiming: executor)
      for result in results { tell(.duplicate(result.action.key, removed: result.action.remoteID ?? "")) }
      if isWhole { await executor.swept(account.name) }
    }
  }

  /// `last` is what is left to do: of what a person must settle it says how, and why more was not started. `rests`:
  /// accounts that wait, until when.
  private func results(of plan: Plan, as last: Plan, _ rests: [String: Timestamp]) -> [ActionResult] {
    let held = last.actions.lazy.filter { $0.hold?.by.needsPerson == true }.map { ($0.key, $0) }
    let holds = Dictionary(held) { first, _ in first }
    let actions = plan.actions.filter { $0.kind != .unchanged }
    let counts = Dictionary(actions.map { ($0.key, 1) }, uniquingKeysWith: +)
    return actions.map { action in
      if let result = log.result(of: action, isOnly: counts[action.key] == 1) {
        var told = result
        told.action = action
        if told.kind == .uncertain, let hold = holds[action.key]?.hold, hold.by == .unsettled {
          told.failure?.message = hold.text
        }
        return told
      }
      if var held = ActionResult(held: action) ?? holds[action.key].flatMap({ ActionResult(held: $0) }) {
        held.action = action
        return held
      }
      return unstarted(action, rests[action.key.account])
    }
  }
}

extension Pass {
  private func unstarted(_ action: Action, _ rest: Timestamp?) -> ActionResult {
    let account = action.key.account
    let waits = rest.map { "not started: \(account) waits until \($0)" }
    let why = log.stops[account]?.message ?? waits ?? "not started"
    let failure = Failure(code: "skipped", message: why, retryAt: log.stops[account] == nil ? rest : nil)
    return ActionResult(action, .skipped, failure: failure, retryAt: failure.retryAt)
  }
}

/// What a first plan keeps from those that follow in the same pass.
private struct HeldBack {
  private let held: Set<PostKey>
  private let adopted: Set<PostKey>

  init(_ plan: Plan) {
    held = Set(plan.actions.filter { $0.hold?.by.needsPerson == true }.map(\.key))
    adopted = Set(plan.actions.filter { $0.kind == .adopt }.map(\.key))
  }

  func covers(_ action: Action) -> Bool {
    held.contains(action.key) || action.kind != .adopt && adopted.contains(action.key)
  }
}

extension ActionResult {
  /// What becomes of an action that is held; nil when it isn't.
  fileprivate init?(held action: Action) {
    guard let hold = action.hold else { return nil }
    self.init(action, .held, failure: Failure(code: hold.by.rawValue, message: hold.text))
  }
}

extension Plan {
  /// The results of a plan with nothing to do.
  package var heldResults: [ActionResult] { actions.compactMap { ActionResult(held: $0) } }
}
