import Listings
import Synchronization

/// An account as resolving needs it, made once for each loader. A class, because it goes around with every listing.
final class AccountContext: Sendable {
  let name: String
  let marketplace: String
  let isEnabled: Bool
  /// Nil: no such marketplace; its posts have no content.
  let capabilities: Capabilities?
  let categories: CategoryMap
  /// What a word without a mapping may have meant, once it was looked for: thousands of listings say the same one.
  private let hints = Mutex<[String: String]>([:])

  init(_ account: Config.Account, capabilities: Capabilities?, categories: CategoryMap) {
    name = account.name
    marketplace = account.marketplace
    isEnabled = account.isEnabled
    self.capabilities = capabilities
    self.categories = categories
  }

  func hint(for category: String) -> String {
    if let known = hints.withLock({ $0[category] }) { return known }
    let hint = Suggestion.text(for: category, among: categories.words)
    hints.withLock { if $0.count < 1000 { $0[category] = hint } }
    return hint
  }
}

/// What is the same for every listing.
struct Surroundings {
  /// By name, in its order.
  var accounts: [AccountContext]
  /// Where hawker serves photo files; nil: nowhere.
  var publicURL: String?
  /// The listings root's path from the shop, for photos that hawker.yaml's defaults name; nil when it is elsewhere.
  var rootFromShop: String?

  func account(_ name: String) -> AccountContext? { accounts.first { $0.name == name } }
}
