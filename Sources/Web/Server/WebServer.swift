import Glibc
import Hummingbird
import HummingbirdCore
import Listings
import Logging
import Marketplaces
import NIOCore
import ServiceLifecycle
import Synchronization

/// The web server as a service. It never ends the daemon: what keeps it from serving is told, and the shop is kept in step
/// without it.
package struct WebServer: Service {
  private let setting: WebSetting
  private let door: FrontDoor
  private let logger: Logger
  var patience = Patience()
  private let started: @Sendable (String) -> Void

  /// `started` gets the dashboard's address once it can be opened.
  package init(
    _ setting: WebSetting, loop: any Loop, instruments: Instruments, ambient: Ambient, logger: Logger,
    started: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.setting = setting
    self.logger = logger
    self.started = started
    door = FrontDoor(setting, loop: loop, instruments: instruments, now: ambient.now, uptime: ambient.uptime)
  }

  /// What is under way may end within this; then it is cut off.
  private static let grace: Duration = .seconds(3)
  private static let connections = 512

  package func run() async throws {
    for warning in setting.warnings { logger.warning("\(warning)") }
    let port = Port()
    let responder = Responder(door: door, port: port, patience: patience)
    let quiet = Logger(label: "web") { _ in SwiftLogNoOpLogHandler() }
    let configuration = ServerConfiguration(
      address: .hostname(setting.listen.bareHost, port: setting.listen.port), backlog: 512,
      availableConnectionsDelegate: MaximumAvailableConnections(Self.connections, logger: quiet))
    let server = try QuietServer.make(responder, ConnectionCare.server(patience), configuration, quiet) { channel in
      let number = channel.localAddress?.port ?? setting.listen.port
      port.set(number)
      started("http://\(setting.listen.text(port: number))/")
    }
    let remembering = Task { await remember() }
    defer { remembering.cancel() }
    do {
      try await withTaskExecutorPreference(WebThreads.shared) {
        try await withGrace { try await server.run() }
      }
    } catch {
      guard !(error is CancellationError) else { return }
      logger.warning(
        """
        the web server can't listen on \(setting.listen.text(port: setting.listen.port)): \(reason(error)). The shop is \
        kept in step without dashboard, webhooks and metrics; give another web.listen (HOST:0 takes a free port), or off
        """)
      try? await gracefulShutdown()
    }
  }

  private func reason(_ error: any Error) -> String {
    guard let error = error as? IOError else { return "\(error)" }
    switch error.errnoCode {
    case EADDRINUSE: return "another program has that port"
    case EACCES: return "that port is not for ordinary users"
    case EADDRNOTAVAIL: return "this machine has no such address"
    default: return "\(error)"
    }
  }

  /// Runs `body`; cut off when it takes too long to end.
  private func withGrace(_ body: @escaping @Sendable () async throws -> Void) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await body() }
      group.addTask {
        try await gracefulShutdown()
        try await Task.sleep(for: Self.grace)
      }
      defer { group.cancelAll() }
      _ = try await group.next()
    }
  }

  /// What happened lately, for a page that has just been opened.
  private func remember() async {
    for await activity in door.loop.activity().cancelOnGracefulShutdown() { door.recent.keep(activity) }
  }
}

/// The last lines of the feed.
final class Recent: Sendable {
  private static let limit = 40
  private let kept = Mutex<[Activity]>([])

  var lines: [Activity] { kept.withLock { $0 } }

  func keep(_ activity: Activity) {
    kept.withLock { kept in
      if kept.count == Recent.limit { kept.removeFirst() }
      kept.append(activity)
    }
  }
}

/// The port that is listened on, known once it is.
final class Port: Sendable {
  private let number = Mutex(0)
  var current: Int { number.withLock { $0 } }
  func set(_ value: Int) { number.withLock { $0 = value } }
}
