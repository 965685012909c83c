import Listings

/// What a marketplace told by itself of one post: a webhook, authenticated. A hint to look, but for `sold`, which is taken
/// at its word.
package struct Notice: Hashable, Sendable {
  package enum Event: String, Hashable, Sendable {
    case sold
    /// It may not be there any more.
    case removed
    /// It may be another than was sent.
    case changed
  }

  /// `facebook`, `offerup`: which accounts it may be of.
  package var marketplace: String
  package var remoteID: String
  package var event: Event
  /// The delivery's own name, where the marketplace gives one: the same again is the same delivery.
  package var delivery: String?
  /// When the marketplace says that it happened.
  package var at: Timestamp?

  package init(
    marketplace: String, remoteID: String, event: Event, delivery: String? = nil, at: Timestamp? = nil
  ) {
    self.marketplace = marketplace
    self.remoteID = remoteID
    self.event = event
    self.delivery = delivery
    self.at = at
  }
}
