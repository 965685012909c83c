import NIOCore
import NIOPosix
import Synchronization

/// The open connections, and among them those that wait for news of changes.
final class Connections: Sendable {
  static let listenerLimit = 100

  /// News for the connections that listen: text in the form of server-sent events.
  struct News: Sendable { let text: String }

  private struct State {
    var all: [ObjectIdentifier: any Channel] = [:]
    var listeners: [ObjectIdentifier: any Channel] = [:]
    var isNewsDue = false
  }

  private let state = Mutex(State())

  func add(_ channel: any Channel) {
    let id = ObjectIdentifier(channel)
    state.withLock { $0.all[id] = channel }
    channel.closeFuture.whenComplete { [weak self] _ in
      self?.state.withLock {
        $0.all[id] = nil
        $0.listeners[id] = nil
      }
    }
  }

  /// False when there are too many already.
  func listen(_ channel: any Channel) -> Bool {
    state.withLock {
      guard $0.listeners.count < Connections.listenerLimit, channel.isActive else { return false }
      $0.listeners[ObjectIdentifier(channel)] = channel
      return true
    }
  }

  /// Tells the listeners a little later, so that many changes are told once.
  func noteChange(_ text: @escaping @Sendable () -> String) {
    let isFirst = state.withLock {
      guard !$0.listeners.isEmpty, !$0.isNewsDue else { return false }
      $0.isNewsDue = true
      return true
    }
    guard isFirst else { return }
    MultiThreadedEventLoopGroup.singleton.next().scheduleTask(in: .milliseconds(200)) { [self] in
      let listeners = state.withLock {
        $0.isNewsDue = false
        return Array($0.listeners.values)
      }
      let news = News(text: text())
      for listener in listeners { listener.pipeline.fireUserInboundEventTriggered(news) }
    }
  }

  func closeAll() async {
    for channel in state.withLock({ Array($0.all.values) }) { try? await channel.close().get() }
  }
}
