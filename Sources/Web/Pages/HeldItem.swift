import Journaling
import Listings
import Planning

/// Something that waits for the seller: what, why, and what settles it.
struct HeldItem {
  var id: String
  var title: String
  var name: String?
  var href: String?
  var cover: String?
  var why: String
  var advice: String?
  var posts: [PlanLine] = []
  var more: String?
  var commands: [String]
  var moves: [Move]

  init(_ group: HeldGroup, _ scene: Scene) {
    let actions = group.actions.compactMap { scene.view.plan?.actions[$0] }
    let first = actions[0]
    id =
      "held-" + (group.plan.isEmpty && actions.count == 1 ? "\(first.key.listing)-\(first.key.account)-" : "")
      + group.holder.rawValue
    let settling = Settling(
      group.holder, first.key, at: id, isRecorded: HeldItem.isRecorded(first, scene), plan: group.plan)
    title = settling.title
    (commands, moves, advice) = (settling.commands, settling.moves, settling.advice)
    if group.plan.isEmpty {
      name = scene.title(of: first.key.listing).map { Words.cut($0, 120) } ?? first.key.listing
      href = Address.listing(first.key.listing)
      cover = scene.content(of: first.key.listing)?.cover
      why = HeldItem.withoutCommand(first.hold?.text ?? "")
    } else {
      why = HeldItem.withoutCommand(first.hold?.text ?? "")
      posts = actions.prefix(5).map { PlanLine($0, scene) }
      more = actions.count > 5 ? "and \(Words.grouped(actions.count - 5)) more" : nil
    }
  }

  /// Whether the seller's hold is in the journal; else it is in the file, and only an edit lifts it.
  static func isRecorded(_ action: Action, _ scene: Scene) -> Bool {
    scene.view.ledger.standing.hold(on: action.key, by: Action.Holder.hold.rawValue) != nil
      && scene.listing(action.key.listing)?.hold == nil
  }

  /// The command has a place of its own.
  static func withoutCommand(_ text: String) -> String {
    var words = Words.cut(text, 500)
    if words.hasSuffix(")"), let start = words.ranges(of: " (").last?.lowerBound, words[start...].contains("hawker ") {
      words = String(words[..<start])
    }
    return words
  }
}
