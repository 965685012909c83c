import Glibc
import Listings
import Marketplaces
import Support
import Synchronization
import Testing

@testable import hawker

struct StoredTokenTests {
  @Test func aTokenThatLastsIsGivenWithoutAsking() async throws {
    let bench = try Bench(lasting: .seconds(3600))
    defer { bench.shelf.folder.remove() }
    try await bench.time.run {
      let token = bench.token()
      try await bench.time.sleep(.seconds(3299))
      #expect(try await token.token() == Secret("access-0"))
      #expect(bench.authority.calls == 0)
    }
  }

  @Test func itIsRenewedAheadOfItsEndAndTheNewRefreshTokenIsKept() async throws {
    let bench = try Bench(lasting: .seconds(3600))
    defer { bench.shelf.folder.remove() }
    try await bench.time.run {
      let token = bench.token()
      try await bench.time.sleep(.seconds(3301))
      #expect(try await token.token() == Secret("access-1"))
      #expect(try bench.stored()?.refreshToken == Secret("refresh-1"))
      try await bench.time.sleep(.seconds(3301))
      #expect(try await token.token() == Secret("access-2"))
      #expect(bench.authority.spent == ["refresh-0", "refresh-1"])
      // Another process, with the store alone.
      #expect(try await bench.token().token() == Secret("access-2"))
    }
  }

  @Test func manyAskersAndTwoProcessesMakeOneRenewal() async throws {
    let bench = try Bench(lasting: .seconds(3600))
    defer { bench.shelf.folder.remove() }
    try await bench.time.run {
      let (one, other) = (bench.token(), bench.token())
      try await bench.time.sleep(.seconds(3301))
      try await withThrowingTaskGroup(of: Secret.self) { group in
        for _ in 0..<20 {
          group.addTask { try await one.token() }
          group.addTask { try await other.token() }
        }
        for try await token in group { #expect(token == Secret("access-1")) }
      }
      #expect(bench.authority.calls == 1)
    }
  }

  @Test func whatIsRefusedIsReplacedOnce() async throws {
    let bench = try Bench(lasting: .seconds(3600))
    defer { bench.shelf.folder.remove() }
    try await bench.time.run {
      let token = bench.token()
      let first = try await token.token()
      #expect(try await token.replacement(for: first) == Secret("access-1"))
      // A request that was under way with the old one gets the new one, and no further renewal.
      #expect(try await token.replacement(for: first) == Secret("access-1"))
      #expect(bench.authority.calls == 1)
    }
  }

  @Test func aServerInTroubleCostsNothingWhileTheTokenIsGood() async throws {
    let bench = try Bench(lasting: .seconds(3600))
    defer { bench.shelf.folder.remove() }
    bench.authority.fail(with: .unavailable(.init("down")))
    try await bench.time.run {
      let token = bench.token()
      try await bench.time.sleep(.seconds(3301))
      for _ in 0..<5 { #expect(try await token.token() == Secret("access-0")) }
      #expect(bench.authority.calls == 1, "and is left alone for half a minute")
      try await bench.time.sleep(.seconds(300))
      #expect(await bench.failure(of: token) == "unavailable")
      bench.authority.fail(with: nil)
      #expect(try await token.token() == Secret("access-1"))
    }
  }

  @Test func aRefreshTokenThatIsRefusedNeedsAPerson() async throws {
    let bench = try Bench(lasting: .seconds(3600))
    defer { bench.shelf.folder.remove() }
    bench.authority.fail(with: .unauthorized(.init("used already")))
    try await bench.time.run {
      try await bench.time.sleep(.seconds(3301))
      #expect(await bench.failure(of: bench.token()) == "unauthorized")
    }
  }

  /// The old refresh token is of no use any more: losing the new one would cost a person's login.
  @Test func whatCantBeStoredIsKeptAndStoredLater() async throws {
    let bench = try Bench(lasting: .seconds(3600))
    defer { bench.shelf.folder.remove() }
    let isFull = Full()
    let warnings = Mutex<[String]>([])
    var store = bench.shelf.store
    store.steps.write = { isFull.is ? Shelf.fail(ENOSPC) : write($0, $1.baseAddress, $1.count) }
    let token = bench.token(store: store) { text in warnings.withLock { $0.append(text) } }
    try await bench.time.run {
      try await bench.time.sleep(.seconds(3301))
      #expect(try await token.token() == Secret("access-1"))
      #expect(try await token.token() == Secret("access-1"))
      #expect(try bench.stored()?.token == Secret("access-0"))
      #expect(warnings.withLock { $0.count == 1 && !$0[0].contains("access-1") })
      isFull.end()
      try await bench.time.sleep(.seconds(31))
      #expect(try await token.token() == Secret("access-1"))
      #expect(try bench.stored()?.refreshToken == Secret("refresh-1"))
      #expect(bench.authority.calls == 1)
    }
  }

  /// The daily check and the posts ask each for themselves: what one of them renewed is everybody's, stored or not.
  @Test func whoeverRenewsItEverybodyUsesIt() async throws {
    let bench = try Bench(lasting: .seconds(3600))
    defer { bench.shelf.folder.remove() }
    var store = bench.shelf.store
    store.steps.write = { _, _ in Shelf.fail(ENOSPC) }
    let (tokens, full, ambient) = (StoredTokens(), store, bench.time.ambient)
    @Sendable func token(_ account: Config.Account) -> StoredToken {
      tokens.token(of: account, in: full, authority: bench.authority, ambient: ambient)
    }
    try await bench.time.run {
      try await bench.time.sleep(.seconds(3301))
      #expect(try await token(bench.account).token() == Secret("access-1"))
      // After hawker.yaml was read again.
      var changed = bench.account
      changed.requestsPerSecond = 3
      #expect(try await token(changed).token() == Secret("access-1"))
      #expect(await token(changed).expiresAt == ambient.now().advanced(by: .seconds(3600)))
      #expect(bench.authority.spent == ["refresh-0"])
    }
    var other = bench.account
    other.apiURL = "http://127.0.0.1:1"
    #expect(token(other) !== token(bench.account))
  }

  @Test func aTokenThatIsConnectedMeanwhileIsTakenAtTheNextUse() async throws {
    let bench = try Bench(lasting: nil)
    defer { bench.shelf.folder.remove() }
    let token = bench.token()
    #expect(try await token.token() == Secret("access-0"))
    try bench.keep(Grant(token: Secret("fresh"), issuedAt: Shelf.now))
    #expect(try await token.replacement(for: Secret("access-0")) == Secret("fresh"))
    #expect(try await token.token() == Secret("fresh"))
    #expect(try await token.replacement(for: Secret("fresh")) == nil)
  }

  @Test func withoutAnythingStoredItSaysWhatToDo() async throws {
    let bench = try Bench(lasting: nil)
    defer { bench.shelf.folder.remove() }
    try bench.shelf.keep(nil, for: "offerup")
    let message = await bench.message(of: bench.token())
    #expect(message == "account offerup has no token: run `hawker connect offerup`, or set HAWKER_TOKEN_OFFERUP")
  }

  @Test func withoutTheApplicationNothingIsRenewed() async throws {
    let bench = try Bench(lasting: .seconds(3600))
    defer { bench.shelf.folder.remove() }
    try await bench.time.run {
      try await bench.time.sleep(.seconds(3601))
      let token = StoredToken(
        account: bench.account, store: bench.shelf.store, authority: nil, ambient: bench.time.ambient)
      #expect(await bench.message(of: token).contains("set OFFERUP_CLIENT_ID and OFFERUP_CLIENT_SECRET"))
    }
  }

  @Test func anotherPageOrServerThanHawkerYamlSaysIsExplained() async throws {
    let shelf = try Shelf()
    defer { shelf.folder.remove() }
    var account = Config.Account(name: "facebook", marketplace: "facebook")
    func message() async -> String {
      let token = StoredToken(account: account, store: shelf.store, authority: nil, ambient: .system)
      do throws(MarketplaceFailure) { return "\(try await token.token())" } catch { return error.detail.message }
    }
    var credential = Shelf.credential()
    credential.grant.expiresAt = nil
    try shelf.keep(credential)
    #expect(await message() == "‹secret›")
    account.pageID = "10001"
    #expect(await message() == "‹secret›")
    account.pageID = "10002"
    #expect(
      await message().contains("is connected to page 10001 (Shop “Zwölf”), and hawker.yaml says page 10002"))
    account.pageID = nil
    account.graphURL = "http://127.0.0.1:1/facebook"
    #expect(await message().contains("was connected to https://graph.facebook.com"))
  }

  @Test func aTokenThatEndedAndCantBeRenewedNeedsAPerson() async throws {
    let shelf = try Shelf()
    defer { shelf.folder.remove() }
    try shelf.keep(Shelf.credential())
    let account = Config.Account(name: "facebook", marketplace: "facebook")
    let token = StoredToken(account: account, store: shelf.store, authority: nil, ambient: .system)
    await #expect(throws: MarketplaceFailure.self) { try await token.token() }
  }
}

/// An OfferUp account whose grant is stored, and a server of tokens that are good once.
private struct Bench {
  let shelf: Shelf
  let time = VirtualTime(start: Shelf.now)
  let authority = Tokens()
  let account = Config.Account(name: "offerup", marketplace: "offerup")

  init(lasting: Duration?) throws {
    shelf = try Shelf()
    authority.lasting = lasting
    authority.now = time.ambient.now
    try keep(authority.grant(0))
  }

  func keep(_ grant: Grant) throws { try shelf.keep(StoredCredential(grant, for: account), for: "offerup") }

  func token(
    store: CredentialStore? = nil, warn: @escaping @Sendable (String) -> Void = { _ in }
  ) -> StoredToken {
    StoredToken(
      account: account, store: store ?? shelf.store, authority: authority, ambient: time.ambient, warn: warn)
  }

  func stored() throws -> Grant? { try shelf.store.read()["offerup"]?.grant }

  func failure(of token: StoredToken) async -> String {
    do throws(MarketplaceFailure) { _ = try await token.token() } catch { return error.code }
    return "none"
  }

  func message(of token: StoredToken) async -> String {
    do throws(MarketplaceFailure) { _ = try await token.token() } catch { return error.detail.message }
    return "none"
  }
}

/// Renews as a server does whose refresh tokens rotate.
private final class Tokens: Authority {
  private struct State {
    var calls = 0
    var spent: [String] = []
    var failure: MarketplaceFailure?
    var lasting: Duration?
    var now: @Sendable () -> Timestamp = { Shelf.now }
  }

  private let state = Mutex(State())

  var calls: Int { state.withLock(\.calls) }
  var spent: [String] { state.withLock(\.spent) }
  var lasting: Duration? {
    get { state.withLock(\.lasting) }
    set { state.withLock { $0.lasting = newValue } }
  }
  var now: @Sendable () -> Timestamp {
    get { state.withLock(\.now) }
    set { state.withLock { $0.now = newValue } }
  }

  func fail(with failure: MarketplaceFailure?) { state.withLock { $0.failure = failure } }

  func grant(_ number: Int) -> Grant {
    Grant(
      token: Secret("access-\(number)"), refreshToken: lasting == nil ? nil : Secret("refresh-\(number)"),
      issuedAt: now(), expiresAt: lasting.map { now().advanced(by: $0) })
  }

  func address(of login: LoginRequest) -> String { "" }
  func grants(for code: Secret, of login: LoginRequest) async throws(MarketplaceFailure) -> [Grant] { [] }
  func completed(_ grant: Grant) async throws(MarketplaceFailure) -> Grant { grant }
  func standing(of token: Secret, for pageID: String?) async throws(MarketplaceFailure) -> TokenStanding? { nil }

  func renewed(_ grant: Grant) async throws(MarketplaceFailure) -> Grant? {
    let token = grant.refreshToken?.revealed ?? ""
    let failure: MarketplaceFailure? = state.withLock { state in
      state.calls += 1
      if let failure = state.failure { return failure }
      if state.spent.contains(token) { return .unauthorized(.init("used already")) }
      state.spent.append(token)
      return nil
    }
    if let failure { throw failure }
    return self.grant(spent.count)
  }
}

/// A disk that is full until it isn't.
private final class Full: Sendable {
  private let state = Mutex(true)

  var `is`: Bool { state.withLock { $0 } }
  func end() { state.withLock { $0 = false } }
}
