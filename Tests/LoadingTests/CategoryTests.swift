import Listings
import Testing

@testable import Loading

@Suite struct CategoryTests {
  /// `item_sub_type` of Meta's Catalog batch API, read 2026-11: what Facebook is known to take.
  private static let metas: Set = [
    "APPLIANCES", "BABY_FEEDING", "BABY_TRANSPORT", "BEAUTY", "BEDDING", "CAMERAS", "CELL_PHONES_AND_SMART_WATCHES",
    "CLEANING_SUPPLIES", "CLOTHING", "CLOTHING_ACCESSORIES", "COMPUTERS_AND_TABLETS", "DIAPERING_AND_POTTY_TRAINING",
    "ELECTRONICS_ACCESSORIES", "FURNITURE", "HEALTH", "HOME_GOODS", "JEWELRY", "NURSERY", "PRINTERS_AND_SCANNERS",
    "PROJECTORS", "SHOES_AND_FOOTWEAR", "SOFTWARE", "TOYS", "TVS_AND_MONITORS", "VIDEO_GAME_CONSOLES_AND_VIDEO_GAMES",
    "WATCHES",
  ]
  /// The contract's own example has it, though Meta's list has not.
  private static let contracts: Set = ["SPORTING_GOODS"]

  @Test func theBuiltInWordsAreOnesThatFacebookIsKnownToTake() {
    let words = Set(CategoryMap.common.compactMap(\.facebook))
    #expect(words.subtracting(Self.metas) == Self.contracts)
    #expect(Set(CategoryMap.common.map(\.word)).count == CategoryMap.common.count)
  }

  @Test func aWordWithoutOneForFacebookIsAWarningThereAlone() {
    let shop = Shop()
    shop.write("listings/desk.yaml", Shop.listing("category: books"))
    let wanted = shop.scan()
    #expect(
      wanted.problems.map { "\($0.severity) \($0.rule) \($0.account ?? "")" }
        == ["warning listing/category-unmapped facebook"])
    #expect(wanted.content("desk", on: "facebook")?.category == "books")
    #expect(wanted.content("desk", on: "offerup")?.category == "movies-books-music.books")
  }
}
