import Listings

/// An account as resolving needs it, made once for each loader. A class, because it goes around with every listing.
final class AccountContext: Sendable {
  let name: String
  let marketplace: String
  let isEnabled: Bool
  /// Nil: no such marketplace; its posts have no content.
  let capabilities: Capabilities?
  let categories: CategoryMap

  init(_ account: Config.Account, capabilities: Capabilities?, categories: CategoryMap) {
    name = account.name
    marketplace = account.marketplace
    isEnabled = account.isEnabled
    self.capabilities = capabilities
    self.categories = categories
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
