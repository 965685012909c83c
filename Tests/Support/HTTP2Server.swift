import Glibc
import Synchronization

/// The least of an HTTP/2 server over TLS: it reads requests and answers each, or ends its stream, as it is told.
package final class HTTP2Server: Sendable {
  package enum Reaction: Sendable {
    /// With 200 and this body.
    case answer(String)
    /// The stream is reset with this error: 7 is REFUSED_STREAM ("not processed, may be sent again"), 2 INTERNAL_ERROR.
    case resetStream(UInt8)
    /// GOAWAY that names stream 0: nothing was processed, it says. Then the connection closes.
    case goAway
    case close
    case answerHalf
  }

  package struct Received: Sendable {
    package var connection: Int
    package var isPost: Bool
    package var body: [UInt8]
  }

  private let received = Mutex<[Received]>([])
  private let server: Mutex<ScriptedServer?>

  package var url: String { server.withLock { $0?.url ?? "" } }
  package var requests: [Received] { received.withLock { $0 } }
  package var connections: Int { server.withLock { $0?.connections ?? 0 } }

  /// `react` is told the request's number, from 0.
  package init(react: @escaping @Sendable (Int, Received) -> Reaction) {
    server = Mutex(nil)
    let scripted = ScriptedServer(as: TestIdentity(takesHTTP2: true)) { [self] number in
      [.converse { HTTP2Conversation(number: number, react: { self.note($0, react) }) }]
    }
    server.withLock { $0 = scripted }
  }

  package func stop() { server.withLock { $0?.stop() } }

  private func note(_ request: Received, _ react: (Int, Received) -> Reaction) -> Reaction {
    let number = received.withLock { received in
      received.append(request)
      return received.count - 1
    }
    return react(number, request)
  }
}

/// One connection's frames: bytes in, bytes out.
package struct HTTP2Conversation {
  let number: Int
  let react: (HTTP2Server.Received) -> HTTP2Server.Reaction
  private var buffer: [UInt8] = []
  private var isGreeted = false
  private var open: [UInt32: HTTP2Server.Received] = [:]

  init(number: Int, react: @escaping (HTTP2Server.Received) -> HTTP2Server.Reaction) {
    (self.number, self.react) = (number, react)
  }

  /// What to send, and whether the connection ends after it.
  mutating func take(_ bytes: [UInt8]) -> (reply: [UInt8], ends: Bool) {
    buffer += bytes
    var reply: [UInt8] = []
    if !isGreeted, buffer.count >= 24 {
      buffer.removeFirst("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8.count)
      isGreeted = true
      reply += frame(4, 0, 0, [])
    }
    while isGreeted, buffer.count >= 9 {
      let length = Int(buffer[0]) << 16 | Int(buffer[1]) << 8 | Int(buffer[2])
      guard buffer.count >= 9 + length else { break }
      let (kind, flags) = (buffer[3], buffer[4])
      let stream = buffer[5..<9].reduce(0) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
      let payload = Array(buffer[9..<9 + length])
      buffer.removeFirst(9 + length)
      let (more, ends) = take(kind, flags, stream, payload)
      reply += more
      if ends { return (reply, true) }
    }
    return (reply, false)
  }

  private mutating func take(_ kind: UInt8, _ flags: UInt8, _ stream: UInt32, _ payload: [UInt8]) -> ([UInt8], Bool) {
    switch kind {
    case 0: open[stream]?.body += payload
    case 1:
      // With or without priorities in front; nghttp2 begins with the method: 0x83 is POST in the static table.
      let block = flags & 0x20 == 0 ? payload[...] : payload.dropFirst(5)
      open[stream] = HTTP2Server.Received(connection: number, isPost: block.first == 0x83, body: [])
    case 4 where flags & 1 == 0: return (frame(4, 1, 0, []), false)
    case 6 where flags & 1 == 0: return (frame(6, 1, 0, payload), false)
    default: break
    }
    guard kind <= 1, flags & 1 == 1, let request = open.removeValue(forKey: stream) else { return ([], false) }
    return answer(stream, react(request))
  }

  private func answer(_ stream: UInt32, _ reaction: HTTP2Server.Reaction) -> ([UInt8], Bool) {
    // 0x88 is ":status: 200" in the static table.
    switch reaction {
    case .answer(let body): (frame(1, 4, stream, [0x88]) + frame(0, 1, stream, Array(body.utf8)), false)
    case .answerHalf: (frame(1, 4, stream, [0x88]) + frame(0, 0, stream, Array("{\"id\":".utf8)), true)
    case .resetStream(let code): (frame(3, 0, stream, [0, 0, 0, code]), false)
    case .goAway: (frame(7, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]), true)
    case .close: ([], true)
    }
  }

  private func frame(_ kind: UInt8, _ flags: UInt8, _ stream: UInt32, _ payload: [UInt8]) -> [UInt8] {
    let length = payload.count
    let head: [UInt8] = [
      UInt8(length >> 16), UInt8(length >> 8 & 0xFF), UInt8(length & 0xFF), kind, flags, UInt8(stream >> 24),
      UInt8(stream >> 16 & 0xFF), UInt8(stream >> 8 & 0xFF), UInt8(stream & 0xFF),
    ]
    return head + payload
  }
}
