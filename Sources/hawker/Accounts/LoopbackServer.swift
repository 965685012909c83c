import NIOCore
import NIOHTTP1
import NIOPosix
import Web

/// Where a browser on this machine comes back to (RFC 8252, 7.3): one address on 127.0.0.1, on a free port, as long as a
/// login is under way.
struct LoopbackServer: Sendable {
  /// The account and the query that a browser brings. What comes back is run once the page is on its way.
  typealias Login = @Sendable (String, [String: String]) async -> (page: LoginPage, then: @Sendable () -> Void)

  private typealias Part = HTTPPart<HTTPResponseHead, ByteBuffer>
  private typealias Connection = NIOAsyncChannel<HTTPServerRequestPart, Part>

  private static let headers = [
    ("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "no-store"), ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"), ("Content-Security-Policy", SmallPage.policy),
  ]

  let port: Int
  private let server: NIOAsyncChannel<Connection, Never>

  static func start() async throws(CredentialError) -> LoopbackServer {
    do {
      let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
        .bind(host: "127.0.0.1", port: 0) { channel in
          channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.configureHTTPServerPipeline()
            try channel.pipeline.syncOperations.addHandler(PlainParts())
            return try Connection(wrappingChannelSynchronously: channel)
          }
        }
      return LoopbackServer(port: server.channel.localAddress?.port ?? 0, server: server)
    } catch {
      throw CredentialError("nothing can listen on 127.0.0.1 for the browser to come back to: \(error)")
    }
  }

  /// Answers until the task is cancelled.
  func serve(_ login: @escaping Login) async {
    try? await server.executeThenClose { connections in
      await withDiscardingTaskGroup { group in
        do {
          for try await connection in connections { group.addTask { await answer(connection, login) } }
        } catch {
          // The listening ended.
        }
      }
    }
  }

  private func answer(_ connection: Connection, _ login: Login) async {
    // Whoever connects and says nothing is not waited for.
    let limit = connection.channel.eventLoop.scheduleTask(in: .seconds(10)) { connection.channel.close(promise: nil) }
    // Once the connection is closed its page is out: whoever waits for the login may end the program then.
    var then: @Sendable () -> Void = {}
    try? await connection.executeThenClose { inbound, outbound in
      for try await part in inbound {
        guard case .head(let head) = part else { continue }
        limit.cancel()
        let (status, page, next) = await reply(to: head, login)
        then = next
        var answer = HTTPResponseHead(version: .http1_1, status: status)
        let body = ByteBuffer(string: SmallPage.connected(page))
        for (name, value) in Self.headers { answer.headers.add(name: name, value: value) }
        answer.headers.add(name: "Content-Length", value: String(body.readableBytes))
        answer.headers.add(name: "Connection", value: "close")
        try await outbound.write(.head(answer))
        if head.method != .HEAD { try await outbound.write(.body(body)) }
        try await outbound.write(.end(nil))
        break
      }
    }
    then()
  }

  private func reply(
    to head: HTTPRequestHead, _ login: Login
  ) async -> (HTTPResponseStatus, LoginPage, then: @Sendable () -> Void) {
    let nothing = LoginPage(title: "Nothing here", text: "hawker waits for a marketplace's answer.", isGood: false)
    // A page elsewhere must not reach us through a name of its own that points to this machine.
    let host = head.headers.first(name: "host") ?? ""
    guard ["127.0.0.1:\(port)", "localhost:\(port)"].contains(host) else { return (.misdirectedRequest, nothing, {}) }
    let path = head.uri.prefix { $0 != "?" }.split(separator: "/", omittingEmptySubsequences: false)
    guard head.method == .GET, path.count == 4, path[0].isEmpty, path[1] == "oauth", path[3] == "callback" else {
      return (.notFound, nothing, {})
    }
    let (page, then) = await login(String(path[2]), QueryText.values(head.uri))
    return (page.isGood ? .ok : .badRequest, page, then)
  }
}

/// The pipeline's answers are made of whole buffers.
private final class PlainParts: ChannelOutboundHandler {
  typealias OutboundIn = HTTPPart<HTTPResponseHead, ByteBuffer>
  typealias OutboundOut = HTTPServerResponsePart

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    let part: HTTPServerResponsePart =
      switch unwrapOutboundIn(data) {
      case .head(let head): .head(head)
      case .body(let body): .body(.byteBuffer(body))
      case .end(let trailers): .end(trailers)
      }
    context.write(wrapOutboundOut(part), promise: promise)
  }
}
