import Listings

/// What `state verify` found: every entry of every kept generation, one by one.
package struct Verification: Hashable, Sendable {
  package var files = 0
  package var entries = 0
  /// Damage, with file and line; empty when all is intact.
  package var problems: [JournalError] = []
  /// What is unusual and harmless: torn tails that were left behind, a checkpoint that was done without.
  package var notes: [String] = []

  package var isIntact: Bool { problems.isEmpty }
}

extension JournalReading {
  /// Changes nothing and never throws: what can't be read is a problem too. Run it without a daemon for a final word.
  package static func verify(_ directory: String, disk: any Disk = LocalDisk()) -> Verification {
    var report = Verification()
    let layout = Layout(directory: directory)
    do throws(JournalError) {
      guard let inventory = try Inventory(disk, layout) else { return report }
      for sequence in inventory.checkpoints { report.check(checkpoint: sequence, disk, layout) }
      report.check(segments: inventory.segments, disk, layout)
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
      entries += try Base.read(layout.checkpoint(sequence), sequence, disk).ledger.records.count
    } catch {
      problems.append(error)
    }
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
        try check(segment, before: newer)
      } catch {
        problems.append(error)
      }
    }
  }

  private mutating func check(_ segment: Segment, before next: Segment?) throws(JournalError) {
    var (segment, chain) = (segment, segment.origin)
    var ledger = Ledger()
    let (bytes, path) = (segment.bytes, segment.path)
    try segment.walk(&chain, upTo: next.map { $0.first.sequence - 1 }) { (envelope, line) throws(JournalError) in
      do throws(Shortfall) { try ledger.replay(envelope, bytes) } catch { throw .incomplete(path, line, error) }
    }
    entries += segment.entries
    if let next, chain.sequence != next.first.sequence - 1 || chain.sum != next.first.previous {
      throw .broken(path, segment.entries + 1, "the entry is not intact or missing, and \(next.path) goes on behind it")
    }
    if next == nil { try segment.judgeRest(after: chain) }
    if !segment.rest.isEmpty {
      notes.append(
        "\(path):\(segment.entries + 1): a torn tail of \(segment.rest.count) bytes, which nothing relied on")
    }
  }

  fileprivate mutating func note(_ recovery: Recovery) {
    if let bypassed = recovery.bypassed { notes.append("done without it: \(bypassed.message)") }
    if recovery.head == nil { notes.append("there is no head.json: a journal that was cut back would not be noticed") }
  }
}
