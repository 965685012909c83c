import Listings
import Marketplaces
import Support
import Synchronization
import Testing
import Web

@testable import hawker

struct LoginDeskTests {
  @Test func theOnlyPageIsTakenAndStored() async throws {
    try await Desk.with([.page("1")]) { desk in
      let turn = await desk.consent()
      #expect(turn.isConnected && turn.page.isGood)
      let stored = desk.stored
      #expect(stored?.grant.id == "1" && stored?.grant.scopes == ["completed"])
      #expect(stored?.server == "https://graph.facebook.com")
    }
  }

  @Test func amongSeveralTheSellerChoosesInTheBrowser() async throws {
    try await Desk.with([.page("1"), .page("2"), .page("3", maySell: false)]) { desk in
      let turn = await desk.consent()
      #expect(turn.page.choices.map(\.id) == ["1", "2"])
      #expect(desk.stored == nil)
      let chosen = await desk.callback(["state": turn.page.state ?? "", "page": "2"])
      #expect(chosen.isConnected)
      #expect(desk.stored?.grant.id == "2")
      // Loaded again.
      #expect(await desk.callback(["state": turn.page.state ?? "", "page": "1"]).isStranger)
      #expect(desk.stored?.grant.id == "2")
    }
  }

  @Test func aPageThatWasNotOfferedIsNotTaken() async throws {
    try await Desk.with([.page("1"), .page("2"), .page("3", maySell: false)]) { desk in
      let turn = await desk.consent()
      #expect(await desk.callback(["state": turn.page.state ?? "", "page": "3"]).failure != nil)
      #expect(desk.stored == nil)
    }
  }

  @Test func thePageThatIsNamedIsTakenWithoutAsking() async throws {
    try await Desk.with([.page("1"), .page("2")]) { desk in
      #expect(await desk.consent(page: "2").isConnected)
      #expect(desk.stored?.grant.id == "2")
    }
    try await Desk.with([.page("1"), .page("2")], pageID: "1") { desk in
      #expect(await desk.consent().isConnected)
      #expect(desk.stored?.grant.id == "1")
    }
  }

  @Test(
    arguments: [
      ([], nil, "sees no page"), ([.page("1", maySell: false)], nil, "may not post to 1 (Page 1)"),
      ([.page("1")], "2", "sees only 1 (Page 1), not page 2"),
      ([.page("1", maySell: false)], "1", "may look at page 1 (Page 1), but not post there"),
    ] as [([Grant], String?, String)])
  func withoutAPageToPostToItSaysWhy(grants: [Grant], page: String?, words: String) async throws {
    try await Desk.with(grants) { desk in
      let turn = await desk.consent(page: page)
      #expect(turn.failure?.contains(words) == true, "\(turn.failure ?? "")")
      #expect(!turn.page.isGood && turn.page.text.contains(words))
      #expect(desk.stored == nil)
    }
  }

  @Test func anotherPageThanHawkerYamlSaysIsNotBegun() async throws {
    try await Desk.with([.page("1")], pageID: "1") { desk in
      let refusal = await #expect(throws: CredentialError.self) {
        try await desk.desk.begin(account: "facebook", redirect: "http://localhost:1/", page: "2")
      }
      #expect(refusal?.message.contains("mend accounts.facebook.page_id") == true)
    }
  }

  @Test func aRefusalIsToldAndEndsTheAttempt() async throws {
    try await Desk.with([.page("1")]) { desk in
      let state = try await desk.begin()
      let turn = await desk.callback(["error": "access_denied", "error_reason": "user_denied", "state": state])
      #expect(turn.failure?.contains("refused on the consent page") == true)
      #expect(await desk.callback(["code": "good", "state": state]).isStranger)
      #expect(desk.authority.codes.isEmpty)
    }
  }

  @Test func anAnswerWithoutTheRightStateIsNotUsedAndEndsNothing() async throws {
    try await Desk.with([.page("1")]) { desk in
      let state = try await desk.begin()
      for query in [["code": "good"], ["code": "good", "state": "x"], ["error": "access_denied", "state": ""], [:]] {
        #expect(await desk.callback(query).isStranger)
      }
      #expect(await desk.callback(["code": "good", "state": state], account: "other").isStranger)
      #expect(desk.authority.codes.isEmpty)
      #expect(await desk.callback(["code": "good", "state": state]).isConnected)
    }
  }

  @Test func afterTenMinutesItBeginsAnew() async throws {
    try await Desk.with([.page("1")]) { desk in
      let state = try await desk.begin()
      try await desk.time.sleep(.seconds(601))
      #expect(await desk.callback(["code": "good", "state": state]).failure?.contains("ten minutes") == true)
      #expect(desk.authority.codes.isEmpty)
    }
  }

  @Test func aCodeThatIsRefusedIsToldInTheMarketplacesWords() async throws {
    try await Desk.with([.page("1")]) { desk in
      let state = try await desk.begin()
      let turn = await desk.callback(["code": "stale", "state": state])
      #expect(turn.failure == "account facebook is not connected: the code is too old")
    }
  }

  @Test func aStoreThatCantBeWrittenIsToldAndNothingIsConnected() async throws {
    try await Desk.with([.page("1")], steps: .init(write: { _, _ in Shelf.fail(28) })) { desk in
      #expect(await desk.consent().failure?.contains("can't write it: No space left on device") == true)
    }
  }

  @Test func whatABrowserBringsIsQuotedHarmlessly() async throws {
    try await Desk.with([.page("1")]) { desk in
      let state = try await desk.begin()
      let turn = await desk.callback(["error": "<b>\u{1B}[31m", "error_description": "x\ny", "state": state])
      #expect(turn.failure?.contains("\u{1B}") == false && turn.failure?.contains("\n") == false)
      #expect(SmallPage.connected(turn.page).contains("<b>") == false)
    }
  }
}

extension Grant {
  fileprivate static func page(_ id: String, maySell: Bool = true) -> Grant {
    var grant = Grant(token: Secret("token-\(id)"), id: id, name: "Page \(id)", issuedAt: Shelf.now)
    grant.maySell = maySell
    return grant
  }
}

extension LoginTurn {
  fileprivate var isConnected: Bool { if case .connected = outcome { true } else { false } }
  fileprivate var isStranger: Bool { if case .stranger = outcome { true } else { false } }
  fileprivate var failure: String? { if case .failed(let why) = outcome { why } else { nil } }
}

/// A desk whose marketplace knows the code `good`.
private struct Desk {
  let shelf: Shelf
  let time = VirtualTime(start: Shelf.now)
  let authority: Consenting
  let desk: LoginDesk

  static func with(
    _ grants: [Grant], pageID: String? = nil, steps: CredentialStore.Steps = .init(),
    _ body: @Sendable (Desk) async throws -> Void
  ) async throws {
    let desk = try Desk(grants, pageID, steps)
    defer { desk.shelf.folder.remove() }
    try await desk.time.run { try await body(desk) }
  }

  private init(_ grants: [Grant], _ pageID: String?, _ steps: CredentialStore.Steps) throws {
    shelf = try Shelf()
    var store = shelf.store
    store.steps = steps
    let authority = Consenting(grants)
    self.authority = authority
    desk = LoginDesk(store: store, ambient: time.ambient) { name in
      var account = Config.Account(name: name, marketplace: "facebook")
      account.pageID = pageID
      return .success((account, authority))
    }
  }

  var stored: StoredCredential? { (try? shelf.store.read())?["facebook"] }

  /// The state that the browser was sent with.
  func begin(page: String? = nil) async throws -> String {
    try await desk.begin(account: "facebook", redirect: "http://localhost:1/oauth/facebook/callback", page: page)
  }

  func callback(_ query: [String: String], account: String = "facebook") async -> LoginTurn {
    await desk.callback(account: account, query: query)
  }

  func consent(page: String? = nil) async -> LoginTurn {
    let state = (try? await begin(page: page)) ?? ""
    return await callback(["code": "good", "state": state])
  }
}

/// Its address is the state alone.
private final class Consenting: Authority {
  private let given: [Grant]
  private let state = Mutex<[String]>([])

  init(_ grants: [Grant]) { given = grants }

  var codes: [String] { state.withLock { $0 } }

  func address(of login: LoginRequest) -> String { login.state }

  func grants(for code: Secret, of login: LoginRequest) async throws(MarketplaceFailure) -> [Grant] {
    state.withLock { $0.append(code.revealed) }
    guard code.revealed == "good" else { throw .rejected(.init("the code is too old")) }
    return given
  }

  func completed(_ grant: Grant) async throws(MarketplaceFailure) -> Grant {
    var grant = grant
    grant.scopes = ["completed"]
    return grant
  }

  func renewed(_ grant: Grant) async throws(MarketplaceFailure) -> Grant? { nil }
  func standing(of token: Secret, for pageID: String?) async throws(MarketplaceFailure) -> TokenStanding? { nil }
}
