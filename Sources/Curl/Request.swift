/// One request.
package struct Request: Sendable {
  package enum Method: String, Sendable { case get = "GET", post = "POST", patch = "PATCH", delete = "DELETE" }

  package enum Body: Sendable {
    case none
    case bytes([UInt8])
    /// `multipart/form-data`: text fields and one file.
    case multipart(fields: [(name: String, value: String)], file: File)
  }

  /// A file's part of a multipart body. Its real name is not sent.
  package struct File: Sendable {
    package enum Source: Sendable {
      case bytes([UInt8])
      /// Read by libcurl while it sends.
      case path(String)
    }

    package var field: String
    package var name: String
    package var mediaType: String
    package var source: Source

    package init(field: String, name: String, mediaType: String, source: Source) {
      self.field = field
      self.name = name
      self.mediaType = mediaType
      self.source = source
    }
  }

  package var method: Method
  package var url: String
  package var headers: [(name: String, value: String)]
  package var body: Body
  /// From the start to the answer's last byte.
  package var timeout: Duration
  /// False: sent at most once, whatever happens to the connection. Set it for what makes something.
  package var isRepeatable: Bool

  package init(
    _ method: Method, _ url: String, headers: [(name: String, value: String)] = [], body: Body = .none,
    timeout: Duration = .seconds(30)
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.timeout = timeout
    isRepeatable = method != .post
  }
}
