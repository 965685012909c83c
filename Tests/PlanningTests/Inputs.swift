import Listings
import Planning

/// Small worlds for the planner.
enum Given {
  static let now = Timestamp(milliseconds: 1_795_000_000_000)

  static let capabilities = Capabilities(
    marketplace: "m", titleLimit: 100, descriptionLimit: 5000, photoCount: 0...20, photoSize: 10 << 20,
    photoFormats: [.jpeg, .png], photoTransport: .upload, conditions: [.good: "USED"], fixedFields: [.category],
    source: "tests")

  static func content(_ title: String = "Lamp", price: Int64 = 3500, category: String = "X") -> Content {
    Content(
      title: title, description: "Works.", price: Money(minor: price, currency: .usd), category: category,
      condition: "USED")
  }

  static func listing(
    _ id: String, _ content: Content? = nil, status: Listing.Status = .available, accounts: [String] = ["a"],
    file: String? = nil
  ) -> Listing {
    Listing(
      id: id, file: file ?? "listings/\(id).yaml", status: status,
      posts: accounts.map { WantedPost(account: $0, content: content ?? Given.content(id)) })
  }

  static func record(
    _ id: String, _ state: Record.State = .live, _ content: Content? = nil, account: String = "a"
  ) -> Record {
    Record(
      key: PostKey(listing: id, account: account), marketplace: "m", state: state, remoteID: "r-\(id)",
      content: content ?? Given.content(id), file: "listings/\(id).yaml")
  }

  static func plan(
    _ listings: [Listing], _ records: [Record] = [], mode: PlanInput.Mode = .once,
    _ change: (inout PlanInput) -> Void = { _ in }
  ) -> Plan {
    var input = PlanInput(
      wanted: Wanted(listings: listings.sorted { $0.id < $1.id }),
      records: Dictionary(uniqueKeysWithValues: records.map { ($0.key, $0) }),
      config: Config(
        shop: "/s", listings: "/s/listings", state: "/s/state",
        accounts: ["a", "b"].map { Config.Account(name: $0, marketplace: "m") }),
      capabilities: ["m": capabilities], now: now, mode: mode)
    change(&input)
    return Planner.plan(input)
  }
}

extension Plan {
  /// `create lamp a`, `update lamp a [held by rejected]`, …
  var told: [String] {
    actions.map { action in
      "\(action.kind.rawValue) \(action.key.listing) \(action.key.account)"
        + (action.hold.map { " [\($0.by.rawValue)]" } ?? "")
    }
  }
}
