import Listings

// The OAuth dialog and its tokens.
extension OfferUpDesk {
  private static let refreshPrefix = "sandbox-refresh-"
  private static let accessPrefix = SandboxCredentials.offerUpToken + "-"

  func authorize() throws(OfferUpError) -> Answer {
    var values: [String: String] = [:]
    for field in request.query { values[field.name] = field.value }
    guard values["client_id"] == SandboxCredentials.offerUpClientID else { throw .bad("Unknown client_id.") }
    guard let redirect = values["redirect_uri"], LoginCode.isRedirect(redirect) else {
      throw .bad("redirect_uri must be https, or a loopback address.")
    }
    guard values["response_type"] == "code" else { throw .bad("response_type must be code.") }
    guard let state = values["state"], !state.isEmpty else { throw .bad("state is required.") }
    guard values["scope"]?.split(separator: " ").sorted() == ["listings:read", "listings:write"] else {
      throw .bad("scope must be listings:write listings:read.")
    }
    guard values["code_challenge_method"] == "S256", let challenge = values["code_challenge"],
      challenge.utf8.count == 43
    else { throw .bad("PKCE with S256 is required.") }
    guard let choice = Consent.choice(request) else {
      return Consent(
        marketplace: "OfferUp", slug: "offerup", seller: "Sandbox Seller", application: "hawker",
        permissions: ["write listings", "read listings"]
      ).answer
    }
    let back = Request.Field(name: "state", value: desk.settings.wrongState ? "another-state" : state)
    guard choice == .allow else {
      let why = Request.Field(name: "error_description", value: "The resource owner denied the request")
      return LoginCode.redirected(to: redirect, [Request.Field(name: "error", value: "access_denied"), why, back])
    }
    let code = LoginCode.issue(redirect: redirect, challenge: challenge, state: state, at: desk.now)
    return LoginCode.redirected(to: redirect, [Request.Field(name: "code", value: code), back])
  }

  func token() throws(OfferUpError) -> Decision {
    let body = try json()
    func text(_ name: String) -> String { body[name]?.text ?? "" }
    guard text("client_id") == SandboxCredentials.offerUpClientID,
      text("client_secret") == SandboxCredentials.offerUpClientSecret
    else { throw OfferUpError(status: 401, code: "invalid_client", message: "Unknown client, or wrong secret.") }
    switch text("grant_type") {
    case "authorization_code":
      let challenge = LoginCode.challenge(of: text("code_verifier"))
      let code = text("code")
      guard LoginCode.isGood(code, redirect: text("redirect_uri"), challenge: challenge, at: desk.now),
        !desk.settings.staleCodes, !desk.settings.spent.contains(code)
      else {
        throw OfferUpError(
          status: 400, code: "invalid_grant",
          message: "The code is wrong, expired, used, or was made for another request.")
      }
      return tokens(for: code)
    case "refresh_token":
      let token = text("refresh_token")
      guard LoginCode.issued(token, OfferUpDesk.refreshPrefix) != nil, !desk.settings.spent.contains(token),
        desk.settings.deadTokens[token] == nil, !desk.settings.revokes
      else { throw OfferUpError(status: 400, code: "invalid_grant", message: "The refresh token is wrong, or used.") }
      return tokens(for: token)
    default: throw .bad("grant_type must be authorization_code or refresh_token.")
    }
  }

  /// Each answer has a new refresh token, as a rotating one has; what it was given for is used up.
  private func tokens(for parent: String) -> Decision {
    let lifetime = desk.settings.tokenLifetime.milliseconds / 1000
    let answer = Answer(
      json: .object([
        "access_token": .string(LoginCode.token(OfferUpDesk.accessPrefix, for: parent, at: desk.now)),
        "token_type": "bearer", "expires_in": .integer(Int(lifetime)),
        "refresh_token": .string(LoginCode.token(OfferUpDesk.refreshPrefix, for: parent, at: desk.now)),
        "scope": "listings:write listings:read", "user_id": .string(SandboxCredentials.offerUpUserID),
      ]))
    return Decision(answer, spending: parent)
  }

  func authenticate() throws(OfferUpError) {
    guard let token = request.bearer, desk.settings.deadTokens[token] == nil, !desk.settings.revokes else {
      throw .unauthorized
    }
    if token == SandboxCredentials.offerUpToken { return }
    guard let issued = LoginCode.issued(token, OfferUpDesk.accessPrefix),
      desk.now.duration(since: issued) < desk.settings.tokenLifetime
    else { throw .unauthorized }
  }
}
