import Listings
import Planning

/// One account's work: what waits, what runs, and whether it may. Pure: the executor performs what it says.
struct Lane: Sendable {
  enum Step: Sendable {
    case start(Action)
    /// Nothing may start before this moment.
    case wait(Timestamp)
    /// Nothing to start until something finishes or is submitted.
    case rest
  }

  let account: String
  let concurrency: Int
  private(set) var stop: Failure?
  private(set) var inFlight: Set<PostKey> = []
  /// What is done about them; nothing for a post that is only claimed.
  private var begun: [PostKey: Action] = [:]
  /// Those of them that take off what was sold.
  private var salesInFlight: Set<PostKey> = []
  /// Sorted by urgency; taken from the front.
  private var queue: ArraySlice<Action> = []
  private var pausedUntil: Timestamp?
  private var throttles = 0
  private var breaker = Breaker()
  /// Look-ups that would come too early.
  private var notBefore: [PostKey: (kind: Action.Kind, time: Timestamp)] = [:]

  init(account: String, concurrency: Int) {
    self.account = account
    self.concurrency = max(1, concurrency)
  }

  var waiting: ArraySlice<Action> { queue }

  /// What creates and replaces are sending, or may have sent.
  var makes: [PostKey: Content] { begun.compactMapValues(\.made) }

  /// Replaces what waits. Posts that are in flight are left out. Returns those of them of which something else is wanted
  /// than what is being done: afterwards they are planned again.
  mutating func submit(_ actions: [Action]) -> Set<PostKey> {
    let busy = actions.filter { inFlight.contains($0.key) }
    queue = actions.filter { !inFlight.contains($0.key) }[...]
    return Set(busy.filter { begun[$0.key]?.comes(to: $0) != true }.map(\.key))
  }

  /// Until when nothing of the account starts, because of what its marketplace said or how it fails; nil: it may.
  func rest(at now: Timestamp) -> Timestamp? {
    [pausedUntil, breaker.probeAt].compactMap(\.self).filter { $0 > now }.max()
  }

  /// When something may start: `now` when it may already, nil when only a finish or a submission changes anything.
  func due(at now: Timestamp) -> Timestamp? {
    var copy = self
    return switch copy.next(at: now) {
    case .start: now
    case .wait(let time): time
    case .rest: nil
    }
  }

  mutating func next(at now: Timestamp) -> Step {
    guard stop == nil, !queue.isEmpty else { return .rest }
    if let pausedUntil, pausedUntil > now { return .wait(pausedUntil) }
    if let probe = breaker.probeAt {
      if probe > now { return .wait(probe) }
      // Half open: one request tells whether the marketplace is back.
      guard inFlight.isEmpty else { return .rest }
    }
    // A sale waits for nothing of hawker's own, and so has room of its own.
    if let first = queue.first, first.isSale, !inFlight.contains(first.key), salesInFlight.count < concurrency {
      queue.removeFirst()
      return start(first)
    }
    guard inFlight.count - salesInFlight.count < concurrency else { return .rest }
    return take(at: now)
  }

  private mutating func start(_ action: Action) -> Step {
    notBefore[action.key] = nil
    inFlight.insert(action.key)
    begun[action.key] = action
    if action.isSale { salesInFlight.insert(action.key) }
    return .start(action)
  }

  private mutating func take(at now: Timestamp) -> Step {
    if notBefore.isEmpty, let first = queue.first, !inFlight.contains(first.key) {
      queue.removeFirst()
      return start(first)
    }
    var earliest: Timestamp?
    for index in queue.indices where !inFlight.contains(queue[index].key) {
      // A person may have settled it meanwhile: what follows needs no look-up.
      if let (kind, time) = notBefore[queue[index].key], kind == queue[index].kind, time > now {
        earliest = min(earliest ?? time, time)
        continue
      }
      return start(queue.remove(at: index))
    }
    return earliest.map(Step.wait) ?? .rest
  }

  /// Puts a look-up that came too early back, behind what waits.
  mutating func requeue(_ action: Action) {
    if stop == nil { queue.append(action) }
  }

  /// Puts sales ahead of what waits, in place of whatever waits for the same listings. Returns the posts that are in
  /// flight.
  mutating func expedite(_ sales: [Action], of listings: Set<String>) -> Set<PostKey> {
    let rest = queue.filter { !listings.contains($0.key.listing) || $0.isSale }
    let known = Set(sales.map(\.key))
    queue = (sales.filter { !inFlight.contains($0.key) } + rest.filter { !known.contains($0.key) })[...]
    return inFlight.filter { listings.contains($0.listing) }
  }

  /// Takes the post as if something of it were in flight; false when something is.
  mutating func claim(_ key: PostKey) -> Bool { inFlight.insert(key).inserted }

  mutating func finished(_ key: PostKey) {
    inFlight.remove(key)
    begun[key] = nil
    salesInFlight.remove(key)
  }

  mutating func succeeded() {
    breaker.succeeded()
    throttles = 0
  }

  /// Returns until when the account rests, when this failure made it.
  mutating func unavailable(at now: Timestamp) -> Timestamp? {
    breaker.failed(at: now) ? breaker.probeAt : nil
  }

  /// The marketplace said to slow down; without a time, the account backs off by itself. Returns until when the account
  /// rests, when that is news: all that was under way is told the same.
  mutating func throttled(until: Timestamp?, at now: Timestamp, chance: Double) -> Timestamp? {
    throttles += 1
    let time = until ?? now.advanced(by: Backoff.delay(after: min(throttles + 1, 7), chance: chance))
    let known = pausedUntil ?? now
    rest(until: time)
    return time.duration(since: known) > .seconds(1) || known <= now ? pausedUntil : nil
  }

  /// A shorter rest never ends a longer one.
  mutating func rest(until time: Timestamp) { pausedUntil = max(pausedUntil ?? time, time) }

  mutating func halt(_ failure: Failure) {
    stop = failure
    queue = []
  }

  mutating func resume() { stop = nil }

  mutating func postpone(_ action: Action, until time: Timestamp) { notBefore[action.key] = (action.kind, time) }
}

extension Action {
  /// What it makes, or what was made before that it settles.
  fileprivate var made: Content? {
    switch kind {
    case .create, .replace, .resolve: post?.content ?? record?.pending?.content
    default: nil
    }
  }

  /// Whether it is what `other` asks for, with nothing to follow.
  fileprivate func comes(to other: Action) -> Bool {
    switch kind {
    case .create, .update, .withdraw: break
    case .replace, .adopt, .forget, .resolve, .unchanged: return false
    }
    return kind == other.kind && remoteID == other.remoteID && cause == other.cause && post == other.post
  }
}
