import Diffing
import Listings

/// What somebody changed on the marketplace itself, beside what the file says now. Never undone unasked, and never
/// written over: where both were changed, a person chooses.
struct DriftRules {
  let record: Record
  let content: Content
  /// Field → what is shown there, in words.
  private let shown: [Content.Field: String]

  /// Nil: nothing is known to have been changed there.
  init?(_ record: Record, _ content: Content, _ drift: Drift?) {
    // What is to put it back, and may have done so, is sent again.
    guard let drift, record.pending?.because != "drift" else { return nil }
    let fields = drift.fields.compactMap { Content.Field(rawValue: $0) }
    shown = Dictionary(fields.map { ($0, drift.values[$0.rawValue] ?? "something else") }) { first, _ in first }
    (self.record, self.content) = (record, content)
    guard !shown.isEmpty else { return nil }
  }

  /// What is left to send of the file's own changes: a field that was set to the same on both sides is only recorded.
  func unsent(of changes: [FieldChange]) -> [FieldChange] {
    changes.filter { change in !(shown[change.field].map { isSame(change.field, $0, change.after) } ?? false) }
  }

  /// White space and the case of a marketplace's own words tell nothing.
  private func isSame(_ field: Content.Field, _ one: String, _ other: String) -> Bool {
    if one == other { return true }
    let plain = [one, other].map { $0.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
    switch field {
    case .title, .description: return plain[0] == plain[1]
    case .category, .condition: return plain[0].lowercased() == plain[1].lowercased()
    case .price, .location, .photos: return false
    }
  }

  /// Fields that both sides changed, and not to the same.
  func conflicts(with changes: [FieldChange]) -> [Content.Field] {
    unsent(of: changes).map(\.field).filter { shown[$0] != nil }
  }

  /// Puts the file's value in the place of what is shown there, beside the file's own changes.
  func enforced(_ changes: [FieldChange]) -> [FieldChange] {
    let own = changes.filter { shown[$0.field] == nil }
    return (own + restored).sorted { $0.field < $1.field }
  }

  /// What is shown there, and what the file says instead.
  var restored: [FieldChange] {
    shown.filter { !isSame($0.key, content.text(of: $0.key), $0.value) }
      .map { FieldChange(field: $0.key, before: $0.value, after: content.text(of: $0.key)) }
      .sorted { $0.field < $1.field }
  }

  /// `price is 430.00 USD there and 420.00 USD in the file`
  func words(_ fields: [Content.Field]) -> String {
    restored.filter { fields.contains($0.field) }.map { change in
      switch change.field {
      case .description, .photos: "\(change.field.rawValue) is another there than in the file"
      default: "\(change.field.rawValue) is \(change.before) there and \(change.after) in the file"
      }
    }.joined(separator: ", ")
  }
}

extension Action {
  /// Whether it would write over what was changed there, unasked: its plan was made before that was seen.
  package func overwrites(_ drift: Drift?) -> Bool {
    guard let drift, kind == .update || kind == .replace, reason.code != "drift", let record,
      let content = post?.content, let rules = DriftRules(record, content, drift)
    else { return false }
    return !rules.conflicts(with: changes).isEmpty
  }
}

extension Rules {
  /// Nil: the file's changes are sent as ever, and what was changed there besides stays as it is.
  func drifted(_ drift: DriftRules, _ changes: [FieldChange], _ update: (_ changes: [FieldChange]) -> Action) -> Action?
  {
    let key = drift.record.key
    let ways = "(hawker pull \(key.listing) takes what is there, hawker apply --enforce puts it back)"
    if input.enforces {
      let all = drift.enforced(changes)
      guard !all.isEmpty else { return recorded(drift, changes, update) }
      var action = update(all)
      action.reason = .init("drift", "changed on \(key.account)")
      return action
    }
    let conflicts = drift.conflicts(with: changes)
    if !conflicts.isEmpty {
      var action = update(drift.enforced(changes))
      action.reason = .init("drift", "changed on \(key.account) and in the file")
      return action.held(by: .conflict, "\(action.kind.rawValue): \(drift.words(conflicts)) \(ways)")
    }
    if changes.isEmpty {
      let fields = drift.restored
      guard !fields.isEmpty else { return nil }
      var action = update(fields)
      action.reason = .init("drift", "changed on \(key.account)")
      return action.held(by: .drift, "\(action.kind.rawValue): \(drift.words(fields.map(\.field))) \(ways)")
    }
    return drift.unsent(of: changes).isEmpty ? recorded(drift, changes, update) : nil
  }

  /// Both sides say the same by now: nothing is sent.
  private func recorded(
    _ drift: DriftRules, _ changes: [FieldChange], _ update: (_ changes: [FieldChange]) -> Action
  ) -> Action? {
    guard !changes.isEmpty else { return nil }
    var action = update([])
    action.reason = .init("drift", "recorded: \(drift.record.key.account) shows the same")
    return action
  }
}
