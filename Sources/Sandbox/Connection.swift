import Listings
import NIOCore
import NIOHTTP1

/// One connection: gathers a request, has it answered, and does on the wire what the answer's ending says.
/// Lives on its channel's event loop.
final class Connection: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  /// A body past its limit is read and thrown away up to here, so that the refusal arrives; then the connection is cut.
  private static let patience = 64 * 1024 * 1024
  private static let heartbeat = TimeAmount.seconds(15)

  private let server: SandboxServer
  private var head: HTTPRequestHead?
  private var body = ByteBuffer()
  private var received = 0
  private var limit = 0
  private var isListening = false
  private var heart: Scheduled<Void>?

  init(_ server: SandboxServer) { self.server = server }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head): begin(head, context)
    case .body(let bytes): gather(bytes, context)
    case .end: finish(context)
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    heart?.cancel()
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard isListening, let news = event as? Connections.News else {
      context.fireUserInboundEventTriggered(event)
      return
    }
    // A listener that doesn't read misses this one and will see the next.
    if context.channel.isWritable { send(news.text, context) }
  }

  private func begin(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
    self.head = head
    body = ByteBuffer()
    received = 0
    limit = Call(Request(head, body: []))?.bodyLimit ?? 0
    guard head.headers[canonicalForm: "expect"].contains(where: { $0.lowercased() == "100-continue" }) else { return }
    let announced = head.headers.first(name: "content-length").flatMap { Int($0) } ?? 0
    if announced > limit {
      self.head = nil
      refuse(head, context)
    } else {
      context.writeAndFlush(
        wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .continue))), promise: nil)
    }
  }

  private func gather(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
    received += bytes.readableBytes
    if received > Connection.patience {
      context.close(promise: nil)
    } else if received <= limit, head != nil {
      body.writeImmutableBuffer(bytes)
    }
  }

  private func finish(_ context: ChannelHandlerContext) {
    guard let head else { return }
    self.head = nil
    if received > limit { return refuse(head, context) }
    let request = Request(head, body: Array(body.readableBytesView))
    body = ByteBuffer()
    guard Connection.isOurs(head.headers.first(name: "host")) else {
      return write(Answer(status: 421), to: head, context)
    }
    if let reply = server.reply(to: request) {
      deliver(reply, to: head, context)
    } else if request.path == "/events", head.method == .GET {
      listen(head, context)
    } else {
      write(Site.answer(request, from: server), to: head, context)
    }
  }

  /// A page elsewhere must not reach us through a name of its own that points to 127.0.0.1.
  private static func isOurs(_ host: String?) -> Bool {
    guard let host else { return true }
    let name = host.split(separator: ":", omittingEmptySubsequences: false).first.map { $0.lowercased() }
    return name == "127.0.0.1" || name == "localhost"
  }

  private func refuse(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
    let request = Request(head, body: [])
    let answer = Call(request)?.tooLarge(at: server.options.now()) ?? Answer(status: 413)
    write(answer, to: head, context, closing: true)
  }

  private func deliver(_ reply: Shop.Reply, to head: HTTPRequestHead, _ context: ChannelHandlerContext) {
    guard reply.delay > .zero, reply.ending != .silent else { return perform(reply, to: head, context) }
    let loop = context.eventLoop.assumeIsolated()
    loop.scheduleTask(in: TimeAmount(reply.delay)) {
      if context.channel.isActive { self.perform(reply, to: head, context) }
    }
  }

  private func perform(_ reply: Shop.Reply, to head: HTTPRequestHead, _ context: ChannelHandlerContext) {
    switch reply.ending {
    case .answered: write(reply.answer, to: head, context)
    case .silent: break
    case .cut where !reply.answer.body.isEmpty: cut(reply.answer, context)
    case .cut, .dropped: context.close(promise: nil)
    }
  }

  private func cut(_ answer: Answer, _ context: ChannelHandlerContext) {
    let half = answer.body.prefix(answer.body.count / 2)
    context.write(wrapOutboundOut(.head(HTTPResponseHead(answer))), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: half))))).assumeIsolated()
      .whenComplete { _ in context.close(promise: nil) }
  }

  private func write(
    _ answer: Answer, to head: HTTPRequestHead, _ context: ChannelHandlerContext, closing: Bool = false
  ) {
    var answerHead = HTTPResponseHead(answer)
    let closes = closing || !head.isKeepAlive
    if closes { answerHead.headers.add(name: "Connection", value: "close") }
    context.write(wrapOutboundOut(.head(answerHead)), promise: nil)
    if head.method != .HEAD, !answer.body.isEmpty {
      context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: answer.body)))), promise: nil)
    }
    let written = context.writeAndFlush(wrapOutboundOut(.end(nil)))
    if closes { written.assumeIsolated().whenComplete { _ in context.close(promise: nil) } }
  }

  // Server-sent events.

  private func listen(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
    guard server.connections.listen(context.channel) else { return write(Answer(status: 503), to: head, context) }
    isListening = true
    var answer = HTTPResponseHead(version: .http1_1, status: .ok)
    answer.headers = ["Content-Type": "text/event-stream", "Cache-Control": "no-store"]
    context.write(wrapOutboundOut(.head(answer)), promise: nil)
    send("retry: 1000\n\n" + server.news, context)
    beat(context)
  }

  /// Keeps the connection from looking dead, and notices when it is.
  private func beat(_ context: ChannelHandlerContext) {
    heart = context.eventLoop.assumeIsolated().scheduleTask(in: Connection.heartbeat) {
      guard context.channel.isActive else { return }
      self.send(": still here\n\n", context)
      self.beat(context)
    }
  }

  private func send(_ text: String, _ context: ChannelHandlerContext) {
    context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text)))), promise: nil)
  }
}

extension Request {
  init(_ head: HTTPRequestHead, body: [UInt8]) {
    var headers: [String: String] = [:]
    for (name, value) in head.headers {
      let name = name.lowercased()
      headers[name] = headers[name].map { "\($0), \(value)" } ?? value
    }
    self.init(method: head.method.rawValue, target: head.uri, headers: headers, body: body)
  }
}

extension HTTPResponseHead {
  init(_ answer: Answer) {
    self.init(version: .http1_1, status: HTTPResponseStatus(statusCode: answer.status))
    for header in answer.headers { headers.add(name: header.name, value: header.value) }
    if answer.status != 204 { headers.replaceOrAdd(name: "Content-Length", value: String(answer.body.count)) }
    headers.add(name: "Server", value: "hawker-sandbox")
  }
}
