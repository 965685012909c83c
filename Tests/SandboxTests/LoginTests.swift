import Foundation
import Listings
import Sandbox
import Testing

@Suite struct Login {
  private func query(_ values: [String: String]) -> String {
    values.map { "\($0.key)=\(FormEncoding.encoded($0.value))" }.joined(separator: "&")
  }

  /// Where the consent page's button leads.
  private func choose(_ decision: String, _ target: String, _ stand: Stand) throws -> [String: String] {
    let form = "application/x-www-form-urlencoded"
    let answer = try stand.ask("POST", target, type: form, body: Array("decision=\(decision)".utf8))
    #expect(answer.status == 302)
    let location = try #require(answer.headers["location"])
    #expect(location.hasPrefix("http://127.0.0.1:9999/"))
    let items = URLComponents(string: location)?.queryItems ?? []
    return Dictionary(items.map { ($0.name, $0.value ?? "") }) { first, _ in first }
  }

  private func code(_ target: String, _ stand: Stand) throws -> String {
    let page = try stand.ask("GET", target)
    #expect(page.status == 200 && page.text.contains("Allow") && page.text.contains("Deny"))
    let query = try choose("allow", target, stand)
    #expect(query["state"] == "st ate")
    return try #require(query["code"])
  }

  @Test func facebooksDialogLeadsToTheUsersToken() async throws {
    try await Stand.run { stand in
      let redirect = "http://127.0.0.1:9999/oauth/facebook/callback"
      let asked = [
        "client_id": SandboxCredentials.facebookAppID, "redirect_uri": redirect, "state": "st ate",
        "response_type": "code",
        "scope":
          "pages_show_list,pages_manage_metadata,pages_read_engagement,pages_manage_posts,pages_manage_engagement",
      ]
      let dialog = "/facebook/v26.0/dialog/oauth?"
      let code = try code(dialog + query(asked), stand)
      var wrong = asked
      wrong["redirect_uri"] = "http://evil.example/"
      #expect(try stand.ask("GET", dialog + query(wrong)).errorCode == 100)
      wrong = asked
      wrong["state"] = nil
      #expect(try stand.ask("GET", dialog + query(wrong)).errorCode == 100)

      func exchange(_ values: [String: String]) throws -> Wire.Answer {
        var all = [
          "client_id": SandboxCredentials.facebookAppID, "client_secret": SandboxCredentials.facebookAppSecret,
        ]
        all.merge(values) { $1 }
        return try stand.ask("GET", "/facebook/v26.0/oauth/access_token?" + query(all))
      }
      #expect(try exchange(["redirect_uri": redirect + "/", "code": code]).errorCode == 100)
      #expect(try exchange(["redirect_uri": redirect, "code": code, "client_secret": "x"]).errorCode == 101)
      let token = try exchange(["redirect_uri": redirect, "code": code]).text("access_token") ?? ""
      #expect(token == SandboxCredentials.userToken)
      #expect(try exchange(["redirect_uri": redirect, "code": code]).errorCode == 100, "a code is good once")
      let long = try exchange(["grant_type": "fb_exchange_token", "fb_exchange_token": token])
      #expect(long.json["expires_in"] as? Int == 5_183_944)
    }
  }

  @Test func offerUpsNeedsTheVerifierOfItsChallenge() async throws {
    try await Stand.run { stand in
      let redirect = "http://127.0.0.1:9999/cb?x=1"
      // The pair of RFC 7636, appendix B.
      let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
      let asked = [
        "client_id": SandboxCredentials.offerUpClientID, "redirect_uri": redirect, "state": "st ate",
        "response_type": "code", "scope": "listings:write listings:read",
        "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "code_challenge_method": "S256",
      ]
      let code = try code("/offerup/oauth/authorize?" + query(asked), stand)
      for name in asked.keys {
        var wrong = asked
        wrong[name] = nil
        #expect(try stand.ask("GET", "/offerup/oauth/authorize?" + query(wrong)).status == 400, "\(name)")
      }
      func token(_ values: [String: String]) throws -> Wire.Answer {
        var all = [
          "client_id": SandboxCredentials.offerUpClientID, "client_secret": SandboxCredentials.offerUpClientSecret,
        ]
        all.merge(values) { $1 }
        let body = try JSONSerialization.data(withJSONObject: all)
        return try stand.ask("POST", "/offerup/oauth/token", type: "application/json", body: Array(body))
      }
      let grant = ["grant_type": "authorization_code", "code": code, "redirect_uri": redirect]
      #expect(try token(grant).status == 400)
      let tokens = try token(grant.merging(["code_verifier": verifier]) { $1 })
      #expect(try token(grant.merging(["code_verifier": verifier]) { $1 }).status == 400, "a code is good once")
      let refresh = ["grant_type": "refresh_token", "refresh_token": tokens.text("refresh_token") ?? ""]
      let refreshed = try token(refresh)
      #expect(refreshed.status == 200 && refreshed.text("refresh_token") != tokens.text("refresh_token"))
      #expect(refreshed.text("access_token") != tokens.text("access_token"))
      #expect(try token(refresh).status == 400, "a refresh token is good once")
      #expect(try token(["grant_type": "refresh_token", "refresh_token": "x"]).status == 400)
      #expect(try token(["grant_type": "refresh_token", "client_secret": "x"]).status == 401)
    }
  }
}
