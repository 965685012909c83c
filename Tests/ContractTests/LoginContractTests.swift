import Curl
import Facebook
import Foundation
import Listings
import Marketplaces
import OfferUp
import Sandbox
import Support
import Testing

/// Both adapters' logins against the sandbox's authorization servers.
@Suite(Sharing.connections) struct LoginContractTests {
  @Test func facebooksLoginEndsWithThePagesOwnTokens() async throws {
    try await Login.with("facebook", options: { $0.listLimit = 1 }) { login in
      let grants = try await login.grants()
      #expect(grants.map(\.id) == ["10002", "10001", "10003"], "from three pages of the list")
      #expect(grants.map(\.maySell) == [true, true, false])
      #expect(grants[1].token == Secret(SandboxCredentials.pageToken))
      let grant = try await login.authority.completed(grants[1])
      #expect(grant.businessID == SandboxCredentials.businessID)
      #expect(grant.scopes.contains("pages_manage_posts") && grant.expiresAt == nil)
    }
  }

  @Test func offerUpsLoginEndsWithTokensThatAreRenewed() async throws {
    try await Login.with("offerup") { login in
      let grant = try await login.authority.completed(try await login.grants()[0])
      #expect(grant.id == SandboxCredentials.offerUpUserID)
      #expect(grant.expiresAt?.duration(since: grant.issuedAt) == .seconds(3600))
      let next = try #require(try await login.authority.renewed(grant))
      #expect(next.token != grant.token && next.refreshToken != grant.refreshToken && next.id == grant.id)
      // It was good once.
      let again = await failure { () throws(MarketplaceFailure) in _ = try await login.authority.renewed(grant) }
      #expect(again?.code == "unauthorized" && again?.detail.message.contains("hawker connect offerup") == true)
    }
  }

  @Test(arguments: ["facebook", "offerup"]) func aCodeIsGoodOnceAndForTenMinutes(marketplace: String) async throws {
    try await Login.with(marketplace) { login in
      let code = try await login.code()
      #expect(try await !login.authority.grants(for: code, of: login.request).isEmpty)
      for step in [Duration.zero, .seconds(601)] {
        let code = step == .zero ? code : try await login.code()
        login.clock.advance(by: step)
        let refusal = await failure { () throws(MarketplaceFailure) in
          _ = try await login.authority.grants(for: code, of: login.request)
        }
        #expect(refusal?.code == "rejected")
        #expect(refusal?.detail.message.contains("expired, or was used already") == true)
      }
    }
  }

  @Test(arguments: ["facebook", "offerup"]) func aCodeIsForItsOwnLoginAlone(marketplace: String) async throws {
    try await Login.with(marketplace) { login in
      let code = try await login.code()
      var other = login.request
      other.redirect += "/"
      #expect(await login.outcome(of: code, other) == "rejected")
      guard marketplace == "offerup" else { return }
      other = login.request
      other.verifier = Secret(String(repeating: "x", count: 43))
      #expect(await login.outcome(of: code, other) == "rejected")
    }
  }

  @Test(arguments: ["facebook", "offerup"]) func aRefusalComesBackAsOne(marketplace: String) async throws {
    try await Login.with(marketplace) { login in
      let query = try await login.choose("deny")
      #expect(query["error"] == "access_denied" && query["state"] == login.request.state && query["code"] == nil)
    }
  }

  @Test(arguments: ["facebook", "offerup"]) func aWrongApplicationIsNamed(marketplace: String) async throws {
    try await Login.with(marketplace) { login in
      let code = try await login.code()
      let stranger = login.authority(of: Application(id: login.application.id, secret: Secret("tell-tale")))
      let refusal = await failure { () throws(MarketplaceFailure) in
        _ = try await stranger.grants(for: code, of: login.request)
      }
      #expect(refusal?.code == "unauthorized")
      #expect(
        refusal?.detail.message.contains(marketplace == "facebook" ? "FACEBOOK_APP_SECRET" : "OFFERUP_CLIENT_SECRET")
          == true)
      #expect(refusal?.detail.message.contains("tell-tale") == false)
    }
  }

  @Test func aDeadFacebookTokenIsFoundOut() async throws {
    try await Login.with("facebook") { login in
      let token = Secret(SandboxCredentials.pageToken)
      #expect(try await login.authority.standing(of: token, for: "10001")?.trouble == nil)
      for (subcode, words) in [(460, "password was changed"), (458, "app was removed"), (463, "has expired")] {
        login.sandbox.killToken(SandboxCredentials.pageToken, subcode: subcode)
        let trouble = try await login.authority.standing(of: token, for: "10001")?.trouble
        #expect(trouble?.contains(words) == true && trouble?.contains("hawker connect facebook") == true)
      }
      login.sandbox.reviveToken(SandboxCredentials.pageToken)
      login.sandbox.setFaults([Fault(.revoke)])
      #expect(try await login.authority.standing(of: token, for: nil)?.trouble != nil)
    }
  }

  @Test func everyCallProvesTheApp() async throws {
    try await Login.with("facebook", options: { $0.requiresProof = true }) { login in
      let grant = try await login.authority.completed(try await login.grants()[1])
      func adapter(_ secret: String?) -> Facebook {
        Facebook(
          account: login.account, token: grant.token, appSecret: secret.map { Secret($0) },
          pace: Pace(requestsPerSecond: 0, ambient: .system), client: Client(), ambient: login.ambient)
      }
      let good = adapter(SandboxCredentials.facebookAppSecret)
      #expect(try await good.verify().id == "10001")
      let posted = try await good.create(Bench.draft(photos: [Bench.address("a")]))
      try await good.withdraw(posted.remoteID, urgency: .normal)
      for secret in [nil, "another"] {
        await #expect(throws: MarketplaceFailure.self) { try await adapter(secret).verify() }
      }
    }
  }

  @Test func anOfferUpTokenThatEndedIsReplacedInTheMiddleOfACall() async throws {
    try await Login.with("offerup") { login in
      let tokens = Renewing(login.authority, try await login.grants()[0])
      login.clock.advance(by: .seconds(3601))
      let offerUp = OfferUp(
        account: login.account, tokens: tokens, publicURL: nil, pace: Pace(requestsPerSecond: 0, ambient: .system),
        client: Client(), ambient: login.ambient)
      var draft = Bench.draft(photos: [Bench.address("a")])
      draft.content.condition = "used"
      _ = try await offerUp.create(draft)
      #expect(login.sandbox.snapshot().count == 1)
      #expect(await tokens.renewals == 1)
      login.sandbox.setFaults([Fault(.revoke)])
      #expect(
        await outcome { () throws(MarketplaceFailure) in _ = try await offerUp.list(after: nil) } == "unauthorized")
    }
  }
}

private actor Renewing: TokenSource {
  private let authority: any Authority
  private var grant: Grant
  private(set) var renewals = 0

  init(_ authority: any Authority, _ grant: Grant) {
    self.authority = authority
    self.grant = grant
  }

  func token() async throws(MarketplaceFailure) -> Secret { grant.token }

  func replacement(for token: Secret) async throws(MarketplaceFailure) -> Secret? {
    guard let next = try await authority.renewed(grant) else { return nil }
    renewals += 1
    grant = next
    return next.token
  }
}

/// A login at a sandbox of its own, driven as a browser drives it.
private struct Login: Sendable {
  let account: Config.Account
  let application: Application
  let sandbox: SandboxServer
  let clock: World.Clock
  let request = LoginRequest(
    redirect: "http://localhost:9/oauth/x/callback", state: "a state & more",
    verifier: Secret("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"))

  static func with(
    _ marketplace: String, options configure: (inout SandboxOptions) -> Void = { _ in },
    _ body: (Login) async throws -> Void
  ) async throws {
    let clock = World.Clock()
    var options = SandboxOptions(now: { clock.now })
    configure(&options)
    let sandbox = try SandboxServer(options)
    let login = Login(marketplace, sandbox, try await sandbox.start(), clock)
    do { try await body(login) } catch {
      await sandbox.stop()
      throw error
    }
    await sandbox.stop()
  }

  private init(_ marketplace: String, _ sandbox: SandboxServer, _ address: SandboxAddress, _ clock: World.Clock) {
    var account = Config.Account(name: marketplace, marketplace: marketplace)
    account.graphURL = address.facebookURL
    account.apiURL = address.offerUpURL
    account.loginURL = marketplace == "facebook" ? address.facebookURL : address.offerUpLoginURL
    application =
      marketplace == "facebook"
      ? Application(id: SandboxCredentials.facebookAppID, secret: Secret(SandboxCredentials.facebookAppSecret))
      : Application(id: SandboxCredentials.offerUpClientID, secret: Secret(SandboxCredentials.offerUpClientSecret))
    (self.account, self.sandbox, self.clock) = (account, sandbox, clock)
  }

  var ambient: Ambient {
    var ambient = Ambient.system
    ambient.now = { clock.now }
    return ambient
  }

  var authority: any Authority { authority(of: application) }

  func authority(of application: Application) -> any Authority {
    let pace = Pace(requestsPerSecond: 0, ambient: .system)
    return account.marketplace == "facebook"
      ? FacebookLogin(account: account, application: application, pace: pace, client: Client(), ambient: ambient)
      : OfferUpLogin(account: account, application: application, pace: pace, client: Client(), ambient: ambient)
  }

  /// Presses a button of the consent page: what the browser is sent back with.
  func choose(_ decision: String) async throws -> [String: String] {
    var press = Request(.post, authority.address(of: request))
    press.headers.append(("Content-Type", "application/x-www-form-urlencoded"))
    press.body = .bytes(Array("decision=\(decision)".utf8))
    let answer = try await Client.shared.send(press)
    #expect(answer.status == 302)
    let location = answer.headers["Location"] ?? ""
    #expect(location.hasPrefix(request.redirect + "?"))
    let items = URLComponents(string: location)?.queryItems ?? []
    return Dictionary(items.map { ($0.name, $0.value ?? "") }) { first, _ in first }
  }

  func code() async throws -> Secret {
    let query = try await choose("allow")
    #expect(query["state"] == request.state)
    return Secret(query["code"] ?? "")
  }

  func grants() async throws -> [Grant] { try await authority.grants(for: code(), of: request) }

  func outcome(of code: Secret, _ request: LoginRequest) async -> String {
    do throws(MarketplaceFailure) { _ = try await authority.grants(for: code, of: request) } catch { return error.code }
    return "done"
  }
}
