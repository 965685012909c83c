import Listings

/// What was durable, folded line by line with rules of the model's own: no code of hawker's but the JSON reader.
struct Memory: Sendable {
  struct Operation: Sendable {
    let op: String
    let action: String
    let key: PostKey
    let remoteID: String?
    let because: String?
    let digest: String?
    var result: String?
  }

  private(set) var operations: [String: Operation] = [:]
  /// What hawker knows to be there.
  private(set) var live: [PostKey: String] = [:]
  private(set) var open: [PostKey: String] = [:]
  /// Until when the seller lets a post go in spite of the guards.
  private(set) var permits: [PostKey: Timestamp] = [:]
  /// Withdrawals that nobody asked for by name and that no permit covered.
  private(set) var losses: [(key: PostKey, at: Timestamp)] = []
  /// The content that was refused last, and not released since.
  private(set) var refused: [PostKey: String] = [:]
  /// Until when an account was told to wait.
  private(set) var waits: [String: Timestamp] = [:]
  /// Listings that are never withdrawn because their file went away.
  private(set) var protected: Set<String> = []

  /// Listing → its sales: where, and where they count no longer.
  private(set) var sales: [String: [(account: String?, released: Set<String>)]] = [:]
  private var recorded: Set<PostKey> = []

  /// Whether a sale has taken the only one there is.
  func isClaimed(_ key: PostKey) -> Bool {
    sales[key.listing]?.contains { !$0.released.contains(key.account) } ?? false
  }

  /// Whether it was sold through this very post, which is then the marketplace's to mark.
  func isSoldHere(_ key: PostKey) -> Bool {
    sales[key.listing]?.contains { $0.account == key.account && !$0.released.contains(key.account) } ?? false
  }

  mutating func take(_ line: ArraySlice<UInt8>) {
    guard let json = try? JSONValue(parsing: line), let kind = json["kind"]?.string,
      let at = json["at"]?.string.flatMap({ Timestamp($0) })
    else { return }
    let key = PostKey(listing: json["listing"]?.string ?? "", account: json["account"]?.string ?? "")
    switch kind {
    case "intent": begin(json, key)
    case "outcome": end(json, at)
    case "observed" where json["saw"]?.string == "gone" || json["observed"]?.string == "gone": live[key] = nil
    case "adopted":
      live[key] = json["remote_id"]?.string
      recorded.insert(key)
    case "sold": sales[key.listing, default: []].append((json["account"]?.string, []))
    case "forgotten":
      recorded.remove(key)
      if !recorded.contains(where: { $0.listing == key.listing }) { sales[key.listing] = nil }
      (live[key], open[key], permits[key], refused[key]) = (nil, nil, nil, nil)
      if !live.keys.contains(where: { $0.listing == key.listing }) { protected.remove(key.listing) }
    case "protected" where json["protected"]?.bool == true: protected.insert(key.listing)
    case "protected": protected.remove(key.listing)
    case "released": release(json, key)
    default: break
    }
  }

  private mutating func begin(_ json: JSONValue, _ key: PostKey) {
    guard let op = json["op"]?.string, let action = json["action"]?.string else { return }
    operations[op] = Operation(
      op: op, action: action, key: key, remoteID: json["remote_id"]?.string, because: json["because"]?.string,
      digest: json["digest"]?.string)
    open[key] = op
    recorded.insert(key)
    if action == "create" { live[key] = nil }
  }

  private mutating func end(_ json: JSONValue, _ at: Timestamp) {
    guard let op = json["op"]?.string, let result = json["result"]?.string, let operation = operations[op],
      open[operation.key] == op
    else { return }
    let key = operation.key
    operations[op]?.result = result
    if json["error"]?["code"]?.string == "throttled", let time = json["error"]?["retry_at"]?.string {
      waits[key.account] = Timestamp(time)
    }
    if result == "uncertain" { return }
    let code = json["error"]?["code"]?.string
    // A change that may have landed all the same stays open until it is known.
    let mayHaveLanded = ["unavailable", "unexpected", "uncertain"].contains(code)
    let isRepeatable = operation.action == "update" || operation.action == "withdraw"
    if !(isRepeatable && result == "failed" && mayHaveLanded) { open[key] = nil }
    switch (operation.action, result) {
    case ("create", "done"), ("replace", "done"): live[key] = json["remote_id"]?.string
    case ("withdraw", _) where result == "done" || code == "gone": withdrew(operation, at)
    case ("update", "failed") where code == "gone": live[key] = nil
    default: break
    }
    if operation.action != "withdraw" { refused[key] = code == "rejected" ? operation.digest : nil }
  }

  private mutating func withdrew(_ operation: Operation, _ at: Timestamp) {
    let key = operation.key
    guard live[key] == operation.remoteID else { return }
    live[key] = nil
    let isLoss = operation.because == "file-gone" || operation.because == "dropped"
    if isLoss, permits[key].map({ $0 <= at }) ?? true { losses.append((key, at)) }
    (permits[key], refused[key]) = (nil, nil)
  }

  private mutating func release(_ json: JSONValue, _ key: PostKey) {
    if json["permit"]?.bool == true {
      guard let by = json["by"]?.string, by == "withdrawals" || by == "scope",
        let until = json["until"]?.string.flatMap({ Timestamp($0) })
      else { return }
      permits[key] = until
    } else if json["by"] == nil {
      refused[key] = nil
      for index in (sales[key.listing] ?? []).indices { sales[key.listing]?[index].released.insert(key.account) }
    }
  }

  /// Losses on an account in the hour before `now`, of posts that have not come back.
  func lately(_ account: String, at now: Timestamp) -> Int {
    losses.count { $0.key.account == account && $0.at > now.advanced(by: .seconds(-3600)) && live[$0.key] == nil }
  }

  func posts(on account: String) -> Int { live.keys.count { $0.account == account } }
}
