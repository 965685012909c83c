import Diffing
import Listings

/// The words of a single action.
extension PlanText {
  /// Where a change comes from: `line 6`, or another file with its line.
  static func origin(_ action: Action) -> String? {
    guard action.line > 0, action.kind == .update || action.kind == .replace else { return nil }
    return action.file == action.listingFile ? "line \(action.line)" : "\(action.file):\(action.line)"
  }

  /// Why it is held and, where that doesn't say it, what would change.
  static func held(_ action: Action, _ hold: Action.Hold) -> String {
    guard hold.by != .drift, hold.by != .conflict, !action.changes.isEmpty else { return hold.text }
    let change = describe(action)
    let parts = [hold.text.contains(change) ? nil : change, origin(action)].compactMap { $0 }
    return parts.isEmpty ? hold.text : "\(hold.text): \(parts.joined(separator: ", "))"
  }

  /// What an action does, in a few words: `price 450.00 → 420.00 USD`.
  package static func describe(_ action: Action) -> String {
    switch action.kind {
    case .unchanged: ""
    case .create:
      offer(action.post) + (action.reason.code == "again" ? " (again)" : "")
    case .update, .replace:
      action.changes.isEmpty ? action.reason.text : action.changes.map(change).joined(separator: ", ")
    case .withdraw, .forget, .resolve, .adopt: action.reason.text
    }
  }

  private static func offer(_ post: WantedPost?) -> String {
    guard let title = post?.title, let price = post?.price else { return "" }
    return brief(title, 40) + ", " + price.description
  }

  /// `price 450.00 → 420.00 USD`; long texts by their size alone.
  static func change(_ change: FieldChange) -> String {
    let name = change.field.rawValue
    switch change.field {
    case .photos:
      let counts = [change.before, change.after].map { $0.split(separator: " ").count }
      return counts[0] == counts[1] ? "photos changed" : "photos \(counts[0]) → \(counts[1])"
    case .description: return "description changed"
    case .price:
      let suffix = " " + (change.after.split(separator: " ").last ?? "")
      let before = change.before.hasSuffix(suffix) ? String(change.before.dropLast(suffix.count)) : change.before
      return "\(name) \(before) → \(change.after)"
    default: return "\(name) \(brief(change.before, 30)) → \(brief(change.after, 30))"
    }
  }

  private static func brief(_ text: String, _ limit: Int) -> String {
    if text.utf8.count <= limit { return text }
    // Counting characters is slow, and ASCII needs no counting.
    if isASCII(text) { return String(decoding: text.utf8.prefix(limit - 1), as: UTF8.self) + "…" }
    return text.count <= limit ? text : String(text.prefix(limit - 1)) + "…"
  }
}
