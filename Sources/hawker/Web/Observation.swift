import Executing
import Journaling
import Listings
import Logging
import Marketplaces
import Planning
import Reconciling
import Web

/// What the daemon shows of its work: how it stands, what happens, how long things take.
struct Observation: Sendable {
  let window: Window
  let instruments: Instruments
  let feed = ActivityFeed()

  init() {
    let instruments = Instruments()
    self.instruments = instruments
    window = Window(uptime: Ambient.system.uptime) { finished in
      let (action, result) = (finished.result.action, finished.result)
      instruments.acted(
        action.key.account, action.kind.rawValue, result: result.kind.rawValue, error: result.failure?.code,
        took: finished.took, at: Ambient.system.now())
      guard let since = finished.sinceSeen, [.create, .update, .replace].contains(action.kind) else { return }
      instruments.posted(action.key.account, took: since)
    }
  }

  /// The same log; its lines are activities too.
  func feeding(_ options: GlobalOptions) -> Logger {
    let handler = LineLogHandler(
      format: options.logFormat, isColoured: options.color.applies(to: Console.isErrorTerminal))
    var logger = Logger(label: "hawker") { [feed] _ in FeedLogHandler(handler, feed) }
    logger.logLevel = options.logLevel
    return logger
  }

  func timing(_ disk: any Disk) -> any Disk { TimedDisk(base: disk, instruments: instruments) }

  func timing(_ marketplace: any Marketplace, of account: String) -> any Marketplace {
    TimedMarketplace(base: marketplace, account: account, instruments: instruments)
  }
}

/// A disk whose syncs are timed: what every recorded outcome waits for.
private struct TimedDisk: Disk {
  let base: any Disk
  let instruments: Instruments

  func sync(_ file: Int32, path: String) throws(DiskError) {
    let start = Ambient.system.uptime()
    try base.sync(file, path: path)
    instruments.synced(took: Ambient.system.uptime() - start)
  }

  func prepare(_ directory: String) throws(DiskError) { try base.prepare(directory) }
  func open(_ path: String, create: Bool) throws(DiskError) -> Int32 { try base.open(path, create: create) }
  func write(_ bytes: [UInt8], to file: Int32, at offset: Int, path: String) throws(DiskError) {
    try base.write(bytes, to: file, at: offset, path: path)
  }
  func reserve(_ file: Int32, from start: Int, to end: Int, path: String) throws(DiskError) -> Bool {
    try base.reserve(file, from: start, to: end, path: path)
  }
  func truncate(_ file: Int32, to size: Int, path: String) throws(DiskError) {
    try base.truncate(file, to: size, path: path)
  }
  func rename(_ path: String, to target: String) throws(DiskError) { try base.rename(path, to: target) }
  func remove(_ path: String) throws(DiskError) { try base.remove(path) }
  func syncDirectory(_ path: String) throws(DiskError) { try base.syncDirectory(path) }
  func read(_ path: String, limit: Int) throws(DiskError) -> [UInt8] { try base.read(path, limit: limit) }
  func names(in directory: String) throws(DiskError) -> [String] { try base.names(in: directory) }
  func isThere(_ file: Int32, at path: String) throws(DiskError) -> Bool { try base.isThere(file, at: path) }
  func close(_ file: Int32) { base.close(file) }
  func lock(_ path: String) throws(DiskError) -> Int32? { try base.lock(path) }
  func lockDirectory(_ path: String) throws(DiskError) -> Int32? { try base.lockDirectory(path) }
  func unlock(_ lock: Int32) { base.unlock(lock) }
  func alarm(_ text: String) { base.alarm(text) }
}

/// An account whose calls are timed.
private struct TimedMarketplace: Marketplace {
  let base: any Marketplace
  let account: String
  let instruments: Instruments

  var capabilities: Capabilities { base.capabilities }

  func create(_ draft: Draft) async throws(MarketplaceFailure) -> Posted {
    try await timed("create") { () throws(MarketplaceFailure) in try await base.create(draft) }
  }

  func update(
    _ remoteID: String, to draft: Draft, changed: Set<Content.Field>
  ) async throws(MarketplaceFailure) {
    try await timed("update") { () throws(MarketplaceFailure) in
      try await base.update(remoteID, to: draft, changed: changed)
    }
  }

  func withdraw(_ remoteID: String, urgency: Urgency) async throws(MarketplaceFailure) {
    try await timed("withdraw") { () throws(MarketplaceFailure) in
      try await base.withdraw(remoteID, urgency: urgency)
    }
  }

  func read(_ remoteID: String) async throws(MarketplaceFailure) -> RemotePost? {
    try await timed("read") { () throws(MarketplaceFailure) in try await base.read(remoteID) }
  }

  func read(_ remoteID: String, urgency: Urgency) async throws(MarketplaceFailure) -> RemotePost? {
    try await timed("read") { () throws(MarketplaceFailure) in try await base.read(remoteID, urgency: urgency) }
  }

  func lookUp(_ draft: Draft, since: Timestamp) async throws(MarketplaceFailure) -> [RemotePost] {
    try await timed("look-up") { () throws(MarketplaceFailure) in try await base.lookUp(draft, since: since) }
  }

  func list(after cursor: String?) async throws(MarketplaceFailure) -> RemotePage {
    try await timed("list") { () throws(MarketplaceFailure) in try await base.list(after: cursor) }
  }

  func verify() async throws(MarketplaceFailure) -> Identity {
    try await timed("verify") { () throws(MarketplaceFailure) in try await base.verify() }
  }

  private func timed<Value>(
    _ call: String, _ body: () async throws(MarketplaceFailure) -> Value
  ) async throws(MarketplaceFailure) -> Value {
    let start = Ambient.system.uptime()
    var outcome = "done"
    defer { instruments.called(account, call, outcome: outcome, took: Ambient.system.uptime() - start) }
    do throws(MarketplaceFailure) { return try await body() } catch {
      outcome = error.code
      throw error
    }
  }
}
