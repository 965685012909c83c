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
    /// The writer sleeps in `read`, or is about to.
    var isIdle = false
    var isRetired = false
  }

  private let state: Mutex<State>
  private let bell: Bell
  private let directory: String

  init(_ ledger: Ledger, _ directory: String) throws(JournalError) {
    bell = try Bell(directory)
    state = Mutex(State(ledger: ledger))
    self.directory = directory
  }

  var ledger: Ledger { state.withLock { $0.ledger } }

  /// Work that the writer has not taken yet.
  var waiting: Int { state.withLock { $0.queue.count } }

  func key(ofOp op: String) -> PostKey? { state.withLock { $0.ledger.key(ofOp: op) } }

  /// Queues work. The bell is rung under the lock, so that a retired one is never touched.
  func send(_ work: Work) {
    let isAccepted = state.withLock { state in
      guard !state.isRetired else { return false }
      state.queue.append(work)
      if state.isIdle {
        state.isIdle = false
        bell.ring()
      }
      return true
    }
    if !isAccepted { work.refuse(.closed(path: directory)) }
  }

  /// The writer's next work: everything that is queued. Sleeps while there is none.
  func receive() -> [Work] {
    while true {
      let work = state.withLock { state in
        let work = state.queue
        state.queue = []
        state.isIdle = work.isEmpty
        return work
      }
      if !work.isEmpty { return work }
      bell.wait()
    }
  }

  /// Folds in what has become durable, and then lets the callers go on.
  func settle(_ requests: [Request], _ refusals: [JournalError?], at: Timestamp, sequence: Int) {
    state.withLock { state in
      for (request, refusal) in zip(requests, refusals) where refusal == nil {
        for entry in request.entries { state.ledger.apply(entry, at: at) }
      }
      state.ledger.sequence = sequence
    }
    for (request, refusal) in zip(requests, refusals) { request.waiter?.resume(returning: refusal) }
  }

  func advance(to sequence: Int) { state.withLock { $0.ledger.sequence = sequence } }

  /// The writer is done: what came too late is refused.
  func retire() {
    let late = state.withLock { state in
      state.isRetired = true
      bell.close()
      defer { state.queue = [] }
      return state.queue
    }
    for work in late { work.refuse(.closed(path: directory)) }
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
