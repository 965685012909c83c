/// The vocabulary of hawker.yaml; the raw value is the key's index in its own map.
enum ConfigKey: Int {
  case version, listings, state, defaults, accounts, categories, guards, sync, web
  case marketplace, enabled, pageID, graphURL, loginURL, apiVersion, apiURL, concurrency, requestsPerSecond
  case newPostsPerDay, rollout, extensions
  case withdrawals, updates, priceDrop, grace
  case settle, rescan, refresh, absenceAfter
  case listen, publicURL
}

extension Entries {
  func find(_ key: ConfigKey) -> Entry? { find(key.rawValue) }
}

extension KeySet {
  private static func key(_ name: StaticString, _ key: ConfigKey, _ shape: Shape, _ summary: String) -> Key {
    Key(name, key.rawValue, shape, summary)
  }

  private static let shared: [Key] = [
    key("concurrency", .concurrency, .integer(1...1000), "Requests at the same time."),
    key("requests_per_second", .requestsPerSecond, .integer(0...10_000), "0: no limit of hawker's own."),
    key("rollout", .rollout, .percent, "The part of the listings that is posted, by a stable hash of the id."),
  ]

  static let account = KeySet(
    "an account",
    keys: [
      key("marketplace", .marketplace, .text, "facebook or offerup."),
      key("enabled", .enabled, .flag, "false suspends the account: no requests."),
      key("page_id", .pageID, .text, "Facebook: the page's id."),
      key("graph_url", .graphURL, .address, "Facebook: https://graph.facebook.com when absent."),
      key("api_version", .apiVersion, .text, "Facebook: v26.0 when absent."),
      key("api_url", .apiURL, .address, "OfferUp: https://api.offerup.com/v1 when absent."),
      key("login_url", .loginURL, .address, "Where the seller logs in; the marketplace's own when absent."),
      key("new_posts_per_day", .newPostsPerDay, .integer(0...1_000_000), "At most so many new posts in a day."),
      key("extensions", .extensions, .flag, "OfferUp: false keeps to the documented interface."),
    ] + shared)

  static let guards = KeySet(
    "guards",
    keys: [
      key("withdrawals", .withdrawals, .percent, "Of an account's live posts; 20% when absent."),
      key("updates", .updates, .percent, "Of an account's live posts; 50% when absent."),
      key("price_drop", .priceDrop, .percent, "By one edit; 50% when absent."),
      key("grace", .grace, .duration, "How long a file must be gone; 10m when absent."),
    ])

  static let sync = KeySet(
    "sync",
    keys: [
      key("settle", .settle, .duration, "Quiet time after a change, from 10ms; 250ms when absent."),
      key("rescan", .rescan, .duration, "Between full scans, from 1s; 60s when absent."),
      key("refresh", .refresh, .duration, "Between looks at the live posts, from 1m, or 0s for never; 6h when absent."),
      key("absence_after", .absenceAfter, .duration, "When an unfound create counts as not done; 120s when absent."),
    ] + shared)

  static let web = KeySet(
    "web",
    keys: [
      key("listen", .listen, .listen, "HOST:PORT, or off; 127.0.0.1:8484 when absent."),
      key("public_url", .publicURL, .address, "The server's address as marketplaces reach it."),
    ])

  static let config = KeySet(
    "hawker.yaml",
    keys: [
      key("version", .version, .integer(0...1_000_000), "1."),
      key("listings", .listings, .text, "The root of the listing files; listings when absent."),
      key("state", .state, .text, "The journal's folder; state when absent."),
      key("defaults", .defaults, .map(defaults), "What listings have that don't say otherwise."),
      key("accounts", .accounts, .named(.map(account)), "Your name of the account, to what it is."),
      key("categories", .categories, .named(.named(.text)), "Your word, to each marketplace's own."),
      key("guards", .guards, .map(guards), "What holds dangerous actions."),
      key("sync", .sync, .map(sync), "Pace and times."),
      key("web", .web, .map(web), "The web server."),
    ],
    takesExtras: true)
}
