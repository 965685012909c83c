import Executing
import Journaling
import Listings
import Loading
import Marketplaces
import Planning

/// What `hawker plan` shows: the plan of this moment, from files and journal alone. With a cache, what is as it was is not
/// read again, neither a file nor its record; the plan is the same.
package struct Forecast: Sendable {
  package struct Scene: Sendable {
    package var loaded: LoadedConfig
    package var capabilities: [String: Capabilities]
    package var accountCapabilities: [String: Capabilities]
    package var publicURL: String?
    /// False on the sandbox: the listings root's marker is not looked at.
    package var marksRoot: Bool
    /// Where the mark is that says how far the journal had come.
    package var markFolder: String?
    package var now: @Sendable () -> Timestamp
    /// Names the program; nil: neither reads nor writes a cache.
    package var build: String?

    package init(
      _ loaded: LoadedConfig, capabilities: [String: Capabilities], publicURL: String?, marksRoot: Bool,
      now: @escaping @Sendable () -> Timestamp
    ) {
      (self.loaded, self.capabilities, accountCapabilities) = (loaded, capabilities, [:])
      (self.publicURL, self.marksRoot, self.now) = (publicURL, marksRoot, now)
      markFolder = marksRoot ? loaded.config.listings : nil
    }

    /// What earlier plans learnt; nil: nothing that still holds.
    package var cache: PlanCache? {
      guard let key else { return nil }
      return PlanCache.read(CacheFiles(loaded.config.state), key: key)
    }

    var key: Digest? { build.map { PlanCache.key(loaded, publicURL: publicURL, build: $0) } }
  }

  package let plan: Plan
  /// Whether most listings were not looked into: for tests.
  package let isShort: Bool
  /// What it was made from, when everything was looked at.
  package let seen: (wanted: Wanted, ledger: Ledger?)?
  private let learnt: @Sendable () -> Void

  /// Writes what was learnt into the cache, if that pays: once the plan is shown.
  package func keep() { learnt() }

  /// `isWhole`: every action is wanted, the unchanged ones too.
  package static func make(
    _ scene: Scene, _ selection: Selection = Selection(), isWhole: Bool = false
  ) async throws(JournalError) -> Forecast {
    let print = scene.build == nil ? nil : JournalPrint.take(scene.loaded.config.state, at: scene.now())
    let cache = scene.cache
    if let cache, let print, !isWhole, selection.isAll, let short = await short(scene, cache, print) { return short }
    return try await long(scene, selection, cache, print)
  }

  // MARK: The short way

  /// Nil when something says that all must be looked at.
  private static func short(_ scene: Scene, _ cache: PlanCache, _ print: JournalPrint) async -> Forecast? {
    let (head, config) = (cache.head, scene.loaded.config)
    guard head.isSettled, head.journal == print.digest else { return nil }
    if let folder = scene.markFolder,
      Lineage.rollback(lineage: head.lineage, sequence: head.sequence, of: config, markIn: folder) != nil
    {
      return nil
    }
    var loader = scene.loader(marker: .expected(lineage: head.lineage), cache)
    guard let wanted = await loader.scanPassingOver(), let records = records(cache, loader.passing) else { return nil }
    let now = scene.now()
    guard let settled = SettledNotes.settled(loader.passing, head.accounts, now: now),
      JournalPrint.take(config.state, at: now)?.digest == print.digest
    else { return nil }
    var input = PlanInput(
      wanted: wanted, records: records, config: config, capabilities: scene.capabilities, now: now,
      lineage: head.lineage, sequence: head.sequence)
    input.accountCapabilities = scene.accountCapabilities
    input.settled = settled
    return Forecast(plan: Planner.plan(input), isShort: true, seen: nil) { [loader] in refresh(scene, cache, loader) }
  }

  /// Those that are not settled, or were not before their file was edited.
  private static func records(_ cache: PlanCache, _ passing: Passing) -> [PostKey: Record]? {
    var records: [PostKey: Record] = [:]
    for text in cache.head.loose {
      guard let record = RecordText.decode(text) else { return nil }
      records[record.key] = record
    }
    for seed in passing.editedSeeds {
      guard let own = SettledNotes.records(of: seed) else { return nil }
      for record in own { records[record.key] = record }
    }
    return records
  }

  /// Stamps that had to be looked behind are known the next time.
  private static func refresh(_ scene: Scene, _ cache: PlanCache, _ loader: Loader) {
    let passing = loader.passing
    guard passing.hashedPhotos > 0 || passing.reread > max(32, passing.passed.count / 64), let key = scene.key,
      let index = loader.refreshed()
    else { return }
    cache.write(index: index, to: CacheFiles(scene.loaded.config.state), key: key)
  }

  // MARK: The long way

  private static func long(
    _ scene: Scene, _ selection: Selection, _ cache: PlanCache?, _ print: JournalPrint?
  ) async throws(JournalError) -> Forecast {
    let config = scene.loaded.config
    let ledger = try JournalReading.read(config.state)
    if let ledger, let folder = scene.markFolder,
      let rollback = Lineage.rollback(ledger, of: config, markIn: folder)
    {
      throw rollback
    }
    let marker: Marker =
      ledger.map { $0.isUnused ? .acceptable(lineage: $0.lineage) : .expected(lineage: $0.lineage) } ?? .none
    var loader = scene.loader(marker: marker, cache)
    let wanted = await loader.scanConcurrently()
    var input = PlanInput(wanted, ledger, config, scene.capabilities, now: scene.now(), mode: .once)
    input.narrow(to: selection)
    input.accountCapabilities = scene.accountCapabilities
    return Forecast(plan: await Planner.planConcurrently(input), isShort: false, seen: (wanted, ledger)) { [loader] in
      keep(scene, cache, print, Learnt(ledger: ledger, wanted: wanted, loader: loader, now: scene.now()))
    }
  }

  private struct Learnt {
    let ledger: Ledger?
    let wanted: Wanted
    let loader: Loader
    let now: Timestamp
  }

  private static func keep(_ scene: Scene, _ cache: PlanCache?, _ print: JournalPrint?, _ learnt: Learnt) {
    guard let key = scene.key, learnt.loader.isKept, learnt.wanted.root == .seen else { return }
    let config = scene.loaded.config
    // The print of before the journal was read, if it still holds: what was read then is what lies there.
    let now = JournalPrint.take(config.state, at: scene.now())
    let isStill = print != nil && print?.digest == now?.digest && print?.isFresh == false
    let journal = isStill ? print?.digest : nil
    let passing = learnt.loader.passing
    if let cache, passing.learnt == 0, passing.hashedPhotos == 0, passing.isAll(of: cache.scan),
      journal == nil || cache.head.journal == journal
    {
      return
    }
    PlanCache.write({ contents in made(learnt, config, journal, contents) }, to: CacheFiles(config.state), key: key)
  }

  private static func made(
    _ learnt: Learnt, _ config: Config, _ journal: Digest?, _ contents: ([UInt8]) -> Void
  ) -> (head: PlanCache.Head, index: [UInt8]) {
    let nothing = Digest(of: [])
    var head = PlanCache.Head(
      journal: journal ?? nothing, isSettled: false, lineage: learnt.ledger?.lineage ?? "",
      sequence: learnt.ledger?.sequence ?? 0, accounts: config.accounts.map(\.name), loose: [])
    guard let ledger = learnt.ledger, journal != nil, !ledger.isUnused,
      ledger.standing.remaining(at: learnt.now) == Standing()
    else {
      return (head, learnt.loader.kept(noting: { _ in nil }, contents: contents))
    }
    var notes = SettledNotes(ledger, learnt.wanted, config)
    let index = learnt.loader.kept(noting: { notes.note($0) }, contents: contents)
    let loose = ledger.records.values.filter { !notes.covered.contains($0.key) }
    // Where most is to be looked at anyway, the journal itself is the quicker way to it.
    if loose.count <= max(64, ledger.records.count / 4) {
      head.isSettled = true
      head.loose = loose.map { RecordText.encode($0) }
    }
    return (head, index)
  }
}

extension Forecast.Scene {
  fileprivate func loader(marker: Marker, _ cache: PlanCache?) -> Loader {
    let options = LoadingOptions(
      capabilities: capabilities, publicURL: publicURL, marker: marksRoot ? marker : .ignored)
    // One clock for all: it decides which stamps prove something.
    var loader = Loader(loaded, options: options, clock: { [now] in FileTime(now()) })
    loader.cache = cache?.scan
    loader.isKept = build != nil && CacheFiles(loaded.config.state).arePossible
    loader.remembers = loader.isKept
    return loader
  }
}

extension Selection {
  /// Whether it narrows nothing.
  fileprivate var isAll: Bool { listings.isEmpty && account == nil && allowedWithdrawals == nil && !enforces }
}
