/// The events of anchored nodes, kept so that an alias can be replayed. Memory is bounded: what is recorded comes from
/// the file (at most its size) or from a replay (at most the budget), and replayed text is never copied again.
struct Tape {
  struct Entry {
    var kind: EventKind
    var style: ScalarStyle = .plain
    var trailing: TrailingComment = .none
    var line: Int32 = 0
    var column: Int32 = 0
    /// The scalar's bytes in the arena.
    var start: Int32 = 0
    var count: Int32 = 0
  }

  private struct OpenAnchor {
    var name: String
    var start: Int
    var depth: Int
  }

  private(set) var entries: [Entry] = []
  private(set) var arena: [UInt8] = []
  private var anchors: [String: Range<Int>] = [:]
  private var open: [OpenAnchor] = []

  var isRecording: Bool { !open.isEmpty }

  /// `depth` is the one outside the node.
  mutating func begin(anchor: String, depth: Int) {
    anchors[anchor] = nil
    open.append(OpenAnchor(name: anchor, start: entries.count, depth: depth))
  }

  mutating func record(_ entry: Entry, bytes: UnsafeBufferPointer<UInt8>) {
    var entry = entry
    entry.start = Int32(arena.count)
    entry.count = Int32(bytes.count)
    arena.append(contentsOf: bytes)
    entries.append(entry)
  }

  mutating func record(again entry: Entry) { entries.append(entry) }

  /// Closes the anchors whose node ends when the reader is back at `depth`.
  mutating func end(depth: Int) {
    while let last = open.last, last.depth >= depth {
      anchors[last.name] = last.start..<entries.count
      open.removeLast()
    }
  }

  func range(of anchor: String) -> Range<Int>? { anchors[anchor] }
  func isOpen(_ anchor: String) -> Bool { open.contains { $0.name == anchor } }

  /// Anchors belong to one document.
  mutating func forget() {
    guard !anchors.isEmpty else { return }
    anchors.removeAll()
    entries.removeAll()
    arena.removeAll()
  }
}
