import Glibc
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Listings
import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization

/// Between Hummingbird and the front door.
struct Responder: HTTPResponder {
  struct Context: RequestContext {
    var coreContext: CoreRequestContextStorage
    let localAddress: String?

    init(source: ApplicationRequestContextSource) {
      coreContext = CoreRequestContextStorage(source: source)
      localAddress = source.channel.localAddress?.ipAddress
    }
  }

  let door: FrontDoor
  let port: Port
  private let bodies: BodyReading
  private let streams = StreamCount()

  init(door: FrontDoor, port: Port, patience: Patience) {
    bodies = BodyReading(patience: patience.body)
    self.door = door
    self.port = port
  }

  func respond(to request: Request, context: Context) async throws -> Response {
    let isHead = request.method == .head
    guard let read = WebRequest(request, context) else {
      return await refuse(.text(400, "the request's target is no path"), request, isHead: isHead)
    }
    switch door.screen(read, port: port.current) {
    case .refused(let answer): return await refuse(answer, request, isHead: isHead)
    case .admitted(let admitted):
      guard admitted.route.bodyLimit > 0, request.method == .post else {
        return await refuse(await door.answer(admitted), request, isHead: isHead, context: context)
      }
      switch await bodies.read(request.body, limit: admitted.route.bodyLimit) {
      case .whole(let body):
        return response(await door.answer(admitted, body: body), isHead: false, context: context)
      case .tooLong:
        return response(.text(413, "the body is longer than \(admitted.route.bodyLimit) bytes"), isHead: false)
      case .given(let status):
        return response(.text(status, "the body can't be taken"), isHead: false, isLast: true)
      }
    }
  }

  /// An answer to a request whose body nobody wants: read over, so that the next one can follow.
  private func refuse(
    _ answer: WebAnswer, _ request: Request, isHead: Bool, context: Context? = nil
  ) async -> Response {
    guard request.headers[.contentLength].map({ $0 != "0" }) ?? (request.headers[.transferEncoding] != nil) else {
      return response(answer, isHead: isHead, context: context)
    }
    if case .given = await bodies.read(request.body, limit: 0) {
      return response(answer, isHead: isHead, isLast: true, context: context)
    }
    return response(answer, isHead: isHead, context: context)
  }

  private struct Closed: Error {}

  private func response(
    _ answer: WebAnswer, isHead: Bool, isLast: Bool = false, context: Context? = nil
  ) -> Response {
    var headers = SafeHeaders.fields(of: answer)
    if isLast { headers[.connection] = "close" }
    let status = HTTPResponse.Status(code: answer.status)
    var response: Response
    switch answer.body {
    case .bytes(let bytes):
      response = Response(status: status, headers: headers, body: body(bytes, isHead: isHead, isLast: isLast))
      if isHead { response.headers[.contentLength] = String(bytes.count) }
    case .file(let path): response = file(path, status, headers, isHead: isHead)
    case .events:
      // Nothing follows a stream that ends with the server: said at the start, since its end has no place for it. (RFC 9112,
      // 9.6. All other answers are whole and have a length.)
      if !isHead { headers[.connection] = "close" }
      response = Response(status: status, headers: headers, body: isHead ? .init() : events())
    }
    return response
  }

  private func body(_ bytes: [UInt8], isHead: Bool, isLast: Bool) -> ResponseBody {
    let buffer = isHead ? ByteBuffer() : ByteBuffer(bytes: bytes)
    guard isLast else { return isHead ? ResponseBody() : ResponseBody(byteBuffer: buffer) }
    // What the other end still sends is not waited for: an error while writing closes the connection.
    return ResponseBody(contentLength: buffer.readableBytes) { writer in
      try await writer.write(buffer)
      try await writer.finish(nil)
      throw Closed()
    }
  }
}

extension Responder {
  private func file(_ path: String, _ status: HTTPResponse.Status, _ headers: HTTPFields, isHead: Bool) -> Response {
    var piece = stat()
    guard stat(path, &piece) == 0 else { return response(.text(404, "there is no such photo"), isHead: isHead) }
    let size = Int(piece.st_size)
    var response = Response(status: status, headers: headers, body: isHead ? .init() : FileBody.make(path, size))
    if isHead { response.headers[.contentLength] = String(size) }
    return response
  }

  private func events() -> ResponseBody {
    let stream = EventStream(loop: door.loop, views: door.views)
    let streams = streams
    return ResponseBody { writer in
      guard streams.open() else {
        try await writer.write(ByteBuffer(string: "retry: 30000\n: too many are watching\n\n"))
        try await writer.finish(nil)
        throw Closed()
      }
      defer { streams.close() }
      try await writer.write(ByteBuffer(string: "retry: 2000\n\n"))
      try await stream.run { text in try await writer.write(ByteBuffer(string: text)) }
      try await writer.finish(nil)
      throw Closed()
    }
  }
}

/// How many read `/events`.
final class StreamCount: Sendable {
  private let count = Mutex(0)

  func open() -> Bool {
    count.withLock { count in
      guard count < EventStream.limit else { return false }
      count += 1
      return true
    }
  }

  func close() { count.withLock { $0 -= 1 } }
}

/// A file, in pieces, of which one at a time is in memory.
enum FileBody {
  private static let piece = 64 * 1024

  static func make(_ path: String, _ size: Int) -> ResponseBody {
    ResponseBody(contentLength: size) { writer in
      let descriptor = try await NIOThreadPool.singleton.runIfActive { Glibc.open(path, O_RDONLY | O_CLOEXEC) }
      guard descriptor >= 0 else { throw Gone() }
      defer { Glibc.close(descriptor) }
      var rest = size
      while rest > 0 {
        let wanted = min(rest, piece)
        let bytes = try await NIOThreadPool.singleton.runIfActive { read(descriptor, wanted) }
        guard !bytes.isEmpty else { throw Gone() }
        rest -= bytes.count
        try await writer.write(ByteBuffer(bytes: bytes))
      }
      try await writer.finish(nil)
    }
  }

  /// It went away, or became shorter: the reader sees a body that is cut off.
  private struct Gone: Error {}

  private static func read(_ descriptor: Int32, _ count: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { buffer, length in
      var got = Glibc.read(descriptor, buffer.baseAddress, count)
      while got < 0, errno == EINTR { got = Glibc.read(descriptor, buffer.baseAddress, count) }
      length = max(0, got)
    }
  }
}

/// What every answer has besides its own.
enum SafeHeaders {
  static let policy =
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    + "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

  static func fields(of answer: WebAnswer) -> HTTPFields {
    var fields = HTTPFields()
    func set(_ name: String, _ value: String) {
      guard let name = HTTPField.Name(name) else { return }
      fields[name] = value
    }
    set("content-type", answer.contentType)
    set("content-security-policy", policy)
    set("x-content-type-options", "nosniff")
    set("x-frame-options", "DENY")
    // Not "no-referrer": with that, a browser hides where our own forms come from.
    set("referrer-policy", "same-origin")
    set("cross-origin-opener-policy", "same-origin")
    set("cross-origin-resource-policy", "same-origin")
    set("cache-control", "no-store")
    for (name, value) in answer.headers { set(name, value) }
    return fields
  }
}

extension WebRequest {
  fileprivate init?(_ request: Request, _ context: Responder.Context) {
    let head = request.head
    self.init(
      method: head.method.rawValue, target: head.path ?? "", host: head.authority,
      headers: head.headerFields.map { ($0.name.canonicalName, $0.value) }, localAddress: context.localAddress)
  }
}
