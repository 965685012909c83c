import Listings

/// An account as resolving needs it, made once for each loader.
struct AccountContext {
  var name: String
  var marketplace: String
  var isEnabled: Bool
  /// Nil: no such marketplace; its posts have no content.
  var capabilities: Capabilities?
  var categories: CategoryMap
}

/// What is the same for every listing.
struct Surroundings {
  /// By name, in its order.
  var accounts: [AccountContext]
  /// The config's rows with no account for them are of no use; these words a listing may use.
  var publicURL: String?
  /// The listings root's path from the shop, for photos that hawker.yaml's defaults name; nil when it is elsewhere.
  var rootFromShop: String?

  func account(_ name: String) -> AccountContext? { accounts.first { $0.name == name } }
}
