import Listings

/// An answer, before the server adds what all of them have.
struct WebAnswer: Sendable {
  enum Body: Sendable {
    case bytes([UInt8])
    /// A file's path: streamed from the disk.
    case file(String)
    /// Server-sent events, until the reader or the server ends.
    case events
  }

  var status: Int
  var contentType: String
  var body: Body
  var headers: [String: String]

  init(_ status: Int, type contentType: String, _ body: Body, headers: [String: String] = [:]) {
    self.status = status
    self.contentType = contentType
    self.body = body
    self.headers = headers
  }

  static func text(_ status: Int, _ text: String, headers: [String: String] = [:]) -> WebAnswer {
    WebAnswer(status, type: "text/plain; charset=utf-8", .bytes(Array((text + "\n").utf8)), headers: headers)
  }

  static func html(_ status: Int, _ text: String, headers: [String: String] = [:]) -> WebAnswer {
    WebAnswer(status, type: "text/html; charset=utf-8", .bytes(Array(text.utf8)), headers: headers)
  }

  static func json(_ status: Int, headers: [String: String] = [:], _ body: (inout JSONWriter) -> Void) -> WebAnswer {
    var json = JSONWriter()
    json.object(body)
    return WebAnswer(status, type: "application/json", .bytes(json.bytes + [0x0A]), headers: headers)
  }

  static func see(_ path: String, headers: [String: String] = [:]) -> WebAnswer {
    .text(303, "see \(path)", headers: headers.merging(["location": path]) { $1 })
  }

  init(_ page: PageAnswer) {
    self.init(page.status, type: page.contentType, .bytes(page.body), headers: page.headers)
  }
}
