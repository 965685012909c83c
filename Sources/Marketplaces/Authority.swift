import Listings

/// The authorization server of a marketplace, as an account's owner meets it: where to consent, and what that gives.
///
/// Nothing here is repeatable by itself: a code is good once, and a refresh token may be.
package protocol Authority: Sendable {
  /// Where the browser is sent. Holds no secret.
  func address(of login: LoginRequest) -> String

  /// What a consent's code gives: one grant for each identity that may be chosen. A code that is old, used or made for
  /// another login is `rejected`.
  func grants(for code: Secret, of login: LoginRequest) async throws(MarketplaceFailure) -> [Grant]

  /// The chosen grant with what only the marketplace knows of it: expiry, scopes, business.
  func completed(_ grant: Grant) async throws(MarketplaceFailure) -> Grant

  /// The grant that follows on this one; nil where a marketplace has no such thing. `unauthorized`: a person is needed.
  func renewed(_ grant: Grant) async throws(MarketplaceFailure) -> Grant?

  /// What the marketplace says of a token; nil where it can't be asked about one. `pageID`: what it shall be good for.
  func standing(of token: Secret, for pageID: String?) async throws(MarketplaceFailure) -> TokenStanding?
}

/// The application by which a marketplace knows hawker.
package struct Application: Hashable, Sendable {
  package var id: String
  package var secret: Secret

  package init(id: String, secret: Secret) {
    self.id = id
    self.secret = secret
  }
}

/// One login: what the browser is sent with, and what the answer must fit.
package struct LoginRequest: Hashable, Sendable {
  /// Where the browser comes back to.
  package var redirect: String
  package var state: String
  /// Of PKCE (RFC 7636); used where it is offered.
  package var verifier: Secret

  package init(redirect: String, state: String, verifier: Secret) {
    self.redirect = redirect
    self.state = state
    self.verifier = verifier
  }
}

/// What an account's owner granted.
package struct Grant: Hashable, Sendable {
  package var token: Secret
  package var refreshToken: Secret?
  /// The Page's or the user's.
  package var id: String?
  package var name: String?
  package var businessID: String?
  package var issuedAt: Timestamp
  /// Nil: never, or not told.
  package var expiresAt: Timestamp?
  package var scopes: [String]
  /// Whether it is enough to post.
  package var maySell: Bool

  package init(
    token: Secret, refreshToken: Secret? = nil, id: String? = nil, name: String? = nil, issuedAt: Timestamp,
    expiresAt: Timestamp? = nil
  ) {
    self.token = token
    self.refreshToken = refreshToken
    self.id = id
    self.name = name
    self.issuedAt = issuedAt
    self.expiresAt = expiresAt
    scopes = []
    maySell = true
  }
}

/// What a marketplace says of a token.
package struct TokenStanding: Hashable, Sendable {
  /// Why it is of no use, and what to do; nil: it is good.
  package var trouble: String?
  package var expiresAt: Timestamp?
  package var scopes: [String]

  package init(trouble: String? = nil, expiresAt: Timestamp? = nil, scopes: [String] = []) {
    self.trouble = trouble
    self.expiresAt = expiresAt
    self.scopes = scopes
  }
}
