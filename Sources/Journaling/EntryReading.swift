import Listings

/// An intact line that lacks what its kind needs: a defect of whoever wrote it.
struct Shortfall: Error {
  let member: String
}

extension Entry {
  /// Reads what `body` wrote; nil for a kind that this program doesn't know.
  init?(kind: String, _ json: JSONValue) throws(Shortfall) {
    switch kind {
    case "intent": self = .intent(try Intent(json))
    case "outcome": self = .outcome(try Outcome(json))
    case "observed": self = .observed(try PostKey(json), try Observation(json))
    case "adopted":
      self = .adopted(
        try PostKey(json), marketplace: try json.text("marketplace"), remoteID: try json.text("remote_id"),
        url: try json.text("url"), file: try json.text("file"), shows: try Shown(json))
    case "forgotten": self = .forgotten(try PostKey(json))
    case "moved":
      self = .moved(listing: try json.text("listing"), from: json["from"]?.string, file: try json.text("file"))
    case "protected": self = .protected(listing: try json.text("listing"), try json.flag("protected"))
    case "counted": self = .counted(listing: try json.text("listing"), try json.number("quantity"))
    case "held":
      self = .held(
        try PostKey(json), by: try json.text("by"), until: try json.time("until"), text: json["text"]?.string)
    case "released" where json["permit"]?.bool == true: self = .permitted(try PostKey(json), try Permit(json))
    case "released": self = .released(try PostKey(json), by: json["by"]?.string)
    case "sold":
      self = .sold(listing: try json.text("listing"), account: json["account"]?.string, price: try json.money())
    default: return nil
    }
  }
}

extension JSONValue {
  func text(_ name: String) throws(Shortfall) -> String {
    guard let text = self[name]?.string else { throw Shortfall(member: name) }
    return text
  }

  func flag(_ name: String) throws(Shortfall) -> Bool {
    guard let flag = self[name]?.bool else { throw Shortfall(member: name) }
    return flag
  }

  func number(_ name: String) throws(Shortfall) -> Int {
    guard let number = self[name]?.integer else { throw Shortfall(member: name) }
    return Int(number)
  }

  /// Tries, of which there are never so many; whatever stands there, one can be added.
  func tries(_ name: String) throws(Shortfall) -> Int { min(max(try number(name), 0), 1_000_000) }

  /// Nil when it isn't there or null; wrong only when it isn't a time.
  func time(_ name: String) throws(Shortfall) -> Timestamp? {
    guard let text = self[name]?.string else { return nil }
    guard let time = Timestamp(text) else { throw Shortfall(member: name) }
    return time
  }

  func money() throws(Shortfall) -> Money? {
    guard let minor = self["price"]?.integer else { return nil }
    guard minor >= 0, let currency = self["currency"]?.string.flatMap({ Currency(code: $0) }) else {
      throw Shortfall(member: "currency")
    }
    return Money(minor: minor, currency: currency)
  }

  func content() throws(Shortfall) -> Content? {
    guard let value = self["content"], value != .null else { return nil }
    guard let content = Content(value) else { throw Shortfall(member: "content") }
    return content
  }

  func unsure() throws(Shortfall) -> Set<Content.Field> {
    self["unsure"] == nil ? [] : Set(try texts("unsure").compactMap(Content.Field.init))
  }

  func failure() throws(Shortfall) -> Failure? {
    guard let error = self["error"], error != .null else { return nil }
    return Failure(
      code: try error.text("code"), message: try error.text("message"),
      httpStatus: error["http_status"]?.integer.map { Int($0) }, retryAt: try error.time("retry_at"),
      unansweredAt: error["unanswered"]?.string.flatMap { BootMoment($0) })
  }

  func texts(_ name: String) throws(Shortfall) -> [String] {
    guard let values = self[name]?.array else { throw Shortfall(member: name) }
    var texts: [String] = []
    for value in values {
      guard let text = value.string else { throw Shortfall(member: name) }
      texts.append(text)
    }
    return texts
  }
}

extension PostKey {
  init(_ json: JSONValue) throws(Shortfall) {
    self.init(listing: try json.text("listing"), account: try json.text("account"))
  }
}

extension Shown {
  /// Nil when nothing is said of it.
  fileprivate init?(_ json: JSONValue) throws(Shortfall) {
    guard let content = try json.content() else { return nil }
    self.init(content, unsure: try json.unsure())
  }
}

extension Intent {
  /// Its time is the line's; in a record, its own.
  init(_ json: JSONValue) throws(Shortfall) {
    guard let action = Action(rawValue: try json.text("action")) else { throw Shortfall(member: "action") }
    self.init(
      op: try json.text("op"), action: action, key: try PostKey(json), marketplace: try json.text("marketplace"),
      reference: try json.text("reference"), content: try json.content(), remoteID: json["remote_id"]?.string,
      file: try json.text("file"), attempt: json["attempt"] == nil ? 1 : try json.tries("attempt"),
      at: try json.time("at") ?? Timestamp(milliseconds: 0), isSale: json["sale"]?.bool ?? false,
      because: json["because"]?.string)
  }
}

extension Permit {
  fileprivate init(_ json: JSONValue) throws(Shortfall) {
    let text = json["digest"]?.string
    let digest = text.flatMap { Digest(hex: $0.dropFirst(7)) }
    if text != nil, digest == nil { throw Shortfall(member: "digest") }
    self.init(by: try json.text("by"), digest: digest, until: try json.time("until"), usedAt: try json.time("used"))
  }
}

extension Outcome {
  fileprivate init(_ json: JSONValue) throws(Shortfall) {
    guard let result = Result(rawValue: try json.text("result")) else { throw Shortfall(member: "result") }
    self.init(
      op: try json.text("op"), result: result, remoteID: json["remote_id"]?.string, url: json["url"]?.string,
      attempts: try json.tries("attempts"), failure: try json.failure())
  }
}

extension Observation {
  fileprivate init(_ json: JSONValue) throws(Shortfall) {
    switch try json.text("saw") {
    case "live": self = .live(remoteID: try json.text("remote_id"), url: try json.text("url"))
    case "gone": self = .gone
    case "hint": self = .hint
    case "sold":
      self = .sold(
        price: try json.money(), delivery: json["delivery"]?.string, isFormer: json["former"]?.bool ?? false)
    case "drift":
      let values = (json["values"]?.members ?? []).compactMap { member in member.value.string.map { (member.key, $0) } }
      self = .drift(try json.texts("fields"), values: Dictionary(values) { first, _ in first })
    default: throw Shortfall(member: "saw")
    }
  }
}
