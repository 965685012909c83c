import Executing
import Listings
import Planning

/// What became of a pass, for people.
enum ResultText {
  /// Everything that did not simply work, then the counts.
  static func render(_ results: [ActionResult], stops: [String: Failure], isColoured: Bool) -> String {
    var text = ""
    for (account, failure) in stops.sorted(by: { $0.key < $1.key }) {
      text += colour("\(account) stopped: \(Escaping.line(failure.message))", isColoured) + "\n"
    }
    for result in results where result.kind == .failed || result.kind == .uncertain {
      if result.failure?.code == "unauthorized" { continue }
      text += colour(line(result), isColoured) + "\n"
    }
    for line in waits(results) { text += Escaping.line(line) + "\n" }
    return text + summary(results) + "\n"
  }

  /// What did not get its turn, one line an account: whether anything is wrong, and when to come back.
  private static func waits(_ results: [ActionResult]) -> [String] {
    let skipped = results.filter { $0.kind == .skipped && $0.retryAt != nil }
    return Dictionary(grouping: skipped, by: \.action.key.account).sorted { $0.key < $1.key }.map { account, results in
      let time = results.compactMap(\.retryAt).max().map { "; apply again after \($0)" } ?? ""
      // An answer says more than that others waited for its sake.
      let told = results.first { $0.failure?.httpStatus != nil } ?? results.first
      return "\(account): \(results.count) skipped — \(told?.failure?.message ?? "")\(time)"
    }
  }

  static func line(_ result: ActionResult) -> String {
    let action = result.action
    let detail = result.kind == .done ? PlanText.describe(action) : result.failure?.message ?? ""
    let text = "\(action.kind.rawValue) \(action.key): \(result.kind.rawValue)" + (detail.isEmpty ? "" : " — \(detail)")
    return Escaping.line(text)
  }

  static func counts(_ results: [ActionResult]) -> [(ActionResult.Kind, Int)] {
    [.done, .failed, .uncertain, .held, .skipped].map { kind in (kind, results.count { $0.kind == kind }) }
  }

  private static func summary(_ results: [ActionResult]) -> String {
    "Applied: " + counts(results).map { "\($0.1) \($0.0.rawValue)" }.joined(separator: ", ") + "."
  }

  private static func colour(_ text: String, _ isColoured: Bool) -> String {
    isColoured ? "\u{1B}[31m\(text)\u{1B}[0m" : text
  }
}

/// What became of a pass, as `hawker.result/1`.
enum ResultJSON {
  static func render(_ results: [ActionResult], of plan: Plan) -> String {
    var json = JSONWriter(reserving: 4096)
    json.object { json in
      json.field("format", "hawker.result/1")
      json.field("plan_id", plan.id)
      json.key("summary")
      json.object { json in
        for (kind, count) in ResultText.counts(results) {
          json.key(named: kind.rawValue)
          json.value(count)
        }
      }
      json.key("results")
      json.array { json in
        for result in results { write(result, &json) }
      }
      PlanJSON.writeGuards(plan.guards, to: &json)
      PlanJSON.writeProblems(plan.problems, to: &json)
    }
    return json.text + "\n"
  }

  private static func write(_ result: ActionResult, _ json: inout JSONWriter) {
    json.object { json in
      json.field("action", result.action.kind.rawValue)
      json.field("listing", result.action.key.listing)
      json.field("account", result.action.key.account)
      json.field("result", result.kind.rawValue)
      json.field("remote_id", result.remoteID ?? result.action.remoteID)
      json.field("url", result.url)
      json.field("attempts", result.attempts)
      json.key("error")
      guard let failure = result.failure, result.kind != .done else { return json.null() }
      json.object { json in
        json.field("code", failure.code)
        json.field("message", failure.message)
        if let status = failure.httpStatus { json.field("http_status", status) }
        if let time = failure.retryAt { json.field("retry_at", time.description) }
      }
    }
  }
}
