import Hummingbird
import HummingbirdCore
import Logging
import NIOCore

/// How long the server waits for the other end.
struct Patience: Sendable {
  /// For a request's head, and between two requests.
  var head: Duration = .seconds(15)
  /// For a whole body.
  var body: Duration = .seconds(15)
  /// Until something of an answer is taken.
  var reader: Duration = .seconds(30)
}

/// HTTP/1.1 connections that can't be kept waiting: not by a head that comes drop by drop, not by a reader that doesn't
/// read. (Bodies have a limit of their own, in `BodyReading`.)
struct ConnectionCare: ServerChildChannel {
  private let base: HTTP1Channel
  private let patience: Patience

  static func server(_ patience: Patience) -> HTTPServerBuilder {
    HTTPServerBuilder { responder in ConnectionCare(base: channel(responder, patience), patience: patience) }
  }

  private static func channel(
    _ responder: @escaping HTTPChannelHandler.Responder, _ patience: Patience
  ) -> HTTP1Channel {
    var decoder = HTTP1Channel.Configuration.DecoderConfiguration()
    decoder.maxHeaderFieldSize = 16 * 1024
    decoder.maxHeaderListSize = 32 * 1024
    decoder.maxHeaderFieldCount = 100
    return HTTP1Channel(
      responder: responder,
      configuration: .init(idleTimeout: TimeAmount(patience.head), httpDecoderConfiguration: decoder))
  }

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
    channel.eventLoop.makeCompletedFuture {
      try channel.pipeline.syncOperations.addHandler(StalledReader(patience: TimeAmount(patience.reader)))
    }.flatMap { base.setup(channel: channel, logger: logger) }
  }

  func handle(value: HTTP1Channel.Value, logger: Logger) async { await base.handle(value: value, logger: logger) }
}

/// Closes a connection whose other end has taken nothing for so long.
private final class StalledReader: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer

  private let patience: TimeAmount
  private var limit: Scheduled<Void>?

  init(patience: TimeAmount) { self.patience = patience }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    limit?.cancel()
    limit = nil
    if !context.channel.isWritable {
      let channel = context.channel
      limit = context.eventLoop.scheduleTask(in: patience) { channel.close(promise: nil) }
    }
    context.fireChannelWritabilityChanged()
  }

  func channelInactive(context: ChannelHandlerContext) {
    limit?.cancel()
    limit = nil
    context.fireChannelInactive()
  }
}
