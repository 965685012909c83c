import Journaling
import Listings
import Planning

/// Every listing of a shop, wanted or recorded, in the order of the page, with what a search looks in. Made once for a plan
/// and a journal; a page then picks its few.
struct Catalogue: Sendable {
  /// While it is the same, so is the catalogue.
  struct Stamp: Hashable, Sendable {
    private let lineage: String
    private let sequence: Int
    private let plannedAt: Timestamp?
    private let scannedAt: Timestamp?
    private let counts: [Int]

    init(_ view: ShopView) {
      lineage = view.ledger.lineage
      sequence = view.ledger.sequence
      plannedAt = view.plan?.createdAt
      scannedAt = view.lastScan
      counts = [
        view.ledger.records.count, view.plan?.actions.count ?? -1, view.wanted?.listings.count ?? -1,
        view.wanted?.problems.count ?? -1, view.configProblems.count,
      ]
    }
  }

  struct Row: Sendable {
    let id: String
    /// Its place in `wanted.listings`.
    var wanted: Int?
    /// Places in `plan.actions`.
    var actions: [Int] = []
    var facets: Set<Facet> = []
    /// What a search looks in: lower case, as UTF-8.
    var words: [UInt8] = []

    fileprivate var rank: Int { facets.contains(.attention) ? 0 : facets.contains(.off) ? 2 : 1 }
  }

  let stamp: Stamp
  let rows: [Row]
  let places: [String: Int]
  let counts: [Facet: Int]
  let live: [String: Int]
  let held: [HeldGroup]
  /// Places in `plan.actions` of those that do something, in their order.
  let planned: [Int]
  /// Something of the plan is not held.
  let hasChanges: Bool

  init(_ view: ShopView, _ stamp: Stamp) {
    self.stamp = stamp
    var draft = Draft(view)
    draft.collect()
    let rows = draft.rows.sorted { ($0.rank, $0.id) < ($1.rank, $1.id) }
    self.rows = rows
    places = Dictionary(uniqueKeysWithValues: rows.indices.map { (rows[$0].id, $0) })
    var counts: [Facet: Int] = [.all: rows.count]
    for row in rows { for facet in row.facets { counts[facet, default: 0] += 1 } }
    self.counts = counts
    live = draft.live
    held = HeldGroup.all(in: view.plan)
    let actions = view.plan?.actions ?? []
    planned = actions.indices.filter { actions[$0].kind != .unchanged }
    hasChanges = planned.contains { actions[$0].hold == nil }
  }

  subscript(id: String) -> Row? { places[id].map { rows[$0] } }
}

/// Which listings a page shows.
enum Facet: String, CaseIterable, Sendable {
  case all, attention, waiting, live, off

  var label: String {
    switch self {
    case .all: "All"
    case .attention: "Needs you"
    case .waiting: "Waiting"
    case .live: "Live"
    case .off: "Not offered"
    }
  }
}

/// What is gathered on the way to a catalogue.
private struct Draft {
  let view: ShopView
  var rows: [Catalogue.Row] = []
  var places: [String: Int] = [:]
  var live: [String: Int] = [:]

  init(_ view: ShopView) { self.view = view }

  mutating func collect() {
    let listings = view.wanted?.listings ?? []
    places.reserveCapacity(listings.count + view.ledger.records.count)
    for index in listings.indices { rows[place(of: listings[index].id)].wanted = index }
    for id in view.wanted?.frozenIDs ?? [] { rows[place(of: id)].facets.insert(.attention) }
    for (key, record) in view.ledger.records { collect(key, record) }
    for (key, holds) in view.ledger.standing.holds
    where holds.contains(where: { $0.by == Action.Holder.oversold.rawValue }) {
      if let place = places[key.listing] { rows[place].facets.insert(.attention) }
    }
    let actions = view.plan?.actions ?? []
    for index in actions.indices { collect(index, actions) }
    for problem in view.wanted?.problems ?? [] where problem.severity == .error {
      if let place = problem.listing.flatMap({ places[$0] }) { rows[place].facets.insert(.attention) }
    }
    for index in rows.indices {
      if !rows[index].facets.contains(.live), !isOffered(index) { rows[index].facets.insert(.off) }
      rows[index].words = words(index)
    }
  }

  private mutating func place(of id: String) -> Int {
    if let place = places[id] { return place }
    places[id] = rows.count
    rows.append(Catalogue.Row(id: id))
    return rows.count - 1
  }

  private mutating func collect(_ key: PostKey, _ record: Record) {
    let place = place(of: key.listing)
    if record.isLive {
      rows[place].facets.insert(.live)
      live[key.account, default: 0] += 1
    }
  }

  private mutating func collect(_ index: Int, _ actions: [Action]) {
    let place = place(of: actions[index].key.listing)
    rows[place].actions.append(index)
    if let hold = actions[index].hold {
      rows[place].facets.insert(hold.by.needsPerson ? .attention : .waiting)
    } else if actions[index].kind != .unchanged {
      rows[place].facets.insert(.waiting)
    }
  }

  private func isOffered(_ place: Int) -> Bool {
    guard let index = rows[place].wanted, let status = view.wanted?.listings[index].status else { return false }
    return status == .available || status == .reserved
  }

  private func words(_ place: Int) -> [UInt8] {
    var words = rows[place].id
    func add(_ text: String) {
      words += "\n"
      words += text.utf8.count > 400 ? String(text.prefix(400)) : text
    }
    if let index = rows[place].wanted, let listing = view.wanted?.listings[index] {
      add(listing.file)
      for tag in listing.tags { add(tag) }
      if let content = listing.posts.lazy.compactMap(\.content).first { add(content.title) }
      for post in listing.posts { add(post.account) }
    }
    for record in view.ledger.records(of: rows[place].id) {
      if rows[place].wanted == nil {
        add(record.file)
        if let title = record.content?.title { add(title) }
        add(record.key.account)
      }
      if let remote = record.remoteID { add(remote) }
    }
    return Search.folded(words)
  }
}
