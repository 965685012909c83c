import Listings
import Marketplaces
import Support
import Testing

/// Look-ups through lists that lie: a partial answer is no answer, and none goes on for ever.
@Suite(Sharing.connections) struct HostileListTests {
  struct Row: Sendable, CustomTestStringConvertible {
    let name: String
    /// By the page's number, from 0, and the cursor to go on with.
    let page: @Sendable (Int) -> (posts: [String], next: String?)
    var status: @Sendable (Int) -> Int = { _ in 200 }
    /// The ids that are found, or the failure.
    let expected: String
    var testDescription: String { name }
  }

  /// `+` carries the reference, `-` another one, `?` none.
  static let rows: [Row] = [
    Row(name: "on the second page", page: { $0 == 0 ? (["-1"], "a") : (["+2"], nil) }, expected: "2"),
    Row(name: "in a circle of one", page: { _ in (["+1"], "a") }, expected: "unexpected"),
    Row(name: "in a circle of three", page: { (["+1"], ["a", "b", "c"][$0 % 3]) }, expected: "unexpected"),
    Row(name: "without end", page: { (["-\($0)"], "c\($0)") }, expected: "unexpected"),
    Row(
      name: "cut off on the second page", page: { ($0 == 0 ? ["+1"] : [], "a") }, status: { $0 == 0 ? 200 : 500 },
      expected: "unavailable"),
    Row(
      name: "refused on the second page", page: { _ in (["+1"], "a") }, status: { $0 == 0 ? 200 : 401 },
      expected: "unauthorized"),
    Row(
      name: "throttled on the second page", page: { _ in (["+1"], "a") }, status: { $0 == 0 ? 200 : 429 },
      expected: "throttled"),
    Row(name: "the same post on two pages", page: { $0 == 0 ? (["+1"], "a") : (["+1"], nil) }, expected: "1"),
    Row(name: "the same post twice on a page", page: { _ in (["+1", "+1", "-2"], nil) }, expected: "1"),
    Row(name: "two posts of one create", page: { _ in (["+1", "+2"], nil) }, expected: "1 2"),
    Row(name: "nothing but foreign posts", page: { _ in (["-1", "?2"], nil) }, expected: ""),
    Row(name: "a post that is none", page: { _ in (["+1", "!"], nil) }, expected: "unexpected"),
    Row(name: "a cursor that is none", page: { _ in (["+1"], "!") }, expected: "unexpected"),
  ]

  @Test(arguments: rows, Trial.Adapter.allCases) func aLookUpEnds(row: Row, adapter: Trial.Adapter) async {
    let pages = Counter()
    let bench = Bench { _ in
      let number = pages.next()
      let (posts, next) = row.page(number)
      return .init(row.status(number), adapter == .facebook ? Self.facebook(posts, next) : Self.offerUp(posts, next))
    }
    defer { bench.server.stop() }
    let marketplace: any Marketplace = adapter == .facebook ? bench.facebook() : bench.offerUp()
    var outcome: String
    do throws(MarketplaceFailure) {
      let found = try await marketplace.lookUp(Bench.draft(), since: Timestamp(milliseconds: 0))
      outcome = found.map(\.remoteID).joined(separator: " ")
    } catch {
      outcome = error.code
    }
    #expect(outcome == row.expected)
    #expect(bench.requests.count <= 2000)
  }

  private static func facebook(_ posts: [String], _ next: String?) -> String {
    let data = posts.map { post in
      let reference = post.first == "+" ? "bicycle.0123abcd" : "other.0123abcd"
      let listing = post.first == "?" ? "" : #","marketplace_listing":{"retailer_id":"\#(reference)"}"#
      return #"{"id":"\#(post.dropFirst())"\#(listing)}"#
    }
    let after = next == "!" ? "7" : next.map { #"{"next":"x","cursors":{"after":"\#($0)"}}"# } ?? "{}"
    return #"{"data":[\#(data.joined(separator: ","))],"paging":\#(after)}"#
  }

  private static func offerUp(_ posts: [String], _ next: String?) -> String {
    let data = posts.map { post in
      let reference = post.first == "+" ? "bicycle.0123abcd" : "other.0123abcd"
      let mark = post.first == "?" ? "" : #","external_id":"\#(reference)""#
      return #"{"id":"\#(post.dropFirst())"\#(mark)}"#
    }
    let after = next == "!" ? "{}" : next.map { "\"\($0)\"" } ?? "null"
    return #"{"data":[\#(data.joined(separator: ","))],"next_cursor":\#(after)}"#
  }
}
