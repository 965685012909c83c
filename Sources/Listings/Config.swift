/// hawker.yaml, checked and with its defaults filled in. Paths are absolute.
package struct Config: Hashable, Sendable {
  /// The file; empty when none was found and the defaults stand.
  package var file: String
  /// The folder that paths are relative to and that names in messages start from.
  package var shop: String
  package var listings: String
  package var state: String
  /// In the order of their names.
  package var accounts: [Account]
  /// The seller's word → marketplace → the marketplace's word.
  package var categories: [String: [String: String]]
  package var guards: Guards
  package var sync: Sync
  package var web: Web

  package init(
    file: String = "", shop: String, listings: String, state: String, accounts: [Account],
    categories: [String: [String: String]] = [:], guards: Guards = Guards(), sync: Sync = Sync(), web: Web = Web()
  ) {
    self.file = file
    self.shop = shop
    self.listings = listings
    self.state = state
    self.accounts = accounts
    self.categories = categories
    self.guards = guards
    self.sync = sync
    self.web = web
  }

  package func account(_ name: String) -> Account? { accounts.first { $0.name == name } }

  /// Whether a file, as a record names it (relative to the shop, or absolute), lies below the listings root.
  package func covers(_ file: String) -> Bool {
    if file.isEmpty || listings == shop { return true }
    let root = listings.hasPrefix(shop + "/") ? String(listings.dropFirst(shop.utf8.count + 1)) : listings
    return file.hasPrefix(root + "/")
  }

  /// A named connection to one marketplace.
  package struct Account: Hashable, Sendable {
    package var name: String
    package var marketplace: String
    package var isEnabled = true
    package var pageID: String?
    package var graphURL = "https://graph.facebook.com"
    package var apiVersion = "v26.0"
    package var apiURL = "https://api.offerup.com/v1"
    /// Nil: the marketplace's own.
    package var loginURL: String?
    /// Nil: as `sync` says.
    package var concurrency: Int?
    package var requestsPerSecond: Int?
    package var newPostsPerDay: Int?
    package var rollout: Int?
    package var extensions = true

    package init(name: String, marketplace: String) {
      self.name = name
      self.marketplace = marketplace
    }

    /// The Page that a Facebook post stands on, as its id says: `PAGE_POST` (reference/marketplace-apis.md). Nil: it doesn't.
    package static func page(ofPost remoteID: String) -> String? {
      let parts = remoteID.utf8.split(separator: UInt8(ascii: "_"), omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty, parts[0].allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains)
      else { return nil }
      return String(parts[0])
    }

    /// Where else the post stands than where the account posts now, in words; nil: it can be reached.
    package func whereElse(_ record: Record) -> String? {
      if record.marketplace != marketplace {
        return "it was posted when \(name) was an account of \(record.marketplace)"
      }
      guard let pageID, let page = record.remoteID.flatMap(Account.page), page != pageID else { return nil }
      return "it stands on page \(page), and page_id of \(name) is \(pageID) now"
    }
  }

  package struct Guards: Hashable, Sendable {
    /// Percent of an account's live posts.
    package var withdrawals = 20
    package var updates = 50
    package var priceDrop = 50
    package var grace: Duration = .seconds(600)

    package init() {}
  }

  package struct Sync: Hashable, Sendable {
    package var settle: Duration = .milliseconds(250)
    package var rescan: Duration = .seconds(60)
    package var refresh: Duration = .seconds(6 * 3600)
    package var concurrency = 16
    /// 0: no limit of hawker's own.
    package var requestsPerSecond = 10
    package var absenceAfter: Duration = .seconds(120)
    /// Percent of listings.
    package var rollout = 100

    package init() {}
  }

  package struct Web: Hashable, Sendable {
    /// `host:port`; nil when off.
    package var listen: String? = "127.0.0.1:8484"
    package var publicURL: String?

    package init() {}
  }
}
