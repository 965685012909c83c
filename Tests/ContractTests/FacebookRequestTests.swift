import Facebook
import Listings
import Marketplaces
import Support
import Testing

/// The requests as marketplaces.md has them.
@Suite(Sharing.connections) struct FacebookRequestTests {
  private static let done = #"{"id":"10001_7","success":true}"#

  @Test func aCreateIsSentAsTheContractHasIt() async throws {
    let bench = Bench { _ in .init(200, Self.done) }
    defer { bench.server.stop() }
    let posted = try await bench.facebook().create(Bench.draft())
    #expect(posted == Posted(remoteID: "10001_7", url: "https://www.facebook.com/marketplace/item/10001_7"))
    let request = bench.requests[0]
    #expect(request.method == "POST")
    #expect(request.target == "/v26.0/10001/feed")
    #expect(request.header("authorization") == "Bearer page-token")
    #expect(request.header("content-type") == "application/json")
    let expected = """
      {"message":"Blue bicycle\\n\\nRides well.\\n“Héllo”","type":"MARKETPLACE_LISTING","marketplace_listing":\
      {"name":"Blue bicycle","description":"Rides well.\\n“Héllo”","price_currency":"USD","price_amount":45000,\
      "category_specific_fields":{"category":"SPORTING_GOODS","condition":"USED"},"photo_ids":[],\
      "retailer_id":"bicycle.0123abcd"}}
      """
    #expect(request.text == expected)
  }

  static let updates: [(Set<Content.Field>, String)] = [
    ([.price], #"{"marketplace_listing":{"price_currency":"USD","price_amount":45000}}"#),
    ([.title], #"{"message":"T\n\nD","marketplace_listing":{"name":"T"}}"#),
    ([.description], #"{"message":"T\n\nD","marketplace_listing":{"description":"D"}}"#),
    (
      [.condition],
      #"{"marketplace_listing":{"category_specific_fields":{"category":"SPORTING_GOODS","condition":"USED"}}}"#
    ),
    ([.location, .price], #"{"marketplace_listing":{"price_currency":"USD","price_amount":45000}}"#),
  ]

  @Test(arguments: updates.indices) func anUpdateSendsOnlyWhatChanged(index: Int) async throws {
    let (changed, body) = Self.updates[index]
    let bench = Bench { _ in .init(200, Self.done) }
    defer { bench.server.stop() }
    let draft = Bench.draft(title: "T", description: "D")
    try await bench.facebook().update("10001_7", to: draft, changed: changed)
    #expect(bench.requests.map(\.target) == ["/v26.0/10001_7"])
    #expect(bench.requests[0].text == body)
  }

  @Test func aChangeThatFacebookDoesNotTakeSendsNothing() async throws {
    let bench = Bench { _ in .init(500) }
    defer { bench.server.stop() }
    try await bench.facebook().update("10001_7", to: Bench.draft(), changed: [.location])
    #expect(bench.server.received.isEmpty)
  }

  @Test func oddRemoteIDsStayInTheirPlaceOfThePath() async throws {
    let bench = Bench { _ in .init(200, Self.done) }
    defer { bench.server.stop() }
    try await bench.facebook().withdraw("a/../b?c=d#é %", urgency: .normal)
    #expect(bench.requests[0].target == "/v26.0/a%2F..%2Fb%3Fc%3Dd%23%C3%A9%20%25")
  }

  @Test(arguments: ["", ".", "..", "a\nb", String(repeating: "1", count: 201)])
  func whatCannotBeAnIDIsNotSent(id: String) async {
    let bench = Bench { _ in .init(200, Self.done) }
    defer { bench.server.stop() }
    let facebook = bench.facebook()
    #expect(
      await outcome { () throws(MarketplaceFailure) in try await facebook.withdraw(id, urgency: .normal) } == "rejected"
    )
    #expect(bench.server.received.isEmpty)
  }

  @Test func aPostIsReadWithWhatFacebookTells() async throws {
    let bench = Bench { _ in
      .init(
        200,
        """
        {"id":"10001_7","created_time":"2026-11-22T16:00:00+0000","message":"T\\n\\nD","marketplace_listing":
        {"name":"T","price_currency":"USD","price_amount":1999,"retailer_id":"r.1",
        "category_specific_fields":{"condition":"NEW"},"availability":"out of stock"}}
        """)
    }
    defer { bench.server.stop() }
    let post = try await bench.facebook().read("10001_7")
    let expected = RemotePost(
      remoteID: "10001_7", url: "https://www.facebook.com/marketplace/item/10001_7", reference: "r.1",
      createdAt: Timestamp("2026-11-22T16:00:00Z"), title: "T", price: Money(minor: 1999, currency: .usd),
      condition: "NEW", isSold: true)
    #expect(post == expected)
    #expect(bench.requests[0].target == "/v26.0/10001_7?fields=id%2Ccreated_time%2Cmessage%2Cmarketplace_listing")
  }
}
