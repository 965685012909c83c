import Executing
import Journaling
import Listings
import Marketplaces
import Planning
import Support
import Synchronization
import Testing

/// What one bad marketplace does to its own account, and not to the others.
struct HostileAccountTests {
  @Test func aTokenThatDiesMidRunStopsItsAccountAloneWithOneMessage() async throws {
    try await shop(a: { number, _ in number < 5 ? nil : .unauthorized(.init("expired")) }) { shop in
      try await shop.executor.submit(shop.plan(20))
      _ = try await shop.executor.settle()
      // What was in flight may still be refused; nothing is begun any more.
      #expect((6...9).contains(shop.a.calls.count))
      #expect(shop.b.calls.count == 20)
      #expect(shop.stops == ["a"])
      try await shop.executor.submit(shop.plan(20))
      _ = try await shop.executor.settle()
      #expect((6...9).contains(shop.a.calls.count))
      #expect(shop.stops == ["a"])
      #expect(shop.live("a") == 5 && shop.live("b") == 20)
    }
  }

  @Test func aStormOf429IsWaitedOutAndNeverAnsweredWithRequests() async throws {
    // Ten minutes of it, each answer asking for half a minute.
    let start = VirtualTime().ambient.now()
    try await shop(a: { _, now in
      now < .seconds(600) ? .throttled(.init("slow down"), until: start.advanced(by: now + .seconds(30))) : nil
    }) { shop in
      try await shop.converge(20)
      let calls = shop.a.calls
      let storm = calls.filter { $0.failure != nil }
      for (index, call) in storm.enumerated() {
        // What was under way when the first answer of a wave came, or began at that very instant, is no disobedience.
        let told = storm[..<index].filter { $0.at + .milliseconds(40) < call.at }.map { $0.at + .milliseconds(30_040) }
        if let told = told.max() { #expect(call.at >= told) }
      }
      #expect(storm.count <= 21 * 4)
      #expect(shop.live("a") == 20)
      #expect(calls.count - storm.count == 20)
      #expect(shop.b.calls.count == 20 && shop.live("b") == 20)
    }
  }

  @Test func aStormOf429WithoutATimeIsBackedOff() async throws {
    try await shop(a: { _, now in now < .seconds(600) ? .throttled(.init("slow down"), until: nil) : nil }) { shop in
      try await shop.converge(20)
      #expect(shop.a.calls.count { $0.failure != nil } <= 4 * 60)
      #expect(shop.live("a") == 20 && shop.a.calls.count { $0.failure == nil } == 20)
      #expect(shop.stops.isEmpty)
    }
  }

  @Test func aMarketplaceThatIsDownForAnHourIsProbedAndComesBackWithoutAStampede() async throws {
    let hour = Duration.seconds(3600)
    try await shop(a: { _, now in now < hour ? .unavailable(.init("down")) : nil }) { shop in
      try await shop.converge(60)
      let calls = shop.a.calls
      let down = calls.prefix { $0.at < hour && $0.failure != nil }
      // Ten in a row open the breaker; three more were under way.
      let probes = Array(down.drop { $0.at < .seconds(4) })
      #expect((10...13).contains(down.count - probes.count))
      // The first probe after 5 s, then twice as long each time, up to 15 minutes.
      let gaps = zip(probes, probes.dropFirst()).map { $1.at - $0.at }
      for (index, gap) in gaps.enumerated() {
        let least = min(900, 5 << (index + 1))
        #expect(gap >= .seconds(least) && gap < .seconds(least + 2), "gap \(index): \(gap)")
      }
      #expect((9...12).contains(probes.count))
      let beside = shop.a.state.withLock(\.beside)
      #expect(beside[(down.count - probes.count)...down.count].allSatisfy { $0 == 1 })
      // Afterwards everything is made once, within the account's concurrency.
      #expect(shop.a.state.withLock(\.mostRunning) <= 4)
      #expect(shop.live("a") == 60 && calls.count { $0.failure == nil } == 60)
      #expect(shop.b.calls.count == 60 && shop.b.calls.allSatisfy { $0.at < .seconds(60) })
      #expect(shop.stops.isEmpty)
    }
  }

  private func shop(
    a: @escaping @Sendable (Int, Duration) -> MarketplaceFailure?, _ body: @Sendable (HostileShop) async throws -> Void
  ) async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let time = VirtualTime()
    try await time.run {
      let shop = try HostileShop(time, folder.path + "/state", Weather(time, a), Weather(time) { _, _ in nil })
      try await body(shop)
      await shop.journal.close()
    }
  }
}

/// Two accounts, one under a bad sky and one under a good one.
private struct HostileShop: Sendable {
  let time: VirtualTime
  let a: Weather
  let b: Weather
  let journal: Journal
  let executor: Executor
  private let config: Config
  private let events = Workbench.Events()

  init(_ time: VirtualTime, _ folder: String, _ a: Weather, _ b: Weather) throws {
    (self.time, self.a, self.b) = (time, a, b)
    journal = try Journal.open(folder, program: "test", now: time.ambient.now)
    config = Config(
      shop: "/shop", listings: "/shop/listings", state: folder,
      accounts: ["a", "b"].map { Config.Account(name: $0, marketplace: "fake") })
    let events = events
    executor = Executor(
      accounts: [("a", a), ("b", b)].map { name, market in
        Executor.Account(
          name: name, marketplace: market, pace: market.pace, concurrency: 4)
      }, journal: journal, ambient: time.ambient, absenceAfter: .seconds(120),
      tell: { event in events.all.withLock { $0.append(event) } })
  }

  var stops: [String] { events.stops }
  func live(_ account: String) -> Int {
    journal.ledger.records.values.count { $0.key.account == account && $0.isLive }
  }

  func plan(_ count: Int) -> Plan {
    let ledger = journal.ledger
    let listings = (0..<count).map { Samples.listing("l\($0)", accounts: ["a", "b"]) }
    var input = PlanInput(
      wanted: Wanted(listings: listings.sorted { $0.id < $1.id }), records: ledger.records, config: config,
      capabilities: ["fake": a.capabilities], now: time.ambient.now(), mode: .continuous, lineage: ledger.lineage,
      sequence: ledger.sequence)
    input.standing = ledger.standing
    return Planner.plan(input)
  }

  /// Plans and executes as the loop does, until nothing is left to do.
  func converge(_ count: Int) async throws {
    for _ in 0..<3000 {
      try await executor.submit(plan(count))
      let due = try await executor.settle()
      let next = plan(count)
      let retry = next.actions.compactMap { $0.hold?.by == .retry ? $0.hold?.until : nil }.min()
      if !next.executable.isEmpty, due == nil { continue }
      guard let moment = [due, retry].compactMap({ $0 }).min() else { return }
      try await time.sleep(max(.milliseconds(1), moment.duration(since: time.ambient.now())))
    }
    throw Workbench.NotConverged()
  }
}
