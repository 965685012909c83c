import Glibc

/// What lives on the owner thread: the library, the listeners, and who watches what.
struct Reader {
  private let hub: Inotify
  private var listeners: [Int: any InotifyListener] = [:]
  private var failures = 0

  private enum End {
    case idle
    case reset(String)
    case failed(errno: Int32)
  }

  init(hub: Inotify) { self.hub = hub }

  /// One round for each life of the library.
  mutating func run() {
    var reason: String?
    while true {
      do throws(InotifyFailure) {
        switch try live(since: reason) {
        case .idle:
          if hub.retire() { return }
          reason = nil
        case .reset(let text): reason = text
        case .failed(let number):
          failures += 1
          // Starting anew helps against a descriptor that somebody else closed, not against a broken kernel.
          if failures > 3 { throw .unreadable(errno: number) }
          reason = "reading inotify events failed: \(errorText(number))"
        }
      } catch {
        giveUp(error)
        if hub.retire() { return }
      }
    }
  }

  private mutating func live(since reason: String?) throws(InotifyFailure) -> End {
    var watches = SharedWatches(tools: try InotifyTools())
    hub.setWakeDescriptor(watches.tools.wakeDescriptor)
    defer { hub.setWakeDescriptor(nil) }
    if let reason {
      for number in listeners.keys { tell(number, .reset(reason), &watches) }
    }
    return serve(&watches)
  }

  private mutating func serve(_ watches: inout SharedWatches) -> End {
    while true {
      for message in hub.takeInbox() {
        if case .overflow = message { return .reset("events were lost (as a test wishes)") }
        handle(message, &watches)
      }
      if listeners.isEmpty { return .idle }
      if watches.isWorn { return .reset("inotify was started anew after many folders came and went") }
      switch watches.tools.next() {
      case .nothing: break
      case .failed(let number): return .failed(errno: number)
      case .event(let event):
        failures = 0
        if event.kind.contains(.overflow) { return .reset("more happened at once than the kernel keeps (overflow)") }
        for number in watches.owners(of: event.watch) { tell(number, .event(event), &watches) }
        if event.kind.contains(.ignored) { watches.forget(event.watch) }
      }
    }
  }

  private mutating func handle(_ message: Inotify.Message, _ watches: inout SharedWatches) {
    switch message {
    case .join(let number, let make):
      listeners[number] = make()
      tell(number, .joined, &watches)
    case .poke(let number): tell(number, .poked, &watches)
    case .leave(let number):
      if listeners.removeValue(forKey: number) != nil { watches.removeAll(of: number) }
    case .overflow: break
    }
  }

  private mutating func tell(_ number: Int, _ notice: Notice, _ watches: inout SharedWatches) {
    watches.listener = number
    listeners[number]?.heard(notice, &watches)
  }

  /// Also those that join meanwhile hear why it can't be.
  private mutating func giveUp(_ failure: InotifyFailure) {
    for case .join(let number, let make) in hub.takeInbox() { listeners[number] = make() }
    var nothing = NoWatches()
    for number in listeners.keys { listeners[number]?.heard(.unavailable(failure), &nothing) }
    listeners.removeAll()
    failures = 0
  }
}

/// Every add fails: what a listener gets with the news that inotify is unavailable.
private struct NoWatches: FolderWatching {
  let limit = 0
  func add(_ path: RawPath, followingLinks: Bool, listing: EntryFilter) -> AddOutcome { .failed(errno: ENOSYS) }
  func remove(_ watch: Int32) {}
  func identity(of path: RawPath) -> FolderIdentity? { nil }
}
