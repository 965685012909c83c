import Glibc
import Synchronization

/// Work that falls into independent parts, done on all cores. Plain threads: a journal is opened before there is
/// anything to await, and must not take the cooperative pool away from whoever else runs.
package enum Cores {
  static let count = min(max(sysconf(Int32(_SC_NPROCESSORS_ONLN)), 1), 8)

  /// Parts that are given out at once: several for each core, so that one whose thread must wait for its neighbours' turn
  /// is seldom waited for.
  static let ahead = 4 * count

  /// Does the parts on all cores, a few ahead, and hands their results to the caller's thread in their order.
  static func run<Result: Sendable, Failure: Error>(
    _ parts: Int, _ part: @escaping @Sendable (Int) -> Result, _ take: (Result) throws(Failure) -> Void
  ) throws(Failure) {
    var running = Ahead(0..<min(parts, Cores.ahead), isAlone: parts < 2, part)
    var next = min(parts, Cores.ahead)
    while true {
      let results = running.results()
      if results.isEmpty { return }
      running = Ahead(next..<min(next + Cores.ahead, parts), isAlone: false, part)
      next = min(next + Cores.ahead, parts)
      for result in results { try take(result) }
    }
  }

  /// Runs the same work on all cores, the caller's thread among them, and returns when all have ended.
  package static func crowd(_ work: @escaping @Sendable () -> Void) {
    _ = Ahead(0..<Cores.count, isAlone: false) { _ in work() }.results()
  }

  /// A thread with every signal blocked: signals are for the threads that wait for them. Nil when there can't be one more.
  static func start(_ run: @escaping @Sendable () -> Void) -> pthread_t? {
    var (all, before) = (sigset_t(), sigset_t())
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    let body = Unmanaged.passRetained(Body(run))
    var thread = pthread_t()
    let code = pthread_create(
      &thread, nil,
      { pointer in
        guard let pointer else { return nil }
        Unmanaged<Body>.fromOpaque(pointer).takeRetainedValue().run()
        return nil
      }, body.toOpaque())
    if code == 0 { return thread }
    body.release()
    errno = code
    return nil
  }

  private final class Body: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }
}

/// Parts that other threads work on until somebody needs their results, and then that one's thread too: so it also gets
/// done when no thread can be had.
final class Ahead<Result: Sendable> {
  private let shared: Shared
  private var threads: [pthread_t] = []

  /// `isAlone`: so little that no thread is worth its start.
  init(_ parts: Range<Int>, isAlone: Bool, _ part: @escaping @Sendable (Int) -> Result) {
    let shared = Shared(parts, part)
    self.shared = shared
    guard Cores.count > 1, !isAlone else { return }
    for _ in 0..<min(parts.count, Cores.count) {
      guard let thread = Cores.start({ shared.work() }) else { return }
      threads.append(thread)
    }
  }

  deinit { join() }

  func results() -> [Result] {
    shared.work()
    join()
    return shared.results
  }

  private func join() {
    for thread in threads { pthread_join(thread, nil) }
    threads = []
  }

  private final class Shared: Sendable {
    private let next: Atomic<Int>
    private let found: Mutex<[Result?]>
    private let part: @Sendable (Int) -> Result
    private let parts: Range<Int>

    init(_ parts: Range<Int>, _ part: @escaping @Sendable (Int) -> Result) {
      (self.parts, self.part) = (parts, part)
      next = Atomic(parts.lowerBound)
      found = Mutex([Result?](repeating: nil, count: parts.count))
    }

    func work() {
      while true {
        let index = next.add(1, ordering: .relaxed).oldValue
        guard index < parts.upperBound else { return }
        let result = part(index)
        found.withLock { $0[index - parts.lowerBound] = result }
      }
    }

    /// They are given out once.
    var results: [Result] {
      found.withLock { found in
        defer { found = [] }
        return found.compactMap(\.self)
      }
    }
  }
}
