import Listings

/// A listing that was sold on one account while it was still live on another: how long somebody could have bought it twice.
package struct Exposure: Hashable, Sendable {
  package var key: PostKey
  /// Where it was sold; nil: elsewhere.
  package var soldOn: String?
  package var soldAt: Timestamp
  /// When the post was seen to be gone; nil: still live.
  package var endedAt: Timestamp?

  package init(key: PostKey, soldOn: String?, soldAt: Timestamp, endedAt: Timestamp? = nil) {
    self.key = key
    self.soldOn = soldOn
    self.soldAt = soldAt
    self.endedAt = endedAt
  }
}
