import Glibc
import Logging
import NIOCore
import NIOPosix
import Planning
import ServiceLifecycle

/// The daemon's end of the control socket: one line in, one line out. It decides nothing: it asks the loop.
struct ControlServer: Service {
  let socket: ControlSocket
  let logger: Logger
  let decide: @Sendable (Decision) async -> Answer
  /// Begins a login; the answer's text is where the browser goes.
  let connect: @Sendable (LoginCommand) async -> Answer

  private typealias Connection = NIOAsyncChannel<ByteBuffer, ByteBuffer>

  func run() async throws {
    let server: NIOAsyncChannel<Connection, Never>
    do { server = try await listen() } catch {
      // Without it the daemon still keeps the shop in step.
      logger.warning("\(socket.path) can't be opened: \(error); commands like `hawker hold` can't reach this daemon")
      try? await gracefulShutdown()
      return
    }
    defer { unlink(socket.path) }
    await withGracefulShutdownHandler {
      try? await server.executeThenClose { connections in
        await withDiscardingTaskGroup { group in
          do {
            for try await connection in connections { group.addTask { await serve(connection) } }
          } catch {
            logger.warning("the control socket failed: \(error)")
          }
        }
      }
    } onGracefulShutdown: {
      server.channel.close(promise: nil)
    }
  }

  /// The journal's lock is ours, so a socket that is there was left behind.
  private func listen() async throws -> NIOAsyncChannel<Connection, Never> {
    unlink(socket.path)
    let directory = open(socket.directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    defer { close(directory) }
    let bootstrap = ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
    let server = try await bootstrap.bind(unixDomainSocketPath: "/proc/self/fd/\(directory)/control.sock") { channel in
      channel.eventLoop.makeCompletedFuture { try Connection(wrappingChannelSynchronously: channel) }
    }
    chmod(socket.path, 0o600)
    return server
  }

  private func serve(_ connection: Connection) async {
    // Whoever connects and says nothing is not waited for.
    let limit = connection.channel.eventLoop.scheduleTask(in: .seconds(10)) { connection.channel.close(promise: nil) }
    try? await connection.executeThenClose { inbound, outbound in
      var line: [UInt8] = []
      for try await buffer in inbound {
        line += buffer.readableBytesView
        if line.last == 0x0A || line.count > ControlSocket.lineLimit { break }
      }
      limit.cancel()
      let answer: Answer =
        if line.last == 0x0A, let decision = Decision(line: line) {
          await decide(decision)
        } else if line.last == 0x0A, let command = LoginCommand(line: line) {
          await connect(command)
        } else {
          Answer(.refused, "this daemon does not know that command; it may be of another version")
        }
      try await outbound.write(ByteBuffer(string: answer.line))
    }
  }
}
