import Glibc
import Listings
import Marketplaces
import Synchronization

/// A world in which time passes only when nobody has anything to do: hours run in milliseconds, and the same way again.
///
/// Run the test inside `run`. Its tasks (`async let`, task groups; not unstructured `Task { }`) take turns on one thread
/// of this executor; when all of them wait and some sleep, time jumps to the earliest end of a sleep. What waits for
/// something outside (a socket) is not seen: time may jump ahead of it.
package final class VirtualTime: TaskExecutor {
  private struct Sleeper {
    let id: Int
    let end: Duration
    let continuation: CheckedContinuation<Void, Never>
  }

  private struct State {
    var elapsed: Duration = .zero
    var jobs: [UnownedJob] = []
    var sleepers: [Sleeper] = []
    var lastID = 0
    var isPumping = false
    var isOutsideBusy: @Sendable () -> Bool = { false }
    var seed: UInt64
  }

  private enum Turn {
    case job(UnownedJob)
    case wake(CheckedContinuation<Void, Never>)
    case rest
  }

  private let start: Timestamp
  private let state: Mutex<State>

  package init(start: Timestamp = Timestamp(milliseconds: 1_795_000_000_000), seed: UInt64 = 1) {
    self.start = start
    state = Mutex(State(seed: seed))
  }

  package var elapsed: Duration { state.withLock { $0.elapsed } }

  package var ambient: Ambient {
    Ambient(
      now: { [self] in start.advanced(by: elapsed) }, uptime: { [self] in elapsed },
      boot: { [self] in BootMoment(boot: "virtual", milliseconds: Int64(elapsed / .milliseconds(1))) },
      sleep: { [self] (duration) async throws(CancellationError) in try await sleep(duration) },
      random: { [self] in random() }, executor: self)
  }

  package func run<Value: Sendable>(_ body: @Sendable () async throws -> Value) async rethrows -> Value {
    try await withTaskExecutorPreference(self, operation: body)
  }

  /// Nobody takes a turn, and no time passes, while this says that something outside (a writer's thread) is at work.
  package func waits(while isOutsideBusy: @escaping @Sendable () -> Bool) {
    state.withLock { $0.isOutsideBusy = isOutsideBusy }
  }

  package func sleep(_ duration: Duration) async throws(CancellationError) {
    let id = state.withLock { state in
      state.lastID += 1
      return state.lastID
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let sleeps = state.withLock { state in
          guard !Task.isCancelled else { return false }
          state.sleepers.append(Sleeper(id: id, end: state.elapsed + max(duration, .zero), continuation: continuation))
          return true
        }
        sleeps ? pump() : continuation.resume()
      }
    } onCancel: {
      let sleeper = state.withLock { state in
        state.sleepers.firstIndex { $0.id == id }.map { state.sleepers.remove(at: $0) }
      }
      sleeper?.continuation.resume()
    }
    if Task.isCancelled { throw CancellationError() }
  }

  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    state.withLock { $0.jobs.append(job) }
    pump()
  }

  /// A thread that lives while there is a job or a sleeper.
  private func pump() {
    let starts = state.withLock { state in
      defer { state.isPumping = true }
      return !state.isPumping
    }
    guard starts else { return }
    Threads.start { [self] in
      while true {
        let isOutsideBusy = state.withLock { $0.isOutsideBusy }
        while isOutsideBusy() { sched_yield() }
        switch nextTurn() {
        case .job(let job): job.runSynchronously(on: asUnownedTaskExecutor())
        case .wake(let continuation): continuation.resume()
        case .rest: return
        }
      }
    }
  }

  private func nextTurn() -> Turn {
    state.withLock { state in
      if !state.jobs.isEmpty { return .job(state.jobs.removeFirst()) }
      // Of those that end together, the one that lay down first.
      guard let next = state.sleepers.indices.min(by: { state.sleepers[$0].end < state.sleepers[$1].end }) else {
        state.isPumping = false
        return .rest
      }
      let sleeper = state.sleepers.remove(at: next)
      state.elapsed = max(state.elapsed, sleeper.end)
      return .wake(sleeper.continuation)
    }
  }

  /// SplitMix64.
  private func random() -> Double {
    state.withLock { state in
      state.seed &+= 0x9E37_79B9_7F4A_7C15
      var mixed = state.seed
      mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
      return Double((mixed ^ (mixed >> 31)) >> 11) / 9_007_199_254_740_992
    }
  }
}
