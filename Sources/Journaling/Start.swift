import Listings

/// What opening leads to: a writer that may append, over a ledger.
struct Start {
  var writer: Writer
  var ledger: Ledger
  var opening: Opening
  /// Accounts that are still to be swept.
  var unswept: [String: Timestamp] = [:]

  /// With the lock held: reads the journal back, settles what an unclean stop left, and takes the emergency file in.
  static func make(
    _ layout: Layout, _ setting: JournalSetting, _ lock: Lock? = nil
  ) throws(JournalError) -> Start {
    let recovery = try Recovery.read(setting.disk, layout)
    CrashPoint.reach("recovery-read")
    let ledger = recovery?.ledger ?? Ledger(lineage: newLineage())
    var start = Start(
      writer: Writer(setting, layout, lineage: ledger.lineage, after: recovery), ledger: ledger,
      opening: Opening(state: .created))
    start.opening.isUnused = ledger.isUnused
    start.writer.lock = lock
    removeTemporaries(layout, setting.disk)
    CrashPoint.reach("temporaries-removed")
    do throws(JournalError) {
      if let recovery { try start.resume(recovery) } else { try start.turnOver() }
      CrashPoint.reach(recovery == nil ? "journal-new" : "journal-resumed")
      try start.mergeEmergency()
      start.learnTroubles(recovery?.head)
    } catch {
      if start.writer.file >= 0 { setting.disk.close(start.writer.file) }
      throw error
    }
    return start
  }

  private var disk: any Disk { writer.setting.disk }
  private var layout: Layout { writer.layout }

  /// A program that was killed may have left a second post behind, and nobody who remembers. Whoever opens the journal
  /// next may be a command that sweeps nothing: it passes that on.
  private mutating func learnTroubles(_ head: Head?) {
    unswept = head?.unswept ?? [:]
    guard opening.isUnclean else { return }
    let now = writer.setting.now()
    for key in ledger.records.keys { unswept[key.account] = now }
  }

  private mutating func resume(_ recovery: Recovery) throws(JournalError) {
    if let bypassed = recovery.bypassed { opening.notes.append("done without it: \(bypassed.message)") }
    if recovery.head == nil, recovery.chain.sequence > 1 {
      opening.notes.append("\(layout.head) is missing: had the journal been cut back, it would not have been noticed")
    }
    if recovery.isClean {
      opening.state = .clean
      do throws(DiskError) { writer.file = try disk.open(recovery.segment.path, create: false) } catch {
        throw JournalError(error)
      }
      // Whether a head can be written shows before anything is sent, not after the first intent.
      try writer.writeHead(isClean: false)
    } else if recovery.segment.rest.isEmpty {
      opening.state = .unclean
      try turnOver(from: recovery.segment)
    } else {
      opening.state = .torn(evidence: try keepEvidence(recovery.segment), bytes: recovery.segment.rest.count)
      try turnOver(from: recovery.segment)
    }
  }

  /// The torn batch, if there was one, may have left lines with the next batch number: that one is left out.
  private mutating func turnOver(from old: Segment? = nil) throws(JournalError) {
    if let old { try persist(old.path) }
    try writer.turnOver(ledger, skippingBatches: writer.chain.sequence > 0 ? 1 : 0)
    ledger.sequence = writer.chain.sequence
  }

  /// After a kill, names that were read may still wait for their sync: without it a power cut could take the old segment
  /// away and leave the checkpoint that builds on it. The segment's own bytes are in the new checkpoint; they are synced
  /// only so that no gap is left in the history.
  private func persist(_ path: String) throws(JournalError) {
    if let file = try? disk.open(path, create: false) {
      try? disk.sync(file, path: path)
      disk.close(file)
    }
    do throws(DiskError) { try disk.syncDirectory(layout.directory) } catch { throw JournalError(error) }
  }

  private func keepEvidence(_ segment: Segment) throws(JournalError) -> String {
    let path = "\(layout.torn)/\(segment.path.dropFirst(layout.directory.count + 1)).from-\(segment.end)"
    do throws(DiskError) {
      try disk.prepare(layout.torn)
      disk.close(try disk.publish(Array(segment.rest), as: path, in: layout.torn))
    } catch {
      throw JournalError(error)
    }
    return path
  }

  /// Outcomes whose operations are still open are appended; the file is then evidence. Cut between the two, the next
  /// open finds the operations settled.
  private mutating func mergeEmergency() throws(JournalError) {
    guard let (outcomes, unreadable) = try Emergency.read(disk, layout) else { return }
    CrashPoint.reach("merge-before")
    var settled: Set<String> = []
    var requests: [Request] = []
    for outcome in outcomes {
      guard let key = ledger.key(ofOp: outcome.op), !settled.contains(outcome.op) else { continue }
      if outcome.result == .done { settled.insert(outcome.op) }
      let entry = Entry.outcome(outcome)
      requests.append(Request(entries: [entry], bodies: [entry.body(of: key)]))
    }
    if !requests.isEmpty { try merge(requests) }
    let kept = "\(layout.torn)/emergency-\(writer.chain.sequence).jsonl"
    if unreadable > 0 { opening.notes.append("\(unreadable) lines of the emergency file could not be read: \(kept)") }
    do throws(DiskError) {
      try disk.prepare(layout.torn)
      try disk.rename(layout.emergency, to: kept)
      CrashPoint.reach("merge-renamed")
      try disk.syncDirectory(layout.torn)
      try disk.syncDirectory(layout.directory)
      CrashPoint.reach("merge-after")
    } catch {
      throw JournalError(error)
    }
  }

  /// All with one write and one sync.
  private mutating func merge(_ requests: [Request]) throws(JournalError) {
    let (refusals, at) = writer.commit(requests, isMerging: true)
    for case let refusal? in refusals { throw refusal }
    for request in requests {
      for entry in request.entries { ledger.apply(entry, at: at) }
    }
    ledger.sequence = writer.chain.sequence
    opening.merged = requests.count
    CrashPoint.reach("merge-appended")
  }

  private static func removeTemporaries(_ layout: Layout, _ disk: any Disk) {
    guard let inventory = try? Inventory(disk, layout) else { return }
    for path in inventory.temporaries { try? disk.remove(path) }
  }

  /// A random UUID (version 4).
  private static func newLineage() -> String {
    var random = SystemRandomNumberGenerator()
    let high = random.next() & 0xFFFF_FFFF_FFFF_0FFF | 0x4000
    let low = random.next() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
    var digits: [UInt8] = []
    for word in [high >> 32, high & 0xFFFF_FFFF, low >> 32, low & 0xFFFF_FFFF] {
      Hex.append(UInt32(truncatingIfNeeded: word), to: &digits)
    }
    for place in [20, 16, 12, 8] { digits.insert(0x2D, at: place) }
    return String(decoding: digits, as: UTF8.self)
  }
}
