import Listings

/// What `state verify` found: every entry of every kept generation, one by one.
package struct Verification: Hashable, Sendable {
  package var files = 0
  package var entries = 0
  /// Damage, with file and line; empty when all is intact.
  package var problems: [JournalError] = []
  /// What is unusual and harmless: torn tails that were left behind, a checkpoint that was done without.
  package var notes: [String] = []
  /// How far the journal goes; nil when it can't be read to its end.
  package struct End: Hashable, Sendable {
    package var lineage: String
    package var sequence: Int
  }
  package private(set) var end: End?
  /// What is left behind the newest segment's entries: harmless only when all else says so.
  private var tail: String?
  /// Of the first file that could be read.
  private var lineage: String?
  /// Checkpoints by the entry that they stand for.
  private var checkpoints: [Int: Chain] = [:]
  /// The checkpoint that each segment builds on.
  private var bases: [Int: Int] = [:]

  package var isIntact: Bool { problems.isEmpty }
}

extension JournalReading {
  /// Changes nothing and never throws: what can't be read is a problem too. Run it without a daemon for a final word: one
  /// that writes meanwhile may show a batch half there, so a problem counts only when it stays.
  package static func verify(_ directory: String, disk: any Disk = LocalDisk()) -> Verification {
    for _ in 0..<4 {
      let report = verifyOnce(directory, disk)
      if report.isIntact { return report }
    }
    return verifyOnce(directory, disk)
  }

  private static func verifyOnce(_ directory: String, _ disk: any Disk) -> Verification {
    var report = Verification()
    let layout = Layout(directory: directory)
    do throws(JournalError) {
      guard let inventory = try Inventory(disk, layout) else { return report }
      for sequence in inventory.checkpoints { report.check(checkpoint: sequence, disk, layout) }
      report.check(segments: inventory.segments, disk, layout)
      report.checkPresence(inventory, layout)
      if let recovery = try Recovery.read(disk, layout) { report.note(recovery) }
    } catch {
      if !report.problems.contains(error) { report.problems.append(error) }
    }
    return report
  }
}

extension Verification {
  fileprivate mutating func check(checkpoint sequence: Int, _ disk: any Disk, _ layout: Layout) {
    files += 1
    do throws(JournalError) {
      let path = layout.checkpoint(sequence)
      let checkpoint = try Base.read(path, sequence, disk)
      entries += checkpoint.ledger.records.count
      try belongs(checkpoint.ledger.lineage, path)
      checkpoints[sequence] = checkpoint.chain
    } catch {
      problems.append(error)
    }
  }

  /// Every file is of one journal.
  private mutating func belongs(_ other: String, _ path: String) throws(JournalError) {
    let expected = lineage ?? other
    lineage = expected
    guard other == expected else { throw .foreign(file: path, lineage: other, expected: expected) }
  }

  /// Each segment by itself, so that damage in one does not hide that of another.
  fileprivate mutating func check(segments: [Int], _ disk: any Disk, _ layout: Layout) {
    var next: Segment?
    for number in segments.reversed() {
      files += 1
      do throws(JournalError) {
        let segment = try Segment(number, disk, layout)
        let newer = next
        next = segment
        bases[number] = segment.opened.checkpoint
        try belongs(segment.opened.lineage, segment.path)
        try check(segment, before: newer)
      } catch {
        problems.append(error)
      }
    }
  }

  /// The newest generations are there whole: compaction leaves them, and so does every crash.
  fileprivate mutating func checkPresence(_ inventory: Inventory, _ layout: Layout) {
    guard let newest = inventory.segments.last else { return }
    for number in max(1, newest - Format.generations + 1)...newest {
      if !inventory.segments.contains(number) {
        problems.append(.broken(layout.segment(number), 0, "the file is missing"))
      } else if let base = bases[number], base > 0, !inventory.checkpoints.contains(base) {
        problems.append(.broken(layout.checkpoint(base), 0, "the file is missing"))
      }
    }
  }

  private mutating func check(_ segment: Segment, before next: Segment?) throws(JournalError) {
    var (segment, chain) = (segment, segment.origin)
    var ledger = Ledger()
    let (bytes, path, checkpoints) = (segment.bytes, segment.path, checkpoints)
    try segment.walk(&chain, upTo: next.map { $0.first.sequence - 1 }) { (scanned, line) throws(JournalError) in
      let envelope = scanned.envelope
      do throws(Shortfall) { try ledger.replay(envelope, scanned.take(), bytes) } catch {
        throw .incomplete(path, line, error)
      }
      if let checkpoint = checkpoints[envelope.sequence], checkpoint.sum != envelope.sum {
        throw .broken(path, line, "entry \(envelope.sequence) is not the one that its checkpoint stands for")
      }
    }
    entries += segment.entries
    if let next, chain.sequence != next.first.sequence - 1 || chain.sum != next.first.previous {
      if segment.wasLeftTorn(after: chain, before: next) {
        return notes.append(
          "\(path):\(segment.entries + 1): the last batch before a crash is not here, but in the checkpoint behind it")
      }
      throw .broken(path, segment.entries + 1, "the entry is not intact or missing, and \(next.path) goes on behind it")
    }
    if next == nil { try segment.judgeRest(after: chain) }
    guard !segment.rest.isEmpty else { return }
    let torn = "\(path):\(segment.entries + 1): a torn tail of \(segment.rest.count) bytes, which nothing relied on"
    if next == nil { tail = torn } else { notes.append(torn) }
  }

  fileprivate mutating func note(_ recovery: Recovery) {
    end = End(lineage: recovery.ledger.lineage, sequence: recovery.ledger.sequence)
    if let tail { notes.append(tail) }
    if let bypassed = recovery.bypassed { notes.append("done without it: \(bypassed.message)") }
    if recovery.head == nil { notes.append("there is no head.json: a journal that was cut back would not be noticed") }
  }
}
