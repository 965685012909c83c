import Listings
import Synchronization

/// Lets the requests of one account through no faster than its marketplace and its config allow. Every HTTP request of
/// an adapter takes a turn first.
///
/// A token bucket (one second's worth deep) holds the config's rate, first come first served. The marketplace's word
/// holds on top of it: a pause stops everything, a usage percentage slows the bucket down. A sale's withdrawal skips the
/// bucket and the queue, but not a pause.
///
/// A pause is not waited out here: whoever has not sent anything yet is sent away, for the plan may be another one by
/// then, and nobody is to wait for hours.
package final class Pace: Sendable {
  private let requestsPerSecond: Int
  private let ambient: Ambient
  private let state = Mutex(State())

  /// `requestsPerSecond` 0: no limit of hawker's own.
  package init(requestsPerSecond: Int, ambient: Ambient) {
    self.requestsPerSecond = requestsPerSecond
    self.ambient = ambient
  }

  /// Returns when a request may be sent; throws, and takes nothing, when the task is cancelled, the pace is closed
  /// (`stopped`) or the marketplace wants nothing for a while (`throttled`). A turn that was taken ahead is used first.
  package nonisolated(nonsending) func turn(_ urgency: Urgency = .normal) async throws(MarketplaceFailure) {
    if let ahead = Turn.ahead, ahead.isUsed(for: self) { return try check() }
    try await take(urgency)
  }

  /// Takes the turn of what `Turn.use` will send first: before anything is recorded of that.
  package nonisolated(nonsending) func turnAhead(_ urgency: Urgency) async throws(MarketplaceFailure) -> Turn {
    try await take(urgency)
    return Turn(self, at: ambient.uptime())
  }

  private nonisolated(nonsending) func take(_ urgency: Urgency) async throws(MarketplaceFailure) {
    if urgency == .normal, !state.withLock({ $0.claim() }) { try await queue() }
    // Only the head of the queue, and sales, get here. A pause may have begun meanwhile: look again after each sleep.
    defer { if urgency == .normal { passOn() } }
    while true {
      try check()
      let wait = state.withLock { state in
        let now = ambient.uptime()
        return urgency == .sale ? state.pauseLeft(at: now) : state.take(at: now, interval: interval(state, now))
      }
      guard let wait else { return }
      await sleep(wait)
    }
  }

  /// A pause that is all but over is waited out.
  private static let patience = Duration.seconds(1)

  private func check() throws(MarketplaceFailure) {
    let (isClosed, left) = state.withLock { ($0.isClosed, $0.pauseLeft(at: ambient.uptime())) }
    if isClosed || Task.isCancelled { throw .stopped }
    guard let left, left > Pace.patience else { return }
    // A little later: rounded down to the wall clock's milliseconds it would be too early.
    let time = ambient.now().advanced(by: left + .milliseconds(1))
    throw .throttled(.init("the marketplace wants no requests for a while"), until: time)
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

  /// Sleeps so that `close`, a pause and the task's own cancellation all end it at once.
  private nonisolated(nonsending) func sleep(_ duration: Duration) async {
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
    let now = ambient.uptime()
    state.withLock { $0.pause(until: now + duration, at: now) }
  }

  /// How much of its allowance the marketplace says is used: from 75 requests come more slowly, at 100 they stop for a
  /// minute. The last word counts, for five minutes.
  package func usage(percent: Int) {
    let now = ambient.uptime()
    state.withLock { state in
      state.usage = percent
      state.usageKnownUntil = now + .seconds(300)
      if percent >= 100 { state.pause(until: now + .seconds(60), at: now) }
    }
  }

  /// When the marketplace's pause ends; nil when there is none.
  package var pausedUntil: Timestamp? {
    let left = state.withLock { $0.pauseLeft(at: ambient.uptime()) }
    return left.map { ambient.now().advanced(by: $0) }
  }
}

/// A turn that was taken before it is known what will be sent first.
package final class Turn: Sendable {
  @TaskLocal fileprivate static var ahead: Turn?

  private let pace: Pace
  private let takenAt: Duration
  private let isSpent = Atomic(false)

  fileprivate init(_ pace: Pace, at moment: Duration) { (self.pace, takenAt) = (pace, moment) }

  /// The first request of `body` that asks the same pace for a turn has this one.
  package nonisolated(nonsending) func use<Value>(
    _ body: () async throws(MarketplaceFailure) -> Value
  ) async throws(MarketplaceFailure) -> Value {
    let result: Result<Value, MarketplaceFailure> = await Turn.$ahead.withValue(self) {
      do throws(MarketplaceFailure) { return .success(try await body()) } catch { return .failure(error) }
    }
    return try result.get()
  }

  /// A turn that was kept for long is none: many of them would come all at once.
  fileprivate func isUsed(for pace: Pace) -> Bool {
    guard pace === self.pace, pace.uptime - takenAt < .seconds(1) else { return false }
    return isSpent.compareExchange(expected: false, desired: true, ordering: .relaxed).exchanged
  }
}

extension Pace {
  fileprivate var uptime: Duration { ambient.uptime() }

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

    /// Whoever sleeps for the bucket looks again, and goes away.
    mutating func pause(until end: Duration, at now: Duration) {
      guard end > pausedUntil, end > now else { return }
      pausedUntil = end
      for sleeper in sleepers.values { sleeper.cancel() }
    }

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
  private nonisolated(nonsending) func queue() async throws(MarketplaceFailure) {
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
    if !isHead { throw .stopped }
  }

  private func passOn() {
    state.withLock { $0.nextHead() }?.continuation.resume(returning: true)
  }
}
