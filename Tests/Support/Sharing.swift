import Synchronization
import Testing

/// Lets only so many tests at a time at what the whole test process shares. Swift Testing begins all tests at once, and
/// `.serialized` orders a suite's tests among themselves only.
package struct Sharing: SuiteTrait, TestTrait, TestScoping {
  /// For suites that use the process's one inotify. Its events are lost for everybody: a test that loses some must not
  /// run beside one of another suite. A turn is a whole suite, so that the wait counts for no test's time limit.
  package static var inotify: Sharing { Sharing(turns: inotifyTurns, isRecursive: false) }
  /// For suites that open connections, with threads at both ends: each test takes a turn. Hundreds at once would take
  /// all descriptors below 1024, which inotify-tools needs, and leave little time to anybody else.
  package static var connections: Sharing { Sharing(turns: connectionTurns, isRecursive: true) }

  private static let inotifyTurns = Turns(1)
  private static let connectionTurns = Turns(16)

  private let turns: Turns
  package let isRecursive: Bool

  /// Either the suite or each case, so that no turn waits for another one of the same test.
  package func scopeProvider(for test: Test, testCase: Test.Case?) -> Self? {
    isRecursive == (testCase != nil) ? self : nil
  }

  package func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    await turns.take()
    defer { turns.give() }
    try await function()
  }
}

/// First come, first served; who waits blocks no thread.
private final class Turns: Sendable {
  private struct State {
    var free: Int
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  private let state: Mutex<State>

  init(_ count: Int) { state = Mutex(State(free: count)) }

  func take() async {
    await withCheckedContinuation { continuation in
      let isFree = state.withLock { state in
        if state.free == 0 {
          state.waiting.append(continuation)
          return false
        }
        state.free -= 1
        return true
      }
      if isFree { continuation.resume() }
    }
  }

  func give() {
    let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
      guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
      state.free += 1
      return nil
    }
    next?.resume()
  }
}
