import Executing
import Journaling
import Listings
import Loading
import Logging
import Marketplaces
import Planning
import Watching

/// The daemon: look, plan, submit; wait for a hint; again.
package actor Reconciler {
  /// Opens a shop anew after its config changed: reads the config and makes its accounts. The journal stays.
  package typealias Reopening = @Sendable (Shop) -> Result<Shop, ConfigRefusal>

  package struct ConfigRefusal: Error {
    package var problems: [Problem]
    package init(problems: [Problem]) { self.problems = problems }
  }

  private(set) var shop: Shop
  var loader: Loader
  private(set) var executor: Executor
  private var watcher: Watcher?
  /// What it watches besides the root.
  private var photoFolders: Set<String> = []
  var wanted: Wanted?
  private var timer: Task<Void, Never>?
  private var alarm: Timestamp?
  var tidying: Task<Void, Never>?
  private(set) var lastScan: Timestamp?
  private var lastMark: Timestamp?
  /// Whether accounts that could not be asked are to be tried once more: at the start, and with another config.
  private var asksAgain = true
  var chronicle: Chronicle
  nonisolated let hints = Hints()
  let finds = Finds()
  private let reopen: Reopening
  let logger: Logger
  nonisolated let intake: Intake
  private let index = PostIndex()
  var looking = Looking()
  var glancing = Glancing()

  package init(_ shop: Shop, logger: Logger, reopen: @escaping Reopening) {
    self.shop = shop
    self.logger = logger
    self.reopen = reopen
    chronicle = Chronicle(logger)
    loader = Reconciler.loader(shop)
    loader.cache = shop.earlier()
    executor = shop.executor(Reconciler.teller(shop, hints, index, logger))
    intake = Intake(Intake.Scene(shop: shop, executor: executor), index, hints, logger)
    shop.window?.configured(shop.config)
  }

  private static func loader(_ shop: Shop) -> Loader {
    var loader = Loader(shop.loaded, options: shop.options)
    loader.spread = Cores.crowd
    return loader
  }

  private static func teller(
    _ shop: Shop, _ hints: Hints, _ index: PostIndex, _ logger: Logger
  ) -> @Sendable (ExecutionEvent) -> Void {
    { [journal = shop.journal] event in
      Chronicle.tell(event, logger)
      let early = index.hear(event)
      if !early.isEmpty { hints.add { $0.early += early } }
      switch event {
      case .idle: hints.add { $0.idle = true }
      case .overtaken: hints.add { $0.replan = true }
      case .finished(let result):
        Chronicle.tellSale(result, journal, logger)
        guard let time = result.retryAt else { return }
        hints.add { $0.retryAt = min($0.retryAt ?? time, time) }
      case .waiting, .stopped, .started, .duplicate, .foundDone: break
      }
    }
  }

  /// Ends the loop: what runs may finish, nothing new starts.
  package nonisolated func stop() { hints.add { $0.stop = true } }

  /// Something outside saw a change: look again.
  package nonisolated func lookAgain(_ why: String) {
    hints.add { pending in
      pending.rescan = true
      pending.why.append(why)
    }
  }

  /// Accounts that had stopped may try again: a token was stored.
  package func retryStopped() async {
    await executor.retryStopped()
    shop.window?.resumed()
    hints.add { $0.replan = true }
  }

  /// Runs until `stop()`. Returns when every request that was started is recorded.
  package func run() async throws(JournalError) {
    startWatching()
    hints.add { $0.rescan = true }
    for await _ in hints.rings {
      var pending = hints.take()
      if pending.stop { break }
      hear(&pending)
      if let time = pending.retryAt { ring(at: time) }
      if !pending.early.isEmpty { _ = await intake.take(pending.early) }
      if pending.isEmpty { continue }
      if !pending.edited.isEmpty, !pending.rescan, !pending.reload {
        pending.rescan = await !glance(at: pending.edited)
      }
      // The full look after an edit plans, too.
      if pending.idle, !glancing.isFollowed { pending.replan = true }
      if pending.reload { await reloadConfig() }
      if pending.rescan || pending.reload { await scanAndShow() }
      if pending.needsPlan { try await replan() }
      lookAround()
    }
    timer?.cancel()
    tidying?.cancel()
    glancing.end()
    watcher?.stop()
    for task in looking.tasks.values { task.cancel() }
    await executor.stop(grace: .seconds(10))
    _ = try await executor.settle()
  }

  // MARK: Looking

  private func startWatching() {
    var options = WatchOptions(
      roots: [shop.config.listings], files: shop.config.file.isEmpty ? [] : [shop.config.file],
      settle: shop.config.sync.settle)
    options.ring = { [hints] in hints.ring() }
    let watcher = Watcher(options)
    do throws(WatchError) {
      try watcher.start()
    } catch {
      logger.warning("\(error); looking every \(shop.config.sync.rescan) instead")
      shop.window?.watching(butFor: error.description)
      return
    }
    self.watcher = watcher
    photoFolders = []
    shop.window?.watching(butFor: nil)
  }

  /// What the watcher has to say.
  private func hear(_ pending: inout Hints.Pending) {
    while let signal = watcher?.take() {
      shop.window?.saw(signal)
      switch signal {
      case .settled(let paths):
        if paths.contains(shop.config.file) { (pending.rescan, pending.reload) = (true, true) }
        pending.edited.formUnion(paths)
        if pending.edited.count > Loader.glanceLimit { pending.rescan = true }
      case .lookAgain(let why):
        logger.debug("looking at everything again: \(why)")
        (pending.rescan, pending.reload) = (true, true)
      case .degraded(let why): logger.warning("\(why)")
      case .recovered(let why): logger.notice("\(why)")
      }
    }
  }

  private func scanAndShow() async {
    scan()
    await intake.see(Intake.Scene(shop: shop, executor: executor, wanted: wanted))
  }

  private func scan() {
    glancing.end()
    // The time before the scan: what it did not find may have gone at any moment of it.
    lastScan = shop.ambient.now()
    wanted = loader.scan()
    writeMissingMarker()
    if let wanted { shop.scanned(wanted) }
    shop.window?.scanned(wanted, at: lastScan)
    watchPhotos()
  }

  /// Adding wakes the watcher's thread: only for folders that are new to it.
  private func watchPhotos() {
    let new = Set(loader.photoFolders).subtracting(photoFolders)
    guard !new.isEmpty else { return }
    photoFolders.formUnion(new)
    watcher?.add(folders: new)
  }

  /// A new journal's first scan of a good root marks it. One that can't be marked is as good as not seen, until it can.
  private func writeMissingMarker() {
    guard let problems = wanted?.problems, wanted?.root == .seen else { return }
    if let failure = Lineage.mark(shop) { return wanted = Wanted(root: .unseen(failure), problems: problems) }
    // From now on a root without the mark is another one.
    guard case .acceptable(let lineage) = shop.options.marker, Lineage.isMarked(shop) else { return }
    shop.options.marker = .expected(lineage: lineage)
    loader = Reconciler.loader(shop)
  }

  // MARK: Config

  private func reloadConfig() async {
    guard !shop.config.file.isEmpty else { return }
    switch reopen(shop) {
    case .failure(let refusal):
      chronicle.refused(refusal.problems)
      shop.window?.refused(refusal.problems)
    case .success(let next):
      shop.window?.configured(next.config)
      guard next.loaded.digest != shop.loaded.digest else { return chronicle.accepted() }
      chronicle.accepted()
      logger.notice("\(shop.config.file) changed: in force from now on")
      await executor.stop(grace: .seconds(10))
      // What a look hears now (to wait, for one) the next executor is to know.
      let looks = Array(looking.tasks.values)
      for task in looks { task.cancel() }
      for task in looks { await task.value }
      watcher?.stop()
      shop = next
      loader = Reconciler.loader(next)
      let last = executor
      executor = next.executor(Reconciler.teller(next, hints, index, logger))
      await executor.takeOver(from: last)
      asksAgain = true
      startWatching()
    }
  }

  // MARK: Deciding

  /// Records a seller's decision on the files as they are now, and acts on it at once.
  package func decide(_ decision: Decision) async -> Answer {
    // A sale waits for no scan.
    if case .sold = decision, wanted != nil { return await intake.decide(decision) }
    // The look that an edit still had coming is this one, whatever comes of the decision.
    if glancing.isFollowed { hints.add { $0.replan = true } }
    await scanAndShow()
    if case .sold = decision { return await intake.decide(decision) }
    guard let wanted else { return Answer(.refused, "the listings have not been looked at yet") }
    let ruling = Deciding(shop, wanted, underWay: await executor.underWay).rule(decision)
    guard !ruling.entries.isEmpty else { return ruling.answer }
    CrashPoint.reach("decision-before")
    do throws(JournalError) { try await shop.journal.append(ruling.entries) } catch {
      return Answer(.journal, error.message)
    }
    CrashPoint.reach("decision-recorded")
    if let account = ruling.troubled { await executor.stillTroubled(account) }
    for line in ruling.answer.text.split(separator: "\n") { logger.notice("\(Escaping.line(String(line)))") }
    hints.add { $0.replan = true }
    return ruling.answer
  }

  /// Takes what a marketplace told of our posts; true once it is durable. What is not ours is taken and forgotten.
  package nonisolated func take(_ notices: [Notice]) async -> Bool { await intake.take(notices) }

  // MARK: Planning

  private func replan() async throws(JournalError) {
    guard let wanted else { return }
    try await askAgain()
    let plan = shop.plan(wanted, mode: .continuous, scannedAt: lastScan, underWay: await executor.underWay)
    chronicle.planned(plan, accounts: shop.accounts.count, isBusy: await executor.isBusy)
    shop.window?.planned(plan)
    logger.debug("planned: \(plan.executable.count) to do, as seen at \(lastScan?.description ?? "no time")")
    CrashPoint.reach("plan-made")
    try await executor.submit(plan)
    CrashPoint.reach("plan-submitted")
    advanceMark()
    glancing.allowance = Allowance(plan, shop.journal.ledger, shop.config, now: shop.ambient.now())
    try await sweepIfTroubled(plan)
    await arm(for: plan)
    await tidyLater(after: plan)
  }

  private func askAgain() async throws(JournalError) {
    guard asksAgain else { return }
    asksAgain = false
    let standing = shop.journal.ledger.standing
    let keys = standing.holds.keys.filter { standing.hold(on: $0, by: RecordedHold.unaskable) != nil }
    try await shop.journal.append(keys.sorted().map { .released($0, by: RecordedHold.unaskable) })
  }

  /// At most once a minute, and only in a root that has just been seen to be the right one.
  private func advanceMark() {
    let now = shop.ambient.now()
    if let lastMark, abs(now.milliseconds - lastMark.milliseconds) < 60_000 { return }
    guard let wanted, wanted.root == .seen else { return }
    lastMark = now
    Lineage.advance(shop, disks: wanted.disks)
  }

  /// One timer for whatever comes first: a retry, a pause that ends, a full rescan.
  private func arm(for plan: Plan) async {
    let now = shop.ambient.now()
    // An absence is believed after another scan, not after the time alone.
    let grace = plan.actions.compactMap { $0.hold?.by == .grace ? $0.hold?.until : nil }.min().map { max($0, now) }
    let holds = plan.actions.compactMap { $0.hold?.until }.filter { $0 > now } + [grace].compactMap { $0 }
    let due = await executor.nextDue.map { max($0, now) }
    let sweep = await executor.nextSweep(after: shop.config.sync.absenceAfter).flatMap { $0 > now ? $0 : nil }
    let rescan = max(now, (lastScan ?? now).advanced(by: shop.config.sync.rescan))
    let moment = (holds + [due, sweep, rescan].compactMap { $0 }).min() ?? rescan
    let isRescan = moment >= rescan || grace.map { $0 <= moment } ?? false
    alarm = nil
    ring(at: moment, rescan: isRescan)
  }

  /// Looks again at that time, unless it does so earlier anyway.
  func ring(at moment: Timestamp, rescan: Bool = false) {
    if let alarm, alarm <= moment { return }
    alarm = moment
    timer?.cancel()
    timer = Task(executorPreference: shop.ambient.executor) { [hints, ambient = shop.ambient] in
      let pause = max(.milliseconds(1), moment.duration(since: ambient.now()))
      do throws(CancellationError) { try await ambient.sleep(pause) } catch { return }
      hints.add { pending in
        pending.replan = true
        if rescan { pending.rescan = true }
      }
    }
  }
}
