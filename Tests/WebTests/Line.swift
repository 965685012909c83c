import Foundation
import Glibc
import Listings
import Logging
import Marketplaces
import ServiceLifecycle
import Synchronization

@testable import Web

/// One connection to the server, byte by byte.
struct Line {
  struct NoConnection: Error {}

  private let socket: CInt

  init(port: Int) throws {
    socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 else { throw NoConnection() }
    // A test that would wait for ever fails instead.
    var patience = timeval(tv_sec: 20, tv_usec: 0)
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
  }

  func close() { Glibc.close(socket) }

  /// Whether all of it could be sent.
  @discardableResult
  func send(_ text: String) async -> Bool { await offPool { sendBlocking(text) } }

  /// What has come when `end` is in it, or when the server closes.
  func receive(until end: String? = nil) async -> String { await offPool { receiveBlocking(until: end) } }

  /// One byte after another until the server has had enough.
  func drip() async {
    await offPool { while sendBlocking("x") { usleep(20_000) } }
  }

  private func offPool<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
      Thread.detachNewThread { continuation.resume(returning: body()) }
    }
  }

  private func sendBlocking(_ text: String) -> Bool {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }

  private func receiveBlocking(until end: String?) -> String {
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = recv(socket, &piece, piece.count, 0)
      guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
      bytes += piece[..<count]
      let text = String(decoding: bytes, as: UTF8.self)
      if let end, text.contains(end) { return text }
    }
  }
}

extension Patience {
  /// A machine with too much to do must not cut off what a test doesn't mean to be cut off.
  static let long = Patience(head: .seconds(900), body: .seconds(900), reader: .seconds(900))

  static func long(with change: (inout Patience) -> Void) -> Patience {
    var patience = long
    change(&patience)
    return patience
  }
}

/// The server on a port of its own while `body` runs.
func serving(
  _ loop: FakeLoop = FakeLoop(), listen: String = "127.0.0.1:0", _ patience: Patience = .long,
  _ body: @escaping @Sendable (Int) async throws -> Void
) async throws {
  let (ports, told) = AsyncStream.makeStream(of: Int.self)
  var server = WebServer(
    Given.setting(listen: listen), loop: loop, instruments: Instruments(), ambient: .system,
    logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
    started: { address in told.yield(ListenAddress(String(address.dropFirst(7).dropLast()))?.port ?? 0) })
  server.patience = patience
  let group = ServiceGroup(
    configuration: .init(
      services: [.init(service: server)], logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
  try await withThrowingTaskGroup(of: Void.self) { tasks in
    tasks.addTask { try await group.run() }
    for await port in ports.prefix(1) { try await body(port) }
    await group.triggerGracefulShutdown()
    try await tasks.waitForAll()
  }
}

/// A log that tells the test.
struct Teller: LogHandler {
  var logLevel: Logger.Level = .trace
  var metadata: Logger.Metadata = [:]
  let tell: @Sendable (String) -> Void

  static func logger(_ tell: @escaping @Sendable (String) -> Void) -> Logger {
    Logger(label: "test") { _ in Teller(tell: tell) }
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) { tell(event.message.description) }
}
