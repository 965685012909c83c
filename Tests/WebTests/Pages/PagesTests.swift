import Journaling
import Listings
import Marketplaces
import Planning
import Testing

@testable import Web

struct PagesTests {
  /// Nothing of others ends an attribute or opens a tag, whatever it is joined with.
  @Test(arguments: [
    "<script>alert(1)</script>", "\" onerror=\"alert(1)", "'><img src=x onerror=alert(1)>", "\"\u{301} onclick=x y=\"",
    "<\u{301}b>", "{{frame.csrf}}", "{{{title}}}", "&lt;b&gt;", "\u{202E}gnirts", "`x`", "a\u{0}b\u{1B}[31m",
  ])
  func whatOthersWroteIsText(hostile: String) {
    let (shop, harmless) = (shop(hostile), shop("harmless"))
    for path in ["/", "/needs", "/plan", "/problems", "/listings/lamp", "/listings/TEXT", "/TEXT"] {
      let pages = [(shop, hostile), (harmless, "harmless")].map { shop, text in
        shop.page(path.replacing("TEXT", with: text), ["q": text, "show": text, "page": text]) {
          $0.flash = .init(text: text, isGood: false)
        }
      }
      let (tags, plain) = (HTMLTags(pages[0]), HTMLTags(pages[1]))
      #expect(tags.isWellFormed, "\(path)")
      #expect(tags.attributeNames.isSubset(of: plain.attributeNames), "\(path)")
      #expect(tags.names.isSubset(of: plain.names), "\(path)")
      #expect(!pages[0].unicodeScalars.contains { "\u{202E}\u{0}\u{1B}".unicodeScalars.contains($0) }, "\(path)")
    }
  }

  private func shop(_ text: String) -> Sample {
    var shop = Sample()
    shop.add("lamp", text, posted: Sample.content(text, price: 9900))
    shop.add("lost", text)
    shop.record("lost", "facebook", .gone, Sample.content(text))
    shop.accounts[0].identity = text
    shop.accounts[1].token = .dead(text)
    shop.problems = [
      Problem(.warning, rule: "listing/x", file: "listings/\(text).yaml", line: 1, message: text, account: text)
    ]
    shop.entries = [.drift("lamp", text)]
    return shop
  }

  @Test func aVeryLongTitleIsCutAndStaysSearchable() {
    var shop = Sample()
    let title = "Lamp " + String(repeating: "ü", count: 10_000)
    shop.add("lamp", title, posted: Sample.content(title))
    let html = shop.page()
    #expect(html.utf8.count < 30_000)
    #expect(shop.page("/", ["q": "lamp üüü"]).contains("1 listing found"))
  }

  @Test func noStyleNoScriptStandsInAPage() {
    var shop = Sample()
    shop.add("lamp", "Lamp", posted: Sample.content("Lamp"))
    for path in ["/", "/needs", "/plan", "/problems", "/listings/lamp", "/nowhere"] {
      let tags = HTMLTags(shop.page(path) { $0.traffic = Traffic.sample })
      #expect(!tags.attributeNames.contains { $0 == "style" || $0.hasPrefix("on") })
      #expect(!tags.names.contains("style"))
      #expect(
        tags.all.filter { $0.name == "script" }.allSatisfy { $0.attributes["src"]?.hasPrefix("/assets/") == true })
      #expect(tags.all.compactMap { $0.attributes["src"] }.allSatisfy { $0.hasPrefix("/") })
    }
  }

  @Test func assetsAreNamedByTheirContentAndKeptForEver() throws {
    let html = Sample().page()
    for tag in HTMLTags(html).all where tag.name == "link" || tag.name == "script" {
      let path = try #require(tag.attributes["href"] ?? tag.attributes["src"])
      let answer = try #require(Site.page(PageRequest(path: path, csrf: ""), Sample().view))
      #expect(
        answer.status == 200 && !answer.body.isEmpty && answer.headers["Cache-Control"]?.contains("immutable") == true)
    }
    #expect(Site.page(PageRequest(path: "/assets/hawker-000000000000.css", csrf: ""), Sample().view) == nil)
  }

  @Test func onTheSandboxEachCommandCanBeTypedAsItStands() {
    var shop = Sample()
    shop.add("lamp", "hawker plan", posted: Sample.content("hawker plan", price: 9900))
    let real = shop.page("/listings/lamp")
    let sandbox = shop.page("/listings/lamp") { $0.isSandbox = true }
    #expect(real.contains("<code>hawker sold lamp</code>") && !real.contains("--sandbox"))
    #expect(sandbox.contains("<code>hawker sold --sandbox lamp</code>"))
    #expect(sandbox.replacing(" --sandbox", with: "") == real)
    #expect(!sandbox.contains("hawker plan --sandbox"))
  }

  @Test func everyInputHasALabelAndEveryFormItsToken() {
    var shop = Sample()
    shop.add("lamp", "Lamp", posted: Sample.content("Lamp", price: 9900))
    shop.records.removeAll { $0.key.account == "offerup" }
    shop.record("lamp", "offerup", .gone, nil)
    for path in ["/", "/listings/lamp"] {
      let html = shop.page(path)
      let tags = HTMLTags(html)
      let forms = tags.all.filter { $0.name == "form" && $0.attributes["method"] == "post" }
      #expect(!forms.isEmpty)
      #expect(tags.all.count { $0.attributes["name"] == "csrf" && $0.attributes["value"] == "c5rf" } == forms.count)
      for input in tags.all where ["input", "select"].contains(input.name) && input.attributes["type"] != "hidden" {
        let isLabelled =
          input.isInside("label")
          || tags.all.contains { $0.attributes["for"] == input.attributes["id"] && $0.name == "label" }
        #expect(isLabelled, "\(path): \(input.attributes)")
      }
      let ids = tags.all.compactMap { $0.attributes["id"] }
      #expect(Set(ids).count == ids.count, "\(path): an id stands twice")
    }
  }

  @Test func anUnknownListingOrPageIsNotFound() {
    for path in ["/listings/none", "/listings/", "/x/y"] {
      #expect(Site.page(PageRequest(path: path, csrf: ""), Sample().view, Shelf())?.status == 404)
    }
  }

  @Test func aPhotoFromElsewhereIsNotFetched() {
    var shop = Sample()
    var content = Sample.content("Lamp")
    content.photos = [.url("https://photos.example/1.jpg")]
    shop.add("lamp", "Lamp", posted: content) {
      $0.posts = $0.posts.map { WantedPost(account: $0.account, content: content) }
    }
    #expect(!shop.page().contains("photos.example"))
    #expect(shop.page("/listings/lamp").contains("1 photo elsewhere"))
  }

  @Test func aPostsAddressIsOnlyALinkWhenABrowserMayFollowIt() {
    var shop = Sample()
    shop.add("lamp", "Lamp")
    shop.record("lamp", "facebook", .live, Sample.content("Lamp")) { $0.url = "javascript:alert(1)" }
    shop.record("lamp", "offerup", .live, Sample.content("Lamp"))
    let html = shop.page()
    #expect(!html.contains("javascript:"))
    #expect(html.contains("href=\"https://offerup.example/lamp\""))
  }
}

extension Entry {
  static func drift(_ listing: String, _ field: String) -> Entry {
    .observed(PostKey(listing: listing, account: "facebook"), .drift([field]))
  }
}

extension Traffic {
  static let sample = (0..<60).map { minute in
    Traffic(
      minute: Sample.now.advanced(by: .seconds(-60 * (59 - minute))), done: minute % 7,
      failed: minute % 11 == 0 ? 1 : 0,
      median: 0.2, slow: 1.5)
  }
}
