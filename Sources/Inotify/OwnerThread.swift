import Glibc

/// A thread that runs one function to its end.
enum OwnerThread {
  /// Zero, or why there is no thread.
  static func start(_ body: @escaping @Sendable () -> Void) -> Int32 {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED))
    let box = Unmanaged.passRetained(Body(body))
    var thread = pthread_t()
    let status = withSignalsBlocked { pthread_create(&thread, &attributes, enter, box.toOpaque()) }
    if status != 0 { box.release() }
    return status
  }

  /// The thread inherits the mask: signals are other threads' business, and `select` isn't interrupted.
  private static func withSignalsBlocked(_ body: () -> Int32) -> Int32 {
    var all = sigset_t()
    var before = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    return body()
  }

  fileprivate final class Body: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }
}

// A nonisolated function: a callback formed in isolated code would trap on this thread.
private func enter(_ box: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  if let box { Unmanaged<OwnerThread.Body>.fromOpaque(box).takeRetainedValue().run() }
  return nil
}
