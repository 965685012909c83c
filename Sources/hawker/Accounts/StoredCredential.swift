import Listings
import Marketplaces

/// What `hawker connect` keeps for an account.
struct StoredCredential: Hashable, Sendable {
  var marketplace: String
  /// The server that the token is for: it is never sent to another one.
  var server: String
  var grant: Grant

  init(_ grant: Grant, for account: Config.Account) {
    marketplace = account.marketplace
    server = account.server
    self.grant = grant
  }
}

extension Config.Account {
  /// Where the account's requests go.
  var server: String { marketplace == "facebook" ? graphURL : apiURL }
}

/// The store's text: `{"format": "hawker.credentials/1", "accounts": {NAME: {…}}}`.
enum CredentialCoding {
  static let format = "hawker.credentials/1"

  static func bytes(_ credentials: [String: StoredCredential]) -> [UInt8] {
    var json = JSONWriter()
    json.object { json in
      json.field("format", format)
      json.key("accounts")
      json.object { json in
        for (name, credential) in credentials.sorted(by: { $0.key < $1.key }) {
          json.key(named: name)
          write(credential, to: &json)
        }
      }
    }
    return json.bytes + [0x0A]
  }

  private static func write(_ credential: StoredCredential, to json: inout JSONWriter) {
    let grant = credential.grant
    json.object { json in
      json.field("marketplace", credential.marketplace)
      json.field("server", credential.server)
      json.field("token", grant.token.revealed)
      json.field("refresh_token", grant.refreshToken?.revealed)
      json.field("id", grant.id)
      json.field("name", grant.name)
      json.field("business_id", grant.businessID)
      json.field("issued_at", grant.issuedAt.description)
      json.field("expires_at", grant.expiresAt?.description)
      json.key("scopes")
      json.array { json in
        for scope in grant.scopes { json.value(scope) }
      }
    }
  }

  /// Nil when it is not the store's text. What it says is not quoted: it is all secrets.
  static func credentials(_ bytes: [UInt8]) -> [String: StoredCredential]? {
    guard let json = try? JSONValue(parsing: bytes), json["format"]?.string == format,
      let accounts = json["accounts"]?.members
    else { return nil }
    var credentials: [String: StoredCredential] = [:]
    for account in accounts {
      guard let credential = credential(account.value) else { return nil }
      credentials[account.key] = credential
    }
    return credentials
  }

  private static func credential(_ json: JSONValue) -> StoredCredential? {
    guard let marketplace = json["marketplace"]?.string, let server = json["server"]?.string,
      let token = json["token"]?.string, let issuedAt = json["issued_at"]?.string.flatMap({ Timestamp($0) })
    else { return nil }
    var grant = Grant(
      token: Secret(token), refreshToken: json["refresh_token"]?.string.map { Secret($0) }, id: json["id"]?.string,
      name: json["name"]?.string, issuedAt: issuedAt, expiresAt: json["expires_at"]?.string.flatMap { Timestamp($0) })
    grant.businessID = json["business_id"]?.string
    grant.scopes = json["scopes"]?.array?.compactMap(\.string) ?? []
    var account = Config.Account(name: "", marketplace: marketplace)
    (account.graphURL, account.apiURL) = (server, server)
    return StoredCredential(grant, for: account)
  }
}
