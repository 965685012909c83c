import Executing
import Glibc
import Journaling
import Listings
import Loading
import Logging
import Support
import Planning
import Testing

@testable import Reconciling

/// The loop, over a real folder on virtual time.
@Suite(.serialized, Sharing.inotify, .timeLimit(.minutes(2))) struct ReconcilerTests {
  @Test func aFileThatComesBackInItsGraceCausesNoRequest() async throws {
    try await shop { shop in
      try await shop.time.sleep(.seconds(10))
      #expect(shop.live == ["desk", "lamp"])
      let requests = shop.requests
      shop.remove("lamp")
      await shop.look()
      #expect(shop.isInGrace("lamp"))
      try await shop.time.sleep(.seconds(300))
      try shop.write("lamp")
      await shop.look()
      #expect(!shop.isInGrace("lamp"))
      try await shop.time.sleep(.seconds(3600))
      #expect(shop.requests == requests && shop.live == ["desk", "lamp"])
    }
  }

  @Test func aFileThatStaysAwayIsWithdrawnAfterItsGraceAndNotBefore() async throws {
    try await shop { shop in
      try await shop.time.sleep(.seconds(10))
      shop.remove("lamp")
      await shop.look()
      try await shop.time.sleep(.seconds(590))
      #expect(shop.live == ["desk", "lamp"])
      try await shop.time.sleep(.seconds(120))
      #expect(shop.live == ["desk"])
    }
  }

  @Test func aFileThatIsBackWhenTheGraceEndsIsSeenBeforeAnythingIsDone() async throws {
    try await shop(rescan: .seconds(36_000)) { shop in
      try await shop.time.sleep(.seconds(10))
      let requests = shop.requests
      shop.remove("lamp")
      await shop.look()
      try await shop.time.sleep(.seconds(590))
      // Unnoticed: only the look at the grace's end can see it.
      try shop.write("lamp")
      try await shop.time.sleep(.seconds(3600))
      #expect(shop.requests == requests && shop.live == ["desk", "lamp"] && !shop.isInGrace("lamp"))
    }
  }

  @Test func aDecisionIsRecordedAndActedOn() async throws {
    try await shop { shop in
      try await shop.time.sleep(.seconds(10))
      #expect(await shop.reconciler.decide(.hold(listing: "lamp", account: nil, reason: "wait")).code == .done)
      try shop.write("lamp", price: "90.00")
      await shop.look()
      try await shop.time.sleep(.seconds(120))
      #expect(shop.price("lamp") == 10_000)
      #expect(await shop.reconciler.decide(.release(listing: "lamp", account: nil)).code == .done)
      try await shop.time.sleep(.seconds(60))
      #expect(shop.price("lamp") == 9_000)
      #expect(await shop.reconciler.decide(.forget(listing: "sofa", account: nil)).code == .unknown)
    }
  }

  /// Its photos are on their way, or it has left; the journal may know of it or not.
  @Test(arguments: [true, false], [0, 200])
  func aListingThatGetsAnotherIdDuringItsFirstCreateIsPostedOnce(saysSo: Bool, upload: Int64) async throws {
    try await shop { shop in
      try await shop.time.sleep(.seconds(10))
      shop.office.markets["a1"]?.change {
        $0.faults = upload > 0 ? [.uploading(seconds: upload)] : [.slow(seconds: 20)]
      }
      try shop.write("sofa")
      await shop.look()
      try await shop.time.sleep(.seconds(2))
      shop.remove("sofa")
      try shop.write("couch", title: "sofa", more: saysSo ? "moved_from: sofa" : "")
      await shop.look()
      try await shop.time.sleep(.seconds(900))
      #expect(shop.live == ["desk", "lamp", "sofa"])
      let (couch, sofa) = (PostKey(listing: "couch", account: "a1"), PostKey(listing: "sofa", account: "a1"))
      #expect(shop.ledger[saysSo ? couch : sofa]?.isLive == true)
      #expect(shop.ledger[saysSo ? sofa : couch] == nil)
      let holds = shop.plan().actions.filter { $0.key == couch }.compactMap(\.hold?.by)
      #expect(holds == (saysSo ? [] : [.idChanged]))
    }
  }

  /// Whoever wrote it off would never hear that it can answer now.
  @Test func anAccountThatCouldNotBeAskedIsAskedOnceMoreByTheNextLife() async throws {
    try await shop { shop in
      try await shop.time.sleep(.seconds(10))
      shop.office.markets["a1"]?.change { $0.faults = [.lostAfter, .refused] }
      try shop.write("sofa")
      await shop.look()
      try await shop.time.sleep(.seconds(600))
      #expect(shop.plan().actions.first { $0.key.listing == "sofa" }?.hold?.by == .unsettled)
      let requests = shop.requests
      try await shop.time.sleep(.seconds(3600))
      #expect(shop.requests == requests)
      shop.reconciler.stop()
      let next = Reconciler(shop.office.shop, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }) {
        .success($0)
      }
      async let running: Void = next.run()
      try await shop.time.sleep(.seconds(300))
      next.stop()
      try await running
      #expect(shop.plan().actions.allSatisfy { $0.hold == nil })
      #expect(shop.live == ["desk", "lamp", "sofa"])
    }
  }

  private func shop(
    rescan: Duration = .seconds(60), _ body: @Sendable (RealShop) async throws -> Void
  ) async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let time = VirtualTime()
    try await time.run {
      let shop = try await RealShop(folder, time, rescan: rescan)
      async let running: Void = shop.reconciler.run()
      try await body(shop)
      shop.reconciler.stop()
      try await running
      await shop.office.shop.journal.close()
    }
  }
}

/// A loop over two listings on one account.
struct RealShop: Sendable {
  let folder: TemporaryFolder
  let time: VirtualTime
  let office: Office
  let reconciler: Reconciler

  let accounts: [String]

  init(
    _ folder: TemporaryFolder, _ time: VirtualTime, rescan: Duration, accounts: [String] = ["a1"],
    refresh: Duration = .seconds(6 * 3600)
  ) async throws {
    (self.folder, self.time, self.accounts) = (folder, time, accounts)
    var office = try await Office([], time: time, root: folder.path)
    office.shop.loaded.config.shop = folder.path
    office.shop.loaded.config.guards.grace = .seconds(600)
    office.shop.loaded.config.sync.rescan = rescan
    office.shop.loaded.config.sync.refresh = refresh
    office.shop.loaded.config.accounts.removeAll { !accounts.contains($0.name) }
    office.shop.accounts.removeAll { !accounts.contains($0.name) }
    self.office = office
    reconciler = Reconciler(office.shop, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }) { shop in
      .success(shop)
    }
    for name in ["desk", "lamp"] { try write(name) }
  }

  func write(
    _ name: String, title: String? = nil, price: String = "100.00", category: String = "chairs", more: String = ""
  ) throws {
    let title = title ?? name
    let text = """
      title: \(title)
      description: Good.
      price: \(price)
      photos: [https://example.org/\(title).jpg]
      marketplaces: { \(accounts.map { "\($0): { category: \(category) }" }.joined(separator: ", ")) }
      \(more)

      """
    try folder.write("\(name).yaml", Array(text.utf8))
  }

  func remove(_ name: String) { unlink("\(folder.path)/\(name).yaml") }

  /// Has the loop look at the files, and waits until it has.
  func look() async {
    reconciler.lookAgain("test")
    try? await time.sleep(.seconds(1))
  }

  var live: [String] { live(on: "a1") }
  func live(on account: String) -> [String] {
    office.markets[account]?.posts.filter(\.isLive).map(\.listing).sorted() ?? []
  }
  func post(_ name: String, on account: String) -> Market.Post? {
    office.markets[account]?.posts.last { $0.isLive && $0.listing == name }
  }
  var ledger: Ledger { office.shop.journal.ledger }
  /// What is recorded of that kind.
  func plan() -> Plan {
    var loader = Loader(office.shop.loaded, options: office.shop.options)
    return office.shop.plan(loader.scan(), mode: .continuous)
  }
  var requests: Int { office.markets["a1"]?.requests ?? 0 }
  func price(_ name: String) -> Int64? {
    office.markets["a1"]?.posts.first { $0.isLive && $0.listing == name }?.content.price.minor
  }
  func isInGrace(_ name: String) -> Bool {
    office.shop.journal.ledger.standing.hold(on: PostKey(listing: name, account: "a1"), by: "grace") != nil
  }
}
