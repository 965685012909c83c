import Listings

/// All that a plan depends on.
package struct PlanInput: Sendable {
  package enum Mode: Sendable {
    /// `plan`, `apply`: no grace, and what failed before is tried now.
    case once
    /// An `apply` that goes on: backoff times hold.
    case retrying
    /// The daemon: backoff times hold, and an absent file has its grace.
    case continuous
  }

  package var wanted: Wanted
  package var records: [PostKey: Record]
  /// What the journal keeps beside the records.
  package var standing = Standing()
  /// Listings that the journal knows to be protected, with or without a post.
  package var protectedListings: Set<String> = []
  /// Listing → how many there were when its file was read last, where that is not one.
  package var quantities: [String: Int] = [:]
  /// Posts that are in neither `wanted` nor `records`, since nothing is to be done about them; guards count them.
  package var settled = Settled()
  /// What is on its way; nil: nobody knows of anything.
  package var underWay: UnderWay?
  package var config: Config
  /// By marketplace.
  package var capabilities: [String: Capabilities]
  /// By account, where its config changes what its marketplace supports.
  package var accountCapabilities: [String: Capabilities] = [:]
  package var now: Timestamp
  /// When the files were looked at; nil: now.
  package var scannedAt: Timestamp?
  package var mode: Mode
  /// `--enforce`: what was changed there is changed back.
  package var enforces = false
  package var lineage: String?
  package var sequence: Int
  /// `--allow-withdraw N`.
  package var allowedWithdrawals: Int?
  /// `--only ID`: empty means all. Guards still see everything.
  package var onlyListings: Set<String>
  /// `--account NAME`.
  package var onlyAccount: String?

  package init(
    wanted: Wanted, records: [PostKey: Record], config: Config, capabilities: [String: Capabilities], now: Timestamp,
    mode: Mode = .once, lineage: String? = nil, sequence: Int = 0, allowedWithdrawals: Int? = nil,
    onlyListings: Set<String> = [], onlyAccount: String? = nil
  ) {
    self.wanted = wanted
    self.records = records
    self.config = config
    self.capabilities = capabilities
    self.now = now
    self.mode = mode
    self.lineage = lineage
    self.sequence = sequence
    self.allowedWithdrawals = allowedWithdrawals
    self.onlyListings = onlyListings
    self.onlyAccount = onlyAccount
  }

  /// Posts that are there, or may be, that no listing asks for, and that are not provably gone.
  var unseenPosts: [Record] {
    guard !wanted.frozenIDs.isEmpty || !wanted.frozenFiles.isEmpty else { return [] }
    let ids = Set(wanted.listings.map(\.id))
    let unseen = records.values.filter { record in
      (record.isLive || record.state == .uncertain) && !ids.contains(record.key.listing)
        && wanted.freezes(id: record.key.listing, lastFile: record.file)
    }
    return unseen.sorted { $0.key < $1.key }
  }

  var isNarrowed: Bool { !onlyListings.isEmpty || onlyAccount != nil }

  /// Whether `--only` and `--account` leave the post in the plan.
  func selects(_ key: PostKey) -> Bool {
    (onlyListings.isEmpty || onlyListings.contains(key.listing)) && onlyAccount.map { $0 == key.account } ?? true
  }

  func capabilities(of account: String, _ marketplace: String) -> Capabilities? {
    accountCapabilities[account] ?? capabilities[marketplace]
  }
}
