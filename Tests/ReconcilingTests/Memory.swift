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
  private var contents: [String: JSONValue] = [:]
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

  /// Listing → how many there are, where it was ever another number than one.
  private(set) var quantities: [String: Int] = [:]

  struct Sale: Sendable {
    let account: String?
    /// The marketplace's own word of its post.
    let isSeen: Bool
    /// Found by a look, and not told of since: the next delivery is of this very sale.
    var isUnnamed = false
    /// Of a post that another has replaced since.
    var isFormer = false
    /// Sales before it that count everywhere still.
    let before: Int
    var released: Set<String> = []
  }

  /// Listing → its sales: where, and where they count no longer.
  private(set) var sales: [String: [Sale]] = [:]
  /// Sales of what may have been sold before, of which nobody has been told yet: listing → how many came before.
  private(set) var untold: [String: Int] = [:]
  /// Posts whose second sale waits for a person.
  private(set) var alerts: Set<PostKey> = []
  /// Posts that are no longer there, and not by hawker.
  private(set) var gone: Set<PostKey> = []
  /// Which post that was said of.
  private(set) var goneIDs: [(key: PostKey, id: String)] = []
  /// What was seen to be other there: field → value.
  private(set) var drifts: [PostKey: [String: String]] = [:]
  /// Every post that hawker ever knew to be its own.
  private(set) var known: [[String]: PostKey] = [:]
  private(set) var forgotten: Set<String> = []
  /// Whether looks and deliveries of one sale can be told from two.
  private(set) var namesLooks = false
  private var recorded: Set<PostKey> = []
  /// The listing that the last line alerts of.
  private var alerted: String?
  private var sent: [PostKey: JSONValue] = [:]

  private func open(on key: PostKey) -> [Sale] {
    (sales[key.listing] ?? []).filter { !$0.released.contains(key.account) }
  }

  /// Whether a sale has taken the last one of so many.
  func isClaimed(_ key: PostKey, _ quantity: Int) -> Bool { open(on: key).count >= quantity }

  /// Whether it is to go because it was sold elsewhere.
  func isTaken(_ key: PostKey, _ quantity: Int) -> Bool { isClaimed(key, quantity) && !isSoldHere(key, quantity) }

  /// Whether the last one was sold through this very post, which is then the marketplace's to mark.
  func isSoldHere(_ key: PostKey, _ quantity: Int) -> Bool {
    open(on: key).dropFirst(quantity - 1).contains { $0.account == key.account }
  }

  mutating func take(_ line: ArraySlice<UInt8>) {
    guard let json = try? JSONValue(parsing: line), let kind = json["kind"]?.string,
      let at = json["at"]?.string.flatMap({ Timestamp($0) })
    else { return }
    let key = PostKey(listing: json["listing"]?.string ?? "", account: json["account"]?.string ?? "")
    // An alert stands before its sale.
    let isAlerted = alerted == key.listing
    alerted = nil
    defer { if isAlerted { untold[key.listing] = nil } }
    switch kind {
    case "intent": begin(json, key)
    case "outcome": end(json, at)
    case "observed": observe(json, key)
    case "adopted":
      live[key] = json["remote_id"]?.string
      recorded.insert(key)
    case "held" where json["by"]?.string == "oversold":
      untold[key.listing] = nil
      alerts.insert(key)
      alerted = key.listing
    case "sold": sell(key.listing, json["account"]?.string, isSeen: false)
    case "forgotten":
      recorded.remove(key)
      forgotten.insert(key.listing)
      if !recorded.contains(where: { $0.listing == key.listing }) {
        (sales[key.listing], quantities[key.listing]) = (nil, nil)
      }
      (live[key], open[key], permits[key], refused[key], drifts[key]) = (nil, nil, nil, nil, nil)
      gone.remove(key)
      alerts.remove(key)
      if !live.keys.contains(where: { $0.listing == key.listing }) { protected.remove(key.listing) }
    case "protected" where json["protected"]?.bool == true: protected.insert(key.listing)
    case "protected": protected.remove(key.listing)
    case "counted": quantities[key.listing] = json["quantity"]?.integer.map { Int($0) }
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
    if action == "create" {
      live[key] = nil
      gone.remove(key)
    }
    contents[op] = json["content"]
  }

  private mutating func sell(_ listing: String, _ account: String?, isSeen: Bool, isUnnamed: Bool = false) {
    let before = sales[listing]?.count { $0.released.isEmpty } ?? 0
    sales[listing, default: []].append(
      Sale(account: account, isSeen: isSeen, isUnnamed: isUnnamed, before: before))
    if before > 0 { untold[listing] = before }
  }

  /// A delivery tells of what a look has found before.
  private mutating func see(_ key: PostKey, _ delivery: String?, isFormer: Bool) {
    let isLook = delivery == "(seen)"
    namesLooks = namesLooks || isLook
    let found = sales[key.listing]?.firstIndex {
      $0.account == key.account && $0.isUnnamed && $0.isFormer == isFormer && !$0.released.contains(key.account)
    }
    guard !isLook, delivery != nil, let found else {
      return sell(key.listing, key.account, isSeen: true, isUnnamed: isLook)
    }
    sales[key.listing]?[found].isUnnamed = false
  }

  private mutating func observe(_ json: JSONValue, _ key: PostKey) {
    switch json["saw"]?.string {
    case "gone":
      goneIDs.append((key, live[key] ?? open[key].flatMap { operations[$0]?.remoteID } ?? ""))
      (live[key], drifts[key]) = (nil, nil)
      gone.insert(key)
    case "sold": see(key, json["delivery"]?.string, isFormer: json["former"]?.bool ?? false)
    case "drift":
      let fields = (json["fields"]?.array ?? []).compactMap(\.string)
      let values = fields.map { ($0, json["values"]?[$0]?.string ?? "") }
      drifts[key] = values.isEmpty ? nil : Dictionary(values) { first, _ in first }
    default: break
    }
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
    case ("create", "done"), ("replace", "done"):
      live[key] = json["remote_id"]?.string
      known[[key.account, live[key] ?? ""]] = key
      (sent[key], drifts[key]) = (contents[op], nil)
      // Of another post than the one that the look saw.
      for index in (sales[key.listing] ?? []).indices where sales[key.listing]?[index].account == key.account {
        sales[key.listing]?[index].isFormer = true
      }
    case ("withdraw", _) where result == "done" || code == "gone": withdrew(operation, at)
    case ("update", "failed") where code == "gone":
      (live[key], drifts[key]) = (nil, nil)
      gone.insert(key)
    case ("update", "done"): overwrite(operation)
    default: break
    }
    // Only what failed last is remembered, be it a withdrawal.
    refused[key] = operation.action != "withdraw" && code == "rejected" ? operation.digest : nil
  }

  private mutating func withdrew(_ operation: Operation, _ at: Timestamp) {
    let key = operation.key
    // Of a copy, or of what a replace left, it says nothing of the post.
    guard live[key] == operation.remoteID else { return }
    (live[key], drifts[key]) = (nil, nil)
    let isLoss = operation.because == "file-gone" || operation.because == "dropped"
    if isLoss, permits[key].map({ $0 <= at }) ?? true { losses.append((key, at)) }
    (permits[key], refused[key]) = (nil, nil)
  }

  /// What an update writes over is no longer another's: what it changes, or all that is put back.
  private mutating func overwrite(_ operation: Operation) {
    let (key, new) = (operation.key, contents[operation.op])
    let old = sent.updateValue(new ?? .null, forKey: key)
    if operation.because == "drift" { drifts[key] = nil }
    for field in drifts[key]?.keys.sorted() ?? [] where old?[field] != new?[field] { drifts[key]?[field] = nil }
    if drifts[key]?.isEmpty == true { drifts[key] = nil }
  }

  private mutating func release(_ json: JSONValue, _ key: PostKey) {
    if json["permit"]?.bool == true {
      guard let by = json["by"]?.string, by == "withdrawals" || by == "scope",
        let until = json["until"]?.string.flatMap({ Timestamp($0) })
      else { return }
      permits[key] = until
    } else if json["by"]?.string == "oversold" {
      alerts.remove(key)
    } else if ["gone", "rejected"].contains(json["by"]?.string) {
      // Of several some are left: the sales go on counting.
      refused[key] = nil
      gone.remove(key)
    } else if json["by"] == nil || json["by"]?.string == "sale" {
      if json["by"] == nil { alerts.remove(key) }
      refused[key] = nil
      gone.remove(key)
      for index in (sales[key.listing] ?? []).indices { sales[key.listing]?[index].released.insert(key.account) }
    }
  }

  /// Losses on an account in the hour before `now`, of posts that have not come back.
  func lately(_ account: String, at now: Timestamp) -> Int {
    losses.count { $0.key.account == account && $0.at > now.advanced(by: .seconds(-3600)) && live[$0.key] == nil }
  }

  func posts(on account: String) -> Int { live.keys.count { $0.account == account } }
}
