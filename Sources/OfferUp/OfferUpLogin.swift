import Crypto
import Curl
import Listings
import Marketplaces

/// OfferUp's login: code and PKCE verifier → access and refresh token; refresh token → the next two.
package struct OfferUpLogin: Authority {
  private let account: Config.Account
  private let application: Application
  private let client: Client
  private let pace: Pace
  private let ambient: Ambient

  package init(
    account: Config.Account, application: Application, pace: Pace, client: Client = .shared, ambient: Ambient
  ) {
    self.account = account
    self.application = application
    self.client = client
    self.pace = pace
    self.ambient = ambient
  }

  private var base: String { account.loginURL ?? "https://accounts.offerup.com" }

  package func address(of login: LoginRequest) -> String {
    let query = [
      ("client_id", application.id), ("redirect_uri", login.redirect), ("response_type", "code"),
      ("scope", "listings:write listings:read"), ("state", login.state),
      ("code_challenge", OfferUpLogin.challenge(of: login.verifier)), ("code_challenge_method", "S256"),
    ]
    return base + "/oauth/authorize?" + query.map { "\($0.0)=\($0.1.percentEncoded)" }.joined(separator: "&")
  }

  package func grants(for code: Secret, of login: LoginRequest) async throws(MarketplaceFailure) -> [Grant] {
    let members = [
      ("grant_type", "authorization_code"), ("code", code.revealed), ("redirect_uri", login.redirect),
      ("code_verifier", login.verifier.revealed),
    ]
    return [try await tokens(members, hiding: [code, login.verifier]) { .rejected($0) }]
  }

  package func completed(_ grant: Grant) async throws(MarketplaceFailure) -> Grant { grant }

  package func renewed(_ grant: Grant) async throws(MarketplaceFailure) -> Grant? {
    guard let token = grant.refreshToken else { return nil }
    let members = [("grant_type", "refresh_token"), ("refresh_token", token.revealed)]
    var next = try await tokens(members, hiding: [token]) { .unauthorized($0) }
    // An answer that leaves something out leaves it as it was.
    next.refreshToken = next.refreshToken ?? token
    next.id = next.id ?? grant.id
    next.name = next.name ?? grant.name
    if next.scopes.isEmpty { next.scopes = grant.scopes }
    return next
  }

  /// The contract has no call for it.
  package func standing(
    of token: Secret, for pageID: String?
  ) async throws(MarketplaceFailure) -> TokenStanding? { nil }

  /// PKCE's S256: base64url of the verifier's SHA-256, without padding.
  static func challenge(of verifier: Secret) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    var text: [UInt8] = []
    var (bits, count) = (0, 0)
    for byte in SHA256.hash(data: Array(verifier.revealed.utf8)) {
      (bits, count) = (bits << 8 | Int(byte), count + 8)
      while count >= 6 {
        count -= 6
        text.append(alphabet[bits >> count & 63])
      }
      bits &= (1 << count) - 1
    }
    if count > 0 { text.append(alphabet[bits << (6 - count) & 63]) }
    return String(decoding: text, as: UTF8.self)
  }
}

extension OfferUpLogin {
  /// `refused`: what it means when OfferUp does not take what was sent.
  private func tokens(
    _ members: [(String, String)], hiding secrets: [Secret],
    refused: (MarketplaceFailure.Detail) -> MarketplaceFailure
  ) async throws(MarketplaceFailure) -> Grant {
    try await pace.turn()
    let response: Response
    do throws(CurlFailure) {
      response = try await client.send(request(members))
    } catch {
      guard error.kind == .badURL else { throw .unavailable(.init("OfferUp can't be reached: \(error.message)")) }
      throw .unauthorized(.init("login_url of account \(account.name) in hawker.yaml: \(error.message)"))
    }
    return try read(response, hiding: secrets, refused: refused).get()
  }

  /// What an answer of the login means.
  func read(
    _ response: Response, hiding secrets: [Secret], refused: (MarketplaceFailure.Detail) -> MarketplaceFailure
  ) -> Result<Grant, MarketplaceFailure> {
    let json = try? JSONValue(parsing: response.body)
    guard (200..<300).contains(response.status) else {
      return .failure(failure(response, json ?? .null, hiding: secrets, refused: refused))
    }
    do throws(MarketplaceFailure) { return .success(try grant(json)) } catch { return .failure(error) }
  }

  private func request(_ members: [(String, String)]) -> Request {
    let all = members + [("client_id", application.id), ("client_secret", application.secret.revealed)]
    var json = JSONWriter()
    json.object { json in
      for (name, value) in all {
        json.key(named: name)
        json.value(value)
      }
    }
    var request = Request(
      .post, base + "/oauth/token", headers: [("Content-Type", "application/json"), ("Accept", "application/json")])
    // A code, and a refresh token that rotates, are good once.
    request.isRepeatable = false
    request.body = .bytes(json.bytes)
    return request
  }

  private func grant(_ json: JSONValue?) throws(MarketplaceFailure) -> Grant {
    guard let json, let token = json["access_token"]?.string.map({ Secret($0) }), token.isPrintable else {
      throw .unexpected(.init("OfferUp took the login but gave no token", httpStatus: 200))
    }
    let now = ambient.now()
    let seconds = json["expires_in"]?.identifier.flatMap { Int64($0) }.flatMap { $0 > 0 ? $0 : nil }
    var grant = Grant(
      token: token, refreshToken: json["refresh_token"]?.string.map { Secret($0) },
      id: (json["user_id"] ?? json["user"]?["id"])?.identifier.flatMap { $0.isRemoteID ? $0 : nil },
      name: json["user"]?["name"]?.string, issuedAt: now,
      expiresAt: seconds.map { now.advanced(by: .seconds($0)) })
    grant.scopes = json["scope"]?.string?.split(separator: " ").map(String.init) ?? []
    return grant
  }

  /// RFC 6749 writes `{"error": "invalid_grant", "error_description": …}`; OfferUp's own envelope is not published.
  private func failure(
    _ response: Response, _ json: JSONValue, hiding secrets: [Secret],
    refused: (MarketplaceFailure.Detail) -> MarketplaceFailure
  ) -> MarketplaceFailure {
    let code = json["error"]?.string ?? json["error"]?["code"]?.identifier
    let words = json["error_description"]?.string ?? json["error"]?["message"]?.string
    let quote = words.map { " (OfferUp: “\($0.quotable(hiding: secrets + [application.secret]))”)" } ?? ""
    func detail(_ text: String) -> MarketplaceFailure.Detail {
      .init(text + quote, httpStatus: response.status, code: code?.quotable(hiding: secrets + [application.secret]))
    }
    switch (response.status, code) {
    case (_, "invalid_client"), (_, "unauthorized_client"), (401, _), (403, _):
      return .unauthorized(
        detail("OfferUp doesn't know the app: check OFFERUP_CLIENT_ID and OFFERUP_CLIENT_SECRET"))
    case (408, _), (425, _), (500..., _):
      return .unavailable(detail("OfferUp has trouble: it answered \(response.status)"))
    case (429, _):
      let until = RetryAfter.time(
        response.headers["Retry-After"], serverDate: response.headers["Date"], now: ambient.now())
      return .throttled(detail("OfferUp wants fewer requests"), until: until)
    case (400..<500, _):
      let connect = "run `hawker connect \(account.name)`"
      return refused(detail("OfferUp doesn't accept this login: it has expired, or was used already; \(connect)"))
    default: return .unexpected(detail("OfferUp answered \(response.status): check login_url in hawker.yaml"))
    }
  }
}
