import Journaling
import Listings
import Planning

/// Every listing of a shop, wanted or recorded, in the order of the page, with what a search looks in. Made once for a plan
/// and a journal; a page then picks its few.
///
/// Making one is O(N) in listings, records and actions, and while posts are made it is done with nearly every page. So it
/// begins with the one before: its order, in which a sort finds little to do, its places, the folded words of each listing
/// that is still the same, and what only the plan tells. What is left for each listing is a look-up or two.
struct Catalogue: Sendable {
  /// While it is the same, so is the catalogue.
  struct Stamp: Hashable, Sendable {
    private let lineage: String
    private let sequence: Int
    private let plannedAt: Timestamp?
    private let scannedAt: Timestamp?
    private let counts: [Int]
    private let plan: Int?
    private let scan: Int?

    init(_ view: ShopView) {
      lineage = view.ledger.lineage
      sequence = view.ledger.sequence
      plannedAt = view.plan?.createdAt
      scannedAt = view.lastScan
      counts = [
        view.ledger.records.count, view.plan?.actions.count ?? -1, view.wanted?.listings.count ?? -1,
        view.wanted?.problems.count ?? -1, view.configProblems.count,
      ]
      (plan, scan) = (view.planNumber, view.scanNumber)
    }

    /// Whether both are known to be of one scan.
    func isOfScan(_ other: Stamp) -> Bool { scan != nil && scan == other.scan }

    /// Whether both are known to be of one plan.
    func isOfPlan(_ other: Stamp) -> Bool { plan != nil && plan == other.plan }
  }

  struct Row: Hashable, Sendable {
    let id: String
    /// Its place in `wanted.listings`.
    var wanted: Int?
    /// Places in `plan.actions`.
    var actions: [Int] = []
    var facets: Facets = []
    /// Those of them that the plan tells.
    var planned: Facets = []
    /// Something tells of it: it is not one of an earlier catalogue alone.
    var isThere = false
    /// What a search looks in: lower case, as UTF-8. What the file says, and what is recorded.
    var words: [UInt8] = []
    var recorded: [UInt8] = []

    var rank: Int { facets.contains(.attention) ? 0 : facets.contains(.off) ? 2 : 1 }
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
  /// Errors in files, the config's among them.
  let errors: Int
  /// What the words were made from.
  let listings: [Listing]

  /// `last`: the catalogue before, of which what still holds is taken over.
  init(_ view: ShopView, _ stamp: Stamp, after last: Catalogue? = nil) {
    self.stamp = stamp
    listings = view.wanted?.listings ?? []
    var draft = CatalogueDraft(view, stamp, after: last)
    draft.collect()
    let rows = draft.rows.sorted { ($0.rank, $0.id) < ($1.rank, $1.id) }
    self.rows = rows
    if let last, last.rows.count == rows.count, rows.indices.allSatisfy({ rows[$0].id == last.rows[$0].id }) {
      places = last.places
    } else {
      places = Dictionary(uniqueKeysWithValues: rows.indices.map { (rows[$0].id, $0) })
    }
    var counts: [Facet: Int] = [.all: rows.count]
    for facet in Facet.allCases where facet != .all { counts[facet] = rows.count { $0.facets.contains(facet) } }
    self.counts = counts
    live = draft.live
    errors = Problems.all(view).count { $0.severity == .error }
    if let last, last.stamp.isOfPlan(stamp) {
      (held, planned, hasChanges) = (last.held, last.planned, last.hasChanges)
      return
    }
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

/// Several facets.
struct Facets: Hashable, Sendable, ExpressibleByArrayLiteral {
  private var bits: UInt8 = 0

  init(arrayLiteral facets: Facet...) { for facet in facets { insert(facet) } }

  mutating func insert(_ facet: Facet) { bits |= facet.bit }
  mutating func formUnion(_ other: Facets) { bits |= other.bits }
  func contains(_ facet: Facet) -> Bool { bits & facet.bit != 0 }
}

extension Facet {
  fileprivate var bit: UInt8 {
    switch self {
    case .all: 1
    case .attention: 2
    case .waiting: 4
    case .live: 8
    case .off: 16
    }
  }
}
