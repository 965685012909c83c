import Listings
import Marketplaces

/// Whoever waits until an executor has nothing in flight, or until a time.
struct Waiting {
  private var waiters: [CheckedContinuation<Void, Never>] = []
  /// When they are woken although something is still in flight.
  private var alarm: (at: Timestamp, task: Task<Void, Never>)?

  var isEmpty: Bool { waiters.isEmpty }

  mutating func add(_ waiter: CheckedContinuation<Void, Never>) { waiters.append(waiter) }

  mutating func wake() {
    for waiter in waiters { waiter.resume() }
    waiters = []
  }

  /// Calls `wake` at that time, unless it is to be called earlier anyway.
  mutating func ring(at moment: Timestamp, _ ambient: Ambient, _ wake: @escaping @Sendable () async -> Void) {
    if let alarm, alarm.at <= moment { return }
    alarm?.task.cancel()
    let pause = max(.milliseconds(1), moment.duration(since: ambient.now()))
    let task = Task(executorPreference: ambient.executor) {
      do throws(CancellationError) { try await ambient.sleep(pause) } catch { return }
      await wake()
    }
    alarm = (moment, task)
  }

  mutating func hush() {
    alarm?.task.cancel()
    alarm = nil
  }
}
