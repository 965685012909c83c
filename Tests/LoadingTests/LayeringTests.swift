import Listings
import Testing

@testable import Loading

@Suite struct LayeringTests {
  @Test func theDocumentedListingLoadsWithoutAWord() throws {
    let shop = Shop()
    shop.write("hawker.yaml", Documented.config)
    shop.write("listings/trek-520.yaml", Documented.listing)
    shop.write("listings/photos/trek-b.jpg", Shop.jpeg("b"))
    shop.write("listings/photos/trek-a.jpg", Shop.jpeg("a"))
    #expect(shop.config.problems == [])
    let wanted = shop.scan()
    #expect(wanted.problems == [])
    let listing = try #require(wanted.listing("trek-520"))
    #expect(listing.file == "listings/trek-520.yaml")
    #expect(listing.posts.map(\.account) == ["facebook", "offerup"])
    #expect(listing.tags == ["touring", "steel"])
    let facebook = try #require(wanted.content("trek-520", on: "facebook"))
    #expect(facebook.description == "Steel frame, new chain and tyres.\nPick-up in St Johns.\n")
    #expect(facebook.category == "SPORTING_GOODS")
    #expect(facebook.condition == "USED")
    #expect(facebook.location == nil)
    #expect(facebook.price == Money(minor: 45000, currency: .usd))
    #expect(
      facebook.photos == [
        .file(Digest(of: Shop.jpeg("a")), .jpeg), .file(Digest(of: Shop.jpeg("b")), .jpeg),
        .url("https://example.com/trek/saddle.jpg"),
      ])
    let offerUp = try #require(wanted.content("trek-520", on: "offerup"))
    #expect(offerUp.price == Money(minor: 43000, currency: .usd))
    #expect(offerUp.category == "sports-outdoors.bicycles")
    #expect(offerUp.location?.latitude == Coordinate(e7: 455_898_000))
    #expect(offerUp.location?.longitude == Coordinate(e7: -1_227_536_000))
    #expect(offerUp.location?.postalCode == "97203")
  }

  @Test func layersLieOnEachOtherFromTheRootDown() throws {
    let shop = Shop()
    shop.write(
      "hawker.yaml",
      "defaults: { condition: fair, currency: EUR, tags: [a], location: { latitude: 1, longitude: 2 } }\n")
    shop.write(
      "listings/_defaults.yaml",
      "condition: poor\nlocation: { longitude: 3.5 }\nmarketplaces: { facebook: { category: LOW, title: Low } }\n")
    shop.write("listings/bikes/_defaults.yaml", "tags: [b, c]\nlocation: { postal_code: \"1\" }\n")
    shop.write(
      "listings/bikes/desk.yaml",
      Shop.listing("location: { latitude: 4 }\nmarketplaces: { facebook: { title: High } }"))
    let wanted = shop.scan()
    let listing = try #require(wanted.listing("desk"))
    #expect(listing.tags == ["b", "c"])
    #expect(listing.posts.map(\.account) == ["facebook"])
    let content = try #require(listing.posts[0].content)
    #expect(content.condition == "USED")
    #expect(content.price.currency.code == "EUR")
    #expect(content.category == "LOW")
    #expect(content.title == "High")
    let origins = listing.posts[0].origins
    #expect(origins[.condition] == Origin(layer: .directory, file: "listings/_defaults.yaml", line: 1))
    #expect(origins[.category] == Origin(layer: .override, file: "listings/_defaults.yaml", line: 3))
    #expect(origins[.title] == Origin(layer: .override, file: "listings/bikes/desk.yaml", line: 8))
    #expect(origins[.price] == Origin(layer: .listing, file: "listings/bikes/desk.yaml", line: 4))
    var loader = shop.loader()
    _ = loader.scan()
    let explained = try #require(loader.explain("desk"))
    let values = Dictionary(uniqueKeysWithValues: explained.values.map { ($0.key, $0) })
    #expect(values["location.latitude"]?.text == "4.0")
    #expect(values["location.longitude"]?.text == "3.5")
    #expect(values["location.longitude"]?.origin.file == "listings/_defaults.yaml")
    #expect(
      values["location.postal_code"]?.origin
        == Origin(layer: .directory, file: "listings/bikes/_defaults.yaml", line: 2))
    #expect(values["currency"]?.origin == Origin(layer: .config, file: "hawker.yaml", line: 1))
    #expect(values["quantity"]?.origin == .builtIn)
  }

  @Test func nullRemovesAndListsReplace() throws {
    let shop = Shop()
    shop.write(
      "hawker.yaml",
      "defaults: { tags: [a], hold: later, location: { latitude: 1, longitude: 2 }, marketplaces: { facebook: { price: 9 }, offerup: {} } }\n"
    )
    shop.write("listings/desk.yaml", Shop.listing("tags:\nhold: ~\nlocation: null\nmarketplaces: { offerup: null }"))
    shop.write("listings/lamp.yaml", Shop.listing("id: lamp\nmarketplaces: [facebook]"))
    let wanted = shop.scan()
    let desk = try #require(wanted.listing("desk"))
    #expect(desk.tags == [] && desk.hold == nil)
    #expect(desk.posts.map(\.account) == ["facebook"])
    #expect(desk.posts[0].content?.price.minor == 900)
    #expect(wanted.content("lamp", on: "facebook")?.price.minor == 45000)
  }

  @Test func anAccountIsLeftOutByEnabled() throws {
    let shop = Shop()
    shop.write("listings/desk.yaml", Shop.listing("marketplaces: { facebook: {}, offerup: { enabled: false } }"))
    shop.write("listings/both.yaml", Shop.listing("id: both"))
    let wanted = shop.scan()
    #expect(wanted.listing("desk")?.posts.map(\.account) == ["facebook"])
    #expect(wanted.listing("both")?.posts.map(\.account) == ["facebook", "offerup"])
  }

  @Test func aMapAddsToANamedSelectionAndReplacesTheBuiltInOne() {
    let shop = Shop()
    shop.write("listings/desk.yaml", Shop.listing("marketplaces: { facebook: { title: F } }"))
    shop.write("listings/a/_defaults.yaml", "marketplaces: [facebook, offerup]\n")
    shop.write("listings/a/lamp.yaml", Shop.listing("id: lamp\nmarketplaces: { facebook: { title: F } }"))
    let wanted = shop.scan()
    #expect(wanted.listing("desk")?.posts.map(\.account) == ["facebook"])
    #expect(wanted.listing("lamp")?.posts.map(\.account) == ["facebook", "offerup"])
  }

  @Test func severalAccountsOfOneMarketplaceShareItsWords() throws {
    let shop = Shop()
    shop.write(
      "hawker.yaml",
      "accounts: { anna: { marketplace: facebook }, bert: { marketplace: facebook, enabled: false } }\ncategories: { furniture: { facebook: OWN } }\n"
    )
    shop.write("listings/desk.yaml", Shop.listing())
    let posts = try #require(shop.scan().listing("desk")).posts
    #expect(posts.map(\.account) == ["anna"])
    #expect(posts[0].content?.category == "OWN")
    #expect(posts[0].origins[.category] == Origin(layer: .mapping, file: "hawker.yaml", line: 2))
  }

  @Test func anOverridesCurrencyIsTheListingsUnlessItSaysSo() {
    let shop = Shop()
    shop.write(
      "listings/desk.yaml",
      Shop.listing("price: 10 EUR\nmarketplaces: { facebook: { price: 12.50 }, offerup: { price: 11 USD } }"))
    let wanted = shop.scan()
    #expect(wanted.content("desk", on: "facebook")?.price.description == "12.50 EUR")
    #expect(wanted.content("desk", on: "offerup")?.price.description == "11.00 USD")
  }

  @Test(arguments: [
    ("19.99", 1999), ("0.29", 29), ("free", 0), ("0", 0), ("\"450.00 USD\"", 45000), ("1.1", 110),
    ("9007199254740993.00", nil),
    ("4503599627370.49", 450_359_962_737_049),
  ])
  func moneyIsExact(_ text: String, _ minor: Int64?) {
    let shop = Shop()
    shop.write("listings/desk.yaml", Shop.listing("price: \(text)"))
    #expect(shop.scan().content("desk", on: "facebook")?.price.minor == minor)
  }

  @Test func plainScalarsStayTextInTextFields() throws {
    let shop = Shop()
    shop.write(
      "listings/desk.yaml",
      Shop.listing("id: 0123\ntitle: no\ndescription: 1e3\ntags: [on, 0x1F, 12:30:45, 1_000, true]"))
    let listing = try #require(shop.scan().listing("0123"))
    #expect(listing.tags == ["on", "0x1F", "12:30:45", "1_000", "true"])
    #expect(listing.posts[0].content?.title == "no")
    #expect(listing.posts[0].content?.description == "1e3")
  }

  @Test func textIsComposed() {
    let shop = Shop()
    shop.write("listings/desk.yaml", Shop.listing("title: \"Cafe\\u0301 — \\u212B 📦\""))
    #expect(
      shop.scan().content("desk", on: "facebook").map { Array($0.title.unicodeScalars) }
        == Array("Caf\u{E9} — \u{C5} 📦".unicodeScalars))
  }

  @Test func aliasesWorkAndAnchorsMayBeOverridden() {
    let shop = Shop()
    shop.write(
      "listings/desk.yaml",
      Shop.listing("location: &here { latitude: 1.5, longitude: 2.5 }\nmarketplaces: { offerup: { location: *here } }"))
    #expect(shop.scan().content("desk", on: "offerup")?.location?.latitude.description == "1.5")
  }

  @Test func limitsFreezeOnlyTheirAccount() throws {
    let shop = Shop()
    shop.write("listings/desk.yaml", Shop.listing("title: \(String(repeating: "x", count: 110))"))
    let wanted = shop.scan()
    let posts = try #require(wanted.listing("desk")).posts
    #expect(posts.map { $0.content == nil } == [true, false])
    #expect(wanted.problems.map(\.account) == ["facebook"])
    #expect(wanted.frozenIDs.isEmpty)
  }

  enum Documented {
    static let config = """
      # yaml-language-server: $schema=./schema/hawker.schema.json
      version: 1
      listings: listings               # root of the listing files
      state: state                     # the journal's directory
      defaults: { currency: USD, condition: good, marketplaces: [facebook, offerup],
                  location: { latitude: 45.5898, longitude: -122.7536 } }
      accounts:
        facebook: { marketplace: facebook, page_id: "10001" }
        offerup:  { marketplace: offerup }
      categories:
        bicycles: { facebook: SPORTING_GOODS, offerup: sports-outdoors.bicycles }
      guards:  { withdrawals: 20%, updates: 50%, price_drop: 50%, grace: 10m }
      sync:    { settle: 250ms, rescan: 60s, refresh: 6h, concurrency: 16, requests_per_second: 10,
                 absence_after: 120s, rollout: 100% }
      web:     { listen: 127.0.0.1:8484, public_url: https://shop.example.com }

      """
    static let listing = """
      # yaml-language-server: $schema=../schema/listing.schema.json
      id: trek-520                       # permanent; [a-z0-9][a-z0-9-]{0,63}
      title: Trek 520 touring bike, 57 cm
      description: |
        Steel frame, new chain and tyres.
        Pick-up in St Johns.
      price: 450.00                      # exact decimal; or "450.00 USD"; 0 or "free"
      currency: USD                      # ISO 4217; from defaults when absent
      category: bicycles                 # your word; config maps it for each marketplace
      condition: good                    # new | like_new | good | fair | poor
      quantity: 1
      photos:                            # first is the cover; globs allowed; order kept
        - photos/trek-*.jpg
        - https://example.com/trek/saddle.jpg
      location: { latitude: 45.5898, longitude: -122.7536, postal_code: "97203" }
      tags: [touring, steel]
      status: available                  # draft | available | reserved | sold
      protect: false                     # true: never withdrawn because its file went away
      marketplaces:                      # a list of account names, or a map with overrides (enabled: false leaves one out)
        facebook: { category: SPORTING_GOODS }
        offerup: { enabled: true, price: 430.00, title: Trek 520 touring bike }

      """
  }
}
