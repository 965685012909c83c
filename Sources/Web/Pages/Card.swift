import Journaling
import Listings
import Planning

/// A listing on one account, in one line.
struct PostLine {
  var account: String
  var state: PostState
  var url: String?
  var price: String?
  /// What is next, or what was changed there by somebody else.
  var note: String?

  init(_ key: PostKey, _ action: Action?, _ scene: Scene) {
    let (ledger, record) = (scene.view.ledger, scene.view.ledger[key])
    account = key.account
    state = PostState.of(
      record, action, isSoldHere: ledger.sales[key.listing]?.contains { $0.account == key.account } ?? false,
      isFrozen: scene.isFrozen(key))
    url = record?.isLive == true || record?.state == .uncertain ? record?.url.flatMap(PostLine.link) : nil
    price = record?.isLive == true ? record?.content?.price.description : nil
    if let action, action.kind != .unchanged {
      let text = action.hold == nil ? PlanText.describe(action) : HeldItem.words(action)
      note = action.kind == .create && action.hold == nil ? nil : Words.cut(text, 160)
    }
    if let drift = ledger.drifts[key], note == nil {
      note = "Changed on \(key.account): \(Words.cut(drift.fields.joined(separator: ", "), 100))"
      if state.tone == "good" { state = PostState("Live, changed there", "wait") }
    }
  }

  /// Only what a browser may follow: an address may come from a marketplace's answer.
  static func link(_ url: String) -> String? { url.hasPrefix("https://") || url.hasPrefix("http://") ? url : nil }
}

/// A listing at a glance.
struct Card {
  var id: String
  var href: String
  var title: String
  var price: String?
  var cover: String?
  var status: String?
  var posts: [PostLine]
  var moves: [Move]

  init(_ row: Catalogue.Row, _ scene: Scene) {
    id = row.id
    href = Address.listing(row.id)
    let content = scene.content(of: row.id)
    title = Words.cut(content?.title ?? row.id, 160)
    price = scene.prices(of: row.id) ?? content?.price.description
    cover = content?.cover
    status = scene.status(of: row.id).flatMap { $0 == Listing.Status.available.rawValue ? nil : $0 }
    posts = scene.posts(row)
    moves = scene.moves(row.id, at: "do")
  }
}

extension Scene {
  /// What its file says; `frozen` when that can't be read, `no file` when there is none.
  func status(of id: String) -> String? {
    if let listing = listing(id) { return listing.status.rawValue }
    guard let wanted = view.wanted else { return nil }
    let records = view.ledger.records(of: id)
    let isFrozen = wanted.freezes(id: id, lastFile: records.first?.file ?? "")
    return isFrozen ? "frozen" : "no file"
  }

  func isFrozen(_ key: PostKey) -> Bool {
    guard let wanted = view.wanted else { return false }
    if wanted.freezes(id: key.listing, lastFile: view.ledger[key]?.file ?? "") { return true }
    return listing(key.listing)?.posts.contains { $0.account == key.account && $0.content == nil } ?? false
  }

  /// Its posts, wanted or recorded, in the order of the accounts.
  func posts(_ row: Catalogue.Row) -> [PostLine] {
    keys(row).map { key in PostLine(key, action(key, row), self) }
  }

  func keys(_ row: Catalogue.Row) -> [PostKey] {
    var accounts = Set(view.ledger.records(of: row.id).map(\.key.account))
    accounts.formUnion(listing(row.id)?.posts.map(\.account) ?? [])
    return accounts.sorted().map { PostKey(listing: row.id, account: $0) }
  }

  /// What is to be done about the post; what holds it comes before what doesn't.
  func action(_ key: PostKey, _ row: Catalogue.Row) -> Action? {
    let actions = row.actions.compactMap { view.plan?.actions[$0] }.filter { $0.key == key }
    return actions.first { $0.hold != nil } ?? actions.first { $0.kind != .unchanged } ?? actions.first
  }

  /// `430.00 – 450.00 USD` where accounts differ.
  func prices(of id: String) -> String? {
    let all = (listing(id)?.posts ?? []).compactMap(\.content?.price)
    guard let low = all.min(by: { $0.minor < $1.minor }), let high = all.max(by: { $0.minor < $1.minor }) else {
      return nil
    }
    return low.currency == high.currency && low != high ? "\(low.decimal) – \(high)" : low.description
  }

  /// What can be done about a listing at any time.
  func moves(_ id: String, at place: String) -> [Move] {
    let live = view.ledger.records(of: id).filter(\.isLive).map(\.key.account)
    let hold = view.ledger.records(of: id).isEmpty && listing(id) == nil ? [] : [Move.hold(id, at: place)]
    guard !live.isEmpty else { return hold }
    return [Move.sold(id, onOneOf: live, at: place)] + hold
  }
}
