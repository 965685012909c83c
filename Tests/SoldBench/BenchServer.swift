import Glibc
import Listings
import Synchronization

/// As much of OfferUp as the measurement needs, a thread for each connection. Tells when a withdrawal had come in.
final class BenchServer: Sendable {
  private struct State {
    var creates = 0
    var withdrawals: [String: ContinuousClock.Instant] = [:]
    var isSlow = false
  }

  struct Refusal: Error {}

  private let listener: Int32
  let port: UInt16
  private let state = Mutex(State())

  init() throws {
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let listener = listener
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, size) == 0 && listen(listener, 256) == 0 && getsockname(listener, $0, &size) == 0
      }
    }
    guard isBound else { throw Refusal() }
    port = UInt16(bigEndian: address.sin_port)
    start { server in
      while true {
        let connection = accept(listener, nil, nil)
        if connection >= 0 { server.start { $0.serve(connection) } }
      }
    }
  }

  var creates: Int { state.withLock(\.creates) }
  func withdrawal(of id: String) -> ContinuousClock.Instant? { state.withLock { $0.withdrawals[id] } }
  /// From here on a create takes two seconds.
  func slowDown() { state.withLock { $0.isSlow = true } }

  private final class Work {
    let body: () -> Void
    init(_ body: @escaping () -> Void) { self.body = body }
  }

  private func start(_ body: @escaping @Sendable (BenchServer) -> Void) {
    let work = Work { [self] in body(self) }
    var thread = pthread_t()
    pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body()
        return nil
      }, Unmanaged.passRetained(work).toOpaque())
    pthread_detach(thread)
  }

  private func serve(_ connection: Int32) {
    defer { close(connection) }
    var pending: [UInt8] = []
    while let head = request(connection, &pending) {
      let answer = answer(to: head)
      let text = "HTTP/1.1 \(answer.status) OK\r\nContent-Length: \(answer.body.utf8.count)\r\n\r\n\(answer.body)"
      guard write(connection, Array(text.utf8), text.utf8.count) > 0 else { return }
    }
  }

  /// The first line of the next request; its body is passed over.
  private func request(_ connection: Int32, _ pending: inout [UInt8]) -> String? {
    var piece = [UInt8](repeating: 0, count: 16_384)
    while true {
      let text = String(decoding: pending, as: UTF8.self)
      let lines = text.split(separator: "\r\n", omittingEmptySubsequences: false)
      if let blank = lines.firstIndex(of: ""), blank > 0, blank + 1 < lines.count {
        let head = lines[..<blank]
        let size =
          head.lazy.compactMap { line in
            line.lowercased().hasPrefix("content-length:") ? Int(line.dropFirst(15).filter(\.isNumber)) : nil
          }.first ?? 0
        let whole = head.reduce(2) { $0 + $1.utf8.count + 2 } + size
        if pending.count >= whole {
          pending.removeFirst(whole)
          return String(head[0])
        }
      }
      let count = read(connection, &piece, piece.count)
      guard count > 0 else { return nil }
      pending += piece[..<count]
    }
  }

  private func answer(to head: String) -> (status: Int, body: String) {
    let words = head.split(separator: " ")
    let id = words.count > 1 ? String(words[1].split(separator: "/").last ?? "") : ""
    switch words.first {
    case "DELETE":
      let now = ContinuousClock.now
      state.withLock { $0.withdrawals[id] = $0.withdrawals[id] ?? now }
      return (200, "{}")
    case "POST":
      let (number, isSlow) = state.withLock { state in
        state.creates += 1
        return (state.creates, state.isSlow)
      }
      if isSlow { usleep(2_000_000) }
      return (201, "{\"id\":\"ou\(number)\"}")
    default: return (404, "{}")
    }
  }
}
