/// A request as the emulation sees it: parsed HTTP, nothing of the connection.
struct Request: Sendable {
  var method: String
  /// Without the query, still percent-encoded.
  var path: String
  var query: [Field]
  /// Names in lower case.
  var headers: [String: String]
  var body: [UInt8]

  struct Field: Hashable, Sendable {
    var name: String
    var value: String
  }

  init(method: String, target: String, headers: [String: String] = [:], body: [UInt8] = []) {
    self.method = method
    let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    path = String(parts[0])
    query = parts.count > 1 ? FormReading.fields(of: parts[1]) ?? [] : []
    self.headers = headers
    self.body = body
  }

  /// The path's parts; a part that isn't valid stays as it is and so matches nothing.
  var segments: [String] {
    path.split(separator: "/").map { FormReading.decoded($0, plusIsSpace: false) ?? String($0) }
  }

  func parameter(_ name: String) -> String? { query.first { $0.name == name }?.value }

  var bearer: String? {
    guard let value = headers["authorization"], value.utf8.count > 7, value.prefix(7).lowercased() == "bearer "
    else { return nil }
    return String(value.dropFirst(7))
  }

  /// `application/json`, without its parameters and in lower case.
  var mediaType: String {
    let value = headers["content-type"] ?? ""
    let type = value.split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false).first ?? ""
    return String(type).trimmed.lowercased()
  }

  /// Why the body may not be read as JSON text, or nil.
  var charsetProblem: String? {
    guard let range = headers["content-type"]?.lowercased().split(separator: "charset=").dropFirst().first else {
      return nil
    }
    let charset = range.split(separator: ";").first.map { String($0).trimmed.filter { $0 != "\"" } }
    return charset == "utf-8" ? nil : "charset must be utf-8"
  }
}

/// An answer, before the wire.
struct Answer: Hashable, Sendable {
  var status: Int
  var headers: [Header] = []
  var body: [UInt8] = []

  struct Header: Hashable, Sendable {
    var name: String
    var value: String
  }

  init(status: Int, headers: [Header] = [], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  init(_ status: Int = 200, json: JSON) {
    self.init(status: status, headers: [Header(name: "Content-Type", value: "application/json; charset=UTF-8")])
    body = json.bytes
  }

  mutating func set(_ name: String, _ value: String) { headers.append(Header(name: name, value: value)) }

  func with(_ name: String, _ value: String) -> Answer {
    var copy = self
    copy.set(name, value)
    return copy
  }
}

/// What a marketplace makes of a request: the answer, and what must be written down before it is given.
struct Decision {
  var answer: Answer
  var changes: [Change] = []
  /// The bytes of new photos; kept before the changes are.
  var photos: [PhotoBytes] = []
  /// A code or refresh token that is used up with it.
  var spending: String?

  init(_ answer: Answer, spending: String) {
    self.answer = answer
    self.spending = spending
  }

  init(_ answer: Answer, changes: [Change] = [], photos: [PhotoBytes] = []) {
    self.answer = answer
    self.changes = changes
    self.photos = photos
  }
}

extension String {
  var trimmed: String {
    var text = self[...]
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}
