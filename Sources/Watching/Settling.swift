import Inotify

/// What happened to one path, as far as settling cares.
enum Change: Hashable, Sendable {
  /// A writer closed it.
  case finished
  /// An entry was renamed onto it, hiding what was there; the number joins it to its `renamedFrom`.
  case renamedTo(UInt32)
  case renamedFrom(UInt32)
  /// Deleted: editors delete and write anew.
  case gone
  /// Created and perhaps being written to, found in a new folder, other permissions, or any change of a folder.
  case touched
}

/// What to say now.
enum Announcement: Equatable, Sendable {
  case paths(Set<RawPath>)
  case everything(String)
}

/// Decides when a change is quiet. Time only comes in.
///
/// The first complete write of one file is announced at once, so that a lone edit waits for nothing. What follows within
/// `settle` is a burst: it is gathered until nothing happened for `settle`, at most for eight times that.
struct Settling<Instant: InstantProtocol> where Instant.Duration == Duration {
  private let settle: Duration
  private let limit: Int

  private var pending: Set<RawPath> = []
  private var everything: String?
  private var firstPending: Instant?
  private var lastActivity: Instant?
  private var burst = Burst()

  init(settle: Duration, limit: Int = 4096) {
    self.settle = settle
    self.limit = limit
  }

  /// When `due` has something to say, if nothing else happens.
  var deadline: Instant? {
    guard let firstPending, let lastActivity else { return nil }
    return min(lastActivity.advanced(by: settle), firstPending.advanced(by: settle * 8))
  }

  mutating func note(_ path: RawPath, _ change: Change, at now: Instant) -> Announcement? {
    begin(at: now)
    let source = burst.note(path, change)
    if isWhole(change), burst.isLone(path, from: source), everything == nil {
      burst.announced = path
      return .paths(flush().union([path]))
    }
    gather(path)
    return settle > .zero ? nil : take(at: now)
  }

  mutating func noteEverything(_ reason: String, at now: Instant) -> Announcement? {
    begin(at: now)
    burst.isCrowded = true
    everything = everything ?? reason
    firstPending = firstPending ?? now
    return settle > .zero ? nil : take(at: now)
  }

  /// What is due at `now`; nil before the deadline.
  mutating func due(at now: Instant) -> Announcement? {
    guard let deadline, deadline <= now else { return nil }
    return take(at: now)
  }

  private mutating func begin(at now: Instant) {
    if isQuiet(at: now), firstPending == nil { burst = Burst() }
    lastActivity = now
  }

  private func isQuiet(at now: Instant) -> Bool {
    guard let lastActivity else { return true }
    return lastActivity.advanced(by: settle) <= now
  }

  private func isWhole(_ change: Change) -> Bool {
    switch change {
    case .finished, .renamedTo: true
    case .renamedFrom, .gone, .touched: false
    }
  }

  private mutating func gather(_ path: RawPath) {
    firstPending = firstPending ?? lastActivity
    guard everything == nil else { return }
    pending.insert(path)
    if pending.count > limit { everything = "more than \(limit) files and folders changed at once" }
  }

  private mutating func take(at now: Instant) -> Announcement? {
    if isQuiet(at: now) { burst = Burst() }
    if let reason = everything {
      _ = flush()
      return .everything(reason)
    }
    let paths = flush()
    return paths.isEmpty ? nil : .paths(paths)
  }

  private mutating func flush() -> Set<RawPath> {
    defer {
      pending = []
      everything = nil
      firstPending = nil
    }
    return pending
  }
}

/// What has happened since the last quiet moment, remembered only until it is clear that it is no lone edit.
private struct Burst {
  var isCrowded = false
  /// Announced at once already: the next write of it is the second.
  var announced: RawPath?
  private var paths: Set<RawPath> = []
  private var movedAway: [UInt32: RawPath] = [:]

  /// Where a rename came from.
  mutating func note(_ path: RawPath, _ change: Change) -> RawPath? {
    guard !isCrowded else { return nil }
    paths.insert(path)
    if paths.count > 4 { isCrowded = true }
    switch change {
    case .renamedFrom(let cookie): movedAway[cookie] = path
    case .renamedTo(let cookie): return movedAway[cookie]
    case .finished, .gone, .touched: break
    }
    return nil
  }

  /// Nothing else but this path and the temporary file that was renamed onto it.
  func isLone(_ path: RawPath, from source: RawPath?) -> Bool {
    !isCrowded && announced != path && paths.allSatisfy { $0 == path || $0 == source }
  }
}
