import CLibCurl
import Synchronization

/// A request that waits for its answer.
struct Order: Sendable {
  let request: Request
  /// Of `Request.check`.
  let isLoopback: Bool
  let ticket: Ticket
  let continuation: UnsafeContinuation<Result<Response, CurlFailure>, Never>
}

/// A request's identity. It remembers a cancellation that comes before the loop has heard of the request.
final class Ticket: Sendable {
  private let cancelled = Atomic(false)

  var isCancelled: Bool { cancelled.load(ordering: .acquiring) }
  func cancel() { cancelled.store(true, ordering: .releasing) }
}

/// What callers want of the loop, in their order.
///
/// Unchecked because of `multi`: it belongs to the loop's thread; other threads only wake it, which libcurl allows, and
/// only while a client is alive that has not closed it, so that it is never woken when it is no more.
final class Mailbox: @unchecked Sendable {
  enum Letter: Sendable {
    case start(Order)
    case cancel(Ticket)
  }

  private struct State {
    var letters: [Letter] = []
    var isClosed = false
    /// The loop sleeps, or is about to: only then does a letter need to wake it.
    var isAsleep = false
  }

  let multi: UnsafeMutableRawPointer
  private let state = Mutex(State())

  init() {
    Mailbox.prepare
    guard let multi = curl_multi_init() else { fatalError("libcurl has no memory for its first handle") }
    self.multi = multi
  }

  func post(_ letter: Letter) {
    let isAsleep = state.withLock { state in
      state.letters.append(letter)
      defer { state.isAsleep = false }
      return state.isAsleep
    }
    // Not under the lock, where the loop would wait as soon as it is awake.
    if isAsleep { curl_multi_wakeup(multi) }
  }

  func close() {
    state.withLock { state in
      state.isClosed = true
      // Under the lock: once the loop has read it, there is nothing to wake.
      if state.isAsleep { curl_multi_wakeup(multi) }
      state.isAsleep = false
    }
  }

  /// Swaps the letters into `batch`, which is empty, so that both keep their storage. False once closed.
  func collect(into batch: inout [Letter]) -> Bool {
    state.withLock { state in
      state.isAsleep = false
      swap(&state.letters, &batch)
      return !state.isClosed
    }
  }

  /// Whether the loop may sleep: nothing has come since `collect`. From here on a letter wakes it.
  func mayRest() -> Bool {
    state.withLock { state in
      state.isAsleep = state.letters.isEmpty && !state.isClosed
      return state.isAsleep
    }
  }

  private static let prepare: Void = {
    guard curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK else { fatalError("libcurl can't be initialised") }
  }()
}
