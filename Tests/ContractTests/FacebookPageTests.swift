import Facebook
import Listings
import Marketplaces
import Support
import Testing

/// Whose token it is, and which Page's is used.
@Suite(Sharing.connections) struct FacebookPageTests {
  /// A user with these pages, two to an answer.
  private func server(_ pages: [String], me: String = "555") -> ScriptedServer {
    ScriptedServer(serving: { request in
      if request.target.hasPrefix("/v26.0/me?") { return .init(200, #"{"id":"\#(me)","name":"Anna"}"#) }
      guard request.target.hasPrefix("/v26.0/me/accounts?") else { return .init(200, #"{"id":"9","success":true}"#) }
      let start = request.target.split(separator: "after=").dropFirst().first.flatMap { Int($0) } ?? 0
      let rows = pages[start..<min(start + 2, pages.count)].map {
        #"{"id":"\#($0)","name":"Page \#($0)","access_token":"token-of-\#($0)"}"#
      }
      // `next` names another host: only the cursor is followed.
      let next = start + 2 < pages.count ? #","next":"http://10.0.0.1/v25.0/x""# : ""
      let paging = #""paging":{"cursors":{"after":"\#(start + 2)"}\#(next)}"#
      return .init(200, #"{"data":[\#(rows.joined(separator: ","))],\#(paging)}"#)
    })
  }

  private func facebook(_ server: ScriptedServer, pageID: String?, token: String? = "user-token") -> Facebook {
    var account = Config.Account(name: "facebook", marketplace: "facebook")
    account.graphURL = server.url
    account.pageID = pageID
    return Facebook(
      account: account, token: token.map(Secret.init), appSecret: nil,
      pace: Pace(requestsPerSecond: 0, ambient: .system), ambient: .system)
  }

  private func create(_ facebook: Facebook) async -> MarketplaceFailure? {
    await failure { () throws(MarketplaceFailure) in _ = try await facebook.create(Bench.draft()) }
  }

  @Test func theUsersTokenIsChangedForThePagesOwn() async {
    let server = server(["1", "2", "3", "10001", "5"])
    defer { server.stop() }
    #expect(await create(facebook(server, pageID: "10001")) == nil)
    #expect(server.received.last?.target == "/v26.0/10001/feed")
    #expect(
      server.received.map { $0.header("authorization") } == [
        "Bearer user-token", "Bearer user-token", "Bearer user-token", "Bearer user-token", "Bearer token-of-10001",
      ])
  }

  @Test func aPagesOwnTokenIsUsedAsItIs() async {
    let server = server([], me: "10001")
    defer { server.stop() }
    #expect(await create(facebook(server, pageID: "10001")) == nil)
    #expect(server.received.count == 2)
    #expect(server.received[1].header("authorization") == "Bearer user-token")
  }

  @Test func withoutAPageIDTheOnlyPageIsTaken() async {
    let server = server(["77"])
    defer { server.stop() }
    #expect(await create(facebook(server, pageID: nil)) == nil)
    #expect(server.received.last?.target == "/v26.0/77/feed")
  }

  @Test func withoutAPageIDAPagesOwnTokenTellsThePage() async {
    let server = ScriptedServer(serving: { request in
      if request.target.hasPrefix("/v26.0/me/accounts") {
        return .init(400, #"{"error":{"code":100,"message":"nonexisting field (accounts)"}}"#)
      }
      return .init(200, request.method == "POST" ? #"{"id":"77_1"}"# : #"{"id":"77"}"#)
    })
    defer { server.stop() }
    #expect(await create(facebook(server, pageID: nil)) == nil)
    #expect(server.received.last?.target == "/v26.0/77/feed")
  }

  @Test(
    arguments: [
      ([String](), nil, "sees no page"),
      (["1", "2"], nil, "several pages: 1 (Page 1), 2 (Page 2); set accounts.facebook.page_id"),
      (["1", "2", "3"], "10001", "only 1 (Page 1), 2 (Page 2), 3 (Page 3), not page 10001"),
      ([], "10001", "sees no page, not page 10001"),
    ] as [([String], String?, String)])
  func noPageToChooseIsUnauthorizedWithWhatToDo(pages: [String], pageID: String?, words: String) async {
    let server = server(pages)
    defer { server.stop() }
    let failure = await create(facebook(server, pageID: pageID))
    #expect(failure?.code == "unauthorized")
    #expect(failure?.detail.message.contains(words) == true)
    #expect(failure?.detail.message.contains("token-of") == false)
  }

  /// Facebook tells a token that it may not see a post, and that it is not there, in the same words.
  @Test func whatAnotherPagesTokenDoesNotSeeIsNotGone() async {
    let server = ScriptedServer(serving: { request in
      request.target.contains("/me?")
        ? .init(200, #"{"id":"10002"}"#)
        : .init(400, #"{"error":{"code":100,"error_subcode":33,"message":"does not exist"}}"#)
    })
    defer { server.stop() }
    let facebook = facebook(server, pageID: "10002")
    for (post, code) in [("10001_7", "unauthorized"), ("10002_7", "gone"), ("7", "gone")] {
      let failed = await failure { () throws(MarketplaceFailure) in
        try await facebook.update(post, to: Bench.draft(), changed: [.price])
      }
      #expect(failed?.code == code, "\(post)")
      let refused = await failure { () throws(MarketplaceFailure) in try await facebook.withdraw(post, urgency: .sale) }
      #expect(refused?.code == (code == "gone" ? nil : code), "\(post)")
      #expect(code == "gone" || refused?.detail.message.contains("stands on page 10001") == true)
    }
  }

  @Test func withoutATokenNothingIsSentAndTheVariableIsNamed() async {
    let server = server([])
    defer { server.stop() }
    let failure = await create(facebook(server, pageID: nil, token: nil))
    #expect(failure?.code == "unauthorized")
    #expect(failure?.detail.message.contains("HAWKER_TOKEN_FACEBOOK") == true)
    #expect(server.received.isEmpty)
  }

  @Test(arguments: ["token\n", "two words", ""]) func aMangledTokenIsNotSent(token: String) async {
    let server = server([])
    defer { server.stop() }
    #expect(await create(facebook(server, pageID: nil, token: token))?.code == "unauthorized")
    #expect(server.received.isEmpty)
  }

  @Test func concurrentCallersShareOneResolution() async {
    let server = server(["10001"])
    defer { server.stop() }
    let facebook = facebook(server, pageID: "10001")
    await withTaskGroup { group in
      for _ in 0..<20 { group.addTask { _ = await create(facebook) } }
    }
    #expect(server.received.filter { $0.target.contains("/me") }.count == 2)
    #expect(server.received.filter { $0.target.contains("/feed") }.count == 20)
  }

  @Test func afterARefusalThePageIsResolvedAnew() async {
    let answers = Answers([.init(401, #"{"error":{"code":190}}"#), .init(200, #"{"id":"9"}"#)])
    let server = ScriptedServer(serving: { request in
      request.target.contains("/me") ? .init(200, #"{"id":"10001"}"#) : answers.next()
    })
    defer { server.stop() }
    let facebook = facebook(server, pageID: "10001")
    #expect(await create(facebook)?.code == "unauthorized")
    #expect(await create(facebook) == nil)
    #expect(await create(facebook) == nil)
    #expect(server.received.filter { $0.target.contains("/me") }.count == 2)
  }

  @Test func verifyingAsksAnewAndSaysWhoItIs() async throws {
    let server = server(["10001"])
    defer { server.stop() }
    let facebook = facebook(server, pageID: "10001")
    #expect(try await facebook.verify() == Identity(id: "10001", name: "Page 10001"))
    #expect(try await facebook.verify() == Identity(id: "10001", name: "Page 10001"))
    #expect(server.received.count == 4)
  }
}
