import Listings

/// How an account stands: what `status`, the page and the metrics show of it. Holds no secret.
package struct AccountHealth: Hashable, Sendable {
  package enum Token: Hashable, Sendable {
    /// Not asked yet.
    case unknown
    /// There is none; `hawker connect` makes one.
    case missing
    case good(until: Timestamp?)
    /// A person is needed: why, and what to do.
    case dead(String)
  }

  package var name: String
  package var marketplace: String
  package var isEnabled: Bool
  package var token: Token
  /// The Page's or the user's name.
  package var identity: String?
  package var checkedAt: Timestamp?
  /// Why nothing is sent there; nil: it works.
  package var stop: Failure?
  /// It waits until then: told to, or its marketplace is down.
  package var pausedUntil: Timestamp?

  package init(
    name: String, marketplace: String, isEnabled: Bool = true, token: Token = .unknown, identity: String? = nil,
    checkedAt: Timestamp? = nil, stop: Failure? = nil, pausedUntil: Timestamp? = nil
  ) {
    self.name = name
    self.marketplace = marketplace
    self.isEnabled = isEnabled
    self.token = token
    self.identity = identity
    self.checkedAt = checkedAt
    self.stop = stop
    self.pausedUntil = pausedUntil
  }
}
