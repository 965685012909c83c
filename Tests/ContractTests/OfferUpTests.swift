import Listings
import Marketplaces
import OfferUp
import Support
import Testing

@Suite(Sharing.connections) struct OfferUpTests {
  private static let photo = Photo(reference: .file(Digest(of: "x"), .tiff), path: "/shop/x.tif", size: 1)

  @Test func aCreateIsSentAsTheContractHasIt() async throws {
    let bench = Bench { _ in .init(201, #"{"id":"ou7","url":"https://offerup.com/i/7"}"#) }
    defer { bench.server.stop() }
    let posted = try await bench.offerUp().create(Bench.draft(photos: [Self.photo, Bench.address("a")]))
    #expect(posted == Posted(remoteID: "ou7", url: "https://offerup.com/i/7"))
    let request = bench.requests[0]
    #expect(request.method == "POST")
    #expect(request.target == "/v1/listings")
    #expect(request.header("authorization") == "Bearer offerup-token")
    #expect(request.header("idempotency-key") == "0123abcd-op")
    let expected = """
      {"title":"Blue bicycle","description":"Rides well.\\n“Héllo”","price_cents":45000,"photos":\
      ["https://shop.example/photos/\(Digest(of: "x").hex).tif","https://img.example/a.jpg"],\
      "category":"SPORTING_GOODS","condition":"USED","location":{"latitude":45.5898,"longitude":-122.7536},\
      "external_id":"bicycle.0123abcd"}
      """
    #expect(request.text == expected)
  }

  @Test func withoutExtensionsOnlyTheBriefsContractIsSpoken() async throws {
    let bench = Bench { _ in .init(200, #"{"id":7}"#) }
    defer { bench.server.stop() }
    let offerUp = bench.offerUp(extensions: false)
    let posted = try await offerUp.create(Bench.draft())
    #expect(posted == Posted(remoteID: "7", url: "https://offerup.com/item/detail/7"))
    #expect(bench.requests[0].header("idempotency-key") == nil)
    #expect(!bench.requests[0].text.contains("external_id"))
    #expect(!offerUp.capabilities.canLookUp)
    #expect(!offerUp.capabilities.canRead)
    #expect(bench.offerUp().capabilities == OfferUp.capabilities)
    #expect(await outcome { () throws(MarketplaceFailure) in _ = try await offerUp.read("7") } == "unexpected")
    #expect(await outcome { () throws(MarketplaceFailure) in _ = try await offerUp.list(after: nil) } == "unexpected")
    #expect(await outcome { () throws(MarketplaceFailure) in _ = try await offerUp.verify() } == "unexpected")
    let lookUp = await outcome { () throws(MarketplaceFailure) in
      _ = try await offerUp.lookUp(Bench.draft(), since: Timestamp(milliseconds: 0))
    }
    #expect(lookUp == "unexpected")
    #expect(bench.requests.count == 1)
  }

  /// A service of the bare contract alone: whoever looks up is to know that it never will answer.
  @Test(arguments: [(400, "rejected"), (404, "rejected"), (405, "rejected"), (501, "rejected"), (503, "unavailable")])
  func aQuestionThatIsNotTakenIsRefusedForGood(status: Int, meaning: String) async throws {
    let bench = Bench { _ in .init(status, "{}") }
    defer { bench.server.stop() }
    let lookUp = await outcome { () throws(MarketplaceFailure) in
      _ = try await bench.offerUp().lookUp(Bench.draft(), since: Timestamp(milliseconds: 0))
    }
    #expect(lookUp == meaning)
  }

  @Test func anUpdateSendsOnlyWhatChanged() async throws {
    let bench = Bench { _ in .init(204) }
    defer { bench.server.stop() }
    let offerUp = bench.offerUp()
    let draft = Bench.draft(minor: 1999)
    try await offerUp.update("ou7", to: draft, changed: [.price])
    try await offerUp.update("ou7", to: draft, changed: [.location, .condition])
    try await offerUp.update("ou7", to: draft, changed: [])
    #expect(
      bench.requests.map(\.text) == [
        #"{"price_cents":1999}"#,
        #"{"condition":"USED","location":{"latitude":45.5898,"longitude":-122.7536}}"#,
      ])
    #expect(bench.requests.allSatisfy { $0.method == "PATCH" && $0.target == "/v1/listings/ou7" })
  }

  @Test func aLocalPhotoNeedsAPublicAddress() async {
    let bench = Bench { _ in .init(201, #"{"id":"ou7"}"#) }
    defer { bench.server.stop() }
    let offerUp = bench.offerUp(publicURL: nil)
    let failure = await failure { () throws(MarketplaceFailure) in
      _ = try await offerUp.create(Bench.draft(photos: [Self.photo]))
    }
    #expect(failure?.code == "rejected")
    #expect(failure?.detail.message.contains("web.public_url") == true)
    #expect(bench.requests.isEmpty)
  }

  @Test func withoutALocationNothingIsSent() async {
    let bench = Bench { _ in .init(201, #"{"id":"ou7"}"#) }
    defer { bench.server.stop() }
    let offerUp = bench.offerUp()
    var draft = Bench.draft()
    draft.content.location = nil
    let placeless = draft
    #expect(await outcome { () throws(MarketplaceFailure) in _ = try await offerUp.create(placeless) } == "rejected")
    #expect(bench.requests.isEmpty)
  }

  @Test(arguments: [nil, "a b", "a\n"]) func aMissingOrMangledTokenIsNotSent(token: String?) async {
    let bench = Bench { _ in .init(201, #"{"id":"ou7"}"#) }
    defer { bench.server.stop() }
    let offerUp = bench.offerUp(token: token)
    let failure = await failure { () throws(MarketplaceFailure) in _ = try await offerUp.create(Bench.draft()) }
    #expect(failure?.code == "unauthorized")
    #expect(failure?.detail.message.contains("HAWKER_TOKEN_OFFERUP") == true)
    #expect(bench.requests.isEmpty)
  }

  @Test(arguments: ["javascript:alert(1)", "https://a b/", "", "https://x/\u{7}"])
  func anAddressThatMustNotBeShownIsReplaced(url: String) async throws {
    var json = JSONWriter()
    json.object { json in
      json.field("id", "a/b")
      json.field("url", url)
    }
    let body = json.text
    let bench = Bench { _ in .init(201, body) }
    defer { bench.server.stop() }
    let posted = try await bench.offerUp().create(Bench.draft())
    #expect(posted.url == "https://offerup.com/item/detail/a%2Fb")
  }

  /// Status → what it means for a create, an update, a withdrawal and a read.
  static let rows: [(status: Int, create: String, update: String, withdraw: String, read: String)] = [
    (400, "rejected", "rejected", "rejected", "rejected"),
    (401, "unauthorized", "unauthorized", "unauthorized", "unauthorized"),
    (403, "unauthorized", "unauthorized", "unauthorized", "unauthorized"),
    (404, "rejected", "gone", "done", "done"),
    (408, "uncertain", "unavailable", "unavailable", "unavailable"),
    (409, "uncertain", "rejected", "rejected", "rejected"),
    (410, "rejected", "gone", "done", "done"),
    (413, "rejected", "rejected", "rejected", "rejected"),
    (422, "rejected", "rejected", "rejected", "rejected"),
    (425, "unavailable", "unavailable", "unavailable", "unavailable"),
    (429, "throttled", "throttled", "throttled", "throttled"),
    (500, "uncertain", "unavailable", "unavailable", "unavailable"),
    (502, "uncertain", "unavailable", "unavailable", "unavailable"),
    (503, "uncertain", "unavailable", "unavailable", "unavailable"),
    (504, "uncertain", "unavailable", "unavailable", "unavailable"),
    (301, "uncertain", "unexpected", "unexpected", "unexpected"),
    (200, "uncertain", "unexpected", "unexpected", "unexpected"),
  ]

  @Test(arguments: rows.indices) func aStatusMeans(index: Int) async {
    let row = Self.rows[index]
    let bench = Bench { _ in .init(row.status, row.status == 200 ? "<html>" : #"{"message":"No."}"#) }
    defer { bench.server.stop() }
    let offerUp = bench.offerUp()
    #expect(
      await outcome { () throws(MarketplaceFailure) in _ = try await offerUp.create(Bench.draft()) } == row.create)
    #expect(bench.requests.count == 1)
    #expect(
      await outcome { () throws(MarketplaceFailure) in
        try await offerUp.update("7", to: Bench.draft(), changed: [.price])
      } == row.update)
    #expect(
      await outcome { () throws(MarketplaceFailure) in try await offerUp.withdraw("7", urgency: .sale) } == row.withdraw
    )
    #expect(await outcome { () throws(MarketplaceFailure) in _ = try await offerUp.read("7") } == row.read)
  }

  @Test(arguments: ["", "{}", #"{"id":""}"#, #"{"id":"a\nb"}"#, #"{"id":"x""#, #"{"id":{}}"#])
  func aCreateWithoutAUsableIDIsUncertain(body: String) async {
    let bench = Bench { _ in .init(201, body) }
    defer { bench.server.stop() }
    let offerUp = bench.offerUp()
    #expect(
      await outcome { () throws(MarketplaceFailure) in _ = try await offerUp.create(Bench.draft()) } == "uncertain")
  }

  @Test func theMarketplacesWordsAreQuotedWithoutTheToken() async {
    let bench = Bench { _ in .init(422, #"{"error":{"code":"bad_title","message":"offerup-token is no title"}}"#) }
    defer { bench.server.stop() }
    let offerUp = bench.offerUp()
    let failure = await failure { () throws(MarketplaceFailure) in _ = try await offerUp.create(Bench.draft()) }
    #expect(failure?.detail.code == "bad_title")
    #expect(failure?.detail.message.contains("(OfferUp: “‹secret› is no title”)") == true)
  }

  @Test func retryAfterPausesTheWholeAccount() async {
    let bench = Bench { _ in .init(429, headers: [("Retry-After", "42")]) }
    defer { bench.server.stop() }
    let offerUp = bench.offerUp()
    let failure = await failure { () throws(MarketplaceFailure) in _ = try await offerUp.create(Bench.draft()) }
    let until = bench.time.ambient.now().advanced(by: .seconds(42))
    guard case .throttled(_, let told)? = failure else {
      Issue.record("not throttled: \(String(describing: failure))")
      return
    }
    #expect(told == until)
    #expect(bench.pace.pausedUntil == until)
  }

  @Test func aLookUpFollowsTheCursorsAndBelievesOnlyTheReference() async throws {
    let bench = Bench { request in
      request.target == "/v1/listings?external_id=r.1%2B"
        ? .init(200, #"{"data":[{"id":"1","external_id":"r.2"},{"id":"2","external_id":"r.1+"}],"next_cursor":"a&b"}"#)
        : .init(200, #"{"data":[{"id":"3","external_id":"r.1+","price_cents":5,"status":"sold"}],"next_cursor":null}"#)
    }
    defer { bench.server.stop() }
    let posts = try await bench.offerUp().lookUp(
      Bench.draft(reference: "r.1+"), since: Timestamp(milliseconds: 0))
    #expect(posts.map(\.remoteID) == ["2", "3"])
    #expect(posts[1].isSold)
    #expect(posts[1].price == Money(minor: 5, currency: .usd))
    #expect(bench.requests.map(\.target).last == "/v1/listings?external_id=r.1%2B&cursor=a%26b")
  }

  @Test(arguments: [
    "{}", "[]", #"{"data":{}}"#, #"{"data":[{}]}"#, #"{"data":[],"next_cursor":"same"}"#, #"{"data":["#,
  ])
  func aPartialAnswerIsNoAnswer(body: String) async {
    let bench = Bench { _ in .init(200, body) }
    defer { bench.server.stop() }
    let offerUp = bench.offerUp()
    #expect(
      await outcome { () throws(MarketplaceFailure) in
        _ = try await offerUp.lookUp(Bench.draft(), since: Timestamp(milliseconds: 0))
      } == "unexpected")
  }
}
