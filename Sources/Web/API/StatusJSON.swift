import Journaling
import Listings
import Marketplaces
import Planning

/// `hawker.web-status/1`: the shop at a glance.
enum StatusJSON {
  static func write(_ snapshot: Snapshot, version: String, _ json: inout JSONWriter) {
    let view = snapshot.view
    let readiness = Readiness(view)
    json.field("format", "hawker.web-status/1")
    json.field("hawker", version)
    json.field("at", view.now.description)
    json.field("state", readiness.state.rawValue)
    json.key("troubles")
    readiness.write(to: &json)
    counts(snapshot, &json)
    json.field("in_flight", view.inFlight)
    json.field("queued", view.queued)
    watch(view, &json)
    json.field("last_scan", view.lastScan?.description)
    json.key("journal")
    json.object { json in
      json.field("lineage", view.ledger.lineage)
      json.field("sequence", view.ledger.sequence)
    }
    json.field("plan_id", snapshot.planID)
    json.key("accounts")
    json.array { json in for account in view.accounts { write(account, &json) } }
    json.key("exposures")
    json.array { json in for exposure in view.exposures { write(exposure, &json) } }
    lists(view, &json)
  }

  private static func counts(_ snapshot: Snapshot, _ json: inout JSONWriter) {
    let counts = snapshot.counts
    json.key("posts")
    json.object { json in
      json.field("live", counts.total(\.live))
      json.field("to_change", counts.total(\.pending))
      json.field("held", counts.total(\.held))
      json.field("uncertain", counts.total(\.uncertain))
      json.field("failed", counts.total(\.failed))
      json.field("gone", counts.total(\.gone))
    }
  }

  private static func watch(_ view: ShopView, _ json: inout JSONWriter) {
    json.key("watch")
    json.object { json in
      switch view.watch {
      case .watching:
        json.field("mode", "watching")
        json.key("text")
        json.null()
      case .polling(let why):
        json.field("mode", "polling")
        json.field("text", why)
      }
    }
  }

  private static func lists(_ view: ShopView, _ json: inout JSONWriter) {
    PlanJSON.writeGuards((view.plan?.guards ?? []).filter(\.isTripped), to: &json)
    PlanJSON.writeProblems(view.plan?.problems ?? [], to: &json)
    json.key("config_problems")
    json.array { json in for problem in view.configProblems { PlanJSON.write(problem, to: &json) } }
  }

  private static func write(_ account: AccountHealth, _ json: inout JSONWriter) {
    json.object { json in
      json.field("name", account.name)
      json.field("marketplace", account.marketplace)
      json.field("enabled", account.isEnabled)
      json.key("token")
      json.object { json in
        json.field("state", account.token.state)
        if case .good(let until) = account.token { json.field("until", until?.description) }
        if case .dead(let why) = account.token { json.field("text", why) }
      }
      json.field("identity", account.identity)
      json.field("checked_at", account.checkedAt?.description)
      json.field("stopped", account.stop?.message)
      json.field("paused_until", account.pausedUntil?.description)
    }
  }

  private static func write(_ exposure: Exposure, _ json: inout JSONWriter) {
    json.object { json in
      json.field("listing", exposure.key.listing)
      json.field("account", exposure.key.account)
      json.field("sold_on", exposure.soldOn)
      json.field("sold_at", exposure.soldAt.description)
      json.field("ended_at", exposure.endedAt?.description)
    }
  }
}

extension AccountHealth.Token {
  var state: String {
    switch self {
    case .unknown: "unknown"
    case .missing: "missing"
    case .good: "good"
    case .dead: "dead"
    }
  }
}
