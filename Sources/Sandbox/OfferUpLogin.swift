import Listings

// The OAuth dialog (which consents at once) and its tokens.
extension OfferUpDesk {
  private static let refreshPrefix = "sandbox-refresh-"

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
    let code = LoginCode.issue(redirect: redirect, challenge: challenge, at: desk.now)
    return LoginCode.redirected(
      to: redirect, [Request.Field(name: "code", value: code), Request.Field(name: "state", value: state)])
  }

  func token() throws(OfferUpError) -> Answer {
    let body = try json()
    func text(_ name: String) -> String { body[name]?.text ?? "" }
    guard text("client_id") == SandboxCredentials.offerUpClientID,
      text("client_secret") == SandboxCredentials.offerUpClientSecret
    else { throw OfferUpError(status: 401, code: "invalid_client", message: "Unknown client, or wrong secret.") }
    switch text("grant_type") {
    case "authorization_code":
      let challenge = LoginCode.challenge(of: text("code_verifier"))
      guard LoginCode.isGood(text("code"), redirect: text("redirect_uri"), challenge: challenge, at: desk.now) else {
        throw OfferUpError(
          status: 400, code: "invalid_grant", message: "The code is wrong, expired, or was made for another request.")
      }
      return tokens(refresh: 1)
    case "refresh_token":
      let token = text("refresh_token")
      guard token.hasPrefix(OfferUpDesk.refreshPrefix),
        let number = Int(token.dropFirst(OfferUpDesk.refreshPrefix.utf8.count)), (1..<1_000_000).contains(number)
      else { throw OfferUpError(status: 400, code: "invalid_grant", message: "The refresh token is wrong.") }
      return tokens(refresh: number + 1)
    default: throw .bad("grant_type must be authorization_code or refresh_token.")
    }
  }

  /// Each answer has a new refresh token, as a rotating one has.
  private func tokens(refresh number: Int) -> Answer {
    Answer(
      json: .object([
        "access_token": .string(SandboxCredentials.offerUpToken), "token_type": "bearer", "expires_in": 3600,
        "refresh_token": .string("\(OfferUpDesk.refreshPrefix)\(number)"), "scope": "listings:write listings:read",
      ]))
  }
}
