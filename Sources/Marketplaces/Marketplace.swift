import Listings

/// One account on one marketplace. Every adapter fills it; one conformance suite runs against each.
///
/// Calls may run concurrently; the caller keeps to one operation per post. Cancelling the task cancels the request: a
/// create that is cancelled after it was sent throws `uncertain`.
package protocol Marketplace: Sendable {
  var capabilities: Capabilities { get }

  /// Makes the post, its photos first. Sent once: whatever leaves the outcome open throws `uncertain`.
  func create(_ draft: Draft) async throws(MarketplaceFailure) -> Posted

  /// Changes the fields in `changed` to what `draft` says. Safe to send again.
  func update(
    _ remoteID: String, to draft: Draft, changed: Set<Content.Field>
  ) async throws(MarketplaceFailure)

  /// Takes the post off. Safe to send again: a post that isn't there counts as withdrawn where the marketplace says so.
  func withdraw(_ remoteID: String, urgency: Urgency) async throws(MarketplaceFailure)

  /// The live copy, or nil when the marketplace is sure that it isn't there.
  func read(_ remoteID: String) async throws(MarketplaceFailure) -> RemotePost?

  /// The same; `sale`: to see that a sold thing's post is gone.
  func read(_ remoteID: String, urgency: Urgency) async throws(MarketplaceFailure) -> RemotePost?

  /// All posts that carry the reference; where answers lack references, those that only this create can have made
  /// (`draft`'s exact text, made after `since`). Pages through everything; a partial answer throws.
  func lookUp(_ draft: Draft, since: Timestamp) async throws(MarketplaceFailure) -> [RemotePost]

  /// One page of the account's own posts; `cursor` nil for the first.
  func list(after cursor: String?) async throws(MarketplaceFailure) -> RemotePage

  /// Whether the token works: who it belongs to.
  func verify() async throws(MarketplaceFailure) -> Identity
}

extension Marketplace {
  /// Outside of hawker's own pacing where the adapter can do that.
  package func read(_ remoteID: String, urgency: Urgency) async throws(MarketplaceFailure) -> RemotePost? {
    try await read(remoteID)
  }
}

/// What an adapter needs to make or change a post.
package struct Draft: Hashable, Sendable {
  package var listing: String
  /// The idempotency key of the operation.
  package var op: String
  package var reference: String
  package var content: Content
  /// In the content's order. A file's bytes are checked against its digest when they are sent.
  package var photos: [Photo]

  package init(listing: String, op: String, reference: String, content: Content, photos: [Photo]) {
    self.listing = listing
    self.op = op
    self.reference = reference
    self.content = content
    self.photos = photos
  }
}

package struct Posted: Hashable, Sendable {
  package var remoteID: String
  package var url: String

  package init(remoteID: String, url: String) {
    self.remoteID = remoteID
    self.url = url
  }
}

/// A post as the marketplace shows it. A field that the marketplace did not tell is nil.
package struct RemotePost: Hashable, Sendable {
  package var remoteID: String
  package var url: String
  package var reference: String?
  package var createdAt: Timestamp?
  package var title: String?
  package var description: String?
  package var price: Money?
  package var category: String?
  package var condition: String?
  package var isSold: Bool

  package init(
    remoteID: String, url: String, reference: String? = nil, createdAt: Timestamp? = nil, title: String? = nil,
    description: String? = nil, price: Money? = nil, category: String? = nil, condition: String? = nil,
    isSold: Bool = false
  ) {
    self.remoteID = remoteID
    self.url = url
    self.reference = reference
    self.createdAt = createdAt
    self.title = title
    self.description = description
    self.price = price
    self.category = category
    self.condition = condition
    self.isSold = isSold
  }
}

package struct RemotePage: Hashable, Sendable {
  package var posts: [RemotePost]
  /// Nil on the last page.
  package var next: String?

  package init(posts: [RemotePost], next: String?) {
    self.posts = posts
    self.next = next
  }
}

package struct Identity: Hashable, Sendable {
  package var id: String
  package var name: String?

  package init(id: String, name: String? = nil) {
    self.id = id
    self.name = name
  }
}

/// What may go ahead of other work on the same account.
package enum Urgency: Int, Comparable, Sendable {
  case normal
  /// A withdrawal because it sold: ahead of everything, outside every pacing but the marketplace's own.
  case sale

  package static func < (left: Urgency, right: Urgency) -> Bool { left.rawValue < right.rawValue }
}
