import Listings

/// A segment's bytes, read as far as they are intact and chained.
struct Segment {
  let path: String
  let number: Int
  let bytes: [UInt8]
  /// Its first line.
  let first: Envelope
  let opened: Opened
  /// Behind the last byte that is no room for more.
  private let filled: Int
  /// Behind the last good line.
  private(set) var end = 0
  /// Good lines.
  private(set) var entries = 0

  init(_ number: Int, _ disk: any Disk, _ layout: Layout) throws(JournalError) {
    let path = layout.segment(number)
    do throws(DiskError) { bytes = try disk.read(path, limit: Format.segmentLimit + 1) } catch {
      throw JournalError(error)
    }
    guard bytes.count <= Format.segmentLimit else { throw .broken(path, 0, "it is larger than any segment") }
    (self.path, self.number, self.first) = (path, number, try Segment.first(bytes, path))
    filled = Segment.filled(bytes)
    opened = try Opened(first, bytes, path)
    guard opened.segment == number else {
      throw .broken(path, 1, "it is segment \(opened.segment ?? 0), under another's name")
    }
  }

  /// The number of its first entry, from the file's beginning alone.
  static func start(_ number: Int, _ disk: any Disk, _ layout: Layout) throws(JournalError) -> Int {
    let path = layout.segment(number)
    let bytes: [UInt8]
    do throws(DiskError) { bytes = try disk.read(path, limit: Format.lineLimit) } catch { throw JournalError(error) }
    return try first(bytes, path).sequence
  }

  private static func first(_ bytes: [UInt8], _ path: String) throws(JournalError) -> Envelope {
    var lines = LineReader(bytes: bytes)
    guard let range = lines.next(), let first = Envelope(bytes, range), first.kind == "opened" else {
      throw .broken(path, 1, "the first line is not intact, though it had been synced before the file got its name")
    }
    return first
  }

  private static func filled(_ all: [UInt8]) -> Int {
    let bytes = all.span
    let blanks = UInt64(Format.blank) &* 0x0101_0101_0101_0101
    var end = bytes.count
    while end >= 8, bytes.word(at: end &- 8) == blanks { end &-= 8 }
    while end > 0, bytes[end &- 1] == Format.blank { end &-= 1 }
    return end
  }

  /// The entry before its first.
  var origin: Chain { Chain(sequence: first.sequence - 1, batch: first.batch - 1, sum: first.previous) }

  /// What stands behind the last good line, without the spaces at its end, which are room for more.
  var rest: ArraySlice<UInt8> { bytes[end..<max(end, filled)] }

  /// Visits each line (with its number) from the start, while it is intact, up to the entry `bound`. An intact line out
  /// of its place is damage: no tear moves lines.
  mutating func walk(
    _ chain: inout Chain, upTo bound: Int?, _ visit: (inout ScannedLine, Int) throws(JournalError) -> Void
  ) throws(JournalError) {
    var lines = LineScan(bytes)
    while chain.sequence < bound ?? .max, var line = lines.next() {
      let envelope = line.envelope
      guard chain.accepts(envelope) else {
        throw .broken(
          path, entries + 1,
          "entry \(envelope.sequence) stands behind entry \(chain.sequence): entries are missing, repeated or swapped")
      }
      try visit(&line, entries + 1)
      chain = Chain(sequence: envelope.sequence, batch: envelope.batch, sum: envelope.sum)
      end = envelope.line.upperBound + 1
      entries += 1
    }
  }

  /// Whether the journal may end so; this is its newest segment.
  func judgeEnd(after chain: Chain, _ head: Head?, _ layout: Layout) throws(JournalError) {
    if let head, chain.sequence < head.chain.sequence {
      guard !rest.isEmpty else {
        throw .rolledBack(file: path, sequence: chain.sequence, expected: head.chain.sequence)
      }
      throw .broken(
        path, entries + 1, "the entry is not intact, and \(layout.head) shows that it had been safely written")
    }
    try judgeRest(after: chain)
  }

  /// Whether what stands behind the last good line can only be a tear of the batch that was being written; throws when
  /// something intact in it shows that a bad line had been synced before.
  func judgeRest(after chain: Chain) throws(JournalError) {
    var lines = LineReader(bytes: bytes, offset: end)
    var hasSameBatch = false
    while let range = lines.next() {
      // The rest of a block that never arrived reads as NULs or spaces before the next intact line.
      let start = bytes[range].firstIndex { $0 != 0 && $0 != Format.blank } ?? range.upperBound
      guard let envelope = Envelope(bytes, start..<range.upperBound) else { continue }
      if envelope.batch == chain.batch { hasSameBatch = true }
      if envelope.batch > chain.batch + 1 || envelope.batch > chain.batch && hasSameBatch {
        throw .broken(
          path, entries + 1,
          "the entry is not intact, and entry \(envelope.sequence) behind it shows that it had been safely written: "
            + "the file was changed or the disk lost data")
      }
    }
  }
}

extension Segment {
  /// Whether what is missing before `next` can be the batch that a crash interrupted: after a sync that failed, its lines
  /// may have been read back from memory and kept, and never have reached this file. Compaction leaves no such gap.
  func wasLeftTorn(after chain: Chain, before next: Segment) -> Bool {
    let skipped = next.first.batch - chain.batch
    return next.opened.isUnclean && next.number == number + 1 && chain.sequence < next.first.sequence
      && (2...3).contains(skipped)
  }
}

extension Chain {
  fileprivate func accepts(_ next: Envelope) -> Bool {
    guard next.sequence == sequence + 1, next.previous == sum else { return false }
    // A new segment may leave batch numbers out, which a torn batch may have had.
    return next.kind == "opened" ? next.batch > batch : next.batch == batch || next.batch == batch + 1
  }
}
