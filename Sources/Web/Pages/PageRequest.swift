import Journaling
import Listings

/// What a page is made from besides the shop. Texts in it came from outside: they are escaped where they are shown.
package struct PageRequest: Sendable {
  /// Decoded, without a slash at its end: `/`, `/listings/lamp`.
  package var path: String
  /// Decoded; of a name that repeats the first value counts.
  package var query: [String: String]
  /// Goes into each form as the hidden field `csrf`, and into a script's `X-CSRF-Token`.
  package var csrf: String
  /// Whether there is a session to end (`POST /logout`, with `csrf`).
  package var isLoggedIn: Bool
  /// What became of the form that led here.
  package var flash: Flash?
  /// For `/listings/<id>` alone: the newest entries of its journal, the newest last; at most 200.
  package var history: [LogEntry]
  /// The last hour, a minute each, the newest last; what was not measured has no place in it.
  package var traffic: [Traffic]
  /// What the feed begins with, the newest last; a few dozen at most.
  package var recent: [Activity]
  /// Commands that a page shows are for the sandbox.
  package var isSandbox = false

  package init(
    path: String, query: [String: String] = [:], csrf: String, isLoggedIn: Bool = false, flash: Flash? = nil,
    history: [LogEntry] = [], traffic: [Traffic] = [], recent: [Activity] = []
  ) {
    self.path = path
    self.query = query
    self.csrf = csrf
    self.isLoggedIn = isLoggedIn
    self.flash = flash
    self.history = history
    self.traffic = traffic
    self.recent = recent
  }

  /// A form of a page goes to `POST /decisions` with the fields `decision` (`hold`, `release`, `sold`, `retry`,
  /// `resolve`, `approve`, `release-scope`), `listing` (`plan` for `approve`), perhaps `account`, `price`,
  /// `reason`, and `csrf`; an empty field is none. `resolve` has `remote` (the post's id on the marketplace), or `not_posted=1`;
  /// `release-scope` has `withdraw` (`true` or `false`). `back`: the path and query to return to.
  /// The answer is 303 to `back`, where the next page has the outcome as its `flash`.
  package struct Flash: Hashable, Sendable {
    package var text: String
    package var isGood: Bool

    package init(text: String, isGood: Bool) {
      self.text = text
      self.isGood = isGood
    }
  }
}

/// One minute of work, for the plots.
package struct Traffic: Hashable, Sendable {
  package var minute: Timestamp
  /// Actions that were done, and those that were not (failed, uncertain).
  package var done: Int
  package var failed: Int
  /// How long an action took from its start to its recorded outcome, in seconds: the middle and the slowest hundredth.
  package var median: Double
  package var slow: Double

  package init(minute: Timestamp, done: Int = 0, failed: Int = 0, median: Double = 0, slow: Double = 0) {
    self.minute = minute
    self.done = done
    self.failed = failed
    self.median = median
    self.slow = slow
  }
}

/// A page, or a file that belongs to the pages (a stylesheet, a script).
package struct PageAnswer: Sendable {
  package var status: Int
  package var contentType: String
  package var body: [UInt8]
  /// Besides the server's own: `Cache-Control` of a stylesheet, say.
  package var headers: [String: String]

  package init(
    status: Int = 200, contentType: String = "text/html; charset=utf-8", body: [UInt8], headers: [String: String] = [:]
  ) {
    self.status = status
    self.contentType = contentType
    self.body = body
    self.headers = headers
  }

  package init(status: Int = 200, html: String) { self.init(status: status, body: Array(html.utf8)) }
}

// GET /events (server-sent events). `event: activity`, data: `{"at","level","text","listing","account"}` (the last two may
// be null), one for each thing that happens; `id` counts up. `event: state`, data: `{"live","queued","in_flight","held",
// "uncertain","failed","plan_id","in_sync"}`, at the start and whenever one of them has changed, at most every 250 ms.
// A comment every 15 s. A reader that falls behind loses the oldest activities and sees `event: lost`, data: `{}`.
