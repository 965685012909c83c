import Listings
import Marketplaces

/// A listing as OfferUp tells it. What it leaves out stays nil.
enum ListingReading {
  /// Nil when it is not a listing with a usable id.
  static func post(_ json: JSONValue) -> RemotePost? {
    guard let id = json["id"]?.identifier, id.isRemoteID else { return nil }
    var post = RemotePost(remoteID: id, url: url(json, id: id))
    post.reference = json["external_id"]?.identifier
    post.createdAt = json["created_at"]?.string.flatMap { Timestamp($0) }
    post.title = json["title"]?.string
    post.description = json["description"]?.string
    post.price = json["price_cents"]?.integer.flatMap { $0 >= 0 ? Money(minor: $0, currency: .usd) : nil }
    post.category = json["category"]?.string
    post.condition = json["condition"]?.string
    post.isSold = json["status"]?.string == "sold"
    return post
  }

  /// The answer's own address, if it is one that may be shown and opened.
  static func url(_ json: JSONValue, id: String) -> String {
    if let url = json["url"]?.string, url.hasPrefix("https://") || url.hasPrefix("http://"), url.utf8.count <= 2000,
      url.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value < 0x7F })
    {
      return url
    }
    return "https://offerup.com/item/detail/\(id.percentEncoded)"
  }
}
