import CLibYAML
import Glibc

/// Reads the events of one stream. Owned by the function that called `read`, and never outlives the bytes.
package struct EventReader: ~Copyable {
  // libyaml's parser points into itself, so it lives in one allocation that never moves.
  private let parser: UnsafeMutablePointer<yaml_parser_t>
  private var event = yaml_event_t()
  private let input: UnsafeBufferPointer<UInt8>
  private var comments: Comments
  private var tape = Tape()
  private var replay = 0..<0
  private var expandedNodes = 0
  private var expandedBytes = 0
  private var depth = 0
  private var current = Tape.Event(kind: .streamStart)
  /// Where the current event stands in the text, in characters from 0; nil: it is replayed, and stands elsewhere.
  package private(set) var place: Range<Int>?
  /// The current scalar's bytes: libyaml's, or the tape's; empty for other events.
  @usableFromInline var bytes = UnsafeBufferPointer<UInt8>(start: nil, count: 0)

  /// Reads the bytes with `body`; they must not change meanwhile. `body` calls `next` until it has `streamEnd`.
  package static func read<Result>(
    _ bytes: Span<UInt8>, _ body: (inout EventReader) throws(YAMLError) -> Result
  ) throws(YAMLError) -> Result {
    let outcome: Swift.Result<Result, YAMLError> = bytes.withUnsafeBufferPointer { whole in
      do throws(YAMLError) {
        let input = try withoutMark(whole)
        var reader = EventReader(input)
        return .success(try body(&reader))
      } catch {
        return .failure(error)
      }
    }
    return try outcome.get()
  }

  private init(_ input: UnsafeBufferPointer<UInt8>) {
    self.input = input
    comments = Comments(in: input)
    parser = .allocate(capacity: 1)
    // It fails only without memory, as Swift's own allocations do.
    precondition(yaml_parser_initialize(parser) == 1, "out of memory")
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    yaml_parser_set_input_string(parser, input.baseAddress, input.count)
  }

  deinit {
    // `event` owns memory between two calls of `next`; a copy of its pointers is as good to free it.
    var (last, tape) = (event, tape)
    tape.forget()
    yaml_event_delete(&last)
    yaml_parser_delete(parser)
    parser.deallocate()
  }

  /// A UTF-8 byte order mark is skipped; what begins as UTF-16 does is refused.
  private static func withoutMark(
    _ bytes: UnsafeBufferPointer<UInt8>
  ) throws(YAMLError) -> UnsafeBufferPointer<UInt8> {
    guard bytes.count >= 2 else { return bytes }
    let pair = (bytes[0], bytes[1])
    if pair == (0xFF, 0xFE) || pair == (0xFE, 0xFF) || (pair.0 == 0) != (pair.1 == 0) {
      throw YAMLError(
        .encoding, line: 1, column: 1, message: "the file is in UTF-16; save it as UTF-8")
    }
    guard bytes.count >= 3, pair == (0xEF, 0xBB), bytes[2] == 0xBF else { return bytes }
    return UnsafeBufferPointer(rebasing: bytes[3...])
  }

  // MARK: The current event

  package var kind: EventKind { current.kind }
  /// From 1. Of a replayed event: where it was written.
  package var line: Int { Int(current.line) }
  /// From 1, in characters.
  package var column: Int { Int(current.column) }
  package var style: ScalarStyle { current.style }
  package var trailing: TrailingComment { current.trailing }

  /// The scalar's bytes: valid UTF-8, possibly with NUL in it; empty for other events.
  @inlinable @inline(__always)
  package func withScalar<Result>(_ body: (Span<UInt8>) -> Result) -> Result { body(Span(_unsafeElements: bytes)) }

  package func scalarText() -> String { withScalar { String(decoding: $0) } }

  package func scalarEquals(_ text: StaticString) -> Bool {
    withScalar { bytes in
      guard bytes.count == text.utf8CodeUnitCount else { return false }
      for index in 0..<bytes.count where bytes[index] != text.utf8Start[index] { return false }
      return true
    }
  }

  // MARK: The next event

  @discardableResult
  package mutating func next() throws(YAMLError) -> EventKind {
    if !replay.isEmpty {
      try playBack()
    } else if current.kind != .streamEnd {
      try advance()
    }
    return current.kind
  }

  private mutating func advance() throws(YAMLError) {
    yaml_event_delete(&event)
    bytes = UnsafeBufferPointer(start: nil, count: 0)
    guard yaml_parser_parse(parser, &event) == 1 else {
      throw Wording.error(of: parser.pointee, in: input)
    }
    place = Int(event.start_mark.index)..<max(Int(event.start_mark.index), Int(event.end_mark.index))
    current.line = Int32(truncatingIfNeeded: event.start_mark.line &+ 1)
    current.column = Int32(truncatingIfNeeded: event.start_mark.column &+ 1)
    current.trailing = .none
    switch event.type {
    case YAML_SCALAR_EVENT: try scalar()
    case YAML_MAPPING_START_EVENT:
      let node = event.data.mapping_start
      try open(.mappingStart, anchor: node.anchor, tag: node.tag)
    case YAML_SEQUENCE_START_EVENT:
      let node = event.data.sequence_start
      try open(.sequenceStart, anchor: node.anchor, tag: node.tag)
    case YAML_MAPPING_END_EVENT: close(.mappingEnd)
    case YAML_SEQUENCE_END_EVENT: close(.sequenceEnd)
    case YAML_ALIAS_EVENT: try alias()
    case YAML_DOCUMENT_START_EVENT: try documentStart()
    case YAML_DOCUMENT_END_EVENT:
      current.kind = .documentEnd
      tape.forget()
    case YAML_STREAM_END_EVENT: current.kind = .streamEnd
    default: current.kind = .streamStart
    }
  }

  private mutating func scalar() throws(YAMLError) {
    current.kind = .scalar
    current.style = ScalarStyle(event.data.scalar.style)
    bytes = UnsafeBufferPointer(start: event.data.scalar.value, count: event.data.scalar.length)
    if event.data.scalar.tag != nil { throw refusedTag(event.data.scalar.tag) }
    if current.style == .plain { current.trailing = comments.trailing(Int(event.end_mark.index)) }
    if let anchor = event.data.scalar.anchor { tape.begin(anchor: String(cString: anchor), depth: depth) }
    if tape.isRecording {
      tape.record(current, bytes: bytes)
      tape.end(depth: depth)
    }
  }

  private mutating func open(
    _ kind: EventKind, anchor: UnsafeMutablePointer<yaml_char_t>?, tag: UnsafeMutablePointer<yaml_char_t>?
  ) throws(YAMLError) {
    current.kind = kind
    if tag != nil { throw refusedTag(tag) }
    if let anchor { tape.begin(anchor: String(cString: anchor), depth: depth) }
    try deepen()
    if tape.isRecording { tape.record(current, bytes: bytes) }
  }

  private mutating func close(_ kind: EventKind) {
    current.kind = kind
    depth -= 1
    if tape.isRecording {
      tape.record(current, bytes: bytes)
      tape.end(depth: depth)
    }
  }

  private mutating func deepen() throws(YAMLError) {
    depth += 1
    guard depth > Limits.depth else { return }
    throw failure(.depth, "lists and maps stand more than \(Limits.depth) deep in each other; write them flatter")
  }

  private mutating func documentStart() throws(YAMLError) {
    current.kind = .documentStart
    let start = event.data.document_start
    guard start.version_directive == nil, start.tag_directives.start == start.tag_directives.end else {
      throw failure(.directive, "directives (lines that begin with %) are not taken; remove the line")
    }
  }

  // MARK: Aliases

  private mutating func alias() throws(YAMLError) {
    let name = event.data.alias.anchor.map { String(cString: $0) } ?? ""
    guard let range = tape.range(of: name) else {
      throw failure(
        .alias,
        tape.isOpen(name)
          ? "*\(name) stands inside the value that it names; write the value out"
          : "*\(name) refers to nothing; put &\(name) before an earlier value, or put the text in quotes")
    }
    replay = range
    try playBack()
  }

  private mutating func playBack() throws(YAMLError) {
    place = nil
    let entry = tape.entries[replay.lowerBound]
    replay = replay.dropFirst()
    let (line, column) = (current.line, current.column)
    current = entry.event
    bytes = entry.bytes
    if !current.kind.closes {
      expandedNodes += 1
      expandedBytes += bytes.count
      if expandedNodes > Limits.expandedNodes || expandedBytes > Limits.expandedBytes {
        (current.line, current.column) = (line, column)
        throw failure(
          .expansion,
          "the aliases of this file stand for more than \(Limits.expandedNodes) values; write fewer of them")
      }
    }
    if current.kind.opens { try deepen() }
    if current.kind.closes { depth -= 1 }
    if tape.isRecording { tape.record(again: entry) }
  }

  private func refusedTag(_ tag: UnsafeMutablePointer<yaml_char_t>?) -> YAMLError {
    let name = tag.map { String(cString: $0) } ?? "!"
    return failure(
      .tag, "tags (\(name)) are not taken; write the value alone, or put text that begins with ! in quotes")
  }

  private func failure(_ kind: YAMLError.Kind, _ message: String) -> YAMLError {
    YAMLError(kind, line: line, column: column, message: message)
  }
}

extension ScalarStyle {
  init(_ style: yaml_scalar_style_t) {
    self =
      switch style {
      case YAML_SINGLE_QUOTED_SCALAR_STYLE: .singleQuoted
      case YAML_DOUBLE_QUOTED_SCALAR_STYLE: .doubleQuoted
      case YAML_LITERAL_SCALAR_STYLE: .literal
      case YAML_FOLDED_SCALAR_STYLE: .folded
      default: .plain
      }
  }
}

extension String {
  package init(decoding bytes: Span<UInt8>) {
    self = bytes.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
  }
}

extension Slice where Base == UnsafeBufferPointer<UInt8> {
  /// `#`, by memchr.
  var firstIndexOfHash: Int? {
    guard startIndex < endIndex, let base = base.baseAddress,
      let found = memchr(base + startIndex, 0x23, endIndex - startIndex)
    else { return nil }
    return UnsafeRawPointer(found) - UnsafeRawPointer(base)
  }
}
