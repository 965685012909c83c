import Listings
import Marketplaces
import Planning

/// What `connect` and `connect --check` print.
enum AccountReportText {
  static func text(_ reports: [TokenReport]) -> String {
    reports.map { line($0) + "\n" }.joined()
  }

  private static func line(_ report: TokenReport) -> String {
    let health = report.health
    let identity = health.identity.map { "\($0), " } ?? ""
    let state =
      switch health.token {
      case .unknown: "not checked: \(report.obstacle ?? "it was not asked")"
      case .missing: "not connected: run `hawker connect \(health.name)`"
      case .dead(let why): "needs connecting: \(why)"
      case .good(let until):
        "the token is good, \(until.map { "until \($0.description.prefix(16)) UTC" } ?? "no end is known")"
      }
    return Escaping.line("\(health.name): \(identity)\(state)")
  }

  static func json(_ reports: [TokenReport]) -> String {
    var json = JSONWriter()
    json.object { json in
      json.field("format", "hawker.accounts/1")
      json.key("accounts")
      json.array { json in
        for report in reports { write(report, to: &json) }
      }
    }
    return json.text + "\n"
  }

  private static func write(_ report: TokenReport, to json: inout JSONWriter) {
    let health = report.health
    var (word, why, until): (String, String?, Timestamp?) = ("unknown", report.obstacle, nil)
    switch health.token {
    case .unknown: break
    case .missing: word = "missing"
    case .dead(let reason): (word, why) = ("dead", reason)
    case .good(let end): (word, until) = ("good", end)
    }
    json.object { json in
      json.field("account", health.name)
      json.field("marketplace", health.marketplace)
      json.field("token", word)
      json.field("identity", health.identity)
      json.field("expires_at", until?.description)
      json.field("checked_at", health.checkedAt?.description)
      json.field("why", why)
      json.key("scopes")
      json.array { json in
        for scope in report.scopes { json.value(scope) }
      }
    }
  }
}
