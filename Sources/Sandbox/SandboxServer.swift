import Glibc
import Listings
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// The emulated marketplaces and the page that shows them, on loopback.
package final class SandboxServer: Sendable {
  let options: SandboxOptions
  let connections = Connections()
  private let shop: Mutex<Shop>
  private let running = Mutex<(any Channel)?>(nil)

  /// Reads what an earlier sandbox left in the directory.
  package init(_ options: SandboxOptions) throws(SandboxError) {
    self.options = options
    shop = Mutex(try Shop(options))
  }

  package func start() async throws(SandboxError) -> SandboxAddress {
    let channel = try await listen()
    let address = SandboxAddress(port: channel.localAddress?.port ?? options.port)
    shop.withLock { $0.origin = address.photosURL }
    running.withLock { $0 = channel }
    return address
  }

  /// Without a port of its own it takes the one that it had last, when that is free.
  private func listen() async throws(SandboxError) -> any Channel {
    let last = LastPort(directory: options.directory)
    var channel: (any Channel)?
    if options.port == 0, let port = last.read() { channel = try? await bind(port) }
    do {
      let bound = if let channel { channel } else { try await bind(options.port) }
      last.keep(bound.localAddress?.port ?? options.port)
      return bound
    } catch {
      throw .cannotListen(port: options.port, why: Self.reason(error))
    }
  }

  private func bind(_ port: Int) async throws -> any Channel {
    try await bootstrap().bind(host: "127.0.0.1", port: port).get()
  }

  /// Closes every connection, also those that wait for an answer that never comes, and lets the directory go. What was
  /// acknowledged is on disk. A stopped sandbox can still be looked at, and is not started again.
  package func stop() async {
    let channel = running.withLock { channel in
      defer { channel = nil }
      return channel
    }
    try? await channel?.close().get()
    await connections.closeAll()
    shop.withLock { $0.close() }
  }

  private func bootstrap() -> ServerBootstrap {
    ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.backlog, value: 1024)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          self.connections.add(channel)
          try channel.pipeline.syncOperations.configureHTTPServerPipeline()
          try channel.pipeline.syncOperations.addHandler(Connection(self))
        }
      }
  }

  private static func reason(_ error: any Error) -> String {
    guard let error = error as? IOError else { return "\(error)" }
    return switch error.errnoCode {
    case EADDRINUSE: "the port is in use"
    case EACCES: "a port below 1024 needs more rights than hawker has"
    default: "\(error)"
    }
  }

  /// One request to a marketplace; nil when it is for the page.
  func reply(to request: Request) -> Shop.Reply? {
    let reply = shop.withLock { $0.reply(to: request) }
    if let reply, reply.entry.effect != .none { noteChange() }
    if let reply, !options.quiet { SandboxServer.tell(reply.entry) }
    return reply
  }

  func look<Value: Sendable>(_ body: (borrowing Shop) -> sending Value) -> Value {
    shop.withLock { shop in body(shop) }
  }

  private func noteChange() {
    connections.noteChange { [weak self] in self?.news ?? "" }
  }

  /// What the page's live part is told: how many are on sale, and how new that is.
  var news: String {
    shop.withLock { shop in
      "event: change\ndata: {\"version\":\(shop.store.version)}\n\n"
    }
  }

  private static func tell(_ entry: SandboxRequest) {
    let status = entry.status.map(String.init) ?? "no answer"
    let effect = entry.effect == .none ? "" : " \(entry.effect.rawValue)"
    let faults = entry.faults.isEmpty ? "" : " [\(entry.faults.joined(separator: ", "))]"
    Disk.tell("\(entry.at) \(entry.method) \(entry.path) \(status)\(effect)\(faults)\n")
  }
}

// For tests and demonstrations: looking in, and doing what a seller or a moderator does by hand.
extension SandboxServer {
  /// Every listing of both marketplaces, live and archived, oldest first.
  package func snapshot() -> [SandboxListing] {
    let posts = shop.withLock { Array($0.store.posts.values) }
    return posts.sorted { $0.number < $1.number }.map(\.listing)
  }

  package func requests() -> SandboxRequests { shop.withLock { $0.requests } }

  package func setFaults(_ faults: [Fault]) { shop.withLock { $0.faults = faults } }

  /// The listing vanishes, as when it is deleted by hand or taken down. False: there is none.
  @discardableResult
  package func removeRemotely(_ remoteID: String) -> Bool {
    edit(remoteID) { $0.listing.isLive = false }
  }

  /// False: there is no such live listing.
  @discardableResult
  package func edit(_ remoteID: String, title: String? = nil, price: Int64? = nil) -> Bool {
    edit(remoteID) { post in
      if let title {
        if post.message.hasPrefix(post.listing.title) {
          post.message = title + post.message.dropFirst(post.listing.title.count)
        }
        post.listing.title = title
      }
      if let price { post.listing.price = price }
    }
  }

  /// Marks it as sold: it stays readable, says so, and leaves the page. False: there is no such live listing.
  @discardableResult
  package func sellRemotely(_ remoteID: String) -> Bool {
    edit(remoteID) { $0.listing.isSold = true }
  }

  /// From now on the token is refused; `subcode` is Facebook's reason (463 expired, 460 password changed).
  package func killToken(_ token: String, subcode: Int = 463) {
    shop.withLock { $0.deadTokens[token] = subcode }
  }

  package func reviveToken(_ token: String) {
    shop.withLock { $0.deadTokens[token] = SandboxCredentials.deadTokens[token] }
  }

  private func edit(_ remoteID: String, _ change: (inout Post) -> Void) -> Bool {
    let isDone = shop.withLock { $0.edit(remoteID, change) }
    if isDone { noteChange() }
    return isDone
  }
}
