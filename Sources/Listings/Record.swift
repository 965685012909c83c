/// The name of a post: a listing as it stands on one account.
package struct PostKey: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let listing: String
  package let account: String

  package init(listing: String, account: String) {
    self.listing = listing
    self.account = account
  }

  package static func < (left: PostKey, right: PostKey) -> Bool {
    left.listing == right.listing ? left.account < right.account : left.listing < right.listing
  }

  package var description: String { "\(listing) on \(account)" }
}

/// What the journal says of one post.
package struct Record: Hashable, Sendable {
  package enum State: Hashable, Sendable {
    /// It is on the marketplace with `content`.
    case live
    /// We took it off; `sold` when a sale elsewhere (not its file) made us.
    case withdrawn(sold: Bool)
    /// It is no longer there, and we did not do it.
    case gone
    /// The marketplace refused this content (`failedDigest`).
    case rejected
    /// A create was given up for now; tried again at the time, or by `apply`.
    case failed(retryAt: Timestamp?)
    /// A create was sent and its outcome is not known.
    case uncertain
  }

  package var key: PostKey
  package var marketplace: String
  package var state: State
  package var remoteID: String?
  package var url: String?
  /// The content last confirmed to be there.
  @Boxed package var content: Content?
  /// Fields that an update may have changed whose answer was lost, and that no later one has settled: what is there now is
  /// `content` or something else.
  package var unsure: Set<Content.Field> = []
  /// An operation whose outcome is not known: its intent stands alone in the journal.
  @Boxed package var pending: Intent?
  /// The digest of the content that failed last, whether it was a create or an update; `failure` says how.
  package var failedDigest: Digest?
  /// The file that held the listing last, relative to the shop.
  package var file: String
  package var isProtected: Bool
  /// Remote ids that a replace left behind, still to be withdrawn.
  package var superseded: [String]
  /// What withdrawing these met last: it says nothing of the post itself. Nil after a success.
  @Boxed package var leftover: Setback?
  /// What went wrong last; nil after a success.
  package var failure: Failure?
  /// Failures in a row, with the content of `failedDigest`.
  package var tries: Int
  package var postedAt: Timestamp?
  package var updatedAt: Timestamp?
  /// Since when `state` holds.
  package var since: Timestamp

  package init(
    key: PostKey, marketplace: String, state: State, remoteID: String? = nil, url: String? = nil,
    content: Content? = nil, pending: Intent? = nil, failedDigest: Digest? = nil, file: String = "",
    isProtected: Bool = false, superseded: [String] = [], failure: Failure? = nil, tries: Int = 0,
    postedAt: Timestamp? = nil,
    updatedAt: Timestamp? = nil, since: Timestamp = Timestamp(milliseconds: 0)
  ) {
    self.key = key
    self.marketplace = marketplace
    self.state = state
    self.remoteID = remoteID
    self.url = url
    self.content = content
    self.pending = pending
    self.failedDigest = failedDigest
    self.file = file
    self.isProtected = isProtected
    self.superseded = superseded
    self.failure = failure
    self.tries = tries
    self.postedAt = postedAt
    self.updatedAt = updatedAt
    self.since = since
  }

  /// Whether the marketplace is believed to show it.
  package var isLive: Bool { state == .live }
}

/// What is going to be asked of a marketplace, durable before it is asked.
package struct Intent: Hashable, Sendable {
  package enum Action: String, Sendable { case create, update, replace, withdraw }

  /// Unique, lower-case hexadecimal; the idempotency key too.
  package var op: String
  package var action: Action
  package var key: PostKey
  package var marketplace: String
  /// `<listing id>.<8 characters of the op>`; what a look-up goes by. Empty for anything but a create or replace.
  package var reference: String
  /// What is sent; nil for a withdrawal.
  package var content: Content?
  /// The post that is changed or withdrawn; nil for a create.
  package var remoteID: String?
  package var file: String
  /// 1, or 2 when a create is sent again after its look-ups found nothing.
  package var attempt: Int
  /// When it was first to be sent: what it made is no older.
  package var at: Timestamp
  /// A withdrawal because of a sale elsewhere: the post is not made again when its file still says available.
  package var isSale: Bool
  /// Why a post is withdrawn (`file-gone`, `dropped`, …), or that an update undoes a `drift`; nil for anything else.
  package var because: String?

  private static let losses = ["file-gone", "dropped", "dropped-default", "sold-default", "draft-default"]

  /// A withdrawal that nobody asked for by name.
  package var isLoss: Bool {
    action == .withdraw && because.map(Intent.losses.contains) ?? false
  }

  package init(
    op: String, action: Action, key: PostKey, marketplace: String, reference: String = "", content: Content? = nil,
    remoteID: String? = nil, file: String, attempt: Int = 1, at: Timestamp, isSale: Bool = false,
    because: String? = nil
  ) {
    self.op = op
    self.action = action
    self.key = key
    self.marketplace = marketplace
    self.reference = reference
    self.content = content
    self.remoteID = remoteID
    self.file = file
    self.attempt = attempt
    self.at = at
    self.isSale = isSale
    self.because = because
  }
}

/// Why an operation failed, as the journal keeps it. Never holds a secret.
package struct Failure: Hashable, Sendable {
  /// `rejected`, `unauthorized`, `throttled`, `unavailable`, `gone`, `uncertain`, `unexpected`.
  package var code: String
  package var message: String
  package var httpStatus: Int?
  package var retryAt: Timestamp?
  /// When hawker stopped waiting for an answer, by a clock that can't be put forward; nil unless that is the failure.
  package var unansweredAt: BootMoment?

  package init(
    code: String, message: String, httpStatus: Int? = nil, retryAt: Timestamp? = nil, unansweredAt: BootMoment? = nil
  ) {
    self.unansweredAt = unansweredAt
    self.code = code
    self.message = message
    self.httpStatus = httpStatus
    self.retryAt = retryAt
  }
}

/// Withdrawals that failed in a row.
package struct Setback: Hashable, Sendable {
  package var failure: Failure
  package var tries: Int
  /// A sale was the reason: such a withdrawal waits for seconds only.
  package var isSale: Bool

  package init(failure: Failure, tries: Int, isSale: Bool = false) {
    self.failure = failure
    self.tries = tries
    self.isSale = isSale
  }
}

extension Record {
  /// Whether the withdrawal takes off another post than the one on record: what a replace left, or a copy.
  package func isBeside(_ intent: Intent) -> Bool {
    intent.action == .withdraw && intent.remoteID.map { $0 != remoteID } ?? false
  }

  /// What went wrong last with anything of it; nil after a success.
  package var trouble: Failure? { failure ?? leftover?.failure }

  /// A post's state in one word, as every output for machines has it; `none`: nothing is recorded.
  package static func word(_ state: State?) -> String {
    switch state {
    case nil: "none"
    case .live: "live"
    case .withdrawn(sold: true): "sold"
    case .withdrawn: "withdrawn"
    case .gone: "gone"
    case .rejected: "rejected"
    case .failed: "failed"
    case .uncertain: "uncertain"
    }
  }
}
