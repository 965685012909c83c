import YAML

/// One document as it is written: its nodes with their places in the bytes, so that one of them can be written anew and
/// everything else stays as it is.
struct SourceTree {
  enum Kind {
    case scalar(String, ScalarStyle)
    case map([(key: Node, value: Node)])
    case list([Node])
  }

  struct Node {
    var kind: Kind
    /// In bytes; nil: it stands elsewhere, an alias leads to it.
    var bytes: Range<Int>?
    /// From 0, in characters.
    var column: Int

    func value(of name: String) -> Node? {
      guard case .map(let entries) = kind else { return nil }
      return entries.first { $0.key.text == name }?.value
    }

    func key(_ name: String) -> Node? {
      guard case .map(let entries) = kind else { return nil }
      return entries.first { $0.key.text == name }?.key
    }

    var text: String? { if case .scalar(let text, _) = kind { text } else { nil } }
    var first: Node? { if case .map(let entries) = kind { entries.first?.key } else { nil } }
  }

  let roots: [Node]

  /// Nil when the text is no YAML that hawker takes.
  init?(_ text: [UInt8]) {
    let mark = text.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    let offsets = SourceTree.offsets(text[mark...])
    var roots: [Node] = []
    do throws(YAMLError) {
      roots = try EventReader.read(text.span) { (events) throws(YAMLError) in
        var roots: [Node] = []
        while try events.next() != .streamEnd {
          guard events.kind == .documentStart else { continue }
          try events.next()
          roots.append(try SourceTree.node(&events, offsets))
        }
        return roots
      }
    } catch { return nil }
    self.roots = roots
  }

  /// Where each character begins, and where the text ends.
  private static func offsets(_ text: ArraySlice<UInt8>) -> [Int] {
    var offsets: [Int] = []
    offsets.reserveCapacity(text.count + 1)
    for index in text.indices where text[index] & 0xC0 != 0x80 { offsets.append(index) }
    offsets.append(text.endIndex)
    return offsets
  }

  private static func node(_ events: inout EventReader, _ offsets: [Int]) throws(YAMLError) -> Node {
    let column = events.column - 1
    let bytes = events.place.map { place in
      offsets[min(place.lowerBound, offsets.count - 1)]..<offsets[min(place.upperBound, offsets.count - 1)]
    }
    switch events.kind {
    case .scalar: return Node(kind: .scalar(events.scalarText(), events.style), bytes: bytes, column: column)
    case .mappingStart:
      var entries: [(key: Node, value: Node)] = []
      while try events.next() != .mappingEnd {
        let key = try node(&events, offsets)
        try events.next()
        entries.append((key, try node(&events, offsets)))
      }
      return Node(kind: .map(entries), bytes: bytes, column: column)
    default:
      var items: [Node] = []
      while try events.next() != .sequenceEnd { items.append(try node(&events, offsets)) }
      return Node(kind: .list(items), bytes: bytes, column: column)
    }
  }
}
