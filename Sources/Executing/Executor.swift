import Journaling
import Listings
import Marketplaces
import Planning

/// Performs plans: one operation per post at a time, as many at once on each account as its concurrency allows, sold
/// withdrawals first. An account that must stop stops alone; a journal that can't be written stops everything.
///
/// A plan that is submitted replaces what waits; what is in flight finishes and is recorded.
package actor Executor {
  package struct Account: Sendable {
    package var name: String
    package var marketplace: any Marketplace
    package var pace: Pace
    package var concurrency: Int

    package init(name: String, marketplace: any Marketplace, pace: Pace, concurrency: Int) {
      self.name = name
      self.marketplace = marketplace
      self.pace = pace
      self.concurrency = concurrency
    }
  }

  var lanes: [String: Lane] = [:]
  private var accounts: [String: Account] = [:]
  let journal: Journal
  private let claims: Claims
  let ambient: Ambient
  let absenceAfter: Duration
  let tell: @Sendable (ExecutionEvent) -> Void
  private var tasks: [PostKey: Task<Void, Never>] = [:]
  var lastLookups: [PostKey: LookupSchedule.Asked] = [:]
  var unanswered: Unanswered
  private let startedAt: (wall: Timestamp, uptime: Duration)
  /// Listings that were sold, with the journal's sequence by then.
  private var sold: [String: Int] = [:]
  /// Posts that a plan wanted to change while they were in flight.
  var overtaken: Set<PostKey> = []
  var troubles = Troubles()
  /// Accounts that are being swept for trouble of these times, and late enough for that to be all.
  var sweeping: [String: Timestamp] = [:]
  private var begun = Begun()
  var waiting = Waiting()
  private var journalFailure: JournalError?
  private var isStopping = false
  private var isRecording = false

  package init(
    accounts: [Account], journal: Journal, ambient: Ambient, absenceAfter: Duration,
    tell: @escaping @Sendable (ExecutionEvent) -> Void
  ) {
    self.journal = journal
    claims = Claims(journal)
    self.ambient = ambient
    self.absenceAfter = absenceAfter
    self.tell = tell
    startedAt = (ambient.now(), ambient.uptime())
    let (ledger, unswept) = (journal.ledger, journal.unswept)
    unanswered = Unanswered(ledger, startedAt: startedAt)
    for account in accounts {
      self.accounts[account.name] = account
      lanes[account.name] = Lane(account: account.name, concurrency: account.concurrency)
      guard let moment = unswept[account.name] else { continue }
      troubles.note(account.name, at: startedAt.uptime - max(.zero, startedAt.wall.duration(since: moment)))
    }
    for record in ledger.records.values {
      for failure in [record.failure, record.leftover?.failure] {
        guard let failure, failure.code == "throttled", let until = failure.retryAt, until > startedAt.wall
        else { continue }
        // The marketplace said so to an earlier life, and means the whole account.
        self.accounts[record.key.account]?.pace.pause(until: until)
        lanes[record.key.account]?.rest(until: until)
      }
    }
  }

  /// Records the plan's facts and starts what it allows. Replaces what waits.
  package func submit(_ plan: Plan) async throws(JournalError) {
    try requireJournal()
    if hasStrays(plan) { return }
    try await record(plan.bookkeeping.map(Entry.init))
    guard !isStopping, !hasStrays(plan) else { return }
    // A plan that was made before a sale knows nothing of it: what it wants of that listing waits for the next one.
    sold = sold.filter { $0.value > plan.sequence }
    let known = plan.executable.filter { sold[$0.key.listing] == nil }
    let byAccount = Dictionary(grouping: known, by: \.key.account)
    for name in lanes.keys {
      let sales = lanes[name]?.waiting.filter { $0.isSale && sold[$0.key.listing] != nil } ?? []
      overtaken.formUnion(lanes[name]?.submit(sales + (byAccount[name] ?? [])) ?? [])
    }
    expect(plan)
    pump()
  }

  /// What was begun since the plan was made may be what it would make again. Then nothing of it is done but that nothing of
  /// the last one starts any more: the next one knows.
  private func hasStrays(_ plan: Plan) -> Bool {
    let strays = begun.unforeseen(by: plan)
    guard !strays.isEmpty else { return false }
    for name in lanes.keys {
      let sales = lanes[name]?.waiting.filter(\.isSale) ?? []
      overtaken.formUnion(lanes[name]?.submit(Array(sales)) ?? [])
    }
    for key in strays.sorted() { tell(.overtaken(key)) }
    pump()
    return true
  }

  /// Meanwhile nothing of the last plan starts: of a post that gets another id it would be lost sight of.
  private func record(_ facts: [Entry]) async throws(JournalError) {
    CrashPoint.reach("facts-before")
    isRecording = true
    defer { isRecording = false }
    if !facts.isEmpty { try await journal.append(facts) }
    CrashPoint.reach("facts-recorded")
  }

  /// The plan is to be made again when these have ended; those that have since, now.
  private func expect(_ plan: Plan) {
    for key in plan.awaited.sorted() {
      if lanes[key.account]?.inFlight.contains(key) == true { overtaken.insert(key) } else { tell(.overtaken(key)) }
    }
  }

  /// Starts a plan of a few posts beside what is in flight. False, and nothing is done, where something waits: a plan
  /// replaces that as a whole.
  package func begin(_ plan: Plan) -> Bool {
    let actions = plan.executable
    guard !isStopping, journalFailure == nil, lanes.values.allSatisfy(\.waiting.isEmpty),
      actions.allSatisfy({ sold[$0.key.listing] == nil && tasks[$0.key] == nil })
    else { return false }
    for (account, actions) in Dictionary(grouping: actions, by: \.key.account) { _ = lanes[account]?.submit(actions) }
    pump()
    return true
  }

  /// Starts withdrawals of what was sold ahead of what waits, without waiting for a whole plan. A post that is in flight
  /// is planned again when that has ended.
  ///
  /// What waits for the listings that were sold does not start any more: the next plan knows better.
  package func expedite(_ sales: [Action], of listings: Set<String>) {
    guard !isStopping, journalFailure == nil else { return }
    let sequence = journal.ledger.sequence
    for listing in listings { sold[listing] = sequence }
    let byAccount = Dictionary(grouping: sales, by: \.key.account)
    for name in lanes.keys { overtaken.formUnion(lanes[name]?.expedite(byAccount[name] ?? [], of: listings) ?? []) }
    pump()
  }

  /// Whether something of the account's waits for its turn.
  package func hasWaiting(_ account: String) -> Bool { lanes[account]?.waiting.isEmpty == false }

  /// Returns when nothing is in flight and nothing may start now, with the next moment at which something may.
  package func settle() async throws(JournalError) -> Timestamp? {
    while !tasks.isEmpty { await withCheckedContinuation { waiting.add($0) } }
    try requireJournal()
    return nextDue
  }

  /// Like `settle`, but returns already when `moment` has come, or the time of a retry that was recorded meanwhile: one
  /// request that hangs must not keep the others from being tried again.
  package func rest(by moment: Timestamp?) async throws(JournalError) -> Timestamp? {
    if tasks.isEmpty { return try await settle() }
    if let moment { ring(at: moment) }
    await withCheckedContinuation { waiting.add($0) }
    waiting.hush()
    try requireJournal()
    return nextDue
  }

  func ring(at moment: Timestamp) { waiting.ring(at: moment, ambient) { await self.wake() } }

  private func wake() { waiting.wake() }

  /// Starts what has come due since.
  package func resume() { pump() }

  /// Posts with a request under way.
  package var inFlight: Set<PostKey> { Set(tasks.keys) }

  /// What is on its way: a plan is to know of it.
  package var underWay: UnderWay {
    let keys = lanes.values.reduce(into: Set<PostKey>()) { $0.formUnion($1.inFlight) }
    let makes = lanes.values.reduce(into: [PostKey: Content]()) { $0.merge($1.makes) { first, _ in first } }
    return UnderWay(keys, makes: makes, begun: begun.count)
  }

  /// Whether something is in flight.
  package var isBusy: Bool { !tasks.isEmpty }

  package var isStopped: Bool { isStopping }

  /// Accounts that stopped, with why.
  package var stops: [String: Failure] { lanes.compactMapValues(\.stop) }

  /// Accounts on which nothing may start yet, with the moment at which it may.
  package var rests: [String: Timestamp] {
    let now = ambient.now()
    return lanes.compactMapValues { $0.rest(at: now) }
  }

  /// Lets accounts that had stopped try again: after a new token, or a changed config.
  package func retryStopped() {
    for name in lanes.keys { lanes[name]?.resume() }
  }

  /// What was submitted and never started.
  package var unstarted: [Action] { lanes.values.flatMap(\.waiting) }

  /// Goes on where `last`, of the same program, stopped: only its own time tells how long an answer has been missing when
  /// the wall clock was put forward meanwhile; and it knew where a second post may be.
  package func takeOver(from last: Executor) async {
    let (open, earlier, paces) = await (last.unanswered, last.troubles, last.accounts.mapValues(\.pace))
    // Told to wait, it still has to.
    for (name, pace) in paces { if let until = pace.pausedUntil { accounts[name]?.pace.pause(until: until) } }
    unanswered.takeOver(from: open)
    troubles.takeOver(from: earlier, of: accounts.keys)
  }

  /// Starts nothing more; what runs may finish within `grace`, then it is cancelled and recorded for what it then is.
  package func stop(grace: Duration) async {
    isStopping = true
    for account in accounts.values { account.pace.close() }
    let running = Array(tasks.values)
    let limit = Task(executorPreference: ambient.executor) { [ambient] in
      do throws(CancellationError) { try await ambient.sleep(grace) } catch { return }
      for task in running { task.cancel() }
    }
    for task in running { await task.value }
    limit.cancel()
  }

  /// Keeps everything else from the post until `release`; false when something of it is in flight, or hawker stops. What a
  /// plan or a sale wants of it meanwhile is planned again then.
  func claim(_ key: PostKey) -> Bool {
    guard !isStopping, journalFailure == nil else { return false }
    return lanes[key.account]?.claim(key) ?? false
  }

  private func requireJournal() throws(JournalError) {
    if let journalFailure { throw journalFailure }
  }

  /// The next moment at which something that waits may start.
  package var nextDue: Timestamp? {
    let now = ambient.now()
    return lanes.values.compactMap { $0.due(at: now) }.min()
  }

  private func pump() {
    guard !isStopping, journalFailure == nil else { return }
    for name in lanes.keys.sorted() {
      while !isRecording || lanes[name]?.waiting.first?.isSale == true,
        case .start(let action)? = lanes[name]?.next(at: ambient.now())
      {
        if journal.isCurrent(action, at: ambient.now()) { start(action) } else { skip(action) }
      }
    }
  }

  private func skip(_ action: Action) {
    lanes[action.key.account]?.finished(action.key)
    tell(journal.hasSeenDone(action) ? .foundDone(action.key) : .overtaken(action.key))
  }

  private func start(_ action: Action) {
    guard let account = accounts[action.key.account] else { return }
    let performer = Performer(
      marketplace: account.marketplace, journal: journal, claims: claims, pace: account.pace, ambient: ambient)
    let schedule =
      action.kind == .resolve
      ? unanswered.schedule(
        for: action.record, ambient, absenceAfter: absenceAfter, last: lastLookups[action.key]) : nil
    begun.note(action)
    tell(.started(action))
    // Its intent is on the way to the journal before this returns: no thread has to wake for that. It may even have ended.
    let place = Task<Void, Never> {}
    tasks[action.key] = place
    let task = Task.immediate(executorPreference: ambient.executor) {
      await self.carryOut(action, performer, schedule)
    }
    if tasks[action.key] == place { tasks[action.key] = task }
  }

  private func carryOut(_ action: Action, _ performer: Performer, _ schedule: LookupSchedule?) async {
    do throws(JournalError) {
      finished(action, try await performer.perform(action, schedule))
    } catch {
      guard case .tooLong = error else { return broke(action, error) }
      finished(action, Performer.Attempt(unrecordable: action, error, until: ambient.now().advanced(by: .seconds(900))))
    }
  }

  /// The journal can't be trusted any more: nothing is sent from here on.
  private func broke(_ action: Action, _ error: JournalError) {
    journalFailure = journalFailure ?? error
    release(action.key)
  }

  func release(_ key: PostKey) {
    let wasInFlight = tasks.removeValue(forKey: key) != nil
    lanes[key.account]?.finished(key)
    pump()
    if overtaken.remove(key) != nil { tell(.overtaken(key)) }
    guard wasInFlight, tasks.isEmpty else { return }
    tell(.idle)
    wake()
  }
}
