import Listings

extension Facebook {
  /// From marketplaces.md ("Limits checked before any request"), read 2026-11: the original brief, and Meta's page
  /// "Page photos" (developers.facebook.com/docs/graph-api/reference/page/photos) for the photos.
  package static let capabilities = Capabilities(
    marketplace: "facebook", titleLimit: 100, descriptionLimit: 5000, photoCount: 1...20, photoSize: 10_000_000,
    photoFormats: [.jpeg, .png, .gif, .bmp, .tiff], photoTransport: .upload,
    conditions: [.new: "NEW", .likeNew: "LIKE_NEW", .good: "USED", .fair: "USED", .poor: "USED"],
    itemURL: "https://www.facebook.com/marketplace/item/",
    source: "the brief's contract and Meta's reference of Page photos, read 2026-11")

  package var capabilities: Capabilities { Facebook.capabilities }
}
