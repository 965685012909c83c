// Comes in: folders to watch, from any number of listeners. Goes out: what the kernel says of them, event by event, and
// the news that events were lost. It never interprets an event, never follows a tree, and never lets two threads into
// libinotifytools: that library is one global state, so the process has one hub and the hub one owner thread, which
// lives as long as somebody listens.
import Glibc
import Synchronization

/// The process's only way to inotify.
package final class Inotify: Sendable {
  package static let shared = Inotify()

  enum Message: Sendable {
    case join(Int, @Sendable () -> any InotifyListener)
    case poke(Int)
    case leave(Int)
    case overflow
  }

  private struct State {
    var isRunning = false
    var inbox: [Message] = []
    var lastNumber = 0
    /// Open while the owner thread may be waiting; it closes it only after having taken it back from here.
    var wakeDescriptor: CInt?
  }

  private let state = Mutex(State())

  private init() {}

  /// `make` is called on the owner thread, where what it makes stays. The number is for `poke` and `leave`.
  package func listen(_ make: @escaping @Sendable () -> any InotifyListener) throws(InotifyFailure) -> Int {
    let (number, needsThread) = state.withLock { state in
      state.lastNumber += 1
      state.inbox.append(.join(state.lastNumber, make))
      defer { state.isRunning = true }
      if state.isRunning { Self.wake(state) }
      return (state.lastNumber, !state.isRunning)
    }
    if needsThread { try startThread() }
    return number
  }

  /// The listener will hear `.poked`, if it is still there.
  package func poke(_ number: Int) { send(.poke(number)) }

  /// The listener's watches are removed; it may hear a little more until then.
  package func leave(_ number: Int) { send(.leave(number)) }

  /// Behaves as if the kernel had dropped events. For tests.
  package func loseEvents() { send(.overflow) }

  private func send(_ message: Message) {
    state.withLock { state in
      guard state.isRunning else { return }
      state.inbox.append(message)
      Self.wake(state)
    }
  }

  /// Under the lock, so that the descriptor is still the wake folder's.
  private static func wake(_ state: State) {
    guard let descriptor = state.wakeDescriptor else { return }
    // An ATTRIB event on the folder. It can't fail: we own it and hold it open.
    _ = futimens(descriptor, nil)
  }

  // MARK: For the owner thread

  func takeInbox() -> [Message] {
    state.withLock { state in
      defer { state.inbox.removeAll(keepingCapacity: true) }
      return state.inbox
    }
  }

  /// With the descriptor the thread can be woken; it must look into the inbox after this and before it waits.
  func setWakeDescriptor(_ descriptor: CInt?) { state.withLock { $0.wakeDescriptor = descriptor } }

  /// True when there is nothing left to do; from then on another thread may be started.
  func retire() -> Bool {
    state.withLock { state in
      state.isRunning = !state.inbox.isEmpty
      return !state.isRunning
    }
  }

  private func startThread() throws(InotifyFailure) {
    let status = OwnerThread.start { [self] in
      var reader = Reader(hub: self)
      reader.run()
    }
    guard status != 0 else { return }
    state.withLock { state in
      state.isRunning = false
      state.inbox.removeAll()
    }
    throw .noThread(errno: status)
  }
}
