import Listings

/// The fold of all entries: what hawker believes of every post. A value: copies are cheap until one is changed.
package struct Ledger: Hashable, Sendable {
  /// The journal's identity, a UUID made when it was created.
  package internal(set) var lineage: String
  /// The number of the newest entry in it.
  package internal(set) var sequence: Int
  package internal(set) var records: [PostKey: Record] = [:]
  /// When the newest entry was made; a clock behind it is not to be trusted.
  package internal(set) var lastAt: Timestamp?
  /// Nothing was ever recorded.
  package var isUnused: Bool { lastAt == nil }
  /// What holds posts back, what was let through all the same, what was lost lately.
  package internal(set) var standing = Standing()
  /// Posts that something told to look at again, and that have not been read since, with when it did.
  package internal(set) var hints: [PostKey: Timestamp] = [:]
  package internal(set) var protectedListings: Set<String> = []
  /// Listing → how many there are of it, where that is not one.
  package internal(set) var quantities: [String: Int] = [:]
  /// Entries of kinds that only a newer hawker knows, carried along.
  package internal(set) var unknown: [UnknownEntry] = []

  // Derived, for a fold that is linear in its entries.
  private(set) var keysByOp: [String: PostKey] = [:]
  private(set) var accountsByListing: [String: Accounts] = [:]
  private var naming = Naming()

  /// Grows whenever a post's id on its marketplace comes, goes or changes: what was made from all ids holds while it is the
  /// same.
  package var namings: Int { naming.count }

  package init(lineage: String = "", sequence: Int = 0, records: [PostKey: Record] = [:]) {
    self.lineage = lineage
    self.sequence = sequence
    for record in records.values { put(record) }
  }

  package subscript(key: PostKey) -> Record? { records[key] }

  package var holds: [PostKey: [RecordedHold]] { standing.holds }

  /// Listing → its sales, the first one first; a second one is a problem that a person must see.
  package var sales: [String: [Sale]] { standing.sales }

  /// Fields whose live value was last seen to differ.
  package var drifts: [PostKey: Drift] { standing.drifts }

  /// The records of a listing, by account.
  package func records(of listing: String) -> [Record] {
    (accountsByListing[listing]?.names ?? []).compactMap { records[PostKey(listing: listing, account: $0)] }
  }

  /// The post that waits for the outcome of an operation.
  package func key(ofOp op: String) -> PostKey? { keysByOp[op] }

  /// Operations that make a post there and have no outcome: under way, or their answer was lost.
  package func openCreates(on marketplace: String) -> Set<String> {
    var ops: Set<String> = []
    for (op, key) in keysByOp {
      guard let record = records[key], record.marketplace == marketplace, let action = record.pending?.action,
        action == .create || action == .replace
      else { continue }
      ops.insert(op)
    }
    return ops
  }

  /// Whether a sale keeps the post from being made: the listing was sold and the seller has not released it here.
  package func isClaimed(_ key: PostKey) -> Bool { standing.claim(on: key, quantity: 1) != nil }

  package struct UnknownEntry: Hashable, Sendable {
    package let at: Timestamp
    /// Its members from `"kind"` on, as they were read.
    package let body: String
  }
}

extension Ledger {
  mutating func put(_ record: consuming Record) {
    let (key, op) = (record.key, record.pending?.op)
    let id = record.remoteID
    let old = records.updateValue(record, forKey: key)
    if old?.remoteID != id { naming.count += 1 }
    if let former = old?.pending?.op, former != op { keysByOp[former] = nil }
    if let op { keysByOp[op] = key }
    if old == nil { accountsByListing[key.listing, default: Accounts()].insert(key.account) }
  }

  /// Of these listings alone.
  func narrowed(to listings: Set<String>) -> Ledger {
    var ledger = Ledger(lineage: lineage, sequence: sequence)
    for listing in listings {
      for record in records(of: listing) { ledger.put(record) }
    }
    ledger.lastAt = lastAt
    ledger.standing = standing
    ledger.standing.holds = standing.holds.filter { listings.contains($0.key.listing) }
    ledger.protectedListings = protectedListings.intersection(listings)
    ledger.quantities = quantities.filter { listings.contains($0.key) }
    return ledger
  }

  /// Keeps this content in the place of an equal one: two of them take twice the memory.
  mutating func share(_ content: Content, of key: PostKey) {
    guard let place = records.index(forKey: key), records.values[place].content == content else { return }
    records.values[place].content = content
  }

  /// Makes room for so many posts at once.
  mutating func reserve(_ count: Int) {
    records.reserveCapacity(count)
    accountsByListing.reserveCapacity(count)
  }

  @discardableResult
  mutating func take(_ key: PostKey) -> Record? {
    guard let record = records.removeValue(forKey: key) else { return nil }
    naming.count += 1
    if let pending = record.pending { keysByOp[pending.op] = nil }
    accountsByListing[key.listing]?.remove(key.account)
    if accountsByListing[key.listing]?.isEmpty == true { accountsByListing[key.listing] = nil }
    return record
  }
}

/// How a ledger came about, which is no part of what it says.
private struct Naming: Hashable {
  var count = 0
  static func == (left: Naming, right: Naming) -> Bool { true }
  func hash(into hasher: inout Hasher) {}
}

/// The accounts that a listing has posts on: mostly one, for which no set is made.
struct Accounts: Hashable, Sendable {
  private var first: String?
  private var others: Set<String> = []

  var isEmpty: Bool { first == nil && others.isEmpty }
  /// In their order.
  var names: [String] { ((first.map { [$0] } ?? []) + others).sorted() }

  mutating func insert(_ name: String) {
    if first == nil, !others.contains(name) { first = name } else if first != name { others.insert(name) }
  }

  mutating func remove(_ name: String) {
    if first == name { first = others.popFirst() } else { others.remove(name) }
  }

  static func == (left: Accounts, right: Accounts) -> Bool { left.names == right.names }
  func hash(into hasher: inout Hasher) { hasher.combine(names) }
}
