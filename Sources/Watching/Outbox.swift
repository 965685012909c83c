import Inotify

/// Signals that nobody has taken yet, folded together, so that a slow reader finds few and nothing is lost.
struct Outbox {
  private var health: WatchSignal?
  private var everything: String?
  private var settled: Set<RawPath> = []
  private let limit: Int

  init(limit: Int = 4096) { self.limit = limit }

  mutating func put(_ announcement: Announcement) {
    switch announcement {
    case .everything(let reason): putEverything(reason)
    case .paths(let paths):
      // Who looks at everything looks at these.
      guard everything == nil else { return }
      settled.formUnion(paths)
      if settled.count > limit { putEverything("more than \(limit) files and folders changed") }
    }
  }

  mutating func putEverything(_ reason: String) {
    everything = everything ?? reason
    settled = []
  }

  /// Only the newest state of health is of interest.
  mutating func putHealth(_ signal: WatchSignal) { health = signal }

  mutating func take() -> WatchSignal? {
    if let signal = health {
      health = nil
      return signal
    }
    if let reason = everything {
      everything = nil
      return .lookAgain(reason)
    }
    guard !settled.isEmpty else { return nil }
    defer { settled = [] }
    guard let texts = Self.texts(of: settled) else { return .lookAgain("a folder's name can't be told as text") }
    return .settled(texts)
  }

  /// A path that isn't UTF-8 is announced by its folder; so are two that are one as Swift strings. Nil when the folder
  /// has the same trouble.
  static func texts(of paths: Set<RawPath>) -> Set<String>? {
    var texts: Set<String> = []
    for path in paths {
      if let text = path.string, insert(text, into: &texts) { continue }
      guard let folder = path.parent?.string, insert(folder, into: &texts) else { return nil }
    }
    return texts
  }

  /// False when another spelling of it is there.
  private static func insert(_ text: String, into texts: inout Set<String>) -> Bool {
    texts.insert(text).memberAfterInsert.utf8.elementsEqual(text.utf8)
  }
}
