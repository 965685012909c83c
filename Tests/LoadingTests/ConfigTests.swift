import Listings
import Testing

@testable import Loading

@Suite struct ConfigTests {
  @Test func withoutAFileTheDocumentedDefaultsStand() {
    let loaded = ConfigReader.read(file: nil, folder: "/shop/./x/..")
    #expect(loaded.problems == [])
    let config = loaded.config
    #expect(config.shop == "/shop" && config.listings == "/shop/listings" && config.state == "/shop/state")
    #expect(config.accounts.map(\.name) == ["facebook", "offerup"])
    #expect(config.guards == Config.Guards() && config.sync == Config.Sync() && config.web == Config.Web())
  }

  /// A daemon tells by it whether the config that is in force is that of the file: read apart, an edit in between would
  /// count as being in force for ever.
  @Test func theDigestIsThatOfTheBytesThatWereRead() {
    let shop = Shop()
    let (before, after) = ("version: 1\n", "version: 1\nsync: { concurrency: 3 }\n")
    shop.write("hawker.yaml", before)
    let loaded = ConfigReader.read(file: shop.path + "/hawker.yaml", folder: shop.path)
    shop.write("hawker.yaml", after)
    #expect(loaded.digest == Digest(of: before))
    #expect(ConfigReader.read(file: shop.path + "/hawker.yaml", folder: shop.path).digest == Digest(of: after))
    #expect(ConfigReader.read(file: nil, folder: shop.path).digest == nil)
  }

  @Test func everyKeyReachesTheConfig() throws {
    let shop = Shop()
    shop.write(
      "conf/hawker.yaml",
      """
      version: 1
      listings: ../things
      state: /var/lib/hawker
      accounts:
        zoe: { marketplace: offerup, api_url: http://localhost:1/v1/, extensions: false, rollout: 5%, concurrency: 2 }
        facebook-anna:
          marketplace: facebook
          page_id: 10001
          graph_url: http://[::1]:8080
          login_url: https://login.example.com
          api_version: v27.0
          enabled: false
          requests_per_second: 0
          new_posts_per_day: 3
      categories: { bikes: { facebook: A, offerup: B } }
      guards: { withdrawals: 0%, updates: 100%, price_drop: 7%, grace: 0s }
      sync: { settle: 11ms, rescan: 2s, refresh: 3h, concurrency: 4, requests_per_second: 0, absence_after: 5m, rollout: 6% }
      web: { listen: off, public_url: "https://shop.example.com/" }
      """)
    let loaded = ConfigReader.read(file: "conf/hawker.yaml", folder: shop.path)
    #expect(loaded.problems == [])
    let config = loaded.config
    #expect(config.file == "\(shop.path)/conf/hawker.yaml" && config.shop == "\(shop.path)/conf")
    #expect(config.listings == "\(shop.path)/things" && config.state == "/var/lib/hawker")
    #expect(config.accounts.map(\.name) == ["facebook-anna", "zoe"])
    let anna = try #require(config.account("facebook-anna"))
    #expect(anna.pageID == "10001" && anna.graphURL == "http://[::1]:8080" && anna.apiVersion == "v27.0")
    #expect(anna.loginURL == "https://login.example.com" && !anna.isEnabled)
    #expect(anna.requestsPerSecond == 0 && anna.newPostsPerDay == 3 && anna.rollout == nil && anna.extensions)
    let zoe = try #require(config.account("zoe"))
    #expect(zoe.apiURL == "http://localhost:1/v1" && !zoe.extensions && zoe.rollout == 5 && zoe.concurrency == 2)
    #expect(config.categories == ["bikes": ["facebook": "A", "offerup": "B"]])
    #expect(config.guards.withdrawals == 0 && config.guards.updates == 100 && config.guards.priceDrop == 7)
    #expect(
      config.guards.grace == .zero && config.sync.settle == .milliseconds(11) && config.sync.rescan == .seconds(2))
    #expect(
      config.sync.refresh == .seconds(10_800) && config.sync.concurrency == 4 && config.sync.requestsPerSecond == 0)
    #expect(config.sync.absenceAfter == .seconds(300) && config.sync.rollout == 6)
    #expect(config.web.listen == nil && config.web.publicURL == "https://shop.example.com")
  }

  @Test func aFileThatCanNotBeReadIsAnError() {
    let shop = Shop()
    shop.write("folder/x", "")
    for name in ["missing.yaml", "folder"] {
      let loaded = ConfigReader.read(file: "\(shop.path)/\(name)", folder: "/")
      #expect(loaded.problems.map(\.rule) == ["config/unreadable"] && loaded.hasErrors)
    }
    shop.write("broken.yaml", "version: 1\nsync: {")
    #expect(ConfigReader.read(file: "\(shop.path)/broken.yaml", folder: "/").problems.map(\.rule) == ["yaml/syntax"])
  }

  @Test(arguments: [
    ("https://a.example", true, false), ("http://127.0.0.1:80/x", false, true),
    ("http://127.0.0.1.example.com", false, false),
    ("http://localhost", false, true), ("http://localhost.example.com", false, false), ("http://[::1]:1", false, true),
    ("http://127.1", false, false), ("http://0.0.0.0", false, false),
  ])
  func onlyLoopbackIsLoopback(_ text: String, _ isSecure: Bool, _ isLoopback: Bool) throws {
    let address = try #require(WebAddress(text))
    #expect(address.isSecure == isSecure && address.isLoopback == isLoopback)
  }

  @Test(arguments: [
    "http://", "https://user@host", "https://a b", "ftp://x", "https://x:99999", "https://x:1:2", "//x",
    "http://localhost@evil.example",
  ])
  func addressesThatAreNone(_ text: String) { #expect(WebAddress(text) == nil) }

  @Test func suggestionsAreNearOrNone() {
    let known = ["title", "description", "price", "condition"]
    #expect(Suggestion.nearest(to: "titel", among: known) == "title")
    #expect(Suggestion.nearest(to: "Price", among: known) == "price")
    #expect(Suggestion.nearest(to: "conditoin", among: known) == "condition")
    #expect(Suggestion.nearest(to: "weight", among: known) == nil)
    #expect(Suggestion.nearest(to: String(repeating: "x", count: 100_000), among: known) == nil)
  }
}

@Suite struct SchemaTests {
  @Test func schemasAreJSONAndSayEveryKey() throws {
    for (text, keys) in [(Schema.listing(), KeySet.listing), (Schema.config(), KeySet.config)] {
      let json = try JSONValue(parsing: text)
      #expect(json["$schema"]?.string == "https://json-schema.org/draft/2020-12/schema")
      #expect(json["properties"]?.members?.map(\.key) == keys.names)
      #expect(text.hasSuffix("}\n"))
    }
    #expect(Schema.listing() == Schema.listing())
  }

  @Test func rulesAreNamedOnceAndExplained() {
    #expect(Set(Rule.allCases.map(\.rawValue)).count == Rule.allCases.count)
    #expect(Set(Rule.allCases.map(\.explanation)).count == Rule.allCases.count)
  }
}
