import Listings
import Marketplaces
import Synchronization

/// One `StoredToken` for each account of this program: whatever renews its token, a post or the daily check, everybody goes
/// on with the new one, even when it can't be stored.
final class StoredTokens: Sendable {
  static let shared = StoredTokens()

  /// What makes an account another one: a config that is read again gives the rest of it new values.
  private struct Name: Hashable {
    let store: String
    let account: String
    let marketplace: String
    let server: String
    let login: String?
    let page: String?
  }

  private let known = Mutex<[Name: StoredToken]>([:])

  /// `authority`: asked for the first time that it is there; before, the application's credentials are missing, and there
  /// is no renewal to lose.
  func token(
    of account: Config.Account, in store: CredentialStore, authority: (any Authority)?, ambient: Ambient = .system
  ) -> StoredToken {
    let name = Name(
      store: store.path, account: account.name, marketplace: account.marketplace, server: account.server,
      login: account.loginURL, page: account.pageID)
    return known.withLock { known in
      if let token = known[name] { return token }
      let token = StoredToken(account: account, store: store, authority: authority, ambient: ambient)
      if authority != nil { known[name] = token }
      return token
    }
  }
}
