import Listings

// Tokens: who I am, what a token is good for, and the OAuth dialog.
extension FacebookDesk {
  static let scopes = [
    "pages_show_list", "pages_manage_metadata", "pages_read_engagement", "pages_manage_posts",
    "pages_manage_engagement",
  ]

  func me() throws(GraphError) -> Answer {
    let caller = try caller()
    let names = try fields(try parameters(["fields"]), known: ["id", "name"], usual: ["name", "id"])
    var values = ["id": SandboxCredentials.userID, "name": "Sandbox Seller"]
    if case .page(let id) = caller, let page = FacebookPage.with(id: id) {
      values = ["id": page.id, "name": page.name]
    }
    return Answer(json: .object(names.map { JSON.Member(name: $0, value: .string(values[$0] ?? "")) }))
  }

  /// Asked with the application's own token. A dead token is no failure of the question: 200, `is_valid: false`.
  func debugToken() throws(GraphError) -> Answer {
    let parameters = try parameters(["input_token", "access_token", "fields"])
    let application = "\(SandboxCredentials.facebookAppID)|\(SandboxCredentials.facebookAppSecret)"
    guard let asking = request.bearer ?? parameters["access_token"], asking == application else { throw .token(nil) }
    guard let token = parameters["input_token"] else {
      throw .parameter("The parameter input_token is required")
    }
    if desk.settings.revokes { return debug(failing: .token(460)) }
    if let subcode = desk.settings.deadTokens[token] { return debug(failing: .token(subcode)) }
    guard let caller = FacebookDesk.caller(token) else { return debug(failing: .token(nil)) }
    return debug(caller)
  }

  private func debug(failing error: GraphError) -> Answer {
    let why = JSON.object([
      "code": .integer(error.code), "message": .string(error.message), "subcode": error.subcode.map(JSON.integer),
    ])
    return Answer(json: .object(["data": .object(["error": why, "is_valid": false, "scopes": .array([])])]))
  }

  private func debug(_ caller: Caller) -> Answer {
    var pageID: String?
    if case .page(let id) = caller { pageID = id }
    let targets = pageID.map { [$0] } ?? FacebookPage.all.map(\.id)
    let granular = FacebookDesk.scopes.map { scope in
      JSON.object(["scope": .string(scope), "target_ids": .strings(targets)])
    }
    let data = JSON.object([
      "app_id": .string(SandboxCredentials.facebookAppID), "type": pageID == nil ? "USER" : "PAGE",
      "application": "hawker sandbox", "data_access_expires_at": 0, "expires_at": 0, "is_valid": true,
      "issued_at": 1_760_000_000, "profile_id": pageID.map(JSON.string), "scopes": .strings(FacebookDesk.scopes),
      "granular_scopes": .array(granular), "user_id": .string(SandboxCredentials.userID),
    ])
    return Answer(json: .object(["data": data]))
  }

  func dialog() throws(GraphError) -> Answer {
    let parameters = try parameters(["client_id", "redirect_uri", "state", "response_type", "scope", "auth_type"])
    guard parameters["client_id"] == SandboxCredentials.facebookAppID else { throw .parameter("Invalid App ID") }
    guard let redirect = parameters["redirect_uri"], LoginCode.isRedirect(redirect) else {
      throw .parameter("redirect_uri must be https, or a loopback address")
    }
    guard let state = parameters["state"], !state.isEmpty else { throw .parameter("state is required") }
    guard parameters["response_type"] ?? "code" == "code" else { throw .parameter("response_type must be code") }
    let scopes = (parameters["scope"] ?? "").split(separator: ",").map(String.init)
    if let unknown = scopes.first(where: { !FacebookDesk.scopes.contains($0) }) {
      throw .parameter("Invalid Scopes: \(unknown)")
    }
    guard let choice = Consent.choice(request) else {
      return Consent(
        marketplace: "Facebook", slug: "facebook", seller: "Sandbox Seller", application: "hawker",
        permissions: scopes.map { "\($0.replacing("_", with: " "))" }
      ).answer
    }
    let back = Request.Field(name: "state", value: desk.settings.wrongState ? "another-state" : state)
    guard choice == .allow else {
      return LoginCode.redirected(
        to: redirect,
        [
          Request.Field(name: "error", value: "access_denied"), Request.Field(name: "error_code", value: "200"),
          Request.Field(name: "error_description", value: "Permissions error"),
          Request.Field(name: "error_reason", value: "user_denied"), back,
        ])
    }
    let code = LoginCode.issue(redirect: redirect, challenge: "", state: state, at: desk.now)
    return LoginCode.redirected(to: redirect, [Request.Field(name: "code", value: code), back])
  }

  func exchange() throws(GraphError) -> Decision {
    let parameters = try parameters([
      "client_id", "client_secret", "redirect_uri", "code", "grant_type", "fb_exchange_token",
    ])
    guard parameters["client_id"] == SandboxCredentials.facebookAppID,
      parameters["client_secret"] == SandboxCredentials.facebookAppSecret
    else { throw GraphError(code: 101, message: "Error validating application. Invalid application ID or secret.") }
    if parameters["grant_type"] == "fb_exchange_token" {
      guard let token = parameters["fb_exchange_token"], FacebookDesk.caller(token) == .user,
        desk.settings.deadTokens[token] == nil
      else { throw .token(463) }
      return Decision(granted(for: 5_183_944))
    }
    let code = parameters["code"] ?? ""
    guard LoginCode.isGood(code, redirect: parameters["redirect_uri"] ?? "", challenge: "", at: desk.now),
      !desk.settings.staleCodes
    else {
      throw .parameter("This authorization code is invalid, has expired, or was made for another redirect_uri.")
    }
    if desk.settings.spent.contains(code) { throw .parameter("This authorization code has been used.") }
    return Decision(granted(for: 5400), spending: code)
  }

  private func granted(for seconds: Int) -> Answer {
    Answer(
      json: .object([
        "access_token": .string(SandboxCredentials.userToken), "token_type": "bearer", "expires_in": .integer(seconds),
      ]))
  }
}
