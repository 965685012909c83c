import Executing
import Journaling
import Listings
import Loading
import Marketplaces
import Planning
import Support
import Synchronization

@testable import Reconciling

/// A history being played: hawker's lives one after another, in a world that goes wrong as it is told.
struct Play {
  let setup: Setup
  let time: VirtualTime
  let witness: Witness
  let disk = CrashDisk()
  let inspector: Inspector
  let ambient: Ambient
  let wallOffset: Wall
  var random: SeededRandom
  var markets: [String: Market] = [:]
  var shelf: Shelf
  var config: Config
  var rules: PlanRules

  var life: Life
  var journal: Journal!
  var executor: Executor!
  var shop: Shop!

  var wanted = Wanted()
  var scanned: (at: Timestamp, uptime: Duration)?
  var isDirty = true
  /// When the wall clock was put forward or back last.
  var putAt: Duration?
  /// What looks and listens beside the loop, as the daemon's.
  var senses: Senses!
  /// What the marketplaces still have to tell, and what buyers took.
  var mail: [Letter] = []
  var buys: [Buy] = []
  private(set) var lives = 0
  /// Posts that were to be forgotten when the program died: only the next life's journal tells whether they are.
  private var doubtful: [PostKey] = []
  private var graceEnd: Timestamp?

  /// The wall clock, which may be put forward and back.
  final class Wall: Sendable {
    private let milliseconds = Mutex<(now: Int64, most: Int64)>((0, 0))
    var now: Duration { .milliseconds(milliseconds.withLock(\.now)) }
    func put(by seconds: Int64) {
      milliseconds.withLock { $0 = ($0.now + seconds * 1000, max($0.most, $0.now + seconds * 1000)) }
    }
    /// As far on as it ever was: nothing that was recorded is still to come.
    func mend() { milliseconds.withLock { $0.now = $0.most } }
  }

  init(_ setup: Setup, _ time: VirtualTime, _ witness: Witness) {
    let wall = Wall()
    var ambient = time.ambient
    let now = ambient.now
    ambient.now = { now().advanced(by: wall.now) }
    (self.setup, self.time, self.witness, self.ambient, wallOffset) = (setup, time, witness, ambient, wall)
    random = SeededRandom(seed: setup.seed)
    inspector = Inspector(witness)
    (shelf, config, rules) = (setup.shelf, setup.config(), PlanRules())
    life = Life(disk, ambient)
    for account in setup.accounts {
      markets[account.name] = Market(account.name, account, (time, ambient.now), witness)
    }
  }

  var now: Timestamp { ambient.now() }
  var isQuiet: Bool { witness.accusations.isEmpty }
  var enabled: Set<String> { Set(config.accounts.filter(\.isEnabled).map(\.name)) }

  // MARK: Lives

  mutating func boot() async {
    // Across lives only the wall clock tells how long an answer has been missing: one that was just put forward lies.
    if let putAt, time.elapsed - putAt < .seconds(200) { try? await time.sleep(.seconds(200)) }
    for _ in 0..<50 {
      let mount = disk.reboot(&random)
      life = Life(disk, ambient)
      let setting = JournalSetting(
        program: "model", now: ambient.now, disk: mount,
        limits: SegmentLimits(bytes: 1 << 20, entries: 50, headroom: 4000))
      do throws(JournalError) {
        let journal = try Journal.open("/state", setting)
        time.waits { !journal.isIdle }
        disk.opened()
        learnWhatWasForgotten()
        (self.journal, senses) = (journal, nil)
        return await employ()
      } catch {
        if !disk.isDown { return witness.accuse("the journal does not open: \(error.message)") }
      }
    }
  }

  /// A new executor for the config as it is now.
  mutating func employ(_ log: ResultLog? = nil, after last: Executor? = nil) async {
    let accounts = config.accounts.filter(\.isEnabled).compactMap { account -> Executor.Account? in
      guard let market = markets[account.name] else { return nil }
      let link = Link(market, life)
      return Executor.Account(
        name: account.name, marketplace: link, pace: link.pace, concurrency: market.setup.concurrency)
    }
    let capabilities = Dictionary(setup.accounts.map { ($0.marketplace, $0.capabilities) }) { first, _ in first }
    shop = Shop(
      loaded: LoadedConfig(config: config), options: LoadingOptions(capabilities: capabilities), accounts: accounts,
      journal: journal, ambient: ambient, markFolder: nil)
    inspector.reset()
    rules.waiting = [:]
    let (index, hints) = (senses?.index ?? PostIndex(), senses?.hints ?? Hints())
    executor = shop.executor { [inspector] event in
      inspector.note(event)
      log?.note(event)
      let early = index.hear(event)
      if !early.isEmpty { hints.add { $0.early += early } }
    }
    if let last { await executor.takeOver(from: last) }
    if senses == nil {
      lives += 1
      senses = Senses(Intake.Scene(shop: shop, executor: executor), index, hints)
    }
    await senses.see(scene)
    expectSales()
  }

  /// The program is gone; what was on its way may arrive or not; some time later it starts again.
  mutating func die() async {
    life.end()
    witness.count("crash")
    await senses?.stop()
    await executor.stop(grace: .zero)
    await journal.close()
    try? await time.sleep(.milliseconds(Int64.random(in: 0...200_000, using: &random)))
    await boot()
  }

  /// Ends in order and starts again.
  mutating func restart() async {
    await senses.stop()
    await executor.stop(grace: .seconds(10))
    await journal.close()
    await boot()
  }

  mutating func reconfigure(_ change: (inout Config) -> Void) async {
    change(&config)
    await executor.stop(grace: .seconds(10))
    await senses.stop()
    if life.isOver { return await die() }
    await employ(after: executor)
    isDirty = true
  }

  // MARK: The daemon

  mutating func look() async {
    scanned = (now, time.elapsed)
    wanted = shelf.scan(enabled)
    rules.looked(shelf, at: now)
    isDirty = false
    await senses?.see(scene)
    expectSales()
  }

  /// The daemon for so long, as `Reconciler` does it; at least one look.
  mutating func live(_ duration: Duration) async {
    let end = time.elapsed + duration
    for _ in 0..<20_000 {
      if !isQuiet { return }
      do throws(JournalError) {
        if life.isOver { await die() }
        if journal == nil || shop == nil { return }
        let moment = try await round()
        guard time.elapsed < end else { return }
        try await rest(until: moment, end)
      } catch {
        if !life.isOver { return witness.accuse("the journal failed by itself: \(error.message)") }
        await die()
      }
    }
    witness.accuse("the loop spins")
  }

  /// Looks, plans and submits; gives the next moment at which something is due.
  private mutating func round() async throws(JournalError) -> Timestamp? {
    await readMail()
    await senses.hear()
    let isOld = scanned.map { time.elapsed - $0.uptime >= .seconds(60) } ?? true
    if isDirty || isOld || graceEnd.map({ $0 <= now }) == true { await look() }
    let plan = shop.plan(wanted, mode: .continuous, scannedAt: scanned?.at, underWay: await executor.underWay)
    rules.check(plan, self, .daemon)
    inspector.offer(plan, besides: await executor.inFlight)
    try await executor.submit(plan)
    inspector.arrived()
    try await sweep(plan)
    senses.lookAround(shop, executor)
    let holds = plan.actions.compactMap { $0.hold?.until }
    // An absence is believed after another look, not after the time alone.
    graceEnd = plan.actions.compactMap { $0.hold?.by == .grace ? $0.hold?.until : nil }.min()
    return (holds + [await executor.nextDue].compactMap { $0 }).min()
  }

  private mutating func sweep(_ plan: Plan) async throws(JournalError) {
    guard await !executor.isBusy, !plan.actions.contains(where: { $0.kind == .resolve && $0.hold == nil }) else {
      return
    }
    let troubled = await executor.takeTroubled(after: config.sync.absenceAfter)
    for account in shop.accounts where troubled.contains(account.name) {
      let sweep = Sweep(account, journal: journal, ambient: ambient)
      guard let copies = await sweep.find(within: .zero) else {
        await executor.stillTroubled(account.name)
        continue
      }
      let (results, isWhole) = try await sweep.remove(copies, claiming: executor)
      witness.count("swept", results.count)
      if isWhole { await executor.swept(account.name) }
    }
  }

  private mutating func rest(until moment: Timestamp?, _ end: Duration) async throws(JournalError) {
    let left = min(end - time.elapsed, .seconds(1800))
    let due = moment.map { max(.milliseconds(1), $0.duration(since: now)) } ?? left
    let pause = min(left, due, senses.pause(shop) ?? left, nextMail ?? left)
    if await executor.isBusy {
      _ = try await executor.rest(by: now.advanced(by: max(pause, .milliseconds(1))))
    } else {
      try? await time.sleep(max(pause, .milliseconds(1)))
    }
  }

  // MARK: The seller

  @discardableResult
  mutating func decide(_ decision: Decision) async -> Bool {
    await look()
    let ruling = Deciding(shop, wanted, underWay: await executor.underWay).rule(decision)
    witness.count("\(String(describing: decision).prefix(while: { $0 != "(" })) \(ruling.answer.code.rawValue)")
    guard !ruling.entries.isEmpty else { return false }
    do throws(JournalError) { try await journal.append(ruling.entries) } catch {
      if !life.isOver { witness.accuse("a decision broke the journal: \(error.message)") }
      doubtful = ruling.entries.compactMap { if case .forgotten(let key) = $0 { key } else { nil } }
      return false
    }
    if let account = ruling.troubled { await executor.stillTroubled(account) }
    for case .forgotten(let key) in ruling.entries { disown(key) }
    return true
  }

  private mutating func learnWhatWasForgotten() {
    let memory = disk.memory
    for key in doubtful where memory.live[key] == nil && memory.open[key] == nil { disown(key) }
    doubtful = []
  }

  /// What hawker was told to forget is nobody's business any more.
  private func disown(_ key: PostKey) {
    markets[key.account]?.change { state in
      for index in state.posts.indices where state.posts[index].listing == key.listing {
        state.posts[index].isForeign = true
      }
    }
  }

  /// The seller looks at the marketplace, waiting until it shows everything, and says what is there.
  mutating func settle(_ listing: String) async {
    for record in journal.ledger.records(of: listing) {
      guard let intent = record.pending, let market = markets[record.key.account] else { continue }
      let copies = market.posts.filter { $0.isLive && ($0.op == intent.op || $0.id == intent.remoteID) }
      let isMake = intent.action == .create || intent.action == .replace
      let post = copies.filter { !isMake || $0.op == intent.op }.min { !$0.isTwin && $1.isTwin }
      await decide(.resolve(listing: listing, account: record.key.account, posted: post?.id))
    }
  }

  /// `hawker apply`, while no daemon runs.
  mutating func apply(allowing: Bool, enforcing: Bool = false) async {
    await senses.stop()
    await executor.stop(grace: .seconds(10))
    if life.isOver { return await die() }
    await look()
    let log = ResultLog()
    await employ(log, after: executor)
    let (shop, wanted) = (self.shop!, self.wanted)
    var selection = Selection()
    selection.enforces = enforcing
    if enforcing { await refresh(shop, wanted) }
    if life.isOver { return await die() }
    if allowing { selection.allowedWithdrawals = shop.plan(wanted, mode: .once).heldWithdrawals }
    let plan = shop.plan(wanted, mode: .once, selection: selection)
    rules.check(plan, self, allowing ? .permissive : enforcing ? .enforcing : .once)
    let first = plan.executable
    var later = selection
    later.allowedWithdrawals = nil
    inspector.reset { [later] in first + shop.plan(wanted, mode: .retrying, selection: later).executable }
    let begun = time.elapsed
    let pass = Pass(shop, executor: executor, log: log, patience: .seconds(90))
    do throws(JournalError) {
      let results = try await pass.run(plan, wanted: wanted, selection: selection)
      if !life.isOver { compare(results, with: plan, log, begun) }
    } catch {
      if !life.isOver { witness.accuse("the journal failed by itself: \(error.message)") }
    }
    if life.isOver { return await die() }
    await executor.stop(grace: .seconds(10))
    if life.isOver { return await die() }
    // The daemon that is started next knows nothing of the last one's.
    senses = nil
    await employ(after: executor)
  }

  /// What the plan showed as to be done was tried, unless its account stopped or had to wait; nothing else was.
  private func compare(_ results: [ActionResult], with plan: Plan, _ log: ResultLog, _ begun: Duration) {
    let shown = plan.actions.filter { $0.kind != .unchanged }
    if results.count != shown.count { witness.accuse("apply tells \(results.count) results of \(shown.count)") }
    for (result, action) in zip(results, shown) {
      if result.action.key != action.key { witness.accuse("apply tells its results in another order") }
      if action.hold != nil, result.kind == .done, log.result(of: action, isOnly: true)?.action.kind == action.kind {
        witness.accuse("apply did what its plan held: \(action.told)")
      }
      if action.hold == nil, result.kind == .skipped, isCalm(action.key.account, at: begun) {
        witness.accuse("apply left out \(action.told)")
      }
    }
  }

  /// Whether nothing had gone wrong on the account for an hour then, nor has since.
  func isCalm(_ account: String, at moment: Duration) -> Bool {
    guard let market = markets[account] else { return false }
    return market.state.withLock { state in
      !state.isLockedOut && state.faults.isEmpty && state.downUntil <= time.elapsed && state.poison.isEmpty
        && (state.troubledAt == .zero || moment - state.troubledAt > .seconds(3600))
    }
  }
}
