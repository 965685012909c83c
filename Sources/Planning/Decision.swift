import Listings

/// A seller's decision, as a command gives it: to the running daemon, or to the journal when none runs.
package enum Decision: Hashable, Sendable {
  /// Leaves a listing's posts alone until `release`.
  case hold(listing: String, account: String?, reason: String?)
  /// Ends what holds a listing's posts: the seller's hold, a refusal, "gone", a sale's claim, a price drop.
  case release(listing: String, account: String?)
  /// Takes posts out of the records without touching the marketplace.
  case forget(listing: String, account: String?)
  /// What became of an operation that hawker can't settle by asking; `posted` is the post's id, nil: it never arrived.
  case resolve(listing: String, account: String?, posted: String?)
  /// Lets through what guards hold in exactly this plan, for an hour.
  case approve(plan: String)
  /// What left the config's scope is withdrawn, or forgotten.
  case releaseScope(withdraw: Bool)
  /// It was sold: on an account, or elsewhere (nil); withdrawn from all the others at once.
  /// `price`: as the seller wrote it, `430` or `430.00 USD`.
  case sold(listing: String, account: String?, price: String?)
  /// What failed is tried again now, not at its time.
  case retry(listing: String, account: String?)
}

/// What became of a decision.
package struct Answer: Hashable, Sendable {
  package enum Code: String, Sendable {
    case done
    /// Not possible as things are; nothing was recorded.
    case refused
    /// It names something that isn't there; nothing was recorded.
    case unknown
    /// It says what can't be meant, such as a price that is none; nothing was recorded.
    case malformed
    /// The journal can't take it.
    case journal
  }

  package var code: Code
  package var text: String

  package init(_ code: Code, _ text: String) {
    self.code = code
    self.text = text
  }
}

// One JSON object on one line, over `state/control.sock`.
extension Decision {
  package var line: String {
    var json = JSONWriter()
    json.object { json in
      switch self {
      case .hold(let listing, let account, let reason):
        json.post("hold", listing, account)
        json.field("reason", reason)
      case .release(let listing, let account): json.post("release", listing, account)
      case .forget(let listing, let account): json.post("forget", listing, account)
      case .resolve(let listing, let account, let posted):
        json.post("resolve", listing, account)
        json.field("posted", posted)
      case .approve(let plan):
        json.field("decision", "approve")
        json.field("plan", plan)
      case .releaseScope(let withdraw):
        json.field("decision", "release-scope")
        json.field("withdraw", withdraw)
      case .sold(let listing, let account, let price):
        json.post("sold", listing, account)
        json.field("price", price)
      case .retry(let listing, let account): json.post("retry", listing, account)
      }
    }
    return json.text + "\n"
  }

  /// Nil when the line is none of these.
  package init?(line: [UInt8]) {
    guard let json = try? JSONValue(parsing: line) else { return nil }
    let (listing, account) = (json["listing"]?.string, json["account"]?.string)
    switch (json["decision"]?.string, listing) {
    case ("hold", let listing?): self = .hold(listing: listing, account: account, reason: json["reason"]?.string)
    case ("release", let listing?): self = .release(listing: listing, account: account)
    case ("forget", let listing?): self = .forget(listing: listing, account: account)
    case ("resolve", let listing?):
      self = .resolve(listing: listing, account: account, posted: json["posted"]?.string)
    case ("approve", _):
      guard let plan = json["plan"]?.string else { return nil }
      self = .approve(plan: plan)
    case ("release-scope", _):
      guard let withdraw = json["withdraw"]?.bool else { return nil }
      self = .releaseScope(withdraw: withdraw)
    case ("sold", let listing?):
      self = .sold(listing: listing, account: account, price: json["price"]?.string)
    case ("retry", let listing?): self = .retry(listing: listing, account: account)
    default: return nil
    }
  }
}

extension Answer {
  package var line: String {
    var json = JSONWriter()
    json.object { json in
      json.field("code", code.rawValue)
      json.field("text", text)
    }
    return json.text + "\n"
  }

  package init?(line: [UInt8]) {
    guard let json = try? JSONValue(parsing: line), let code = json["code"]?.string.flatMap(Code.init),
      let text = json["text"]?.string
    else { return nil }
    self.init(code, text)
  }
}

extension JSONWriter {
  fileprivate mutating func post(_ decision: String, _ listing: String, _ account: String?) {
    field("decision", decision)
    field("listing", listing)
    field("account", account)
  }
}
