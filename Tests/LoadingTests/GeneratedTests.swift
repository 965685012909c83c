import Glibc
import Listings
import Testing

@testable import Loading

/// Listings as bench/make_listings.py makes them: block and flow, quotes, comments, anchors, accents.
@Suite struct GeneratedTests {
  private func wanted(_ root: String) -> Wanted {
    var loaded = ConfigReader.read(file: nil, folder: root)
    loaded.config.listings = root
    var capabilities = Shop.capabilities
    capabilities["offerup"]?.conditions[.poor] = "used"
    let options = LoadingOptions(capabilities: capabilities, publicURL: "https://shop.example.com")
    var loader = Loader(loaded, options: options)
    return loader.scan()
  }

  @Test func aSampleLoadsWithoutAWord() {
    let wanted = wanted("\(CaseTests.folder)/generated/listings")
    #expect(wanted.listings.count == 24)
    #expect(wanted.problems == [])
    #expect(wanted.listings.allSatisfy { $0.posts.allSatisfy { $0.content != nil } })
  }

  @Test(.enabled(if: getenv("HAWKER_GENERATED") != nil, "only with HAWKER_GENERATED")) func anyNumberLoadsWithoutAWord()
  {
    let wanted = wanted(String(cString: getenv("HAWKER_GENERATED")))
    #expect(wanted.listings.count >= 1000)
    #expect(wanted.problems == [])
  }
}
