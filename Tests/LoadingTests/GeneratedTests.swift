import Glibc
import Listings
import Testing

@testable import Loading

/// Listings as bench/make_listings.py makes them; run when a folder of them is named.
@Suite struct GeneratedTests {
  @Test(.enabled(if: getenv("HAWKER_GENERATED") != nil)) func generatedListingsLoadWithoutErrors() {
    let root = String(cString: getenv("HAWKER_GENERATED"))
    var loaded = ConfigReader.read(file: nil, folder: root)
    loaded.config.listings = root
    loaded.config.web.publicURL = "https://shop.example.com"
    var loader = Loader(loaded, options: LoadingOptions(capabilities: Shop.capabilities))
    let wanted = loader.scan()
    #expect(wanted.root == .seen)
    #expect(wanted.listings.count == 1000)
    let errors = wanted.problems.filter {
      $0.severity == .error && $0.rule != "listing/photo-count" && $0.rule != "listing/condition-unmapped"
    }
    #expect(errors.isEmpty, "\(errors.prefix(3))")
    print(Dictionary(grouping: wanted.problems, by: \.rule).mapValues(\.count), wanted.frozenFiles)
    for problem in wanted.problems.prefix(5) { print(problem.place, problem.message) }
  }
}
