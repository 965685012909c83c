import Curl
import Facebook
import Listings
import Marketplaces
import OfferUp
import Support
import Testing

/// What servers of logins may answer, and what becomes of it.
@Suite(Sharing.connections) struct LoginAnswerTests {
  private static let now = Timestamp(milliseconds: 1_795_000_000_000)
  private static let request = LoginRequest(
    redirect: "http://127.0.0.1:1/oauth/a b/callback?x=1&y=ü", state: "s+t&", verifier: Secret("verifier-secret"))

  private func facebook(_ server: ScriptedServer) -> FacebookLogin {
    var account = Config.Account(name: "facebook", marketplace: "facebook")
    account.graphURL = server.url
    var ambient = Ambient.system
    ambient.now = { Self.now }
    return FacebookLogin(
      account: account, application: Application(id: "app", secret: Secret("app-secret")),
      pace: Pace(requestsPerSecond: 0, ambient: .system), client: Client(), ambient: ambient)
  }

  private func offerUp(_ server: ScriptedServer) -> OfferUpLogin {
    var account = Config.Account(name: "offerup", marketplace: "offerup")
    account.loginURL = server.url
    return OfferUpLogin(
      account: account, application: Application(id: "client", secret: Secret("client-secret")),
      pace: Pace(requestsPerSecond: 0, ambient: .system), client: Client(), ambient: .system)
  }

  private func answering(_ status: Int, _ body: String) -> ScriptedServer {
    ScriptedServer(serving: { _ in .init(status, body) })
  }

  @Test func addressesAreEncodedAndHoldNoSecret() {
    let server = answering(200, "{}")
    defer { server.stop() }
    let redirect = "redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2Foauth%2Fa%20b%2Fcallback%3Fx%3D1%26y%3D%C3%BC&"
    let facebook = facebook(server).address(of: Self.request)
    #expect(
      facebook
        == "https://www.facebook.com/v26.0/dialog/oauth?client_id=app&\(redirect)state=s%2Bt%26&response_type=code"
        + "&scope=pages_show_list%2Cpages_manage_metadata%2Cpages_read_engagement%2Cpages_manage_posts"
        + "%2Cpages_manage_engagement")
    let offerUp = offerUp(server).address(of: Self.request)
    #expect(
      offerUp.hasPrefix(
        "\(server.url)/oauth/authorize?client_id=client&\(redirect)response_type=code"
          + "&scope=listings%3Awrite%20listings%3Aread&state=s%2Bt%26&code_challenge="))
    #expect(offerUp.hasSuffix("&code_challenge_method=S256"))
    for address in [facebook, offerUp] {
      #expect(
        !address.contains("verifier-secret") && !address.contains("app-secret") && !address.contains("client-secret"))
    }
  }

  /// The pair of RFC 7636, appendix B.
  @Test func theChallengeIsTheVerifiersHash() {
    let server = answering(200, "{}")
    defer { server.stop() }
    var request = Self.request
    request.verifier = Secret("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
    #expect(offerUp(server).address(of: request).contains("=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&"))
  }

  static let hostile: [(Int, String, String)] = [
    (200, "", "unexpected"), (200, "<html>", "unexpected"), (200, "{}", "unexpected"),
    (200, #"{"access_token":null}"#, "unexpected"), (200, #"{"access_token":""}"#, "unexpected"),
    (200, #"{"access_token":"two words"}"#, "unexpected"), (200, #"{"access_token":17}"#, "unexpected"),
    (200, "[]", "unexpected"), (500, "", "unavailable"), (502, "<html>", "unavailable"), (429, "{}", "throttled"),
    (302, "", "unexpected"),
  ]

  @Test(arguments: hostile) func noTokenIsMadeOfAWrongAnswer(status: Int, body: String, code: String) async {
    let server = answering(status, body)
    defer { server.stop() }
    let (facebook, offerUp) = (facebook(server), offerUp(server))
    let old = Grant(token: Secret("old"), refreshToken: Secret("refresh-secret"), issuedAt: Self.now)
    #expect(
      await outcome { () throws(MarketplaceFailure) in _ = try await facebook.grants(for: Secret("c"), of: Self.request)
      } == code)
    #expect(
      await outcome { () throws(MarketplaceFailure) in _ = try await offerUp.grants(for: Secret("c"), of: Self.request)
      } == code)
    #expect(await outcome { () throws(MarketplaceFailure) in _ = try await offerUp.renewed(old) } == code)
  }

  @Test(arguments: ["9223372036854775807", "\"9223372036854775807\"", "-1", "0", "1e99", "99999999999999999999"])
  func anAbsurdLifetimeIsNoTrap(seconds: String) async throws {
    let server = answering(200, #"{"access_token":"t","refresh_token":"r","expires_in":\#(seconds)}"#)
    defer { server.stop() }
    let grant = try await offerUp(server).grants(for: Secret("c"), of: Self.request)[0]
    #expect(grant.expiresAt.map { $0 > Self.now } ?? true)
    let debug = answering(200, #"{"data":{"is_valid":true,"app_id":"app","expires_at":\#(seconds)}}"#)
    defer { debug.stop() }
    #expect(try await facebook(debug).standing(of: Secret("t"), for: nil) != nil)
  }

  @Test func secretsThatAreRepeatedBackAreNotQuoted() async {
    let words = "client-secret app-secret the-code verifier-secret refresh-secret"
    let server = answering(400, #"{"error":"invalid_grant","error_description":"\#(words)"}"#)
    defer { server.stop() }
    let offerUp = offerUp(server)
    let old = Grant(token: Secret("old"), refreshToken: Secret("refresh-secret"), issuedAt: Self.now)
    let failures = [
      await failure { () throws(MarketplaceFailure) in
        _ = try await offerUp.grants(for: Secret("the-code"), of: Self.request)
      },
      await failure { () throws(MarketplaceFailure) in _ = try await offerUp.renewed(old) },
    ]
    for text in failures.map({ $0?.detail.message ?? "" }) {
      #expect(text.contains("expired, or was used already") && !text.contains("client-secret"))
    }
    #expect(failures[0]?.detail.message.contains("the-code") == false)
    #expect(failures[1]?.detail.message.contains("refresh-secret") == false)
  }

  @Test func aCodeIsSentOnceWhateverHappensToTheConnection() async {
    let server = ScriptedServer { _ in [.read, .reset] }
    defer { server.stop() }
    let offerUp = offerUp(server)
    let code = await outcome { () throws(MarketplaceFailure) in
      _ = try await offerUp.grants(for: Secret("c"), of: Self.request)
    }
    #expect(code == "unavailable")
    #expect(server.received.count == 1)
  }

  @Test func aListOfPagesInACircleIsNoEndlessOne() async {
    let server = ScriptedServer(serving: { request in
      request.target.contains("/me/accounts")
        ? .init(200, #"{"data":[],"paging":{"next":"x","cursors":{"after":"same"}}}"#)
        : .init(200, #"{"access_token":"t"}"#)
    })
    defer { server.stop() }
    let facebook = facebook(server)
    let code = await outcome { () throws(MarketplaceFailure) in
      _ = try await facebook.grants(for: Secret("c"), of: Self.request)
    }
    #expect(code == "unexpected")
  }

  static let standings: [(String, String?)] = [
    (#"{"is_valid":true,"app_id":"app","expires_at":0,"scopes":["pages_manage_posts","pages_read_engagement"]}"#, nil),
    (
      #"{"is_valid":true,"app_id":"app","expires_at":1795000001,"scopes":["pages_manage_posts","pages_read_engagement"]}"#,
      nil
    ),
    (
      #"{"is_valid":true,"app_id":"app","expires_at":1795000000,"scopes":["pages_manage_posts","pages_read_engagement"]}"#,
      "has expired"
    ),
    (
      #"{"is_valid":true,"app_id":"app","data_access_expires_at":1,"scopes":["pages_manage_posts","pages_read_engagement"]}"#,
      "has expired"
    ),
    (#"{"is_valid":true,"app_id":"666","scopes":["pages_manage_posts","pages_read_engagement"]}"#, "another app (666)"),
    (
      #"{"is_valid":true,"app_id":"app","scopes":["pages_manage_posts"]}"#,
      "lacks the permission pages_read_engagement for page 1"
    ),
    (#"{"is_valid":true,"app_id":"app"}"#, "lacks the permission"),
    (
      #"{"is_valid":true,"app_id":"app","scopes":["pages_manage_posts","pages_read_engagement"],"granular_scopes":[{"scope":"pages_manage_posts","target_ids":["2"]}]}"#,
      "pages_manage_posts for page 1"
    ),
    (
      #"{"is_valid":true,"app_id":"app","scopes":["pages_manage_posts","pages_read_engagement"],"granular_scopes":[{"scope":"pages_manage_posts","target_ids":["2",1]}]}"#,
      nil
    ),
    (#"{"is_valid":false,"error":{"code":190,"subcode":460}}"#, "password was changed"),
    (#"{"is_valid":"true"}"#, "doesn't accept the token"), (#"{}"#, "doesn't accept the token"),
  ]

  /// A dead token is HTTP 200.
  @Test(arguments: standings) func whatFacebookSaysOfATokenIsRead(data: String, trouble: String?) async throws {
    let server = answering(200, #"{"data":\#(data)}"#)
    defer { server.stop() }
    let standing = try await facebook(server).standing(of: Secret("t"), for: "1")
    #expect(trouble == nil ? standing?.trouble == nil : standing?.trouble?.contains(trouble ?? "") == true)
    let asked = server.received.first
    #expect(asked?.target == "/v26.0/debug_token?input_token=t")
    #expect(asked?.header("authorization") == "Bearer app|app-secret")
  }
}
