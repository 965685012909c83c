import Listings

extension OfferUp {
  /// From marketplaces.md ("Limits checked before any request"), read 2026-11: the original brief; OfferUp publishes no
  /// limits. It takes addresses of photos, so their size and format are not checked.
  package static let capabilities = Capabilities(
    marketplace: "offerup", titleLimit: 122, descriptionLimit: 5000, discouragesContacts: true, photoCount: 1...12,
    photoSize: .max, photoFormats: Set(PhotoFormat.allCases), photoTransport: .address, currencies: ["USD"],
    takesLocation: true, requiresLocation: true,
    conditions: [.new: "new", .likeNew: "like_new", .good: "used", .fair: "used", .poor: "used"],
    itemURL: "https://offerup.com/item/detail/", source: "the brief's contract, read 2026-11; OfferUp publishes no API")

  package var capabilities: Capabilities { OfferUp.capabilities(of: account) }

  /// Without the extensions nothing can be asked.
  package static func capabilities(of account: Config.Account) -> Capabilities {
    var capabilities = OfferUp.capabilities
    capabilities.canLookUp = account.extensions
    capabilities.canRead = account.extensions
    return capabilities
  }
}
