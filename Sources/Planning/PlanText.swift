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
    var text = ""
    let width = (Set(plan.actions.map(\.key.account)).map(\.count).max() ?? 0) + 1
    for (listing, rows) in grouped(plan.actions) {
      text += header(listing, rows)
      for row in rows { text += line(row, accountWidth: max(width, 11)) }
    }
    if !text.isEmpty { text += "\n" }
    for report in plan.guards where report.name == .root { text += "root: \(Escaping.line(report.text))\n\n" }
    for problem in plan.problems { text += self.problem(problem) }
    if !plan.problems.isEmpty { text += "\n" }
    return text + PlanText.summary(plan.summary) + "\n"
  }

  /// By listing, in the order of each one's first action. A listing with something to show shows its unchanged posts too.
  private func grouped(_ all: [Action]) -> [(String, [Action])] {
    var order: [String] = []
    var rows: [String: [Int]] = [:]
    for (index, action) in all.enumerated() where isVerbose || action.kind != .unchanged {
      rows[action.key.listing, default: []].append(index)
      if rows[action.key.listing]?.count == 1 { order.append(action.key.listing) }
    }
    if !isVerbose {
      for (index, action) in all.enumerated() where action.kind == .unchanged {
        if rows[action.key.listing] != nil { rows[action.key.listing]?.append(index) }
      }
    }
    return order.map { ($0, (rows[$0] ?? []).map { all[$0] }.sorted { $0.key < $1.key }) }
  }

  private func header(_ listing: String, _ rows: [Action]) -> String {
    let isGone = rows.contains { $0.cause == .fileGone || $0.kind == .forget }
    let file = isGone ? rows.first?.record?.file : rows.first?.listingFile
    return PlanText.pad(Escaping.line(listing), 42) + Escaping.line(file ?? "") + (isGone ? " (gone)" : "") + "\n"
  }

  private func line(_ action: Action, accountWidth: Int) -> String {
    let symbol = action.hold == nil ? action.kind.symbol : "#"
    let word = action.hold == nil ? action.kind.rawValue : "held"
    var text = "  \(symbol) " + PlanText.pad(word, 10) + PlanText.pad(action.key.account, accountWidth)
    text += Escaping.line(action.hold?.text ?? PlanText.describe(action))
    if action.hold == nil, action.line > 0, action.kind == .update || action.kind == .replace {
      text =
        PlanText.pad(text, 58)
        + (action.file == action.listingFile ? "line \(action.line)" : Escaping.line("\(action.file):\(action.line)"))
    }
    while text.last == " " { text.removeLast() }
    return colour(text, action) + "\n"
  }

  private func colour(_ text: String, _ action: Action) -> String {
    guard isColoured else { return text }
    let code =
      if action.hold != nil { "33" } else {
        switch action.kind {
        case .create, .adopt: "32"
        case .update, .resolve: "36"
        case .replace, .withdraw: "31"
        case .forget, .unchanged: "2"
        }
      }
    return "\u{1B}[\(code)m\(text)\u{1B}[0m"
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
      (action.post?.content.map { "\(brief($0.title, 40)), \($0.price)" } ?? "")
        + (action.reason.code == "again" ? " (again)" : "")
    case .update, .replace: action.changes.map(change).joined(separator: ", ")
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
    text.utf8.count <= limit || text.count <= limit ? text : String(text.prefix(limit - 1)) + "…"
  }

  package static func pad(_ text: String, _ width: Int) -> String {
    // Counting characters is slow, and ASCII needs no counting.
    let isASCII = text.utf8.allSatisfy { $0 < 0x80 }
    let missing = width - (isASCII ? text.utf8.count : text.count)
    return missing > 0 ? text + String(repeating: " ", count: missing) : text + " "
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
    guard text.utf8.contains(where: { $0 < 0x20 || $0 >= 0x7F }) else { return text }
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
