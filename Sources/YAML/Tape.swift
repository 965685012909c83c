/// The events of anchored nodes, kept so that an alias can be replayed. Memory is bounded: what is recorded comes from
/// the file (at most its size) or from a replay (at most the budget), and replayed text is never copied again.
struct Tape {
  struct Entry {
    var event: Event
    /// The scalar's bytes, owned by the tape.
    var bytes: UnsafeBufferPointer<UInt8>
  }

  /// What an event is besides its bytes.
  struct Event {
    var kind: EventKind
    var style: ScalarStyle = .plain
    var trailing: TrailingComment = .none
    var line: Int32 = 0
    var column: Int32 = 0
  }

  private struct OpenAnchor {
    var name: String
    var start: Int
    var depth: Int
  }

  private(set) var entries: [Entry] = []
  // In allocations of their own, so that they stay where they are while the tape grows.
  private var owned: [UnsafeMutableBufferPointer<UInt8>] = []
  private var anchors: [String: Range<Int>] = [:]
  private var open: [OpenAnchor] = []

  var isRecording: Bool { !open.isEmpty }

  /// `depth` is the one outside the node.
  mutating func begin(anchor: String, depth: Int) {
    anchors[anchor] = nil
    open.append(OpenAnchor(name: anchor, start: entries.count, depth: depth))
  }

  mutating func record(_ event: Event, bytes: UnsafeBufferPointer<UInt8>) {
    let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count)
    _ = copy.initialize(from: bytes)
    owned.append(copy)
    entries.append(Entry(event: event, bytes: UnsafeBufferPointer(copy)))
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

  /// Anchors belong to one document. Also to be called at the end: the bytes are freed here.
  mutating func forget() {
    guard !entries.isEmpty else { return }
    anchors.removeAll()
    entries.removeAll()
    for bytes in owned { bytes.deallocate() }
    owned.removeAll()
  }
}
