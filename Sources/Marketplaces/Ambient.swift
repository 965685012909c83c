import Glibc
import Listings

/// Time and chance, handed in, so that tests run on virtual time and repeat.
package struct Ambient: Sendable {
  /// The wall clock, for records and for the marketplaces' dates.
  package var now: @Sendable () -> Timestamp
  /// Since some fixed moment, never jumping: for pacing, backoff and time-outs.
  package var uptime: @Sendable () -> Duration
  /// The same, by a clock that outlives the program.
  package var boot: @Sendable () -> BootMoment
  /// Returns after the duration, or throws when the task is cancelled.
  package var sleep: @Sendable (Duration) async throws(CancellationError) -> Void
  /// Uniform in 0..<1.
  package var random: @Sendable () -> Double
  /// Where unstructured tasks run; nil: anywhere. Virtual time sees only what runs on its own.
  package var executor: (any TaskExecutor)?
  /// Where that runs for which somebody outside waits: not behind a plan or a scan of the whole shop, which hold a thread
  /// for as long as they take. Nil: where everything runs.
  package var promptExecutor: (any TaskExecutor)?
  /// The one of both that is there.
  package var prompt: (any TaskExecutor)? { promptExecutor ?? executor }

  package init(
    now: @escaping @Sendable () -> Timestamp, uptime: @escaping @Sendable () -> Duration,
    boot: @escaping @Sendable () -> BootMoment,
    sleep: @escaping @Sendable (Duration) async throws(CancellationError) -> Void,
    random: @escaping @Sendable () -> Double, executor: (any TaskExecutor)? = nil
  ) {
    self.executor = executor
    self.now = now
    self.uptime = uptime
    self.boot = boot
    self.sleep = sleep
    self.random = random
  }

  /// The machine's own.
  package static let system: Ambient = {
    let clock = ContinuousClock()
    let start = clock.now
    let boot = bootName()
    return Ambient(
      now: {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(seconds: Int64(time.tv_sec), nanoseconds: Int64(time.tv_nsec))
      },
      uptime: { start.duration(to: clock.now) },
      boot: {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        let moment = Timestamp(seconds: Int64(time.tv_sec), nanoseconds: Int64(time.tv_nsec))
        return BootMoment(boot: boot, milliseconds: moment.milliseconds)
      },
      sleep: { (duration) async throws(CancellationError) in
        do { try await Task.sleep(for: duration, clock: clock) } catch { throw CancellationError() }
      },
      random: { Double.random(in: 0..<1) })
  }()

  /// The first digits of the kernel's name for this start of the machine; `?` where it has none, which is then one start
  /// for ever: no worse than a wall clock.
  private static func bootName() -> String {
    let descriptor = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return "?" }
    defer { close(descriptor) }
    var digits = [UInt8](repeating: 0, count: 8)
    return read(descriptor, &digits, digits.count) == digits.count ? String(decoding: digits, as: UTF8.self) : "?"
  }
}
