import HTTPTypes
import Hummingbird
import HummingbirdCore
import Listings
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import ServiceLifecycle

/// Hummingbird's server without its `Application`: that keeps a clock for the `Date` header, which wakes every second of a
/// server that nobody asks. Here the date is made when it is needed.
enum QuietServer {
  static func make(
    _ responder: Responder, _ builder: HTTPServerBuilder, _ configuration: ServerConfiguration, _ logger: Logger,
    started: @escaping @Sendable (any Channel) async -> Void
  ) throws -> any Service {
    try builder.buildServer(
      configuration: configuration, eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger,
      responder: { (request, writer: consuming ResponseWriter, channel) in
        let source = ApplicationRequestContextSource(channel: channel, logger: logger)
        var response = try await answer(request, responder, .init(source: source))
        response.headers[.date] = HTTPDate.text(responder.door.now())
        do {
          try await writer.write(response: response.head, body: response.body)
        } catch is HTTPParserError {
          // Passed on as it is, it would have another answer written into this one.
          throw CutAnswer()
        }
      }, onServerRunning: started)
  }

  private struct CutAnswer: Error {}

  private static func answer(
    _ request: Request, _ responder: Responder, _ context: Responder.Context
  ) async throws -> Response {
    do {
      return try await responder.respond(to: request, context: context)
    } catch let error as HTTPParserError {
      throw error
    } catch {
      return Response(status: .internalServerError)
    }
  }
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`
enum HTTPDate {
  private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
  private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

  static func text(_ time: Timestamp) -> String {
    // 1970 began on a Thursday.
    let day = Int(time.milliseconds / 86_400_000) % 7
    let text = time.description
    let parts = text.prefix(10).split(separator: "-")
    guard parts.count == 3, day >= 0, let month = Int(parts[1]), (1...12).contains(month) else {
      return "Thu, 01 Jan 1970 00:00:00 GMT"
    }
    return "\(days[day]), \(parts[2]) \(months[month - 1]) \(parts[0]) \(text.dropFirst(11).prefix(8)) GMT"
  }
}
