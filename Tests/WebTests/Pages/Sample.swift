import Journaling
import Listings
import Marketplaces
import Planning

@testable import Web

/// A small shop for the pages, planned by the planner itself.
struct Sample {
  static let now = Timestamp("2026-11-24T08:02:10.000Z") ?? Timestamp(milliseconds: 0)

  var listings: [Listing] = []
  var records: [Record] = []
  var entries: [Entry] = []
  var accounts: [AccountHealth] = [
    AccountHealth(
      name: "facebook", marketplace: "facebook", token: .good(until: now.advanced(by: .seconds(50 * 86_400))),
      identity: "Nordlicht Bikes", checkedAt: now.advanced(by: .seconds(-4000))),
    AccountHealth(name: "offerup", marketplace: "offerup", token: .good(until: nil), identity: "nordlicht"),
  ]
  var problems: [Problem] = []
  var root = Wanted.Root.seen
  var exposures: [Exposure] = []
  var mode = PlanInput.Mode.continuous
  var hasLooked = true
  var inFlight = 0
  var change: @Sendable (inout PlanInput) -> Void = { _ in }

  static let capabilities = Capabilities(
    marketplace: "facebook", titleLimit: 100, descriptionLimit: 5000, photoCount: 0...20, photoSize: 10 << 20,
    photoFormats: [.jpeg, .png], photoTransport: .upload, conditions: [.good: "USED"], fixedFields: [.category],
    source: "tests")

  static func content(_ title: String, price: Int64 = 3500, category: String = "lamps", photo: String? = nil) -> Content
  {
    Content(
      title: title, description: "Works as it should.\nPick-up near the library.",
      price: Money(minor: price, currency: .usd), category: category, condition: "USED",
      photos: (photo ?? title).isEmpty ? [] : [.file(Digest(of: photo ?? title), .jpeg)])
  }

  /// A listing with a file; `posted`: what stands on both accounts.
  mutating func add(
    _ id: String, _ title: String, price: Int64 = 3500, posted: Content? = nil,
    _ change: (inout Listing) -> Void = { _ in }
  ) {
    var listing = Listing(
      id: id, file: "listings/\(id).yaml",
      posts: ["facebook", "offerup"].map {
        WantedPost(account: $0, content: Sample.content(title, price: price))
      })
    change(&listing)
    listings.append(listing)
    guard let posted else { return }
    for account in ["facebook", "offerup"] { record(id, account, .live, posted) }
  }

  mutating func record(
    _ id: String, _ account: String, _ state: Record.State, _ content: Content?,
    _ change: (inout Record) -> Void = { _ in }
  ) {
    var record = Record(
      key: PostKey(listing: id, account: account), marketplace: account, state: state, remoteID: "\(account)-\(id)",
      url: "https://\(account).example/\(id)", content: content, file: "listings/\(id).yaml", since: Sample.now)
    change(&record)
    records.append(record)
  }

  var view: ShopView {
    var ledger = Ledger(
      lineage: "11111111-2222-3333-4444-555555555555", sequence: 418,
      records: Dictionary(uniqueKeysWithValues: records.map { ($0.key, $0) }))
    for entry in entries { ledger.apply(entry, at: Sample.now.advanced(by: .seconds(-10))) }
    let wanted = Wanted(
      root: root, listings: listings.sorted { $0.id < $1.id },
      frozenIDs: Set(problems.compactMap { $0.severity == .error ? $0.listing : nil }), problems: problems.sorted())
    let config = Config(
      shop: "/srv/nordlicht", listings: "/srv/nordlicht/listings", state: "/srv/nordlicht/state",
      accounts: ["facebook", "offerup"].map { Config.Account(name: $0, marketplace: $0) })
    var input = PlanInput(
      wanted: wanted, records: ledger.records, config: config,
      capabilities: ["facebook": Sample.capabilities, "offerup": Sample.capabilities], now: Sample.now, mode: mode)
    input.standing = ledger.standing
    change(&input)
    return ShopView(
      now: Sample.now, config: input.config, wanted: hasLooked ? wanted : nil,
      plan: hasLooked ? Planner.plan(input) : nil,
      ledger: ledger, accounts: accounts, lastScan: Sample.now, inFlight: inFlight, exposures: exposures)
  }

  /// The page's HTML.
  func page(_ path: String = "/", _ query: [String: String] = [:], _ change: (inout PageRequest) -> Void = { _ in })
    -> String
  {
    var request = PageRequest(path: path, query: query, csrf: "c5rf")
    change(&request)
    return String(decoding: Site.page(request, view, Shelf())?.body ?? [], as: UTF8.self)
  }
}
