import Journaling
import Listings
import Planning

/// What is gathered on the way to a catalogue.
struct CatalogueDraft {
  private let view: ShopView
  private let last: Catalogue?
  /// What the last one has of the files, and of the plan, is so still.
  private let isSameScan: Bool
  private let isSamePlan: Bool
  private(set) var rows: [Catalogue.Row] = []
  private var places: [String: Int] = [:]
  private let listings: [Listing]
  private(set) var live: [String: Int] = [:]

  init(_ view: ShopView, _ stamp: Catalogue.Stamp, after last: Catalogue?) {
    self.view = view
    self.last = last
    listings = view.wanted?.listings ?? []
    isSameScan = last?.stamp.isOfScan(stamp) ?? false
    isSamePlan = last?.stamp.isOfPlan(stamp) ?? false
    // In the order of before, so that there is little to sort; what is gone from the shop is taken out in the end.
    rows = last?.rows.map { Catalogue.Row(id: $0.id) } ?? []
    places = last?.places ?? [:]
  }

  mutating func collect() {
    places.reserveCapacity(listings.count + view.ledger.records.count)
    for index in listings.indices { rows[place(of: listings[index].id)].wanted = index }
    for id in view.wanted?.frozenIDs ?? [] { note(.attention, at: place(of: id)) }
    for (key, record) in view.ledger.records { collect(key, record) }
    for (key, holds) in view.ledger.standing.holds
    where holds.contains(where: { $0.by == Action.Holder.oversold.rawValue }) {
      if let place = places[key.listing], rows[place].isThere { rows[place].facets.insert(.attention) }
    }
    collectPlan()
    for problem in view.wanted?.problems ?? [] where problem.severity == .error {
      guard let place = problem.listing.flatMap({ places[$0] }), rows[place].isThere else { continue }
      rows[place].facets.insert(.attention)
    }
    for index in rows.indices where rows[index].isThere {
      if !rows[index].facets.contains(.live), !isOffered(index) { rows[index].facets.insert(.off) }
      rows[index].words = words(index)
    }
    if rows.contains(where: { !$0.isThere }) { rows.removeAll { !$0.isThere } }
  }

  private mutating func place(of id: String) -> Int {
    if let place = places[id] {
      rows[place].isThere = true
      return place
    }
    places[id] = rows.count
    rows.append(Catalogue.Row(id: id, isThere: true))
    return rows.count - 1
  }

  private mutating func note(_ facet: Facet, at place: Int) { rows[place].facets.insert(facet) }

  private mutating func collect(_ key: PostKey, _ record: Record) {
    let place = place(of: key.listing)
    if record.isLive {
      rows[place].facets.insert(.live)
      live[key.account, default: 0] += 1
    }
    // A search finds a post by its id there; what has no file any more, by what was posted.
    if let remote = record.remoteID { rows[place].record(remote) }
    guard rows[place].wanted == nil else { return }
    rows[place].record(record.file)
    if let title = record.content?.title { rows[place].record(title) }
    rows[place].record(key.account)
  }

  private mutating func collectPlan() {
    if isSamePlan, let last {
      for place in last.rows.indices where !last.rows[place].actions.isEmpty {
        (rows[place].actions, rows[place].planned) = (last.rows[place].actions, last.rows[place].planned)
        rows[place].facets.formUnion(rows[place].planned)
        rows[place].isThere = true
      }
      return
    }
    let actions = view.plan?.actions ?? []
    // By index: going through the actions would copy each.
    for index in actions.indices { collect(index, actions) }
  }

  private mutating func collect(_ index: Int, _ actions: [Action]) {
    let place = place(of: actions[index].key.listing)
    rows[place].actions.append(index)
    if let hold = actions[index].hold {
      rows[place].planned.insert(hold.by.needsPerson ? .attention : .waiting)
    } else if actions[index].kind != .unchanged {
      rows[place].planned.insert(.waiting)
    }
    rows[place].facets.formUnion(rows[place].planned)
  }

  private func isOffered(_ place: Int) -> Bool {
    guard let index = rows[place].wanted else { return false }
    let status = listings[index].status
    return status == .available || status == .reserved
  }

  /// The words of the listing itself: those of before, while it is the same. (After another scan it is compared; its texts
  /// are shared while its file is not read again, so that this costs no more than a few addresses.)
  private func words(_ place: Int) -> [UInt8] {
    let old = last.flatMap { place < $0.rows.count ? $0.rows[place].wanted : nil }
    guard let index = rows[place].wanted else { return Search.folded(rows[place].id) }
    if let last, let old, isSameScan || last.listings[old] == listings[index] { return last.rows[place].words }
    let listing = listings[index]
    var words = rows[place].id
    func add(_ text: String) {
      words += "\n"
      words += Catalogue.Row.cut(text)
    }
    add(listing.file)
    for tag in listing.tags { add(tag) }
    if let content = listing.posts.lazy.compactMap(\.content).first { add(content.title) }
    for post in listing.posts { add(post.account) }
    return Search.folded(words)
  }
}

extension Catalogue.Row {
  static func cut(_ text: String) -> String { text.utf8.count > 400 ? String(text.prefix(400)) : text }

  fileprivate mutating func record(_ text: String) {
    recorded.append(0x0A)
    recorded += Search.folded(Catalogue.Row.cut(text))
  }
}
