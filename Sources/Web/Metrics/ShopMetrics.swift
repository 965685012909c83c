import Journaling
import Listings
import Marketplaces
import Planning

/// `/metrics`: how the shop stands now, and what was counted since the start.
enum ShopMetrics {
  private typealias Sample = (labels: String, value: Double)

  static func render(_ snapshot: Snapshot, _ registry: Registry, version: String) -> String {
    var text = PrometheusText()
    let view = snapshot.view
    text.family("hawker_info", "gauge", "The running program.", [(PrometheusText.labels([("version", version)]), 1)])
    posts(snapshot, &text)
    let counts = snapshot.counts
    text.family("hawker_queue_length", "gauge", "Actions that wait for their turn.", [("", Double(view.queued))])
    text.family("hawker_in_flight", "gauge", "Requests under way.", [("", Double(view.inFlight))])
    text.family("hawker_ready", "gauge", "1: in sync or working.", [("", Readiness(view).state == .troubled ? 0 : 1)])
    text.family(
      "hawker_watching", "gauge", "1: told of changes by the kernel; 0: looks from time to time.",
      [("", view.watch == .watching ? 1 : 0)])
    if let scan = view.lastScan { text.family("hawker_last_scan_seconds", "gauge", "When it last looked.", time(scan)) }
    text.family("hawker_journal_sequence", "gauge", "The newest entry.", [("", Double(view.ledger.sequence))])
    text.family("hawker_problems", "gauge", "Problems of the listings.", problems(view))
    text.family("hawker_pending", "gauge", "Planned, and held by nothing.", [("", Double(counts.total(\.pending)))])
    accounts(view, &text)
    exposures(view, &text)
    text.families(of: registry, help: Instruments.help)
    return text.text
  }

  private static func posts(_ snapshot: Snapshot, _ text: inout PrometheusText) {
    let accounts = snapshot.counts.accounts.sorted { $0.key < $1.key }
    func samples(_ path: KeyPath<ShopCounts.Account, Int>) -> [(labels: String, value: Double)] {
      accounts.map { (PrometheusText.labels([("account", $0.key)]), Double($0.value[keyPath: path])) }
    }
    text.family("hawker_live_posts", "gauge", "Posts believed to be shown.", samples(\.live))
    text.family("hawker_held", "gauge", "Planned actions that something holds back.", samples(\.held))
    text.family("hawker_uncertain", "gauge", "Posts whose create has no known outcome.", samples(\.uncertain))
    text.family("hawker_failed", "gauge", "Posts that failed or were refused.", samples(\.failed))
    text.family("hawker_gone", "gauge", "Posts that somebody else took off.", samples(\.gone))
  }

  private static func time(_ moment: Timestamp) -> [Sample] { [("", Double(moment.milliseconds) / 1000)] }

  private static func problems(_ view: ShopView) -> [Sample] {
    let problems = view.plan?.problems ?? []
    let errors = problems.count { $0.severity == .error }
    return [
      (PrometheusText.labels([("severity", "error")]), Double(errors)),
      (PrometheusText.labels([("severity", "warning")]), Double(problems.count - errors)),
    ]
  }

  private static func accounts(_ view: ShopView, _ text: inout PrometheusText) {
    let enabled = view.accounts.filter(\.isEnabled)
    func samples(_ value: (AccountHealth) -> Double?) -> [Sample] {
      enabled.compactMap { account in
        value(account).map { (PrometheusText.labels([("account", account.name)]), $0) }
      }
    }
    text.family("hawker_account_up", "gauge", "1: requests are sent there.", samples { $0.isUp ? 1 : 0 })
    text.family(
      "hawker_token_expiry_seconds", "gauge", "When the token ends; no sample: not known, or never.",
      samples { account in
        if case .good(let until?) = account.token { Double(until.milliseconds) / 1000 } else { nil }
      })
  }

  private static func exposures(_ view: ShopView, _ text: inout PrometheusText) {
    let open = view.exposures.filter { $0.endedAt == nil }
    text.family("hawker_exposed", "gauge", "Posts still live although sold elsewhere.", [("", Double(open.count))])
    let longest = open.map { view.now.duration(since: $0.soldAt).inSeconds }.max() ?? 0
    text.family(
      "hawker_exposed_seconds", "gauge", "For how long the longest of them has been.", [("", max(0, longest))])
  }
}

extension AccountHealth {
  fileprivate var isUp: Bool {
    guard stop == nil else { return false }
    return switch token {
    case .missing, .dead: false
    case .unknown, .good: true
    }
  }
}
