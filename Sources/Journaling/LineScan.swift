/// A line that was read ahead.
struct ScannedLine: Sendable {
  let envelope: Envelope
  let content: LineContent
}

/// Reads a file's lines ahead on all cores, in blocks that end where a line ends, and hands them out in their order.
/// Where the first line that is not intact stands nothing more is read; nothing is judged here.
struct LineScan {
  typealias Block = (lines: [ScannedLine], isWhole: Bool)

  /// Large enough that a thread is worth its start, small enough that little is read in vain behind damage.
  private static let block = 1024 * 1024
  private let bytes: [UInt8]
  /// What was read, block by block, the last line of each first: so that lines are moved out, not copied.
  private var blocks: [[ScannedLine]] = []
  private var ahead: Ahead<Block>?
  /// Where the next block begins; nil when nothing more is to be read.
  private var place: Int?

  init(_ bytes: [UInt8], from offset: Int = 0) {
    (self.bytes, place) = (bytes, offset)
    readAhead(isAlone: bytes.count - offset <= LineScan.block)
  }

  mutating func next() -> ScannedLine? {
    while true {
      if let last = blocks.indices.last {
        if let line = blocks[last].popLast() { return line }
        blocks.removeLast()
      } else if let found = ahead?.results() {
        let whole = found.prefix { $0.isWhole }.count
        if whole < found.count { place = nil }
        blocks = found.prefix(whole + 1).reversed().map(\.lines)
        readAhead(isAlone: false)
      } else {
        return nil
      }
    }
  }

  private mutating func readAhead(isAlone: Bool) {
    var ranges: [Range<Int>] = []
    while let start = place, ranges.count < Cores.count {
      let end = LineReader.end(of: bytes, behind: min(start + LineScan.block, bytes.count) - 1)
      if start < end { ranges.append(start..<end) }
      place = end < bytes.count ? end : nil
    }
    let (bytes, blocks) = (bytes, ranges)
    ahead = blocks.isEmpty ? nil : Ahead(blocks.indices, isAlone: isAlone) { LineScan.read(bytes, blocks[$0]) }
  }

  private static func read(_ bytes: [UInt8], _ range: Range<Int>) -> Block {
    let span = bytes.span
    var (lines, isWhole) = ([ScannedLine](), true)
    lines.reserveCapacity(range.count / 512)
    var reader = LineReader(bytes: bytes, offset: range.lowerBound)
    while reader.offset < range.upperBound {
      guard let line = reader.next(), let envelope = Envelope(span, line) else {
        isWhole = false
        break
      }
      lines.append(ScannedLine(envelope: envelope, content: LineScanner.read(envelope, span)))
    }
    lines.reverse()
    return (lines, isWhole)
  }
}
