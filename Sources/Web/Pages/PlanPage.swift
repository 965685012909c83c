import Journaling
import Listings
import Planning

/// One action as the plan shows it: its symbol, what it does, why, and who holds it.
struct PlanLine {
  var symbol: String
  var kind: String
  var tone: String
  var listing: String
  var href: String
  var title: String?
  var account: String
  var text: String
  var place: String?

  init(_ action: Action, _ scene: Scene) {
    let isHeld = action.hold != nil
    symbol = isHeld ? "#" : action.kind.symbol
    kind = isHeld ? "held" : action.kind.rawValue
    tone = isHeld ? "wait" : action.kind == .withdraw || action.kind == .replace ? "bad" : "busy"
    listing = action.key.listing
    href = Address.listing(action.key.listing)
    title = scene.title(of: action.key.listing).map { Words.cut($0, 100) }
    account = action.key.account
    text = isHeld ? HeldItem.words(action) : Words.cut(PlanText.describe(action), 300)
    place = action.file.isEmpty ? nil : action.line > 0 ? "\(action.file):\(action.line)" : action.file
  }
}

struct PlanPage {
  var frame: Frame
  var summary: String
  var lines: [PlanLine]
  var guards: [Guard]
  var pager: Pager?
  var isKnown: Bool

  struct Guard {
    var name: String
    var text: String
    var override: String?
  }

  init(_ scene: Scene) {
    frame = Frame("Plan", scene)
    isKnown = scene.view.plan != nil
    let actions = scene.view.plan?.actions ?? []
    let shown = scene.catalogue.planned
    let paging = Paging(total: shown.count, size: 100, asked: scene.request.query["page"])
    lines = shown[paging.range].map { PlanLine(actions[$0], scene) }
    pager = Pager(paging, Address("/plan", [:]))
    summary = scene.view.plan.map { PlanText.summary($0.summary) } ?? "There is no plan yet."
    guards = (scene.view.plan?.guards ?? []).filter { $0.isTripped && !$0.isLifted }.map { report in
      let name = report.name.rawValue.replacing("_", with: " ")
      return Guard(
        name: report.account.map { "\(name), \($0)" } ?? name, text: Words.cut(report.text, 300),
        override: report.override.isEmpty ? nil : report.override)
    }
  }
}

extension Scene {
  func listing(_ id: String) -> Listing? { catalogue[id]?.wanted.flatMap { view.wanted?.listings[$0] } }

  /// What the listing is, or what it was when it was posted last.
  func content(of id: String) -> Content? {
    listing(id)?.posts.lazy.compactMap(\.content).first
      ?? view.ledger.records(of: id).lazy.compactMap { $0.content ?? $0.pending?.content }.first
  }

  func title(of id: String) -> String? { content(of: id)?.title }
}
