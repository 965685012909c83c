import Diffing
import Listings

/// The plan as `hawker.plan/1`.
package enum PlanJSON {
  package static let format = "hawker.plan/1"

  package static func render(_ plan: Plan, hawker version: String) -> String {
    var json = JSONWriter(reserving: 4096)
    json.object { json in
      json.field("format", format)
      json.field("hawker", version)
      json.field("created_at", plan.createdAt.description)
      json.field("plan_id", plan.id)
      json.key("journal")
      journal(plan, &json)
      selection(plan.choice, &json)
      json.key("summary")
      summary(plan.summary, &json)
      json.key("actions")
      json.array { json in
        for action in plan.actions where action.kind != .unchanged { write(action, &json, isIdentity: false) }
      }
      writeProblems(plan.problems, to: &json)
      writeGuards(plan.guards, to: &json)
    }
    return json.text
  }

  /// The member `problems` of every document that has them.
  package static func writeProblems(_ problems: [Problem], to json: inout JSONWriter) {
    json.key("problems")
    json.array { json in
      for problem in problems { write(problem, to: &json) }
    }
  }

  /// The member `guards`.
  package static func writeGuards(_ reports: [GuardReport], to json: inout JSONWriter) {
    json.key("guards")
    json.array { json in
      for report in reports { write(report, to: &json) }
    }
  }

  private static func journal(_ plan: Plan, _ json: inout JSONWriter) {
    guard let lineage = plan.lineage else { return json.null() }
    json.object { json in
      json.field("lineage", lineage)
      json.field("sequence", plan.sequence)
    }
  }

  /// Nothing for a plan of everything.
  private static func selection(_ choice: Plan.Choice, _ json: inout JSONWriter) {
    guard choice != Plan.Choice() else { return }
    json.key("selection")
    json.object { json in
      json.key("only")
      json.array { json in
        for listing in choice.listings.sorted() { json.value(listing) }
      }
      json.field("account", choice.account)
      json.key("refresh")
      json.value(choice.isRefreshed)
    }
  }

  private static func summary(_ summary: Plan.Summary, _ json: inout JSONWriter) {
    json.object { json in
      for kind in Action.Kind.allCases where kind != .unchanged {
        json.key(named: kind.rawValue)
        json.value(summary[kind])
      }
      json.field("held", summary.held)
      json.field("unchanged", summary[.unchanged])
      json.field("problems", summary.problems)
      json.field("warnings", summary.warnings)
    }
  }

  /// `isIdentity`: only what the plan's identity is made of, so without what a hold says in words or time.
  static func write(_ action: Action, _ json: inout JSONWriter, isIdentity: Bool) {
    json.object { json in
      json.field("action", action.kind.rawValue)
      json.field("listing", action.key.listing)
      json.field("account", action.key.account)
      json.field("marketplace", action.marketplace)
      json.field("remote_id", action.remoteID)
      json.field("file", action.file)
      json.key("line")
      if action.line > 0 { json.value(action.line) } else { json.null() }
      json.field("content", action.post?.content?.digest.description)
      json.key("changes")
      json.array { json in
        for change in action.changes { write(change, &json) }
      }
      json.key("reason")
      json.object { json in
        json.field("code", action.reason.code)
        json.field("text", action.reason.text)
      }
      json.key("held")
      guard let hold = action.hold else { return json.null() }
      json.object { json in
        json.field("by", hold.by.rawValue)
        guard !isIdentity else { return }
        json.field("text", hold.text)
        if let until = hold.until { json.field("until", until.description) }
      }
    }
  }

  private static func write(_ change: FieldChange, _ json: inout JSONWriter) {
    json.object { json in
      json.field("field", change.field.rawValue)
      json.field("before", change.before)
      json.field("after", change.after)
    }
  }

  package static func write(_ problem: Problem, to json: inout JSONWriter) {
    json.object { json in
      json.field("severity", problem.severity.rawValue)
      json.field("rule", problem.rule)
      json.field("file", problem.file)
      json.field("line", problem.line)
      json.field("column", problem.column)
      json.field("message", problem.message)
      json.field("listing", problem.listing)
      if let account = problem.account { json.field("account", account) }
    }
  }

  package static func write(_ report: GuardReport, to json: inout JSONWriter) {
    json.object { json in
      json.field("guard", report.name.rawValue)
      json.field("account", report.account)
      json.field("limit", report.limit)
      json.field("observed", report.observed)
      json.field("tripped", report.isTripped)
      if report.isLifted { json.field("lifted", true) }
      json.field("override", report.override.isEmpty ? nil : report.override)
      if !report.text.isEmpty { json.field("text", report.text) }
    }
  }
}

extension Plan {
  /// The digest of the actions alone: two plans over the same inputs agree, whenever they were made.
  package var id: String { Plan.id(of: actions) }

  static func id(of actions: [Action]) -> String {
    var json = JSONWriter(reserving: 4096)
    json.array { json in
      for action in ordered(actions) where action.kind != .unchanged {
        PlanJSON.write(action, &json, isIdentity: true)
      }
    }
    return Digest(of: json.bytes).description
  }

  /// Enough of the id for a person to type: twelve digits.
  static func shortID(of actions: [Action]) -> String { String(id(of: actions).dropFirst(7).prefix(12)) }

  /// Whether a person who typed `text` means this plan: the whole id, or its first digits.
  package func isNamed(_ text: String) -> Bool {
    let digits = text.hasPrefix("sha256:") ? text.dropFirst(7) : text[...]
    return digits.utf8.count >= 8 && id.dropFirst(7).hasPrefix(digits)
  }
}
