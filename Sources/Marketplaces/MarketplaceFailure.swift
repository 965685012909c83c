import Listings

/// Why an operation did not succeed: a closed set, so that the compiler checks every caller. Messages are for a seller
/// and never hold a secret or an address with one.
package enum MarketplaceFailure: Error, Hashable, Sendable {
  /// Our data is wrong. Not sent again until it changes.
  case rejected(Detail)
  /// The account stops: token missing, expired, revoked, no permission, blocked. A person is needed.
  case unauthorized(Detail)
  /// Too fast, and certainly not done. Nothing on this account before `until`; nil: the account backs off by itself.
  case throttled(Detail, until: Timestamp?)
  /// Certainly not applied, or safe to repeat: tried again with backoff.
  case unavailable(Detail)
  /// The post that was to be changed is not there.
  case gone(Detail)
  /// A create was sent and its outcome is not known: looked up before anything else.
  case uncertain(Detail)
  /// An answer outside the contract to a call that is safe to repeat, or a defect. Treated as unavailable, and told.
  case unexpected(Detail)

  /// What waits when hawker is told to stop.
  package static let stopped = unavailable(.init("hawker stopped before it was sent; the next run sends it"))

  package struct Detail: Hashable, Sendable {
    /// What happened, in words a seller understands, with the marketplace's own message.
    package var message: String
    package var httpStatus: Int?
    /// The marketplace's own code: `190/463`.
    package var code: String?

    package init(_ message: String, httpStatus: Int? = nil, code: String? = nil) {
      self.message = message
      self.httpStatus = httpStatus
      self.code = code
    }
  }

  package var detail: Detail {
    switch self {
    case .rejected(let detail), .unauthorized(let detail), .throttled(let detail, _), .unavailable(let detail),
      .gone(let detail), .uncertain(let detail), .unexpected(let detail):
      detail
    }
  }

  /// The word that the journal keeps.
  package var code: String {
    switch self {
    case .rejected: "rejected"
    case .unauthorized: "unauthorized"
    case .throttled: "throttled"
    case .unavailable: "unavailable"
    case .gone: "gone"
    case .uncertain: "uncertain"
    case .unexpected: "unexpected"
    }
  }
}
