/// A line that was read ahead.
struct ScannedLine: Sendable {
  let envelope: Envelope
  private(set) var content: LineContent

  init(_ envelope: Envelope, _ content: LineContent) { (self.envelope, self.content) = (envelope, content) }

  /// Its content moved out, which is cheaper than a copy.
  mutating func take() -> LineContent {
    var taken = LineContent.other
    swap(&taken, &content)
    return taken
  }
}

/// Reads a file's lines ahead on all cores, in blocks that end where a line ends, and hands them out in their order.
/// Where the first line that is not intact stands nothing more is read; nothing is judged here.
struct LineScan {
  typealias Block = (lines: [ScannedLine], isWhole: Bool)

  /// Large enough that a thread is worth its start, small enough that little is read in vain behind damage.
  private static let block = 1024 * 1024
  private let bytes: [UInt8]
  private let isChecked: Bool
  /// What was read, block by block, the last line of each first: so that lines are moved out, not copied.
  private var blocks: [[ScannedLine]] = []
  private var ahead: Ahead<Block>?
  /// What is not even being read yet.
  private var rest: ArraySlice<Range<Int>>

  /// `isChecked`: `areChained` has been over these bytes.
  init(_ bytes: [UInt8], from offset: Int = 0, isChecked: Bool = false) {
    (self.bytes, self.isChecked) = (bytes, isChecked)
    rest = LineScan.blocks(bytes, from: offset)[...]
    readAhead(isAlone: rest.count < 2)
  }

  mutating func next() -> ScannedLine? {
    while true {
      if let last = blocks.indices.last {
        if let line = blocks[last].popLast() { return line }
        blocks.removeLast()
      } else if let found = ahead?.results() {
        let whole = found.prefix { $0.isWhole }.count
        if whole < found.count { rest = [] }
        blocks = found.prefix(whole + 1).reversed().map(\.lines)
        readAhead(isAlone: false)
      } else {
        return nil
      }
    }
  }

  private mutating func readAhead(isAlone: Bool) {
    let (bytes, isChecked, ranges) = (bytes, isChecked, Array(rest.prefix(Cores.ahead)))
    rest = rest.dropFirst(ranges.count)
    ahead =
      ranges.isEmpty
      ? nil : Ahead(ranges.indices, isAlone: isAlone) { LineScan.read(bytes, ranges[$0], isChecked) }
  }

  private static func blocks(_ bytes: [UInt8], from offset: Int) -> [Range<Int>] {
    var blocks: [Range<Int>] = []
    var start = offset
    while start < bytes.count {
      let end = LineReader.end(of: bytes, behind: min(start + block, bytes.count) - 1)
      blocks.append(start..<end)
      start = end
    }
    return blocks
  }

  private static func read(_ bytes: [UInt8], _ range: Range<Int>, _ isChecked: Bool) -> Block {
    let span = bytes.span
    var (lines, isWhole) = ([ScannedLine](), true)
    lines.reserveCapacity(range.count / 512)
    var reader = LineReader(bytes: bytes, offset: range.lowerBound)
    while reader.offset < range.upperBound {
      guard let line = reader.next(), let envelope = Envelope(span, line, isChecked: isChecked) else {
        isWhole = false
        break
      }
      lines.append(ScannedLine(envelope, LineScanner.read(envelope, span)))
    }
    lines.reverse()
    return (lines, isWhole)
  }
}

extension LineScan {
  /// Whether so many intact lines, all of one entry, follow `head` to the end, each chained to the one before. Quick, so
  /// that no record is made of a checkpoint that must not be believed.
  static func areChained(_ bytes: [UInt8], from offset: Int, behind head: Envelope, lines: Int?) -> Bool {
    let blocks = blocks(bytes, from: offset)
    var (sum, count, isWhole) = (head.sum, 0, true)
    Cores.run(blocks.count) {
      links(bytes, blocks[$0], head.sequence)
    } _: { links in
      isWhole = isWhole && links.isWhole && links.first == sum
      (sum, count) = (links.last, count + links.count)
    }
    return isWhole && count == lines
  }

  private static func links(
    _ bytes: [UInt8], _ range: Range<Int>, _ sequence: Int
  ) -> (first: UInt32?, last: UInt32, count: Int, isWhole: Bool) {
    var (first, last, count): (UInt32?, UInt32, Int) = (nil, 0, 0)
    var reader = LineReader(bytes: bytes, offset: range.lowerBound)
    while reader.offset < range.upperBound {
      guard let line = reader.next(), let envelope = Envelope(bytes.span, line), envelope.sequence == sequence,
        first == nil || envelope.previous == last
      else { return (first, last, count, false) }
      first = first ?? envelope.previous
      (last, count) = (envelope.sum, count + 1)
    }
    return (first, last, count, true)
  }
}
