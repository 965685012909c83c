import Executing
import Journaling
import Listings
import Marketplaces
import Planning
import Support
import Synchronization

enum Samples {
  static func capabilities(canLookUp: Bool = true) -> Capabilities {
    Capabilities(
      marketplace: "fake", titleLimit: 100, descriptionLimit: 5000, photoCount: 0...20, photoSize: 10 << 20,
      photoFormats: [.jpeg, .png], photoTransport: .upload, conditions: [.good: "USED"], canLookUp: canLookUp,
      source: "tests")
  }

  static func content(_ title: String = "Lamp", price: Int64 = 3500) -> Content {
    Content(
      title: title, description: "Works.", price: Money(minor: price, currency: .usd), category: "X", condition: "USED")
  }

  static func listing(
    _ id: String, price: Int64 = 3500, status: Listing.Status = .available, accounts: [String] = ["a"]
  ) -> Listing {
    Listing(
      id: id, file: "listings/\(id).yaml", status: status,
      posts: accounts.map { WantedPost(account: $0, content: content(id, price: price)) })
  }
}

/// An executor on virtual time with a real journal, and a planner in front of it.
struct Workbench: Sendable {
  let time: VirtualTime
  let markets: [String: FakeMarketplace]
  let journal: Journal
  let executor: Executor
  let config: Config
  let events: Events

  final class Events: Sendable {
    let all = Mutex<[ExecutionEvent]>([])
    var results: [ActionResult] {
      all.withLock { $0.compactMap { if case .finished(let result) = $0 { result } else { nil } } }
    }
    var stops: [String] {
      all.withLock { $0.compactMap { if case .stopped(let account, _) = $0 { account } else { nil } } }
    }
  }

  init(
    _ time: VirtualTime, folder: String, accounts: [String] = ["a"], concurrency: Int = 4, canLookUp: Bool = true,
    latency: Duration = .milliseconds(10), rate: Int = 0
  ) throws {
    self.time = time
    markets = Dictionary(
      uniqueKeysWithValues: accounts.map { ($0, FakeMarketplace(time.ambient, latency: latency, canLookUp: canLookUp)) }
    )
    journal = try Journal.open(folder, program: "test", now: time.ambient.now)
    var config = Config(
      shop: "/shop", listings: "/shop/listings", state: folder,
      accounts: accounts.map { Config.Account(name: $0, marketplace: "fake") })
    config.guards.grace = .zero
    self.config = config
    let events = Events()
    self.events = events
    executor = Executor(
      accounts: markets.sorted { $0.key < $1.key }.map { name, market in
        Executor.Account(
          name: name, marketplace: market, pace: Pace(requestsPerSecond: rate, ambient: time.ambient),
          concurrency: concurrency)
      }, journal: journal, ambient: time.ambient, absenceAfter: .seconds(120),
      tell: { event in events.all.withLock { $0.append(event) } })
  }

  func plan(_ listings: [Listing], mode: PlanInput.Mode = .continuous, underWay: UnderWay? = nil) -> Plan {
    let ledger = journal.ledger
    var input = PlanInput(
      wanted: Wanted(listings: listings.sorted { $0.id < $1.id }), records: ledger.records, config: config,
      capabilities: ["fake": markets.values.first!.capabilities], now: time.ambient.now(), mode: mode,
      lineage: ledger.lineage, sequence: ledger.sequence)
    (input.standing, input.underWay) = (ledger.standing, underWay)
    return Planner.plan(input)
  }

  /// Plans and executes until nothing is left, waiting as long as it takes.
  func converge(_ listings: [Listing]) async throws {
    for _ in 0..<200 {
      let plan = plan(listings)
      try await executor.submit(plan)
      let due = try await executor.settle()
      let next = self.plan(listings)
      let retry = next.actions.compactMap { $0.hold?.by == .retry ? $0.hold?.until : nil }.min()
      if !next.executable.isEmpty, due == nil { continue }
      guard let moment = [due, retry].compactMap({ $0 }).min() else { return }
      try await time.sleep(max(.milliseconds(1), moment.duration(since: time.ambient.now())))
    }
    throw NotConverged()
  }

  struct NotConverged: Error {}
}
