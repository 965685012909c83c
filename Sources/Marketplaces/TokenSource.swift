import Listings

/// Where an adapter gets its account's access token: asked for each request, for it may be renewed meanwhile.
package protocol TokenSource: Sendable {
  /// The token to send now. Throws `unauthorized` when a person is needed.
  func token() async throws(MarketplaceFailure) -> Secret

  /// The marketplace refused `token`: the one to try instead, once; nil: there is no other.
  func replacement(for token: Secret) async throws(MarketplaceFailure) -> Secret?
}

/// A token that somebody set, and that only they can change.
package struct FixedToken: TokenSource {
  private let value: Secret?
  private let account: Config.Account

  /// Nil makes every call fail with what to do.
  package init(_ token: Secret?, account: Config.Account) {
    value = token
    self.account = account
  }

  package func token() async throws(MarketplaceFailure) -> Secret {
    guard let value else { throw .unauthorized(.init(account.tokenMissing)) }
    guard value.isPrintable else {
      throw .unauthorized(
        .init(
          "the token of account \(account.name) holds spaces or line breaks: set \(account.tokenVariable) to the token "
            + "alone"))
    }
    return value
  }

  package func replacement(for token: Secret) async throws(MarketplaceFailure) -> Secret? { nil }
}

extension Config.Account {
  /// That there is none, and what to do.
  package var tokenMissing: String {
    "account \(name) has no token: run `hawker connect \(name)`, or set \(tokenVariable)"
  }
}
