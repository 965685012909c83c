import Glibc
import Listings
import Synchronization

/// Entries that wait to become durable, and who waits for them.
struct Request: Sendable {
  var entries: [Entry]
  /// Each entry's members from `"kind"` on.
  var bodies: [[UInt8]]
  /// Nil only while the journal is being opened.
  var waiter: Waiter?

  var size: Int { bodies.reduce(0) { $0 + $1.count + Format.lineOverhead } }
  var isUrgent: Bool { entries.allSatisfy(\.isUrgent) }
}

typealias Waiter = CheckedContinuation<JournalError?, Never>

/// Between the callers' tasks and the writer's thread, with the ledger that both look at. The ledger lives here alone,
/// so that a commit changes it in place.
final class Mailbox: Sendable {
  enum Work: Sendable {
    case append(Request)
    case compact(Waiter)
    /// Nil when nobody waits: the journal was dropped without being closed.
    case close(Waiter?)
  }

  private struct State {
    var ledger: Ledger
    var queue: [Work] = []
    /// The writer sleeps or is about to.
    var isAsleep = false
    /// Work that was taken on and whose sender has not been answered.
    var open = 0
    var isRetired = false
    var unswept: [String: Timestamp]
  }

  private let state: Mutex<State>
  /// How long the queue is, for a look without the lock.
  private let queued = Atomic(0)
  private let bell: Bell
  private let directory: String

  init(_ ledger: Ledger, _ directory: String, unswept: [String: Timestamp] = [:]) throws(JournalError) {
    bell = try Bell(directory)
    state = Mutex(State(ledger: ledger, unswept: unswept))
    self.directory = directory
  }

  var ledger: Ledger { state.withLock { $0.ledger } }

  /// Accounts that are still to be swept, with when the last trouble was.
  var unswept: [String: Timestamp] { state.withLock { $0.unswept } }

  func note(trouble account: String, at moment: Timestamp) { state.withLock { $0.unswept[account] = moment } }

  func swept(_ account: String, since moment: Timestamp) {
    state.withLock { state in
      if state.unswept[account] == moment { state.unswept[account] = nil }
    }
  }

  /// Work that the writer has not taken yet.
  var waiting: Int { state.withLock { $0.queue.count } }

  func record(of key: PostKey) -> Record? { state.withLock { $0.ledger[key] } }

  func drift(of key: PostKey) -> Drift? { state.withLock { $0.ledger.drifts[key] } }

  func stopsCreate(of key: PostKey, digest: Digest?, at now: Timestamp) -> Bool {
    state.withLock { $0.ledger.standing.stopsCreate(of: key, digest: digest, at: now) }
  }

  func share(_ contents: ArraySlice<(key: PostKey, content: Content)>) {
    state.withLock { state in for (key, content) in contents { state.ledger.share(content, of: key) } }
  }

  func ledger(of listings: Set<String>) -> Ledger { state.withLock { $0.ledger.narrowed(to: listings) } }

  /// Whether every sender has had its answer, and what follows from it is done.
  var isIdle: Bool { state.withLock { $0.open == 0 } }

  func answered(_ count: Int) { state.withLock { $0.open -= count } }

  func key(ofOp op: String) -> PostKey? { state.withLock { $0.ledger.key(ofOp: op) } }

  // Who sends holds it: the bell is never rung when it is no more.
  deinit { bell.close() }

  /// Queues work. The bell is not rung under the lock, where the writer would wait as soon as it is awake.
  func send(_ work: Work) {
    let (isAccepted, rings) = state.withLock { state in
      guard !state.isRetired else { return (false, false) }
      state.queue.append(work)
      queued.store(state.queue.count, ordering: .relaxed)
      state.open += 1
      defer { state.isAsleep = false }
      return (true, state.isAsleep)
    }
    if rings { bell.ring() }
    if !isAccepted { work.refuse(.closed(path: directory)) }
  }

  /// The writer's next work: everything that is queued. Sleeps while there is none.
  ///
  /// Callers whose entries have just become durable often append again at once. Without patience the first of them
  /// would get a sync for itself while the others pile up, and a crowd would split into two halves that wait for each
  /// other; so the writer gives `crowd` callers a moment to come back. It stays awake meanwhile, and lets others run: to
  /// sleep and be woken takes longer than they need.
  func receive(expecting crowd: Int, _ patience: inout Patience) -> [Work] {
    if crowd > 1, patience.waits() {
      var look = Patience.Look()
      while queued.load(ordering: .relaxed) < crowd, look.goesOn() { sched_yield() }
      patience.learn(queued.load(ordering: .relaxed) >= crowd)
    }
    while true {
      let work = take()
      if !work.isEmpty { return work }
      bell.wait()
    }
  }

  private func take() -> [Work] {
    state.withLock { state in
      state.isAsleep = state.queue.isEmpty
      defer {
        state.queue = []
        queued.store(0, ordering: .relaxed)
      }
      return state.queue
    }
  }

  /// Folds in what has become durable, and lets each caller go on as soon as its own entries are in: who comes first has
  /// the next ones ready while the others are still being folded.
  func settle(_ requests: [Request], _ refusals: [JournalError?], at: Timestamp, sequence: Int) {
    let accepted = zip(requests, refusals).filter { $0.1 == nil }
    var reached = sequence - accepted.reduce(0) { $0 + $1.0.bodies.count }
    for (request, refusal) in zip(requests, refusals) {
      if refusal == nil {
        reached += request.bodies.count
        state.withLock { state in
          for entry in request.entries { state.ledger.apply(entry, at: at) }
          state.ledger.sequence = reached
        }
      }
      request.waiter?.resume(returning: refusal)
    }
  }

  func advance(to sequence: Int) { state.withLock { $0.ledger.sequence = sequence } }

  /// The writer is done: what came too late is refused.
  func retire() {
    let late = state.withLock { state in
      state.isRetired = true
      defer { state.queue = [] }
      return state.queue
    }
    for work in late { work.refuse(.closed(path: directory)) }
    answered(late.count)
  }
}

extension Mailbox.Work {
  func refuse(_ error: JournalError) {
    switch self {
    case .append(let request): request.waiter?.resume(returning: error)
    case .compact(let waiter): waiter.resume(returning: error)
    case .close(let waiter): waiter?.resume(returning: nil)
    }
  }
}

/// Whether it pays to wait for those who have just been answered: where they go on to something else first, such as a
/// request, it does not, and is tried again only now and then.
struct Patience {
  private static let most = 8
  private static let pause = 512
  private var left = Patience.most
  private var quiet = 0

  mutating func waits() -> Bool {
    if left > 0 { return true }
    quiet += 1
    if quiet < Patience.pause { return false }
    (quiet, left) = (0, 1)
    return true
  }

  mutating func learn(_ cameBack: Bool) { left = cameBack ? Patience.most : left - 1 }

  /// One wait: 150 µs at most, and no longer than until somebody else has had a turn of the processor, who may keep it for
  /// many milliseconds.
  struct Look {
    private let end: Int
    private var last: Int

    init() {
      last = Look.now
      end = last + 150_000
    }

    mutating func goesOn() -> Bool {
      let now = Look.now
      defer { last = now }
      return now < end && now - last < 50_000
    }

    /// Nanoseconds.
    private static var now: Int {
      var time = timespec()
      clock_gettime(CLOCK_MONOTONIC, &time)
      return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }
  }
}
