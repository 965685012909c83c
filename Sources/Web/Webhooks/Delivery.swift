import Listings
import Marketplaces

/// What a webhook's body says, of the fields that are known; everything else in it is passed over, so that a marketplace
/// may add what it likes.
enum Delivery {
  /// Nil: it is not JSON. Empty: nothing in it concerns posts.
  static func facebook(_ body: [UInt8]) -> [Notice]? {
    guard let json = try? JSONValue(parsing: body) else { return nil }
    guard json["object"]?.string == "page" else { return [] }
    return (json["entry"]?.array ?? []).flatMap { entry in
      let time = entry["time"]?.integer
      return (entry["changes"]?.array ?? []).compactMap { change(in: $0, of: entry["id"]?.identifier, at: time) }
    }
  }

  private static func change(in change: JSONValue, of page: String?, at time: Int64?) -> Notice? {
    guard let field = change["field"]?.string, ["feed", "marketplace_listing"].contains(field),
      let value = change["value"], let event = (value["verb"] ?? value["event"])?.string.flatMap(events),
      let id = (value["listing_id"] ?? value["post_id"])?.identifier, id.isRemoteID
    else { return nil }
    var notice = Notice(marketplace: "facebook", remoteID: id, event: event)
    guard let time else { return notice }
    notice.at = moment(time)
    // Facebook gives a delivery no name: the same change of the same moment is the same delivery. Only a sale counts.
    if event == .sold { notice.delivery = Digest(of: "\(page ?? "") \(time) \(change.text)").hex }
    return notice
  }

  private static func events(_ verb: String) -> Notice.Event? {
    switch verb {
    case "sold": .sold
    case "remove", "removed", "delete", "deleted", "hide": .removed
    case "edited", "edit", "update", "updated": .changed
    default: nil
    }
  }

  static func offerUp(_ body: [UInt8]) -> [Notice]? {
    guard let json = try? JSONValue(parsing: body) else { return nil }
    guard let event = json["event"]?.string, let id = json["listing_id"]?.identifier, id.isRemoteID else { return [] }
    let known: [String: Notice.Event] = [
      "listing.sold": .sold, "listing.removed": .removed, "listing.updated": .changed,
    ]
    guard let event = known[event] else { return [] }
    let delivery = json["id"]?.identifier.flatMap { $0.utf8.count <= 200 ? $0 : nil }
    return [Notice(marketplace: "offerup", remoteID: id, event: event, delivery: delivery)]
  }

  /// Seconds, or milliseconds where they can't be seconds.
  private static func moment(_ time: Int64) -> Timestamp {
    let isSeconds = abs(Double(time)) < 100_000_000_000
    return isSeconds ? Timestamp(seconds: time) : Timestamp(milliseconds: time)
  }
}
