// Curl: HTTP requests by libcurl. In: a request as a value. Out: the whole answer, or why there is none and whether the
// request had begun to be sent. One thread owns libcurl; callers only suspend. It must never send a request twice that
// is not repeatable, follow a redirect, skip a certificate check, speak plain HTTP beyond loopback, or put an address or
// a header into a message.

/// Sends requests over kept connections. Any number may be under way; cancelling the caller's task ends its request.
package final class Client: Sendable {
  /// What holds for every request; only tests need others.
  package struct Limits: Sendable {
    package var connecting: Duration = .seconds(10)
    /// In bytes: an answer's body, and its headers together.
    package var body = 4 << 20
    package var head = 64 << 10
    /// No request takes longer, whatever it says itself.
    package var longest: Duration = .seconds(600)
    /// The file of the authorities that are trusted instead of the system's. Certificates are checked in any case.
    package var authorities: String?

    package init() {}
  }

  /// The program's own: every adapter shares its connections.
  package static let shared = Client()

  private let mailbox: Mailbox

  package init(limits: Limits = Limits()) {
    mailbox = Mailbox()
    Loop.start(reading: mailbox, limits: limits)
  }

  // No request can be under way: each keeps its client alive.
  deinit { mailbox.close() }

  /// The answer, whatever its status. Fails with `cancelled` when the task is cancelled.
  package func send(_ request: Request) async throws(CurlFailure) -> Response {
    let isLoopback = try request.check()
    defer { withExtendedLifetime(self) {} }
    let ticket = Ticket()
    let result: Result<Response, CurlFailure> = await withTaskCancellationHandler {
      await withUnsafeContinuation { continuation in
        mailbox.post(
          .start(Order(request: request, isLoopback: isLoopback, ticket: ticket, continuation: continuation)))
      }
    } onCancel: {
      // May run before the start is posted: then the loop finds the mark on the ticket.
      ticket.cancel()
      mailbox.post(.cancel(ticket))
    }
    return try result.get()
  }
}
