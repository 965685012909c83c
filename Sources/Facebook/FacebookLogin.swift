import Curl
import Listings
import Marketplaces

/// Facebook's login: code → the user's token → a long-lived one → the Pages, each with a token of its own.
package struct FacebookLogin: Authority {
  /// What hawker asks for; the first ones it can't do without.
  static let scopes = [
    "pages_show_list", "pages_manage_metadata", "pages_read_engagement", "pages_manage_posts",
    "pages_manage_engagement",
  ]
  private static let needed = ["pages_read_engagement", "pages_manage_posts"]

  private let graph: Graph
  private let application: Application

  package init(
    account: Config.Account, application: Application, pace: Pace, client: Client = .shared, ambient: Ambient
  ) {
    graph = Graph(
      account: account, client: client, pace: pace, ambient: ambient, appSecret: application.secret,
      secrets: [application.secret])
    self.application = application
  }

  package func address(of login: LoginRequest) -> String {
    let base = graph.account.loginURL ?? "https://www.facebook.com"
    let query = [
      ("client_id", application.id), ("redirect_uri", login.redirect), ("state", login.state),
      ("response_type", "code"), ("scope", FacebookLogin.scopes.joined(separator: ",")),
    ]
    return "\(base)/\(graph.account.apiVersion.percentEncoded)/dialog/oauth?\(Graph.pairs(query))"
  }

  package func grants(for code: Secret, of login: LoginRequest) async throws(MarketplaceFailure) -> [Grant] {
    let short = try await exchange([("redirect_uri", login.redirect), ("code", code.revealed)])
    // Only a Page's token that comes of a long-lived one lasts.
    let long = try await exchange([("grant_type", "fb_exchange_token"), ("fb_exchange_token", short.revealed)])
    return try await graph.pages(long).map { page in
      var grant = Grant(token: page.token, id: page.id, name: page.name, issuedAt: graph.ambient.now())
      grant.maySell = page.maySell ?? true
      return grant
    }
  }

  package func completed(_ grant: Grant) async throws(MarketplaceFailure) -> Grant {
    var grant = grant
    let standing = try await standing(of: grant.token, for: grant.id)
    if let trouble = standing?.trouble { throw .unauthorized(.init(trouble)) }
    grant.expiresAt = standing?.expiresAt
    grant.scopes = standing?.scopes ?? []
    grant.businessID = try await business(of: grant)
    return grant
  }

  package func renewed(_ grant: Grant) async throws(MarketplaceFailure) -> Grant? { nil }

  package func standing(
    of token: Secret, for pageID: String?
  ) async throws(MarketplaceFailure) -> TokenStanding? {
    let own = Secret("\(application.id)|\(application.secret.revealed)")
    let answer = try await graph.call(
      GraphCall(.get, ["debug_token"], query: [("input_token", token.revealed)]), as: own)
    guard let data = answer["data"], data.members != nil else {
      throw .unexpected(.init("Facebook's answer about the token says nothing about it", httpStatus: 200))
    }
    return TokenReading(data, now: graph.ambient.now()).standing(
      application: application.id, needed: FacebookLogin.needed, pageID: pageID, account: graph.account)
  }

  private func exchange(_ query: [(String, String)]) async throws(MarketplaceFailure) -> Secret {
    let credentials = [("client_id", application.id), ("client_secret", application.secret.revealed)]
    let answer = try await graph.call(
      GraphCall(.get, ["oauth", "access_token"], query: credentials + query, about: .login), as: nil)
    guard let token = answer["access_token"]?.string.map({ Secret($0) }), token.isPrintable else {
      throw .unexpected(.init("Facebook took the login but gave no token", httpStatus: 200))
    }
    return token
  }

  /// Whose the Page is, where this token may know it.
  private func business(of grant: Grant) async throws(MarketplaceFailure) -> String? {
    guard let id = grant.id else { return nil }
    do throws(MarketplaceFailure) {
      let answer = try await graph.call(GraphCall(.get, [id], query: [("fields", "business")]), as: grant.token)
      return answer["business"]?["id"]?.identifier
    } catch {
      // Nice to know, and no reason to send the seller through the login again.
      return nil
    }
  }
}

/// `data` of an answer to `/debug_token`. A dead token is no error there: HTTP 200, `is_valid: false`.
struct TokenReading {
  private let data: JSONValue
  private let now: Timestamp

  init(_ data: JSONValue, now: Timestamp) {
    self.data = data
    self.now = now
  }

  func standing(
    application: String, needed: [String], pageID: String?, account: Config.Account
  ) -> TokenStanding {
    let scopes = data["scopes"]?.array?.compactMap(\.string) ?? []
    let missing = needed.filter { !scopes.contains($0) || !covers(pageID, $0) }
    var trouble: String?
    if data["is_valid"]?.bool != true {
      let subcode = data["error"]?["subcode"]?.identifier.flatMap { Int($0) }
      trouble = expiresAt.map { $0 <= now } == true ? GraphError.tokenTrouble(463) : GraphError.tokenTrouble(subcode)
    } else if let id = data["app_id"]?.identifier, id != application {
      trouble = "the token was made for another app (\(id.quotable(hiding: []))), not for FACEBOOK_APP_ID"
    } else if let expiresAt, expiresAt <= now {
      trouble = GraphError.tokenTrouble(463)
    } else if !missing.isEmpty {
      let place = pageID.map { " for page \($0)" } ?? ""
      trouble = "the token lacks the permission \(missing.joined(separator: ", "))\(place)"
    }
    let advice = trouble.map { "\($0); run `hawker connect \(account.name)`, or set \(account.tokenVariable)" }
    return TokenStanding(trouble: advice, expiresAt: expiresAt, scopes: scopes)
  }

  /// The earlier of the token's end and that of its access to data; 0 is never.
  private var expiresAt: Timestamp? {
    ["expires_at", "data_access_expires_at"].compactMap { data[$0]?.integer }.filter { $0 > 0 }.min()
      .map { Timestamp(seconds: $0) }
  }

  /// A permission may be granted for some pages only; without a list it holds for all.
  private func covers(_ pageID: String?, _ scope: String) -> Bool {
    guard let pageID, let granular = data["granular_scopes"]?.array,
      let entry = granular.first(where: { $0["scope"]?.string == scope }), let targets = entry["target_ids"]?.array
    else { return true }
    return targets.contains { $0.identifier == pageID }
  }
}
