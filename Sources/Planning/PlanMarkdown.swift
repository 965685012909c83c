import Listings

/// The plan as a comment on a pull request: what a person must look at is open, the rest folded. Its first line marks the
/// comment, so that the next one takes its place. GitHub takes 65,536 characters; this stays below `limit`.
package struct PlanMarkdown {
  package static let marker = "<!-- hawker plan -->"
  package static let limit = 60_000

  package static func render(_ plan: Plan) -> String {
    var page = Page(plan)
    page.guards(plan.guards.filter(\.isTripped))
    let shown = plan.actions.filter { $0.kind != .unchanged }
    page.section("held", isOpen: true, rows: shown.filter { $0.hold != nil }.lazy.map(row))
    let problems = plan.problems.filter { $0.severity == .error } + plan.problems.filter { $0.severity != .error }
    page.section("problem", isOpen: true, rows: problems.lazy.map(row))
    page.section("change", isOpen: false, rows: shown.filter { $0.hold == nil }.lazy.map(row))
    return page.text
  }

  private static func row(_ action: Action) -> Page.Row {
    let words = action.hold.map { PlanText.held(action, $0) } ?? PlanText.describe(action)
    let line = action.line > 0 ? ":\(action.line)" : ""
    return Page.Row([
      "\(action.hold == nil ? action.kind.symbol : "#") \(action.kind.rawValue)", action.key.listing,
      action.key.account, words, action.file + line,
    ])
  }

  private static func row(_ problem: Problem) -> Page.Row {
    Page.Row([problem.severity.rawValue, problem.listing ?? "", problem.account ?? "", problem.message, problem.place])
  }
}

/// What is written so far, and how much more may be.
private struct Page {
  struct Row {
    let text: String

    init(_ cells: [String]) { text = "| " + cells.map(Page.plain).joined(separator: " | ") + " |\n" }
  }

  private(set) var text: String
  private var room: Int
  /// What a section's frame and the line for what it leaves out take.
  private static let frame = 400

  init(_ plan: Plan) {
    text = "\(PlanMarkdown.marker)\n### \(PlanText.summary(plan.summary))\n"
    room = PlanMarkdown.limit - text.unicodeScalars.count - 4 * Page.frame
    let isQuiet = plan.actions.allSatisfy { $0.kind == .unchanged } && plan.guards.allSatisfy { !$0.isTripped }
    if isQuiet, plan.problems.isEmpty { text += "\nNothing to do.\n" }
  }

  mutating func guards(_ guards: [GuardReport]) {
    guard !guards.isEmpty else { return }
    text += "\n"
    let lines = guards.lazy.map { report in
      let account = report.account.map { " on \(Page.plain($0))" } ?? ""
      return "- **guard \(Page.plain(report.name.rawValue))**\(account): \(Page.plain(report.text + report.way))\n"
    }
    add(lines, of: guards.count)
  }

  mutating func section(_ name: String, isOpen: Bool, rows: some Collection<Row>) {
    guard !rows.isEmpty else { return }
    let count = name == "held" ? "\(rows.count) held" : "\(rows.count, of: name)"
    text += "\n<details\(isOpen ? " open" : "")><summary>\(count)</summary>\n\n| | listing | account | what | where |\n"
    text += "|---|---|---|---|---|\n"
    add(rows.lazy.map(\.text), of: rows.count)
    text += "\n</details>\n"
  }

  private mutating func add(_ lines: some Sequence<String>, of count: Int) {
    var added = 0
    for line in lines {
      let size = line.unicodeScalars.count
      guard size <= room else { break }
      (text, room, added) = (text + line, room - size, added + 1)
    }
    if added < count { text += "\n… and \(count - added) more; `hawker plan` shows all.\n" }
  }

  /// Words that Markdown and HTML leave as they are: a title can't be a link, a table's end or somebody's name.
  private static func plain(_ words: String) -> String {
    var plain = ""
    for scalar in Escaping.line(words).unicodeScalars {
      switch scalar {
      case "&": plain += "&amp;"
      case "<": plain += "&lt;"
      case ">": plain += "&gt;"
      case "@": plain += "&#64;"
      case "\\", "|", "`", "*", "_", "[", "]", "~", "#", "!": plain += "\\\(scalar)"
      default: plain.unicodeScalars.append(scalar)
      }
    }
    return plain
  }
}
