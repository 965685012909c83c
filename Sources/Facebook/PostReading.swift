import Listings
import Marketplaces

/// A post as Facebook tells it.
struct PostReading {
  let post: RemotePost
  private let message: String?

  /// Nil when it is not a post with a usable id. What Facebook leaves out stays nil.
  init?(_ json: JSONValue) {
    guard let id = json["id"]?.identifier, id.isRemoteID else { return nil }
    let listing = json["marketplace_listing"]
    let details = listing?["category_specific_fields"]
    message = json["message"]?.string
    var post = RemotePost(remoteID: id, url: PostReading.url(of: id))
    post.reference = listing?["retailer_id"]?.identifier
    post.createdAt = json["created_time"].flatMap(PostReading.time)
    post.title = listing?["name"]?.string
    post.description = listing?["description"]?.string
    post.price = listing.flatMap(PostReading.price)
    post.category = details?["category"]?.string
    post.condition = details?["condition"]?.string
    post.isSold = ["sold", "out of stock"].contains(listing?["availability"]?.string)
    self.post = post
  }

  static func url(of id: String) -> String { "https://www.facebook.com/marketplace/item/\(id.percentEncoded)" }

  /// Whether it is worth keeping while a list is read; `matches` decides.
  func mayBe(_ draft: Draft) -> Bool {
    post.reference == draft.reference || post.reference == nil && message == PostWriting.message(of: draft.content)
  }

  /// The posts that carry the draft's reference. Where answers lack references: those with exactly its text that were
  /// made since; Facebook's times are whole seconds. Several of those leave the choice to a person.
  static func matches(of draft: Draft, since: Timestamp, among posts: [PostReading]) -> [RemotePost] {
    let referenced = posts.filter { $0.post.reference == draft.reference }
    if !referenced.isEmpty { return referenced.map(\.post) }
    let text = PostWriting.message(of: draft.content)
    let start = Timestamp(milliseconds: since.milliseconds - since.milliseconds % 1000)
    return posts.filter { candidate in
      guard let made = candidate.post.createdAt else { return false }
      return candidate.post.reference == nil && candidate.message == text && made >= start
    }.map(\.post)
  }

  private static func price(_ listing: JSONValue) -> Money? {
    guard let minor = listing["price_amount"]?.integer, minor >= 0,
      let currency = listing["price_currency"]?.string.flatMap({ Currency(code: $0) })
    else { return nil }
    return Money(minor: minor, currency: currency)
  }

  /// `2026-11-22T16:00:00+0000`, or seconds since 1970.
  private static func time(_ json: JSONValue) -> Timestamp? {
    if let seconds = json.integer, (0..<100_000_000_000).contains(seconds) {
      return Timestamp(seconds: seconds)
    }
    guard let text = json.string else { return nil }
    for zone in ["+0000", "+00:00"] where text.hasSuffix(zone) { return Timestamp(text.dropLast(zone.count) + "Z") }
    return Timestamp(text)
  }
}
