import Listings

extension Entry {
  package var kind: String {
    switch self {
    case .intent: "intent"
    case .outcome: "outcome"
    case .observed: "observed"
    case .adopted: "adopted"
    case .forgotten: "forgotten"
    case .moved: "moved"
    case .protected: "protected"
    case .counted: "counted"
    case .held: "held"
    case .released, .permitted: "released"
    case .sold: "sold"
    }
  }

  /// The entry's members from `"kind"` on. An outcome also says whose it is, for people and for `log`.
  func body(of key: PostKey? = nil) -> [UInt8] {
    encodeBody(kind) { json in
      switch self {
      case .intent(let intent): intent.writeMembers(to: &json)
      case .outcome(let outcome): outcome.writeMembers(key, to: &json)
      case .observed(let key, let observation):
        key.writeMembers(to: &json)
        observation.writeMembers(to: &json)
      case .adopted(let key, let marketplace, let remoteID, let url, let file, let shows):
        key.writeMembers(to: &json)
        json.field("marketplace", marketplace)
        json.field("remote_id", remoteID)
        json.field("url", url)
        json.field("file", file)
        if let shows {
          json.content(shows.content)
          json.unsure(shows.unsure)
        }
      case .forgotten(let key): key.writeMembers(to: &json)
      case .moved(let listing, let from, let file):
        json.field("listing", listing)
        json.optional("from", from)
        json.field("file", file)
      case .protected(let listing, let isProtected):
        json.field("listing", listing)
        json.field("protected", isProtected)
      case .counted(let listing, let quantity):
        json.field("listing", listing)
        json.field("quantity", quantity)
      case .held(let key, let by, let until, let text):
        key.writeMembers(to: &json)
        json.field("by", by)
        json.optional("until", until)
        json.optional("text", text)
      case .released(let key, let by):
        key.writeMembers(to: &json)
        json.optional("by", by)
      case .permitted(let key, let permit):
        key.writeMembers(to: &json)
        json.field("by", permit.by)
        json.field("permit", true)
        json.optional("digest", permit.digest?.description)
        json.optional("until", permit.until)
        json.optional("used", permit.usedAt)
      case .sold(let listing, let account, let price):
        json.field("listing", listing)
        json.optional("account", account)
        json.money(price)
      }
    }
  }
}

/// A line's members from `"kind"` on, without braces.
func encodeBody(_ kind: String, _ members: (inout JSONWriter) -> Void) -> [UInt8] {
  var json = JSONWriter(reserving: 1024)
  json.field("kind", kind)
  members(&json)
  return json.bytes
}

extension JSONWriter {
  mutating func optional(_ name: StaticString, _ text: String?) {
    if let text { field(name, text) }
  }

  mutating func optional(_ name: StaticString, _ time: Timestamp?) {
    if let time { field(name, time: time) }
  }

  mutating func unsure(_ fields: Set<Content.Field>) {
    guard !fields.isEmpty else { return }
    key("unsure")
    array { json in
      for field in fields.sorted() { json.value(field.rawValue) }
    }
  }

  mutating func money(_ money: Money?) {
    guard let money else { return }
    field("price", money.minor)
    field("currency", money.currency.code)
  }

  /// The content, and the digest of what was just written.
  mutating func content(_ content: Content?) {
    key("content")
    guard let content else {
      null()
      return field("digest", digest: nil)
    }
    let start = bytes.count
    content.write(to: &self)
    field("digest", digest: Digest(of: bytes[start...]))
  }

  mutating func failure(_ failure: Failure?) {
    guard let failure else { return }
    key("error")
    object { json in
      json.field("code", failure.code)
      json.field("message", failure.message)
      if let status = failure.httpStatus { json.field("http_status", status) }
      json.optional("retry_at", failure.retryAt)
      json.optional("unanswered", failure.unansweredAt?.description)
    }
  }
}

extension PostKey {
  func writeMembers(to json: inout JSONWriter) {
    json.field("listing", listing)
    json.field("account", account)
  }
}

extension Intent {
  func writeMembers(to json: inout JSONWriter) {
    json.field("op", op)
    json.field("action", action.rawValue)
    key.writeMembers(to: &json)
    json.field("marketplace", marketplace)
    json.field("reference", reference)
    json.content(content)
    json.optional("remote_id", remoteID)
    json.field("file", file)
    if attempt != 1 { json.field("attempt", attempt) }
    if isSale { json.field("sale", true) }
    json.optional("because", because)
  }
}

extension Outcome {
  fileprivate func writeMembers(_ key: PostKey?, to json: inout JSONWriter) {
    json.field("op", op)
    key?.writeMembers(to: &json)
    json.field("result", result.rawValue)
    json.optional("remote_id", remoteID)
    json.optional("url", url)
    json.field("attempts", attempts)
    json.failure(failure)
  }
}

extension Observation {
  fileprivate func writeMembers(to json: inout JSONWriter) {
    switch self {
    case .live(let remoteID, let url):
      json.field("saw", "live")
      json.field("remote_id", remoteID)
      json.field("url", url)
    case .gone: json.field("saw", "gone")
    case .hint: json.field("saw", "hint")
    case .sold(let price, let delivery, let isFormer):
      json.field("saw", "sold")
      json.money(price)
      json.optional("delivery", delivery)
      if isFormer { json.field("former", true) }
    case .drift(let fields, let values):
      json.field("saw", "drift")
      json.key("fields")
      json.array { json in
        for field in fields { json.value(field) }
      }
      guard !values.isEmpty else { return }
      json.key("values")
      json.object { json in
        for (field, value) in values.sorted(by: { $0.key < $1.key }) {
          json.key(named: field)
          json.value(value)
        }
      }
    }
  }
}
