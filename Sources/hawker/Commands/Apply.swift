import ArgumentParser
import Executing
import Journaling
import Listings
import Loading
import Marketplaces
import Planning
import Reconciling
import UnixSignals

struct Apply: AsyncParsableCommand, Formatted {
  static let configuration = CommandConfiguration(
    commandName: "apply", abstract: "Plans, shows the plan, asks, and does it.",
    discussion: "Without a terminal to ask on, --yes is needed.")

  @OptionGroup var global: GlobalOptions
  @OptionGroup var selection: SelectionOptions

  @Flag(help: "Against the built-in sandbox: no account, no credentials.")
  var sandbox = false

  @Option(help: "How the result is written.")
  var format: Format = .text

  @Flag(help: "Doesn't ask.")
  var yes = false

  @Option(help: "Applies exactly this saved plan, or refuses (exit 3).")
  var plan: String?

  @Option(help: "Lifts the withdrawal guards when exactly this many withdrawals are held.")
  var allowWithdraw: Int?

  @Flag(help: "Reads the live copies first, and puts back what was changed there.")
  var enforce = false

  @Option(help: "How long after the last progress to wait for a marketplace.")
  var wait = DurationArgument(.seconds(180))

  @Flag(help: "Doesn't wait: what can't be settled now is left uncertain.")
  var noWait = false

  @Flag(help: "Reads every listing file anew.")
  var noCache = false

  func validate() throws {
    guard yes || Console.isInputTerminal else {
      throw ValidationError("there is no terminal to ask on; give --yes to apply without asking")
    }
    if let allowWithdraw, allowWithdraw < 1 { throw ValidationError("--allow-withdraw takes a number from 1") }
  }

  func run() async throws { try await run(givesGrace: false) }

  /// `givesGrace`: no person sees the plan (`run --once`), so what vanished has its grace.
  func run(givesGrace: Bool) async throws {
    let setting = try Setting.read(global, sandbox: sandbox)
    let saved = try plan.map(SavedPlan.read)
    var chosen = selection.selection(allowing: allowWithdraw)
    (chosen.enforces, chosen.givesGrace) = (enforce, givesGrace)
    if let saved { chosen = try saved.selection(given: chosen) }
    let opened = try await OpenShop.open(setting)
    let outcome: Result<Set<ExitCode>, any Error>
    do {
      outcome = .success(try await apply(opened, chosen, saved))
    } catch {
      outcome = .failure(error)
    }
    let lost = await opened.close()
    let codes = try outcome.get()
    if let lost { throw Exit(lost) }
    try Exit.finish(codes)
  }

  private func apply(_ opened: OpenShop, _ chosen: Selection, _ saved: SavedPlan?) async throws -> Set<ExitCode> {
    try saved?.refuseOtherJournal(opened.shop.journal.ledger)
    var loader = Loader(opened.shop.loaded, options: opened.shop.options)
    if !noCache { loader.cache = opened.shop.earlier() }
    let wanted = await loader.scanConcurrently()
    opened.shop.scanned(wanted)
    try KnownNames(config: opened.shop.config, wanted: wanted, ledger: opened.shop.journal.ledger).check(chosen)
    var looked: [MarketplaceFailure]?
    if enforce || saved?.choice.isRefreshed == true, wanted.root == .seen {
      try mark(opened, wanted)
      looked = await opened.shop.refresh(wanted, only: chosen.account)
    }
    if let saved {
      try saved.refuseOther(opened.shop.plan(wanted, mode: .once, selection: chosen.bare), looked: looked)
    }
    let mode: PlanInput.Mode = chosen.givesGrace ? .continuous : .once
    let plan = opened.shop.plan(wanted, mode: mode, selection: chosen).with(opened.shop.loaded.problems)
    let codes = try await carryOut(plan, wanted, opened, chosen)
    return codes.union(LiveCopies.codes(looked ?? []))
  }

  /// Shows it, asks, and does it.
  private func carryOut(
    _ plan: Plan, _ wanted: Wanted, _ opened: OpenShop, _ chosen: Selection
  ) async throws -> Set<ExitCode> {
    show(plan)
    try refuseWrongNumber(plan)
    // After a crash, or other trouble, there may be something to sweep up all the same.
    if !plan.hasChanges, !opened.shop.isUnswept {
      if format == .json { Console.out(ResultJSON.render(plan.heldResults, of: plan)) }
      try await settleFacts(plan, wanted, opened)
      return plan.exitCodes
    }
    if plan.hasChanges, !yes, !Console.confirms("Apply?") { throw Exit(.done, "nothing was done") }
    return try await execute(plan, wanted, opened, chosen)
  }

  /// With --format json standard output is the result's alone; who is asked sees the plan all the same.
  private func show(_ plan: Plan) {
    switch format {
    case .text: Console.out(PlanText(isColoured: global.isColoured).render(plan))
    case .json where !yes && plan.hasChanges:
      Console.raw(PlanText(isColoured: global.color.applies(to: Console.isErrorTerminal)).render(plan))
    case .json: break
    }
  }

  /// A number that isn't the number held lifts nothing.
  private func refuseWrongNumber(_ plan: Plan) throws {
    guard let allowWithdraw, allowWithdraw != plan.heldWithdrawals else { return }
    Console.error(
      plan.heldWithdrawals == 0
        ? "--allow-withdraw \(allowWithdraw) was not needed: no guard holds a withdrawal"
        : "--allow-withdraw \(allowWithdraw) lifts nothing: \(plan.heldWithdrawals) withdrawals are held")
  }

  /// Even a plan without a request may have facts to record: the root's mark, a moved file.
  private func settleFacts(_ plan: Plan, _ wanted: Wanted, _ opened: OpenShop) async throws {
    guard wanted.root == .seen else { return }
    try mark(opened, wanted)
    do throws(JournalError) {
      try await opened.shop.executor { _ in }.submit(plan)
    } catch {
      throw Exit(error)
    }
  }

  private func mark(_ opened: OpenShop, _ wanted: Wanted) throws {
    if let failure = Lineage.mark(opened.shop) { throw Exit(.person, failure) }
    Lineage.advance(opened.shop, disks: wanted.disks)
  }

  private func execute(
    _ plan: Plan, _ wanted: Wanted, _ opened: OpenShop, _ selection: Selection
  ) async throws -> Set<ExitCode> {
    try mark(opened, wanted)
    let log = ResultLog()
    let progress = Progress(
      total: plan.executable.count, isBar: Console.isErrorTerminal, tellsStops: format == .json)
    let executor = opened.shop.executor { event in
      log.note(event)
      progress.note(event)
    }
    let signals = Task {
      for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) {
        Console.note("hawker: stopping: what runs may finish (10 s), nothing new starts")
        await executor.stop(grace: .seconds(10))
      }
    }
    defer { signals.cancel() }
    let pass = Pass(
      opened.shop, executor: executor, log: log, patience: noWait ? .zero : wait.duration, tell: progress.note)
    let results: [ActionResult]
    do throws(JournalError) {
      results = try await pass.run(plan, wanted: wanted, selection: selection)
    } catch {
      progress.end()
      throw Exit(error)
    }
    progress.end()
    report(results, plan, stops: log.stops)
    return codes(results, plan, stopped: !log.stops.isEmpty)
  }

  private func report(_ results: [ActionResult], _ plan: Plan, stops: [String: Failure]) {
    switch format {
    case .json: Console.out(ResultJSON.render(results, of: plan))
    case .text: Console.out(ResultText.render(results, stops: stops, isColoured: global.isColoured))
    }
  }

  private func codes(_ results: [ActionResult], _ plan: Plan, stopped: Bool) -> Set<ExitCode> {
    var codes = plan.exitCodes
    if stopped { codes.insert(.connect) }
    let isUnfinished = results.contains { result in
      switch result.kind {
      case .uncertain: true
      case .failed: result.failure?.code != "unauthorized"
      case .skipped: !stopped
      case .done, .held: false
      }
    }
    if isUnfinished { codes.insert(.failed) }
    return codes
  }
}

extension Selection {
  /// Without what only `apply` can let through: what `plan` makes.
  fileprivate var bare: Selection { Selection(listings: listings, account: account) }
}

/// `300ms`, `10s`, `10m`, `6h`, `2d`.
struct DurationArgument: ExpressibleByArgument, CustomStringConvertible {
  let duration: Duration

  init(_ duration: Duration) { self.duration = duration }

  init?(argument: String) {
    guard let duration = DurationText.parse(argument) else { return nil }
    self.duration = duration
  }

  var description: String { DurationText.render(duration) }
  var defaultValueDescription: String { description }
}
