import Diffing
import Listings

/// The plan as a person reads it. Deterministic: no clock in it but what a hold says.
package struct PlanText {
  /// Shows unchanged posts too.
  package var isVerbose: Bool
  /// Colour on top of the symbols, never instead of them.
  package var isColoured: Bool

  package init(isVerbose: Bool = false, isColoured: Bool = false) {
    self.isVerbose = isVerbose
    self.isColoured = isColoured
  }

  package func render(_ plan: Plan) -> String {
    var text = posts(plan.actions, Set(plan.settled.keys))
    if !text.isEmpty { text += "\n" }
    for report in plan.guards where report.name == .root || report.name == .oversold {
      let way = report.override.isEmpty ? "" : " (\(report.override))"
      text += "\(report.name.rawValue): \(Escaping.line(report.text))\(way)\n\n"
    }
    for problem in plan.problems { text += self.problem(problem) }
    if !plan.problems.isEmpty { text += "\n" }
    return text + PlanText.summary(plan.summary) + "\n"
  }

  /// `settled`: accounts of posts that no action stands for.
  private func posts(_ actions: [Action], _ settled: Set<String>) -> String {
    let rows = self.rows(actions)
    let width = max(accountWidth(actions, settled) + 1, 11)
    // As bytes: a String grows by small pieces several times slower.
    var text: [UInt8] = []
    text.reserveCapacity(rows.count * 96)
    var first = rows.startIndex
    while first < rows.endIndex {
      let end = rows[first...].firstIndex { $0.group != rows[first].group } ?? rows.endIndex
      header(rows[first..<end], actions, &text)
      for row in rows[first..<end] { line(actions[row.index], accountWidth: width, &text) }
      first = end
    }
    return String(decoding: text, as: UTF8.self)
  }

  private func accountWidth(_ actions: [Action], _ settled: Set<String>) -> Int {
    var accounts = settled
    for index in actions.indices { accounts.insert(actions[index].key.account) }
    return accounts.map(\.count).max() ?? 0
  }

  /// An action that is shown, by its place: actions are large, and there are tens of thousands.
  private struct Row {
    /// The place of its listing in the text.
    var group: Int
    var index: Int
  }

  /// By listing, in the order of each one's first action. A listing with something to show shows its unchanged posts too.
  private func rows(_ all: [Action]) -> [Row] {
    var groups: [String: Int] = [:]
    var rows: [Row] = []
    groups.reserveCapacity(all.count)
    rows.reserveCapacity(all.count)
    for index in all.indices where isVerbose || all[index].kind != .unchanged {
      let listing = all[index].key.listing
      if let last = rows.last, all[last.index].key.listing == listing {
        rows.append(Row(group: last.group, index: index))
      } else {
        let new = groups.count
        rows.append(Row(group: groups[listing, default: new], index: index))
        if groups[listing] == nil { groups[listing] = new }
      }
    }
    if !isVerbose, !groups.isEmpty {
      for index in all.indices where all[index].kind == .unchanged {
        if let group = groups[all[index].key.listing] { rows.append(Row(group: group, index: index)) }
      }
    }
    rows.sort { $0.group == $1.group ? all[$0.index].key < all[$1.index].key : $0.group < $1.group }
    return rows
  }

  private func header(_ rows: ArraySlice<Row>, _ actions: [Action], _ text: inout [UInt8]) {
    let first = rows.startIndex
    let isGone = rows.contains { actions[$0.index].cause == .fileGone || actions[$0.index].kind == .forget }
    let file = isGone ? actions[rows[first].index].record?.file : actions[rows[first].index].listingFile
    PlanText.append(Escaping.line(actions[rows[first].index].key.listing), padded: 42, to: &text)
    text += Escaping.line(file ?? "").utf8
    text += (isGone ? " (gone)\n" : "\n").utf8
  }

  private func line(_ action: Action, accountWidth: Int, _ text: inout [UInt8]) {
    let isHeld = action.hold != nil
    if isColoured { text += "\u{1B}[\(colour(of: action))m".utf8 }
    let start = text.count
    text += "  ".utf8
    text += (isHeld ? "#" : action.kind.symbol).utf8
    text.append(0x20)
    PlanText.append(isHeld ? "held" : action.kind.rawValue, padded: 10, to: &text)
    PlanText.append(action.key.account, padded: accountWidth, to: &text)
    text += Escaping.line(action.hold?.text ?? PlanText.describe(action)).utf8
    if !isHeld, action.line > 0, action.kind == .update || action.kind == .replace {
      let line = String(decoding: text[start...], as: UTF8.self)
      text.removeSubrange(start...)
      PlanText.append(line, padded: 58, to: &text)
      text +=
        (action.file == action.listingFile ? "line \(action.line)" : Escaping.line("\(action.file):\(action.line)"))
        .utf8
    }
    while text.last == 0x20 { text.removeLast() }
    if isColoured { text += "\u{1B}[0m".utf8 }
    text.append(0x0A)
  }

  private func colour(of action: Action) -> String {
    if action.hold != nil { return "33" }
    return switch action.kind {
    case .create, .adopt: "32"
    case .update, .resolve: "36"
    case .replace, .withdraw: "31"
    case .forget, .unchanged: "2"
    }
  }

  private func problem(_ problem: Problem) -> String {
    let account = problem.account.map { " (\($0))" } ?? ""
    let text = "\(problem.place): \(problem.severity.rawValue): \(problem.message)\(account) [\(problem.rule)]"
    let line = Escaping.line(text)
    guard isColoured else { return line + "\n" }
    return "\u{1B}[\(problem.severity == .error ? "31" : "33")m\(line)\u{1B}[0m\n"
  }

  /// What an action does, in a few words: `price 450.00 → 420.00 USD`.
  package static func describe(_ action: Action) -> String {
    switch action.kind {
    case .unchanged: ""
    case .create:
      (action.post?.content.map { brief($0.title, 40) + ", " + $0.price.description } ?? "")
        + (action.reason.code == "again" ? " (again)" : "")
    case .update, .replace:
      action.changes.isEmpty ? action.reason.text : action.changes.map(change).joined(separator: ", ")
    case .withdraw, .forget, .resolve, .adopt: action.reason.text
    }
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

  package static func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: blanks(behind: text, width))
  }

  private static func append(_ text: String, padded width: Int, to line: inout [UInt8]) {
    line += text.utf8
    line += repeatElement(0x20, count: blanks(behind: text, width))
  }

  /// At least one.
  private static func blanks(behind text: String, _ width: Int) -> Int {
    max(1, width - (isASCII(text) ? text.utf8.count : text.count))
  }

  /// Whether each byte is a character: CR and LF may make one of two.
  private static func isASCII(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
      for byte in bytes where byte >= 0x80 || byte == 0x0D { return false }
      return true
    }
  }

  package static func summary(_ summary: Plan.Summary) -> String {
    var parts = [Action.Kind.create, .update, .replace, .withdraw].map { "\(summary[$0]) \($0.rawValue)" }
    parts += [Action.Kind.adopt, .forget, .resolve].filter { summary[$0] > 0 }.map { "\(summary[$0]) \($0.rawValue)" }
    parts += ["\(summary.held) held", "\(summary[.unchanged]) unchanged"]
    let problems = "\(summary.problems) problem\(summary.problems == 1 ? "" : "s")"
    let warnings = "\(summary.warnings) warning\(summary.warnings == 1 ? "" : "s")"
    return "Plan: " + parts.joined(separator: ", ") + ". \(problems), \(warnings)."
  }
}

/// Makes outside text safe for one line of a terminal or a log: no control character gets through.
package enum Escaping {
  package static func line(_ text: String) -> String {
    var text = text
    let isPlain = text.withUTF8 { bytes in
      for byte in bytes where byte < 0x20 || byte >= 0x7F { return false }
      return true
    }
    if isPlain { return text }
    guard text.unicodeScalars.contains(where: isUnsafe) else { return text }
    var safe = ""
    for scalar in text.unicodeScalars {
      if scalar == "\n" {
        safe += "⏎"
      } else if isUnsafe(scalar) {
        safe += "\\u{\(String(scalar.value, radix: 16))}"
      } else {
        safe.unicodeScalars.append(scalar)
      }
    }
    return safe
  }

  private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || (0x202A...0x202E).contains(scalar.value)
      || (0x2066...0x2069).contains(scalar.value)
  }
}
