import Listings
import Synchronization

/// Lets the requests of one account through no faster than its marketplace and its config allow. Every HTTP request of
/// an adapter takes a turn first.
///
/// A token bucket (one second's worth deep) holds the config's rate, first come first served. The marketplace's word
/// holds on top of it: a pause stops everything, a usage percentage slows the bucket down. A sale's withdrawal skips the
/// bucket and the queue, but not a pause.
package final class Pace: Sendable {
  private let requestsPerSecond: Int
  private let ambient: Ambient
  private let state = Mutex(State())

  /// `requestsPerSecond` 0: no limit of hawker's own.
  package init(requestsPerSecond: Int, ambient: Ambient) {
    self.requestsPerSecond = requestsPerSecond
    self.ambient = ambient
  }

  /// Returns when a request may be sent; throws, and takes nothing, when the task is cancelled or the pace is closed.
  package func turn(_ urgency: Urgency = .normal) async throws(CancellationError) {
    if urgency == .normal, !state.withLock({ $0.claim() }) { try await queue() }
    // Only the head of the queue, and sales, get here. A pause may be prolonged meanwhile: look again after each sleep.
    defer { if urgency == .normal { passOn() } }
    while true {
      guard !Task.isCancelled, !state.withLock(\.isClosed) else { throw CancellationError() }
      let wait = state.withLock { state in
        let now = ambient.uptime()
        return urgency == .sale ? state.pauseLeft(at: now) : state.take(at: now, interval: interval(state, now))
      }
      guard let wait else { return }
      try await sleep(wait)
    }
  }

  /// hawker stops: whoever waits for a turn, or asks for one later, gets none. What was sent already goes on.
  package func close() {
    let (waiting, sleepers) = state.withLock { state in
      state.isClosed = true
      defer { state.waiting = [] }
      return (state.waiting, state.sleepers)
    }
    for waiter in waiting { waiter.continuation.resume(returning: false) }
    for sleeper in sleepers.values { sleeper.cancel() }
  }

  /// Sleeps so that `close` and the task's own cancellation both end it at once.
  private func sleep(_ duration: Duration) async throws(CancellationError) {
    let sleeper = Task(executorPreference: ambient.executor) { [ambient] in
      do throws(CancellationError) { try await ambient.sleep(duration) } catch { return }
    }
    let id = state.withLock { state in
      state.lastID += 1
      if state.isClosed { sleeper.cancel() } else { state.sleepers[state.lastID] = sleeper }
      return state.lastID
    }
    await withTaskCancellationHandler {
      await sleeper.value
    } onCancel: {
      sleeper.cancel()
    }
    _ = state.withLock { $0.sleepers.removeValue(forKey: id) }
  }

  /// The marketplace wants nothing before `time`. A shorter pause never ends a longer one.
  package func pause(until time: Timestamp) { pause(for: time.duration(since: ambient.now())) }

  package func pause(for duration: Duration) {
    let end = ambient.uptime() + duration
    state.withLock { $0.pausedUntil = max($0.pausedUntil, end) }
  }

  /// How much of its allowance the marketplace says is used: from 75 requests come more slowly, at 100 they stop for a
  /// minute. The last word counts, for five minutes.
  package func usage(percent: Int) {
    let now = ambient.uptime()
    state.withLock { state in
      state.usage = percent
      state.usageKnownUntil = now + .seconds(300)
      if percent >= 100 { state.pausedUntil = max(state.pausedUntil, now + .seconds(60)) }
    }
  }

  /// When the marketplace's pause ends; nil when there is none.
  package var pausedUntil: Timestamp? {
    let left = state.withLock { $0.pauseLeft(at: ambient.uptime()) }
    return left.map { ambient.now().advanced(by: $0) }
  }
}

extension Pace {
  /// Times are uptimes: the wall clock may jump.
  private struct State {
    var pausedUntil: Duration = .zero
    var usage = 0
    var usageKnownUntil: Duration = .zero
    /// The bucket, as the time at which it would be full again (a "generic cell rate" bucket: no refilling timer).
    var fullAt: Duration = .zero
    var hasHead = false
    var waiting: [Waiter] = []
    var lastID = 0
    var isClosed = false
    var sleepers: [Int: Task<Void, Never>] = [:]

    func pauseLeft(at now: Duration) -> Duration? { pausedUntil > now ? pausedUntil - now : nil }

    /// Takes a token, or says how long to wait for one.
    mutating func take(at now: Duration, interval: Duration) -> Duration? {
      if let left = pauseLeft(at: now) { return left }
      let depth = max(.seconds(1) - interval, .zero)
      guard fullAt - depth <= now else { return fullAt - depth - now }
      fullAt = max(fullAt, now) + interval
      return nil
    }

    mutating func claim() -> Bool {
      defer { hasHead = true }
      return !hasHead
    }

    mutating func nextHead() -> Waiter? {
      hasHead = !waiting.isEmpty
      return waiting.isEmpty ? nil : waiting.removeFirst()
    }

    mutating func remove(_ id: Int) -> Waiter? {
      waiting.firstIndex { $0.id == id }.map { waiting.remove(at: $0) }
    }
  }

  private struct Waiter {
    let id: Int
    /// True: it is the head now. False: it was cancelled.
    let continuation: CheckedContinuation<Bool, Never>
  }

  /// The time between two requests: the config's, stretched by what is left of the marketplace's allowance.
  private func interval(_ state: State, _ now: Duration) -> Duration {
    let usage = now < state.usageKnownUntil ? state.usage : 0
    if usage < 75 { return requestsPerSecond == 0 ? .zero : .seconds(1) / requestsPerSecond }
    // With no limit of our own, slow down from fifty a second.
    return .seconds(1) / (requestsPerSecond == 0 ? 50 : requestsPerSecond) * 25 / max(100 - usage, 1)
  }

  /// Returns when this task is the head of the queue; the head alone sleeps, the others wait for it.
  private func queue() async throws(CancellationError) {
    let id = state.withLock { state in
      state.lastID += 1
      return state.lastID
    }
    let isHead = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        // The mark of a cancellation is set before its handler runs, and the handler needs the lock: it is either seen
        // here, or finds the waiter.
        let answer: Bool? = state.withLock { state in
          if Task.isCancelled || state.isClosed { return false }
          if state.claim() { return true }
          state.waiting.append(Waiter(id: id, continuation: continuation))
          return nil
        }
        if let answer { continuation.resume(returning: answer) }
      }
    } onCancel: {
      state.withLock { $0.remove(id) }?.continuation.resume(returning: false)
    }
    if !isHead { throw CancellationError() }
  }

  private func passOn() {
    state.withLock { $0.nextHead() }?.continuation.resume(returning: true)
  }
}
