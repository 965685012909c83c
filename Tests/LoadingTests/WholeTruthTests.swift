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

  @Test func aBadPhotoOfAPatternIsNamed() {
    let shop = Shop()
    shop.write("listings/a/photos/good.png", Shop.jpeg())
    shop.write("listings/a/photos/bad.png", "text")
    shop.write("listings/a/desk.yaml", Shop.listing("photos: [photos/*.png]"))
    #expect(
      shop.scan().problems.map(\.message) == [
        "photos/bad.png, which photos/*.png matches, is no JPEG, PNG, GIF, BMP, TIFF or WebP; look at the file"
      ])
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

  @Test func theSameOldIDIsAnErrorAtBoth() {
    let shop = Shop()
    shop.write("listings/desk.yaml", Shop.listing("id: desk\nmoved_from: old"))
    shop.write("listings/table.yaml", Shop.listing("id: table\nmoved_from: old"))
    let wanted = shop.scan()
    #expect(wanted.rules == ["listing/moved-from", "listing/moved-from"] && wanted.listings.isEmpty)
    #expect(wanted.problems.map(\.listing) == ["desk", "table"])
    #expect(wanted.frozenIDs == ["desk", "table", "old"])
    shop.write("listings/table.yaml", Shop.listing("id: table"))
    #expect(shop.scan().problems.isEmpty)
  }

  /// Only a name that was meant is told of.
  @Test func defaultsUnderAnotherNameAreToldOf() {
    let shop = Shop()
    shop.write("listings/desk.yaml", Shop.listing())
    for name in ["_defaults.yml", "_default.yaml", "_Defaults.yaml"] { shop.write("listings/\(name)", "x: [") }
    shop.write("listings/_notes.yaml", "x: [")
    let wanted = shop.scan()
    #expect(wanted.listings.count == 1 && wanted.rules == Array(repeating: "listing/defaults-name", count: 3))
    #expect(
      wanted.problems.allSatisfy { $0.severity == .warning && $0.message.contains("did you mean _defaults.yaml?") })
  }

  // MARK: hawker.yaml

  @Test func aCategoryIsForAMarketplaceThatThereIs() {
    for (row, text) in [
      ("bikes: { facebok: X }", "categories.bikes has no marketplace facebok; did you mean facebook?"),
      ("bikes: { ebay: X }", "categories.bikes has no marketplace ebay; it may have facebook, offerup"),
      ("\"\": { facebook: X }", "a category's word is empty"),
      ("a: { facebook: \"\" }", "categories.a.facebook is empty"),
    ] {
      let found = problems(Shop.listing(), config: "categories: { \(row) }\n")
      #expect(found.count == 1 && found[0].hasPrefix(text), "\(found)")
    }
  }

  @Test func anAccountsWordsAreWhatTheyAreFor() {
    for (key, text) in [
      ("api_version: 26", "api_version is 26; write it as Meta does, such as v26.0"),
      ("api_version: vXX", "api_version is vXX"), ("page_id: \"../x\"", "page_id is ../x"),
      ("page_id: ..", "page_id is .."),
    ] {
      let found = problems(Shop.listing(), config: "accounts: { facebook: { marketplace: facebook, \(key) } }\n")
      #expect(found.count == 1 && found[0].hasPrefix(text), "\(found)")
    }
  }

  @Test func aTimeThatWouldKeepACoreBusyIsRefused() {
    for (key, text) in [
      ("rescan: 0s", "rescan is 0s; the least is 1s"), ("rescan: 999ms", "rescan is 999ms"),
      ("refresh: 1ms", "refresh is 1ms; the least is 1m, or 0s for never"),
      ("settle: 0ms", "settle is 0s; the least is 10ms"),
    ] {
      let found = problems(Shop.listing(), config: "sync: { \(key) }\n")
      #expect(found.count == 1 && found[0].hasPrefix(text), "\(key): \(found)")
    }
    #expect(problems(Shop.listing(), config: "sync: { rescan: 1s, refresh: 0s, settle: 10ms }\n").isEmpty)
  }

  // MARK: Prices

  @Test(arguments: [
    ("19,9", "19.9"), ("1,2", "1.2"), ("12,50", "12.50"), ("1.299,00", "1299.00"), ("$1,299.00", "1299.00"),
    ("1,299", "1299"), ("1.299.000", "1299000"), ("1'299.00", "1299.00"), ("1 299,00 €", "1299.00"), ("€ 5", "5"),
    ("450,-", "450"),
  ]) func aPriceIsReadAsItWasMeant(_ text: String, _ meant: String) {
    #expect(Interpreter.decimal(like: text) == meant)
  }

  @Test(arguments: ["1e3", "-4", ".5", "cheap", "1,2,3", "12 50", "450 or 400", "1,2345", "$1.299", "4-5", "1,299.000"])
  func aPriceThatMayMeanSeveralThingsIsNotGuessed(_ text: String) {
    #expect(Interpreter.decimal(like: text) == "digits with at most one point, such as 450.00")
  }
}
