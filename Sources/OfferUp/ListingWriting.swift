import Listings
import Marketplaces

/// A listing in OfferUp's JSON.
struct ListingWriting {
  let account: Config.Account
  let publicURL: String?

  func create(_ draft: Draft) throws(MarketplaceFailure) -> [UInt8] {
    let photos = try addresses(of: draft.photos)
    guard draft.content.location != nil else {
      throw .rejected(.init("OfferUp needs a location: give listing \(draft.listing) a latitude and a longitude"))
    }
    var json = JSONWriter(reserving: 1024)
    json.object { json in
      write(draft.content, Set(Content.Field.allCases), photos, to: &json)
      if account.extensions { json.field("external_id", draft.reference) }
    }
    return json.bytes
  }

  /// Only what changed.
  func update(_ draft: Draft, changed: Set<Content.Field>) throws(MarketplaceFailure) -> [UInt8] {
    let photos = changed.contains(.photos) ? try addresses(of: draft.photos) : []
    var json = JSONWriter(reserving: 1024)
    json.object { write(draft.content, changed, photos, to: &$0) }
    return json.bytes
  }

  private func write(
    _ content: Content, _ fields: Set<Content.Field>, _ photos: [String], to json: inout JSONWriter
  ) {
    if fields.contains(.title) { json.field("title", content.title) }
    if fields.contains(.description) { json.field("description", content.description) }
    if fields.contains(.price) { json.field("price_cents", content.price.minor) }
    if fields.contains(.photos) {
      json.key("photos")
      json.array { json in
        for photo in photos { json.value(photo) }
      }
    }
    if fields.contains(.category) { json.field("category", content.category) }
    if fields.contains(.condition) { json.field("condition", content.condition) }
    guard fields.contains(.location), let location = content.location else { return }
    json.key("location")
    json.object { json in
      json.key("latitude")
      json.raw(location.latitude.description)
      json.key("longitude")
      json.raw(location.longitude.description)
    }
  }

  /// OfferUp fetches photos: a file's is where hawker's web server has it.
  private func addresses(of photos: [Photo]) throws(MarketplaceFailure) -> [String] {
    var addresses: [String] = []
    for photo in photos {
      switch photo.reference {
      case .url(let address): addresses.append(address)
      case .file(let digest, let format):
        guard var base = publicURL, !base.isEmpty else {
          throw .rejected(
            .init(
              "OfferUp fetches photos by address, and web.public_url is not set: set it in hawker.yaml to where "
                + "hawker's web server can be reached, or name photos by https:// addresses"))
        }
        while base.hasSuffix("/") { base.removeLast() }
        addresses.append("\(base)/photos/\(digest.hex).\(format.rawValue)")
      }
    }
    return addresses
  }
}
