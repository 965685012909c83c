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
    return .settled(Self.texts(of: settled))
  }

  /// A path that isn't UTF-8 is announced by its nearest folder that is; so are two that are one as Swift strings.
  static func texts(of paths: Set<RawPath>) -> Set<String> {
    var texts: Set<String> = []
    for path in paths {
      if let text = path.string, texts.insert(text).inserted { continue }
      var folder = path.parent
      while let next = folder {
        if let text = next.string {
          texts.insert(text)
          break
        }
        folder = next.parent
      }
    }
    return texts
  }
}
