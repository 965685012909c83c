import Glibc
import Listings
import Testing

@testable import Loading

/// Unreadable is not absent: whatever hides a listing, keeps it.
@Suite struct UnreadableTests {
  /// The broken line, and what else of the file says which listing it was.
  @Test(arguments: ["moved_form: desk", "price: 30,00", "photos: [gone.jpg]", "photos: []\nid: table"])
  func anEditedIdTogetherWithAnErrorTakesNothingOff(_ wrong: String) {
    let shop = Shop()
    shop.write("listings/desk.yaml", Shop.listing("id: table\n\(wrong)"))
    let wanted = shop.scan()
    #expect(wanted.freezes(id: "desk", lastFile: "listings/desk.yaml"), "\(wanted.problems)")
    #expect(!wanted.freezes(id: "lamp", lastFile: "listings/lamp.yaml"))
  }

  @Test func whatCouldBeReadOfAFileWithAnErrorGoesOn() {
    let shop = Shop()
    shop.write(
      "listings/both.yaml", Shop.listing("id: desk\nmarketplaces: [facebook]") + "---\nid: lamp\nprice: cheap\n")
    let wanted = shop.scan()
    #expect(wanted.listings.map(\.id) == ["desk"])
    #expect(!wanted.freezes(id: "desk", lastFile: "listings/both.yaml"))
    #expect(wanted.freezes(id: "gone", lastFile: "listings/both.yaml"))
  }

  @Test(arguments: ["listings/both.yaml", "listings/lamp.yaml"])
  func aSecondIdInOneDocumentIsAnotherListingThatStays(_ lastFile: String) {
    let shop = Shop()
    shop.write("listings/both.yaml", Shop.listing("id: desk") + Shop.listing("id: lamp"))
    let wanted = shop.scan()
    #expect(wanted.listings.isEmpty)
    for id in ["desk", "lamp"] { #expect(wanted.freezes(id: id, lastFile: lastFile)) }
    #expect(wanted.freezes(id: "third", lastFile: "listings/both.yaml"))
  }
}
