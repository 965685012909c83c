import Listings
import Support
import Synchronization

@testable import Journaling

/// What callers were told, and what a crash may therefore not take away.
struct Promises: Sendable {
  /// Entries, from the first, that were acknowledged.
  var acknowledged = 0
  /// Posts whose intent was acknowledged.
  var intents: Set<PostKey> = []
  /// Posts whose outcome was acknowledged, or was said to be in the emergency file.
  var outcomes: [PostKey: String] = [:]
  /// Whether every entry was taken: then a recovered ledger is the fold of a prefix of them.
  var isUnbroken = true
}

/// A journal's writer on a simulated disk, driven as its thread drives it, call by call and without a thread: a seed gives
/// the same calls again.
struct Rig {
  static let directory = "/state"
  let disk: SimulatedDisk
  let clock = TestClock()
  var limits = SegmentLimits(bytes: 9000, entries: 14, headroom: 700)
  var random: SeededRandom
  /// Only lines of less than a block.
  var isTerse = false
  private(set) var promises = Promises()
  /// What was ever submitted, with its time, in its order.
  private(set) var submitted: [(entry: Entry, at: Timestamp)] = []
  private(set) var ids: [PostKey: String] = [:]
  private(set) var lineage: String?
  private var start: Start?
  private var lock: Lock?
  private var ledger = Ledger()
  private var open: [(op: String, key: PostKey)] = []
  private var number = 0

  init(_ disk: SimulatedDisk, random: SeededRandom) {
    (self.disk, self.random) = (disk, random)
  }

  var setting: JournalSetting { JournalSetting(program: "0", now: clock.now, disk: disk, limits: limits) }
  var isOpen: Bool { start != nil }

  mutating func openJournal() throws(JournalError) {
    let setting = setting
    let layout = Layout(directory: Rig.directory)
    disk.endProcess(inOrder: true)
    let lock = try Lock.take(layout, setting)
    let start: Start
    do throws(JournalError) { start = try Start.make(layout, setting, lock) } catch {
      lock.release(disk)
      disk.endProcess(inOrder: true)
      throw error
    }
    if lineage == nil { lineage = start.ledger.lineage }
    (self.start, self.lock, ledger) = (start, lock, start.ledger)
  }

  /// As the writer's thread takes a batch of several callers' requests. Gives how many were refused.
  @discardableResult
  mutating func append(requests: Int) -> Int {
    guard var start else { return requests }
    var batch: [Request] = []
    for _ in 0..<requests {
      let entries = entries(Int.random(in: 1...3, using: &random))
      batch.append(Request(entries: entries, bodies: entries.map { $0.body(of: key(of: $0)) }))
    }
    let alarms = disk.state.withLock { $0.alarms.count }
    let (refusals, at) = start.writer.commit(batch)
    let wasKept = disk.state.withLock { $0.alarms.dropFirst(alarms).allSatisfy { !$0.contains("could not be kept") } }
    for (request, refusal) in zip(batch, refusals) {
      for entry in request.entries { submitted.append((entry, at)) }
      settle(request.entries, isTaken: refusal == nil, wasKept: wasKept, at)
    }
    ledger.sequence = start.writer.chain.sequence
    disk.promise(promises)
    start.writer.keepHouse { [ledger] in ledger }
    ledger.sequence = start.writer.chain.sequence
    self.start = start
    return refusals.count { $0 != nil }
  }

  /// From here on entries may be refused.
  mutating func breakOff() {
    promises.isUnbroken = false
    disk.promise(promises)
  }

  mutating func compact() throws(JournalError) {
    try start?.writer.compact(ledger)
    ledger.sequence = start?.writer.chain.sequence ?? 0
  }

  mutating func close() {
    guard start != nil else { return }
    start?.writer.finish()
    start = nil
    lock?.release(disk)
    disk.endProcess(inOrder: true)
  }

  /// The process is gone, the machine goes on.
  mutating func kill() {
    start = nil
    disk.endProcess(inOrder: false)
  }

  private mutating func settle(_ entries: [Entry], isTaken: Bool, wasKept: Bool, _ at: Timestamp) {
    if isTaken { promises.acknowledged += entries.count } else { promises.isUnbroken = false }
    for entry in entries {
      if isTaken { ledger.apply(entry, at: at) }
      switch entry {
      case .intent(let intent):
        if isTaken { promises.intents.insert(intent.key) }
        open.append((intent.op, intent.key))
      case .outcome(let outcome) where isTaken || wasKept:
        // Of an intent that was never durable nothing was sent.
        if let key = key(of: entry), promises.intents.contains(key) { promises.outcomes[key] = outcome.remoteID }
      default: break
      }
    }
  }

  private func key(of entry: Entry) -> PostKey? {
    guard case .outcome(let outcome) = entry else { return nil }
    return ids.first { $0.value == outcome.remoteID }?.key
  }

  /// Intents of new posts, outcomes of earlier ones, and now and then a decision.
  private mutating func entries(_ count: Int) -> [Entry] {
    (0..<count).map { _ in
      number += 1
      if !open.isEmpty, Bool.random(using: &random) {
        let (op, key) = open.removeFirst()
        if promises.intents.contains(key) { return done(op, id: ids[key]) }
      }
      let key = PostKey(listing: "l\(number)", account: "a")
      if number % 7 == 0 { return .held(key, by: "seller", until: nil) }
      ids[key] = "id\(number)"
      // Lines of less than a block, and now and then of several.
      let length = [0, 0, 0, 0, 0, 0, 400, 3000].randomElement(using: &random) ?? 0
      let sent = length == 0 || isTerse ? nil : content(String(repeating: "x", count: length))
      return intent("op\(number)", .create, key, content: sent)
    }
  }
}
