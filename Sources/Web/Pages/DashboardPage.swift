import Journaling
import Listings
import Marketplaces
import Planning

/// The page that a seller leaves open.
struct DashboardPage {
  var frame: Frame
  var under: String
  var tiles: [Tile]
  var notices: [Notice]
  var exposures: [ExposureLine]
  var held: [HeldItem]
  var heldMore: String?
  var problems: [ProblemLine]
  var problemsMore: String?
  var browse: Browse
  var accounts: [AccountCard]
  var plan: [PlanLine]
  var planMore: String?
  var planNone: String
  var plots: [Plot]
  var activity: [ActivityLine]
  var isNew: Bool
  var hasExposures: Bool
  var hasHeld: Bool
  var hasProblems: Bool

  struct Tile {
    var label: String
    var value: String
    var href: String
    var tone: String
  }

  /// What stands above all else: the folder is not there, an account needs connecting.
  struct Notice {
    var tone: String
    var word: String
    var text: String
    var command: String?
    var moves: [Move] = []
  }

  init(_ scene: Scene) {
    let (view, catalogue) = (scene.view, scene.catalogue)
    frame = Frame("Shop", scene)
    under = DashboardPage.under(view)
    notices = Notice.all(scene)
    exposures = ExposureLine.all(scene)
    held = catalogue.held.prefix(4).map { HeldItem($0, scene) }
    heldMore = catalogue.held.count > 4 ? "All \(Words.grouped(catalogue.held.count)) that need you" : nil
    let problems = Problems.all(view)
    self.problems = problems.prefix(5).map { ProblemLine($0, catalogue) }
    problemsMore = problems.count > 5 ? "and \(Words.grouped(problems.count - 5)) more" : nil
    browse = Browse(scene)
    accounts = view.accounts.map { AccountCard($0, catalogue.live[$0.name] ?? 0, now: view.now) }
    let actions = view.plan?.actions ?? []
    // What waits for the seller stands beside it already.
    let next = catalogue.planned.lazy.filter { actions[$0].hold?.by.needsPerson != true }
    plan = next.prefix(6).map { PlanLine(actions[$0], scene) }
    planMore =
      catalogue.planned.count > plan.count ? "The whole plan: \(Words.count(catalogue.planned.count, "action"))" : nil
    planNone = catalogue.planned.isEmpty ? "Nothing to do." : "Nothing to do until you decide."
    plots = Plot.all(scene.request.traffic)
    activity = scene.request.recent.suffix(30).reversed().map(ActivityLine.init)
    isNew = catalogue.rows.isEmpty && problems.isEmpty && view.wanted?.root == .seen
    tiles = DashboardPage.tiles(scene)
    (hasExposures, hasHeld, hasProblems) = (!exposures.isEmpty, !held.isEmpty, !problems.isEmpty)
  }

  private static func under(_ view: ShopView) -> String {
    var parts: [String] = []
    let (shop, root) = (view.config.shop + "/", view.config.listings)
    let folder = root.hasPrefix(shop) ? root.dropFirst(shop.count) + "/" : root
    switch view.watch {
    case .watching: parts.append("Watching \(folder)")
    case .polling(let why): parts.append("Looking at \(folder) from time to time (\(why))")
    }
    if view.inFlight > 0 { parts.append("\(Words.count(view.inFlight, "request")) under way") }
    if view.queued > 0 { parts.append("\(Words.grouped(view.queued)) waiting their turn") }
    return parts.joined(separator: " · ")
  }

  private static func tiles(_ scene: Scene) -> [Tile] {
    let catalogue = scene.catalogue
    func count(_ facet: Facet) -> Int { catalogue.counts[facet] ?? 0 }
    func tile(_ facet: Facet, _ label: String, _ tone: String) -> Tile {
      Tile(
        label: label, value: Words.grouped(count(facet)),
        href: Address("/", ["show": facet == .all ? "" : facet.rawValue]).text + "#listings",
        tone: count(facet) > 0 ? tone : "idle")
    }
    return [
      tile(.all, "listings", "idle"), tile(.live, "live", "good"), tile(.waiting, "waiting", "busy"),
      tile(.attention, "need you", "wait"),
    ]
  }
}

extension DashboardPage.Notice {
  static func all(_ scene: Scene) -> [Self] {
    let view = scene.view
    var notices: [Self] = []
    if case .unseen(let why) = view.wanted?.root {
      notices.append(Self(tone: "bad", word: "Folder", text: why + ". Nothing at all is changed until it is back."))
    }
    if !view.configProblems.isEmpty {
      notices.append(
        Self(
          tone: "bad", word: "Config",
          text: "hawker.yaml has errors; the last good one stays in force until they are mended."))
    }
    for account in view.accounts where account.isEnabled && account.needsConnecting {
      notices.append(
        Self(
          tone: "bad", word: "Account", text: "\(account.name) needs connecting; nothing is sent there until then.",
          command: "hawker connect \(account.name)"))
    }
    if let activity = view.wanted?.gitActivity {
      notices.append(
        Self(tone: "wait", word: "Git", text: "Git is at work (\(activity)); withdrawals wait until it has finished."))
    }
    for key in view.ledger.standing.holds.keys.sorted() {
      guard let hold = view.ledger.standing.hold(on: key, by: Action.Holder.oversold.rawValue) else { continue }
      notices.append(oversold(key, hold, scene))
    }
    return Array(notices.prefix(12))
  }

  /// Two buyers of one thing: nothing is held by it, but somebody has to be told.
  private static func oversold(_ key: PostKey, _ hold: RecordedHold, _ scene: Scene) -> Self {
    let settling = Settling(.init(holder: .oversold, listing: key.listing, account: key.account), at: "notice")
    let title = scene.title(of: key.listing).map { Words.cut($0, 100) } ?? key.listing
    return Self(
      tone: "bad", word: settling.title,
      text: "\(title): \(hold.text ?? "it was sold twice"). \(settling.advice ?? "")", command: settling.commands.first,
      moves: settling.moves)
  }
}

/// The listings, searched and paged.
struct Browse {
  var query: String
  var show: String
  var facets: [FacetLink]
  var cards: [Card]
  var count: String
  var pager: Pager?
  var isEmpty: Bool
  var isSearched: Bool

  struct FacetLink {
    var label: String
    var count: String
    var href: String
    var isCurrent: Bool
  }

  static let size = 24

  init(_ scene: Scene) {
    let (asked, catalogue) = (scene.request.query, scene.catalogue)
    query = Words.cut(asked["q"] ?? "", 200)
    let facet = asked["show"].flatMap(Facet.init) ?? .all
    show = facet == .all ? "" : facet.rawValue
    let search = Search(query)
    isSearched = !search.isEmpty
    let found = catalogue.rows.indices.filter { index in
      (facet == .all || catalogue.rows[index].facets.contains(facet)) && search.finds(catalogue.rows[index])
    }
    let paging = Paging(total: found.count, size: Browse.size, asked: asked["page"])
    cards = found[paging.range].map { Card(catalogue.rows[$0], scene) }
    isEmpty = cards.isEmpty
    count = Words.count(found.count, "listing")
    let address = Address("/", asked).with("page", nil)
    pager = Pager(paging, address)
    facets = Facet.allCases.map { other in
      FacetLink(
        label: other.label, count: Words.grouped(catalogue.counts[other] ?? 0),
        href: address.with("show", other == .all ? nil : other.rawValue).text + "#listings", isCurrent: other == facet)
    }
  }
}
