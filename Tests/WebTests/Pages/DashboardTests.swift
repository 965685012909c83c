import Journaling
import Listings
import Marketplaces
import Planning
import Testing

@testable import Web

struct DashboardTests {
  private func shop(_ count: Int) -> Sample {
    var shop = Sample()
    for number in 0..<count {
      let name = "\(number < 10 ? "00" : number < 100 ? "0" : "")\(number)"
      shop.add("lamp-\(name)", "Lamp number \(name)", posted: Sample.content("Lamp number \(name)"))
    }
    return shop
  }

  private func cards(_ html: String) -> [String] {
    HTMLTags(html).all.filter { $0.attributes["class"] == "card" }.compactMap { $0.attributes["id"] }
  }

  @Test func aShopInStepSaysSo() {
    let html = shop(3).page()
    #expect(html.contains("Everything is in step") && html.contains("Nothing to do."))
    #expect(!html.contains("Sold, and elsewhere still") && !html.contains("Problems in your files"))
  }

  @Test func listingsArePaged() {
    let shop = shop(60)
    let pages = ["1", "2", "3"].map { shop.page("/", ["page": $0]) }
    #expect(pages.map { cards($0).count } == [24, 24, 12])
    #expect(Set(pages.flatMap(cards)).count == 60)
    #expect(pages[1].contains("25–48 of 60") && pages[1].contains("rel=\"prev\"") && pages[1].contains("rel=\"next\""))
    for odd in ["0", "-4", "99999999999999999999", "x", "4"] { #expect(!cards(shop.page("/", ["page": odd])).isEmpty) }
  }

  @Test func aSearchNeedsEveryWordSomewhere() {
    var shop = shop(30)
    shop.add("trek-520", "Trek 520 Touring Bike") { $0.tags = ["bicycle"] }
    #expect(cards(shop.page("/", ["q": "TREK touring"])) == ["card-trek-520"])
    #expect(cards(shop.page("/", ["q": "bicycle"])) == ["card-trek-520"])
    #expect(cards(shop.page("/", ["q": "trek lamp"])).isEmpty)
    #expect(cards(shop.page("/", ["q": "listings/lamp-007"])) == ["card-lamp-007"])
    #expect(cards(shop.page("/", ["q": "facebook-lamp-007"])) == ["card-lamp-007"])
    #expect(shop.page("/", ["q": "nowhere"]).contains("Nothing matches"))
    // The pages of a search stay in it.
    #expect(shop.page("/", ["q": "lamp"]).contains("/?page=2&amp;q=lamp"))
  }

  @Test func filtersShowTheirPart() {
    var shop = shop(3)
    shop.add("new", "New one")
    shop.add("old", "Old one") { $0.status = .draft }
    shop.record("old", "facebook", .withdrawn(sold: false), Sample.content("Old one"))
    #expect(cards(shop.page("/", ["show": "live"])).count == 3)
    #expect(cards(shop.page("/", ["show": "waiting"])) == ["card-new"])
    #expect(cards(shop.page("/", ["show": "off"])) == ["card-old"])
    #expect(cards(shop.page("/", ["show": "what"])).count == 5)
  }

  @Test func whatNeedsTheSellerComesFirst() {
    var shop = shop(40)
    shop.add("zebra", "Zebra", price: 100, posted: Sample.content("Zebra", price: 9000))
    #expect(cards(shop.page()).first == "card-zebra")
  }

  @Test func anExposureCountsWhileItLasts() {
    var shop = shop(1)
    let key = PostKey(listing: "lamp-000", account: "offerup")
    let soldAt = Sample.now.advanced(by: .seconds(-6))
    shop.exposures = [Exposure(key: key, soldOn: "facebook", soldAt: soldAt)]
    #expect(shop.page().contains("on facebook, still live on offerup for 6 s"))
    shop.exposures[0].endedAt = soldAt.advanced(by: .seconds(2))
    #expect(shop.page().contains("was live on offerup for 2 s more"))
    shop.exposures[0].endedAt = Sample.now.advanced(by: .seconds(-90_000))
    #expect(!shop.page().contains("Sold, and elsewhere still"))
  }

  @Test func twoSalesOfOneThingAreAnAlarm() {
    var shop = shop(1)
    #expect(!shop.page().contains("Sold twice"))
    let key = PostKey(listing: "lamp-000", account: "offerup")
    shop.entries = [.held(key, by: "oversold", until: nil, text: "sold on facebook and on offerup")]
    let html = shop.page()
    #expect(html.contains("sold on facebook and on offerup") && html.contains("One of them knows"))
    #expect(html.contains("hawker release lamp-000 --account offerup"))
  }

  @Test func aNewShopIsToldHowToBegin() {
    let html = Sample().page()
    #expect(html.contains("Nothing is for sale yet") && html.contains("listings/desk-lamp.yaml"))
  }

  @Test func anUnseenFolderIsSaidBeforeAllElse() {
    var shop = shop(2)
    shop.root = .unseen("/srv/nordlicht/listings is missing")
    let html = shop.page()
    #expect(html.contains("listings folder can’t be seen") && html.contains("/srv/nordlicht/listings is missing"))
    #expect(cards(html).count == 2)
  }

  @Test func beforeTheFirstLookNothingIsClaimed() {
    var shop = shop(2)
    shop.hasLooked = false
    let html = shop.page()
    #expect(html.contains("Looking at your files for the first time") && !html.contains("Nothing is for sale yet"))
  }

  @Test func anAccountThatNeedsConnectingNamesTheCommand() {
    var shop = shop(1)
    shop.accounts[0].token = .missing
    shop.accounts[1].token = .dead("revoked on offerup")
    let html = shop.page()
    #expect(html.contains("hawker connect facebook") && html.contains("hawker connect offerup"))
    #expect(html.contains("revoked on offerup") && html.contains("2 things need you"))
    shop.accounts[0].isEnabled = false
    #expect(shop.page().contains("1 thing needs you"))
  }

  @Test func aProblemNamesItsFileAndLine() {
    var shop = shop(1)
    shop.problems = [
      Problem(
        .error, rule: "listing/price-scale", file: "listings/lamp-000.yaml", line: 4, column: 8, message: "too fine",
        listing: "lamp-000")
    ]
    for path in ["/", "/problems", "/listings/lamp-000"] {
      #expect(shop.page(path).contains("listings/lamp-000.yaml:4:8"))
    }
    #expect(shop.page().contains("Live, frozen by an error"))
  }

  @Test func plotsSayInWordsWhatTheyShow() {
    let html = shop(1).page { $0.traffic = Traffic.sample }
    #expect(html.contains("In the last hour 174 done and 6 failed, at most 7 in a minute."))
    #expect(html.contains("half took 200 ms or less, the slowest 1.5 s"))
    #expect(shop(1).page().contains("Nothing was sent in the last hour."))
    let odd = [
      Traffic(minute: Sample.now, done: 1, median: .nan, slow: .infinity), Traffic(minute: Sample.now, done: 2),
    ]
    #expect(HTMLTags(shop(1).page { $0.traffic = odd }).isWellFormed)
  }

  @Test func aCatalogueIsKeptUntilSomethingChanges() {
    let shelf = Shelf()
    var shop = shop(2)
    #expect(shelf.catalogue(of: shop.view).rows.count == 2)
    shop.add("new", "New one")
    #expect(shelf.catalogue(of: shop.view).rows.count == 3)
  }
}
