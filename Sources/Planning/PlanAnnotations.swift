import Listings

/// The plan as GitHub's workflow commands: each problem, hold and change beside its line in the pull request.
/// docs.github.com, "Workflow commands for GitHub Actions".
package struct PlanAnnotations {
  /// What leads from the repository's root to the shop: empty, or ends in `/`.
  private let prefix: String

  package init(prefix: String = "") { self.prefix = prefix }

  package func render(_ plan: Plan) -> String {
    var lines = plan.guards.filter(\.isTripped).map { report in
      let account = report.account.map { " on \($0)" } ?? ""
      return command("error", title: "guard \(report.name.rawValue)\(account)", report.text + report.way)
    }
    let problems = ProblemExcerpt(plan.problems)
    lines += problems.shown.map { problem in
      command(
        problem.severity == .error ? "error" : "warning", file: problem.file, line: problem.line,
        column: problem.column, title: problem.rule, problem.message)
    }
    if let rest = problems.rest { lines.append(rest) }
    lines += plan.actions.filter { $0.kind != .unchanged }.map(annotation)
    return (lines + [PlanText.summary(plan.summary)]).joined(separator: "\n") + "\n"
  }

  private func annotation(_ action: Action) -> String {
    let words = action.hold.map { PlanText.held(action, $0) } ?? PlanText.describe(action)
    let title = "\(action.hold == nil ? "" : "held: ")\(action.kind.rawValue) on \(action.key.account)"
    return command(
      action.hold?.by.needsPerson == true ? "warning" : "notice", file: action.isFileGone ? "" : action.file,
      line: action.line, title: title, "\(action.key.listing): \(words)")
  }

  private func command(
    _ kind: String, file: String = "", line: Int? = nil, column: Int? = nil, title: String, _ message: String
  ) -> String {
    var properties: [String] = []
    if !file.isEmpty { properties.append("file=\(value(file.hasPrefix("/") ? file : prefix + file))") }
    if let line, line > 0, !file.isEmpty { properties.append("line=\(line)") }
    if let column, column > 0, !file.isEmpty { properties.append("col=\(column)") }
    properties.append("title=\(value(title))")
    return "::\(kind) \(properties.joined(separator: ","))::\(data(message))"
  }

  /// A command ends with its line, and `%` begins an escape.
  private func data(_ text: String) -> String { escaped(text, also: []) }
  private func value(_ text: String) -> String { escaped(text, also: [":", ","]) }

  private func escaped(_ text: String, also others: Set<Unicode.Scalar>) -> String {
    var escaped = ""
    for scalar in Escaping.line(text).unicodeScalars {
      guard scalar == "%" || others.contains(scalar) else {
        escaped.unicodeScalars.append(scalar)
        continue
      }
      let digits = String(scalar.value, radix: 16, uppercase: true)
      escaped += "%" + digits
    }
    return escaped
  }
}
