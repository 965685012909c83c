import Listings
import Testing

@testable import Loading

/// Input that would cost much time or memory if nothing kept it within bounds.
@Suite struct HostileTests {
  private static func many(_ count: Int, _ separator: String, _ text: (Int) -> String) -> String {
    (0..<count).map(text).joined(separator: separator)
  }

  private static let texts: [String] = [
    many(30_000, "\n") { "k\($0):" },
    "marketplaces:\n" + many(15_000, "\n") { "  a\($0): {}" },
    "marketplaces: [" + many(30_000, ",") { "a\($0)" } + "]",
    "photos: [" + many(40_000, ",") { _ in "p/*" } + "]",
    "photos: ['" + many(60_000, "") { _ in "*a" } + "']",
    "photos: ['" + many(60_000, "") { _ in "a/" } + "']",
    "x-a: {" + many(15_000, ",") { "k\($0): 1" } + "}",
    many(20_000, "\n") { _ in "title: x" },
    many(18_000, "") { _ in "---\nid: x\n" },
    many(100_000, "") { _ in "[" },
  ]

  @Test(arguments: texts.indices) func aFileCostsBoundedTime(_ index: Int) {
    let text = Self.texts[index]
    let shop = Shop()
    shop.write("listings/desk.yaml", text)
    let start = ContinuousClock.now
    let wanted = shop.scan()
    #expect(text.utf8.count <= FileBuffer.limit)
    #expect(ContinuousClock.now - start < .seconds(20), "\(text.prefix(20))")
    #expect(wanted.listings.isEmpty && wanted.problems.count < 50_000)
    #expect(wanted.freezes(id: "desk", lastFile: "listings/desk.yaml") || wanted.frozenIDs == ["x"])
  }
}
