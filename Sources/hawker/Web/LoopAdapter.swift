import Journaling
import Listings
import Marketplaces
import Planning
import Reconciling
import Web

/// The loop as the web sees it.
struct LoopAdapter: Loop {
  let reconciler: Reconciler
  let opened: OpenShop
  let observation: Observation
  let accounts: DaemonAccounts

  func view() async -> ShopView {
    let seen = observation.window.view
    let ledger = opened.shop.journal.ledger
    let config = seen.config ?? opened.shop.config
    return ShopView(
      now: Ambient.system.now(), config: config, wanted: seen.wanted, plan: seen.plan, ledger: ledger,
      accounts: health(seen), watch: seen.blindness.map { .polling($0) } ?? .watching,
      lastScan: seen.lastScan, inFlight: seen.inFlight.count, queued: seen.queued,
      exposures: Exposures.found(in: ledger, seen.wanted),
      configProblems: seen.configProblems, planNumber: seen.planNumber, scanNumber: seen.scanNumber)
  }

  /// What the marketplaces said of the tokens, and what the executors met since.
  private func health(_ seen: Window.View) -> [AccountHealth] {
    let now = Ambient.system.now()
    return accounts.care.accounts.map { account in
      var health = account
      health.stop = health.stop ?? seen.stops[account.name]
      health.pausedUntil = health.pausedUntil ?? seen.pauses[account.name].flatMap { $0 > now ? $0 : nil }
      return health
    }
  }

  func decide(_ decision: Decision) async -> Answer { await reconciler.decide(decision) }

  func take(_ notices: [Notice]) async -> Bool { await reconciler.take(notices) }

  func login(account: String, query: [String: String]) async -> LoginPage {
    await accounts.desk.callback(account: account, query: query).page
  }

  func photo(_ name: String) async -> String? { opened.photo(name) }

  func activity() -> AsyncStream<Activity> { observation.feed.stream }
}
