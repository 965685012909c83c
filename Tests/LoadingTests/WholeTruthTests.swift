import Listings
import Testing

@testable import Loading

/// All problems are told in one run: none hides another.
@Suite struct WholeTruthTests {
  private func problems(_ listing: String, config: String? = nil) -> [String] {
    let shop = Shop()
    if let config { shop.write("hawker.yaml", config) }
    shop.write("listings/desk.yaml", listing)
    let loaded = shop.config
    return loaded.problems.map(\.message) + shop.scan().problems.map(\.message)
  }

  private func has(_ problems: [String], _ text: String) -> Bool { problems.contains { $0.contains(text) } }

  @Test(arguments: ["id: Bad", ""]) func aListingWithoutAnIDIsLookedAtAllTheSame(_ id: String) {
    let shop = Shop()
    shop.write(
      "listings/Not An ID.yaml",
      Shop.listing("photos: [gone.jpg]\nmarketplaces: [facebok]\n\(id)", without: ["id"]))
    let wanted = shop.scan()
    #expect(wanted.listings.isEmpty && wanted.problems.count == 3, "\(wanted.problems)")
    #expect(Set(wanted.rules).isSuperset(of: ["listing/photo-missing", "listing/account-unknown"]))
    #expect(wanted.problems.allSatisfy { $0.listing == nil })
  }

  @Test func everyContactIsNamed() {
    let text = "Call 503 555 0147, write to a@example.com or see https://example.com/x or www.example.com"
    #expect(Contacts.all(in: text) == ["a phone number", "an e-mail address", "a link"])
    #expect(
      has(
        problems(Shop.listing("description: '\(text)'")),
        "the description has a phone number, an e-mail address and a link"))
    #expect(has(problems(Shop.listing("description: 'See https://example.com/x'")), "the description has a link"))
  }

  @Test func aFolderIsNoPhoto() {
    let shop = Shop()
    shop.write("listings/photos/a.jpg", Shop.jpeg())
    shop.write("listings/desk.yaml", Shop.listing("photos: [photos]"))
    #expect(shop.scan().problems.map(\.message) == ["photos is a folder; name what is in it, such as photos/*.jpg"])
  }

  @Test func anAccountLeftOutByAFlagIsToldHow() {
    #expect(
      problems(Shop.listing("marketplaces: { facebook: false }")) == [
        "marketplaces.facebook must be a map, keys with their values; to leave facebook out, write "
          + "facebook: { enabled: false }"
      ])
  }
}
