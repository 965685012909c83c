import Glibc
import Synchronization

/// An HTTP/1.1 server that misbehaves as told: each connection plays a script. On loopback, on a port of its own, with
/// a thread for each connection; it records whole requests in the order they came.
package final class ScriptedServer: Sendable {
  package enum Step: Sendable {
    /// Another protocol: bytes in, bytes out, until it ends or the client goes away.
    case converse(@Sendable () -> HTTP2Conversation)
    /// Waits for one whole request and records it. Ends the script when the client goes away instead.
    case read
    /// Sends these bytes as they are.
    case send(String)
    case bytes([UInt8])
    /// Sends this again and again, until the client goes away.
    case pour(String)
    /// Sends a byte at a time, so many milliseconds apart, until the client goes away.
    case drip(String, apart: Int32)
    /// A well-formed answer with its length.
    case answer(Int = 200, headers: [(String, String)] = [], String = "")
    /// Reads and answers requests until the client goes away.
    case serve(@Sendable (Received) -> Answer)
    /// The same, until there is a request without an answer: the next step is about that one.
    case serveUntil(@Sendable (Received) -> Answer?)
    /// Does something of the test's own, such as waiting for its word.
    case perform(@Sendable () -> Void)
    /// Waits for the first bytes of a request, and leaves them.
    case listen
    /// Says nothing until the client goes away, or the server stops.
    case hang
    /// The same, without taking in what the client says.
    case freeze
    /// Ends the connection with a reset; without it a script's end closes it.
    case reset
  }

  package struct Answer: Sendable {
    package var status: Int
    package var headers: [(String, String)]
    package var body: String

    package init(_ status: Int = 200, headers: [(String, String)] = [], _ body: String = "") {
      self.status = status
      self.headers = headers
      self.body = body
    }

    var text: String {
      let fields = headers.map { "\($0.0): \($0.1)\r\n" }.joined()
      return "HTTP/1.1 \(status) Told\r\n\(fields)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }
  }

  package struct Received: Sendable {
    /// From 0, in the order of acceptance.
    package var connection: Int
    package var method: String
    /// The path with its query, as it was sent.
    package var target: String
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]

    package var text: String { String(decoding: body, as: UTF8.self) }
    package func header(_ name: String) -> String? {
      headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
  }

  struct State {
    var received: [Received] = []
    var connections: [Int32] = []
    var accepted = 0
    var isStopped = false
    var waiters: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
  }

  private let listener: Int32
  package let port: UInt16
  let state = Mutex(State())
  /// With it, the server speaks TLS.
  let identity: TestIdentity?

  package var url: String { "\(identity == nil ? "http" : "https")://127.0.0.1:\(port)" }
  package var received: [Received] { state.withLock { $0.received } }
  /// How many connections were made.
  package var connections: Int { state.withLock { $0.accepted } }

  /// How many of them the server has not closed.
  package var openConnections: Int { state.withLock { $0.connections.count } }

  /// `script` says what the connection with that number (from 0) plays.
  package init(as identity: TestIdentity? = nil, script: @escaping @Sendable (Int) -> [Step]) {
    self.identity = identity
    (listener, port) = ScriptedServer.listen()
    Threads.start { [self] in serve(script) }
  }

  /// A server that behaves: every request gets its answer.
  package convenience init(
    as identity: TestIdentity? = nil, serving answer: @escaping @Sendable (Received) -> Answer
  ) {
    self.init(as: identity) { _ in [.serve(answer)] }
  }

  /// A port on which nobody listens.
  package static func closedPort() -> UInt16 {
    let (listener, port) = listen()
    Glibc.close(listener)
    return port
  }

  /// Returns once that many requests have come whole.
  package func waitForRequests(_ count: Int) async {
    await withCheckedContinuation { continuation in
      let isThere = state.withLock { state in
        if state.received.count >= count { return true }
        state.waiters.append((count, continuation))
        return false
      }
      if isThere { continuation.resume() }
    }
  }

  /// Ends every connection and the listening. A server that isn't stopped lives as long as the test process.
  package func stop() {
    // Under the lock, as every closing is: a descriptor that was closed may be somebody else's already.
    state.withLock { state in
      guard !state.isStopped else { return }
      state.isStopped = true
      shutdown(listener, Int32(SHUT_RDWR))
      for connection in state.connections { shutdown(connection, Int32(SHUT_RDWR)) }
    }
  }

  func record(_ request: Received) {
    let ready = state.withLock { state in
      state.received.append(request)
      let count = state.received.count
      let ready = state.waiters.filter { $0.count <= count }
      state.waiters.removeAll { $0.count <= count }
      return ready
    }
    for waiter in ready { waiter.continuation.resume() }
  }

  private static func listen() -> (Int32, UInt16) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let code = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        bind(descriptor, generic, length) | Glibc.listen(descriptor, 128) | getsockname(descriptor, generic, &length)
      }
    }
    precondition(code == 0, "no port to listen on: \(String(cString: strerror(errno)))")
    return (descriptor, UInt16(bigEndian: address.sin_port))
  }

  private func serve(_ script: @escaping @Sendable (Int) -> [Step]) {
    while true {
      let descriptor = accept(listener, nil, nil)
      // The test process may be short of descriptors for a moment: the client waits meanwhile.
      if descriptor < 0, [EINTR, ECONNABORTED, EMFILE, ENFILE].contains(errno) {
        sched_yield()
        continue
      }
      if descriptor < 0 { break }
      // A child that a test starts would keep the connection open.
      _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
      let number: Int? = state.withLock { state in
        guard !state.isStopped else { return nil }
        state.connections.append(descriptor)
        state.accepted += 1
        return state.accepted - 1
      }
      guard let number else {
        Glibc.close(descriptor)
        break
      }
      Threads.start { [self] in
        ScriptedConnection(server: self, descriptor: descriptor, number: number)?.play(script(number))
        close(descriptor)
      }
    }
    state.withLock { state in
      state.isStopped = true
      Glibc.close(listener)
    }
  }

  private func close(_ descriptor: Int32) {
    state.withLock { state in
      state.connections.removeAll { $0 == descriptor }
      _ = Glibc.close(descriptor)
    }
  }
}
