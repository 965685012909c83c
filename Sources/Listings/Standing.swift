/// What the journal keeps beside the records and the planner needs: what holds posts back, what was let through all the
/// same, and what was lost lately.
package struct Standing: Hashable, Sendable {
  /// In the order they came.
  package var holds: [PostKey: [RecordedHold]] = [:]
  package var permits: [PostKey: [Permit]] = [:]
  /// Withdrawals that nobody asked for by name, of the last hour; in the order they came.
  package var losses: [Loss] = []
  /// New posts that a marketplace refused, of the last day; in the order they came.
  package var refusals: [Refusal] = []
  /// Listing → its sales, the first one first.
  package var sales: [String: [Sale]] = [:]
  /// Posts whose live copy was last seen to differ.
  package var drifts: [PostKey: Drift] = [:]

  package init() {}

  package func hold(on key: PostKey, by holder: String) -> RecordedHold? { holds[key]?.first { $0.by == holder } }

  /// Whether the seller let through what a guard holds: exactly this content (nil: the withdrawal), still now.
  package func permits(_ key: PostKey, by guardName: String, digest: Digest?, at now: Timestamp) -> Bool {
    permits[key]?.contains { permit in
      permit.by == guardName && permit.digest == digest && permit.usedAt == nil && permit.until.map { $0 > now } ?? true
    } ?? false
  }

  /// Whether the post was changed by the seller's word that let a mass change through: it counts for no further one.
  package func wasPermitted(_ key: PostKey, by guardName: String, since moment: Timestamp) -> Bool {
    permits[key]?.contains { $0.by == guardName && ($0.usedAt.map { $0 >= moment } ?? false) } ?? false
  }
}

// MARK: Another id

extension Standing {
  /// The listing's posts that something is said of, whether they were ever made or not.
  package func keys(of listing: String) -> Set<PostKey> {
    var keys: Set<PostKey> = []
    for key in holds.keys where key.listing == listing { keys.insert(key) }
    for key in permits.keys where key.listing == listing { keys.insert(key) }
    for key in drifts.keys where key.listing == listing { keys.insert(key) }
    return keys
  }

  /// What holds a post, lets it through or differs there is said of it under its new id. What is said of that one already
  /// stays, unless it is by the same name.
  package mutating func move(_ source: PostKey, to target: PostKey) {
    if let moved = holds.removeValue(forKey: source) {
      holds[target] = moved + (holds[target] ?? []).filter { own in !moved.contains { $0.by == own.by } }
    }
    if let moved = permits.removeValue(forKey: source) {
      permits[target] = moved + (permits[target] ?? []).filter { own in !moved.contains { $0.by == own.by } }
    }
    if let moved = drifts.removeValue(forKey: source) { drifts[target] = moved }
  }
}

// MARK: Refusals

extension Standing {
  /// So many in a day, and no new post is made on the account.
  package static let mostRefusals = 3
  package static let rejections = "rejections"

  /// How many new posts the account refused within a day, and until when it is left alone for that; nil: it isn't.
  package func stop(of account: String, at now: Timestamp) -> (count: Int, until: Timestamp)? {
    let yesterday = now.advanced(by: .seconds(-86_400))
    let recent = refusals.filter { $0.key.account == account && $0.at > yesterday }
    guard recent.count >= Standing.mostRefusals else { return nil }
    return (recent.count, recent[recent.count - Standing.mostRefusals].at.advanced(by: .seconds(86_400)))
  }

  /// Whether the post must not be made now, with this content.
  package func stopsCreate(of key: PostKey, digest: Digest?, at now: Timestamp) -> Bool {
    guard !refusals.isEmpty, stop(of: key.account, at: now) != nil else { return false }
    return !permits(key, by: Standing.rejections, digest: digest, at: now)
  }

  /// Without what is too long ago to count.
  package func remaining(at now: Timestamp) -> Standing {
    var rest = self
    rest.losses.removeAll { $0.at <= now.advanced(by: .seconds(-3600)) }
    rest.refusals.removeAll { $0.at <= now.advanced(by: .seconds(-86_400)) }
    return rest
  }
}

/// A new post that its marketplace refused.
package struct Refusal: Hashable, Sendable {
  package let key: PostKey
  package let at: Timestamp

  package init(key: PostKey, at: Timestamp) {
    self.key = key
    self.at = at
  }
}

/// A hold that outlives the program: the seller's, a grace period, a post that a person must settle.
package struct RecordedHold: Hashable, Sendable {
  /// `hold`, `grace`, `unsettled`, ….
  package let by: String
  /// When it was held first; holding again changes only the rest.
  package let since: Timestamp
  package let until: Timestamp?
  package let text: String?

  package init(by holder: String, since: Timestamp, until: Timestamp? = nil, text: String? = nil) {
    by = holder
    self.since = since
    self.until = until
    self.text = text
  }
}

extension RecordedHold {
  /// Its account refused the question whether the post is there: a person settles it, unless the account is asked again
  /// (`hawker release`, another start of the daemon, another config) and answers then.
  package static let unaskable = "unaskable"
  /// What says of an operation without an outcome that it is not to be looked up: it ends with that operation.
  package static let ofUnsettled: Set<String> = ["unsettled", unaskable]
}

/// The seller's word that lets through what a guard holds, and nothing else.
package struct Permit: Hashable, Sendable {
  /// The guard's name.
  package let by: String
  /// Of the content that may be sent; nil for a withdrawal.
  package let digest: Digest?
  /// Nil: as long as that content is what is wanted.
  package let until: Timestamp?
  /// When it was made use of: it lets nothing more through.
  package var usedAt: Timestamp?

  package init(by guardName: String, digest: Digest?, until: Timestamp? = nil, usedAt: Timestamp? = nil) {
    by = guardName
    self.digest = digest
    self.until = until
    self.usedAt = usedAt
  }
}

/// A post that was withdrawn because its file went away, or because its listing no longer names the account, and that no
/// permit covered.
package struct Loss: Hashable, Sendable {
  package let key: PostKey
  package let at: Timestamp

  package init(key: PostKey, at: Timestamp) {
    self.key = key
    self.at = at
  }
}
