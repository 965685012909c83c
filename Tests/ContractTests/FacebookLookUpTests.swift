import Facebook
import Listings
import Marketplaces
import Support
import Testing

@Suite(Sharing.connections) struct FacebookLookUpTests {
  private static let since = Timestamp(milliseconds: 1_795_000_000_500)

  private static func post(
    _ id: String, reference: String? = nil, message: String = #"T\n\nD"#, at seconds: Int64 = 1_795_000_000
  ) -> String {
    let listing = reference.map { #"{"retailer_id":"\#($0)"}"# } ?? #"{"name":"T"}"#
    let time = Timestamp(milliseconds: seconds * 1000).description.prefix(19)
    return
      #"{"id":"\#(id)","created_time":"\#(time)+0000","message":"\#(message)","marketplace_listing":\#(listing)}"#
  }

  /// Ids of what a look-up finds on these pages of posts.
  private func found(_ pages: [[String]]) async throws -> [String] {
    let bench = Bench { request in
      let number = request.target.split(separator: "after=page").dropFirst().first.flatMap { Int($0) } ?? 0
      let next = number + 1 < pages.count ? #","next":"https://elsewhere.example/v25.0/feed?after=x""# : ""
      return .init(
        200,
        #"{"data":[\#(pages[number].joined(separator: ","))],"paging":{"cursors":{"after":"page\#(number + 1)"}\#(next)}}"#
      )
    }
    defer { bench.server.stop() }
    let draft = Bench.draft(title: "T", description: "D", reference: "r.1")
    let posts = try await bench.facebook().lookUp(draft, since: Self.since)
    #expect(bench.requests.count == pages.count)
    return posts.map(\.remoteID)
  }

  @Test func theReferenceIsFoundOnAnyPage() async throws {
    let pages = [[Self.post("1", reference: "r.2")], [Self.post("2")], [Self.post("3", reference: "r.1", at: 1)]]
    #expect(try await found(pages) == ["3"])
  }

  @Test func allThatCarryTheReferenceAreFound() async throws {
    let pages = [[Self.post("1", reference: "r.1")], [Self.post("2", reference: "r.1"), Self.post("3")]]
    #expect(try await found(pages) == ["1", "2"])
  }

  @Test func withoutReferencesTheExactTextMadeSinceCounts() async throws {
    let pages = [
      [
        Self.post("old", at: 1_794_999_999), Self.post("other", message: #"T\n\nD "#),
        Self.post("same second"), Self.post("foreign", reference: "r.9"),
      ]
    ]
    #expect(try await found(pages) == ["same second"])
  }

  @Test func severalWithTheSameTextAreAllNamed() async throws {
    #expect(try await found([[Self.post("1"), Self.post("2", at: 1_795_000_100)]]) == ["1", "2"])
  }

  @Test func nothingIsFoundOnAnEmptyFeed() async throws { #expect(try await found([[]]) == []) }

  @Test(arguments: [
    #"{"data":[],"paging":{"next":"https://x/"}}"#,
    #"{"data":[],"paging":{"cursors":{"after":"a"},"next":"https://x/"}}"#,
    #"{"data":[{"message":"no id"}]}"#, #"{"data":{}}"#, "{}", "[]", #"{"data":[{"id":""}]}"#,
  ])
  func aPartialAnswerIsNoAnswer(body: String) async {
    let bench = Bench { _ in .init(200, body) }
    defer { bench.server.stop() }
    let facebook = bench.facebook()
    #expect(
      await outcome { () throws(MarketplaceFailure) in
        _ = try await facebook.lookUp(Bench.draft(), since: Self.since)
      } == "unexpected")
  }

  @Test func aFailureOnALaterPageFailsTheWholeLookUp() async {
    let bench = Bench { request in
      request.target.contains("after=")
        ? .init(500, "") : .init(200, #"{"data":[],"paging":{"cursors":{"after":"a"},"next":"https://x/"}}"#)
    }
    defer { bench.server.stop() }
    let facebook = bench.facebook()
    #expect(
      await outcome { () throws(MarketplaceFailure) in
        _ = try await facebook.lookUp(Bench.draft(), since: Self.since)
      } == "unavailable")
  }
}
