import Listings

// A record whole: a checkpoint's `record` line, and what `state export` gives out.
extension Record {
  func writeMembers(to json: inout JSONWriter) {
    key.writeMembers(to: &json)
    json.field("marketplace", marketplace)
    json.field("state", state.word)
    switch state {
    case .withdrawn(sold: true): json.field("sold", true)
    case .failed(retryAt: let time?): json.field("retry_at", time: time)
    default: break
    }
    json.field("remote_id", remoteID)
    json.field("url", url)
    json.content(content)
    json.unsure(unsure)
    if let pending {
      json.key("pending")
      json.object { json in
        json.field("at", time: pending.at)
        pending.writeMembers(to: &json)
      }
    }
    if let failedDigest { json.field("failed_digest", digest: failedDigest) }
    json.field("file", file)
    json.field("protected", isProtected)
    json.key("superseded")
    json.array { json in
      for id in superseded { json.value(id) }
    }
    json.failure(failure)
    if tries > 0 { json.field("tries", tries) }
    if let leftover {
      json.key("leftover")
      json.object { json in
        json.failure(leftover.failure)
        json.field("tries", leftover.tries)
        if leftover.isSale { json.field("sale", true) }
      }
    }
    json.field("posted_at", time: postedAt)
    json.field("last_updated_at", time: updatedAt)
    json.field("since", time: since)
  }

  init(_ json: JSONValue) throws(Shortfall) {
    guard let since = try json.time("since") else { throw Shortfall(member: "since") }
    var pending: Intent?
    if let value = json["pending"] { pending = try Intent(value) }
    self.init(
      key: try PostKey(json), marketplace: try json.text("marketplace"), state: try State(json),
      remoteID: json["remote_id"]?.string, url: json["url"]?.string, content: try json.content(), pending: pending,
      failedDigest: json["failed_digest"]?.string.flatMap { Digest(hex: $0.dropFirst(7)) },
      file: try json.text("file"), isProtected: try json.flag("protected"), superseded: try json.texts("superseded"),
      failure: try json.failure(), tries: json["tries"] == nil ? 0 : try json.tries("tries"),
      postedAt: try json.time("posted_at"), updatedAt: try json.time("last_updated_at"),
      since: since)
    unsure = try json.unsure()
    if let value = json["leftover"], let failure = try value.failure() {
      leftover = Setback(failure: failure, tries: try value.tries("tries"), isSale: value["sale"]?.bool ?? false)
    }
  }
}

extension Record.State {
  /// The word that journal, export and status use.
  package var word: String {
    switch self {
    case .live: "live"
    case .withdrawn: "withdrawn"
    case .gone: "gone"
    case .rejected: "rejected"
    case .failed: "failed"
    case .uncertain: "uncertain"
    }
  }

  fileprivate init(_ json: JSONValue) throws(Shortfall) {
    switch try json.text("state") {
    case "live": self = .live
    case "withdrawn": self = .withdrawn(sold: json["sold"]?.bool ?? false)
    case "gone": self = .gone
    case "rejected": self = .rejected
    case "failed": self = .failed(retryAt: try json.time("retry_at"))
    case "uncertain": self = .uncertain
    default: throw Shortfall(member: "state")
    }
  }
}
