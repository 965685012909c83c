import Journaling
import Listings
import Marketplaces
import Planning

/// Something that waits for the seller: what, why, and what settles it.
struct HeldItem {
  var id: String
  var title: String
  var name: String?
  var href: String?
  var cover: String?
  var accounts: String?
  var why: String
  var advice: String?
  var posts: [PlanLine] = []
  var more: String?
  var commands: [String]
  var moves: [Move]
  var isMany: Bool
  var hasMoves: Bool

  /// `isAlone`: on the listing's own page, where its name needs no saying.
  init(_ group: HeldGroup, _ scene: Scene, isAlone: Bool = false) {
    let actions = group.actions.compactMap { scene.view.plan?.actions[$0] }
    let key = actions[0].key
    let account = actions.count == 1 ? key.account : nil
    id = (["held", group.holder.rawValue] + (group.isShared ? [] : [key.listing, account].compactMap { $0 }))
      .joined(separator: "__")
    let settling = Settling(
      .init(
        holder: group.holder, listing: key.listing, account: account,
        isRecorded: HeldItem.isRecorded(actions[0], scene), plan: group.plan), at: id)
    title = settling.title
    (commands, moves, advice) = (settling.commands, settling.moves, settling.advice)
    why = HeldItem.words(actions[0])
    (isMany, hasMoves) = (group.isShared, !moves.isEmpty)
    if group.isShared {
      posts = actions.prefix(5).map { PlanLine($0, scene) }
      more = actions.count > 5 ? "and \(Words.grouped(actions.count - 5)) more" : nil
    } else if !isAlone {
      name = scene.title(of: key.listing).map { Words.cut($0, 120) } ?? key.listing
      href = Address.listing(key.listing)
      cover = scene.content(of: key.listing)?.cover
      accounts = actions.map(\.key.account).joined(separator: ", ")
    }
  }

  /// Whether the seller's hold is in the journal; else it is in the file, and only an edit lifts it.
  static func isRecorded(_ action: Action, _ scene: Scene) -> Bool {
    scene.view.ledger.standing.hold(on: action.key, by: Action.Holder.hold.rawValue) != nil
      && scene.listing(action.key.listing)?.hold == nil
  }

  /// Why it is held, in words alone: what is held and the command have places of their own.
  static func words(_ action: Action) -> String {
    guard var words = action.hold.map({ Words.cut($0.text, 500) }) else { return "" }
    let kind = action.kind.rawValue + ": "
    if words.hasPrefix(kind) { words = words.dropFirst(kind.count).description }
    for lead in [
      "; hawker ", ", then run hawker ", ", or hawker ", " (hawker ", " (or hawker ", ". hawker ", " (--allow-withdraw",
    ] {
      if let start = words.ranges(of: lead).first?.lowerBound { words = String(words[..<start]) }
    }
    return words.prefix(1).uppercased() + words.dropFirst()
  }
}

/// Everything that waits for the seller.
struct NeedsPage {
  var frame: Frame
  var notices: [DashboardPage.Notice]
  var held: [HeldItem]
  var problems: [ProblemLine]
  var pager: Pager?
  var hasHeld: Bool
  var hasProblems: Bool
  var isCalm: Bool

  init(_ scene: Scene) {
    frame = Frame("Needs you", scene)
    notices = DashboardPage.Notice.all(scene)
    let paging = Paging(total: scene.catalogue.held.count, size: 50, asked: scene.request.query["page"])
    held = scene.catalogue.held[paging.range].map { HeldItem($0, scene) }
    pager = Pager(paging, Address("/needs", [:]))
    let errors = Problems.all(scene.view).lazy.filter { $0.severity == .error }
    problems = errors.prefix(50).map { ProblemLine($0, scene.catalogue) }
    (hasHeld, hasProblems) = (!held.isEmpty, !problems.isEmpty)
    isCalm = !hasHeld && !hasProblems && notices.isEmpty
  }
}

extension Scene {
  /// How many things wait for the seller: decisions, errors in files, accounts to connect.
  var asks: Int {
    let oversold = view.ledger.standing.holds.values.count { holds in
      holds.contains { $0.by == Action.Holder.oversold.rawValue }
    }
    return catalogue.held.count { $0.holder != .git } + catalogue.errors
      + view.accounts.count { $0.isEnabled && $0.needsConnecting } + oversold
  }
}
