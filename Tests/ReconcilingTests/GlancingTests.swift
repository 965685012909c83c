import Executing
import Journaling
import Listings
import Loading
import Logging
import Marketplaces
import Planning
import Support
import Testing

@testable import Reconciling

/// What an edit may be acted on before everything was looked at.
@Suite(.serialized, Sharing.inotify, .timeLimit(.minutes(2))) struct GlancingTests {
  @Test func anEditIsPostedBeforeEverythingIsLookedAt() async throws {
    try await shop { shop in
      shop.remove("desk")
      try shop.write("lamp", price: "99.00")
      let scans = await shop.reconciler.lastScan
      shop.hint("lamp")
      try await shop.time.sleep(.milliseconds(50))
      let isLooking = await shop.reconciler.glancing.isFollowed
      #expect(await shop.reconciler.lastScan != scans || isLooking)
      try await shop.time.sleep(.seconds(5))
      // The full look that follows sees the rest.
      #expect(shop.price("lamp") == 9_900 && shop.isInGrace("desk"))
    }
  }

  @Test func aPlanOfOneListingIsWhatTheWholePlanSaysOfIt() async throws {
    let keys = ["desk", "lamp"].map { PostKey(listing: $0, account: "a1") }
    let office = try await Office(
      ["desk", "lamp"].map { Office.listing($0, accounts: ["a1"]) },
      Office.posted(keys[0], "1") + Office.posted(keys[1], "2"))
    let edited = Office.listing("lamp", price: 9_000, accounts: ["a1"])
    var wanted = office.wanted
    wanted.listings[1] = edited
    let whole = office.shop.plan(wanted, mode: .continuous)
    let part = office.shop.glimpse([edited], scannedAt: nil)
    #expect(part.executable == whole.executable && part.executable.map(\.key) == [keys[1]])
    await office.shop.journal.close()
  }

  @Test func onlyUpdatesThatNoGuardCouldHoldAreTaken() async throws {
    let count = 20
    let listings = (0..<count).map { Office.listing("l\($0)", accounts: ["a1"]) }
    let entries = (0..<count).flatMap { Office.posted(PostKey(listing: "l\($0)", account: "a1"), "\($0)") }
    var office = try await Office(listings, entries)
    office.shop.loaded.config.guards.updates = 50
    let shop = office.shop
    let plan = shop.plan(office.wanted, mode: .continuous)
    var allowance = Allowance(plan, shop.journal.ledger, shop.config, now: shop.ambient.now())
    // Ten of twenty may change; the eleventh is for the guard to judge.
    let taken = (0..<11).filter {
      allowance.takes(shop.glimpse([Office.listing("l\($0)", price: 9_000, accounts: ["a1"])], scannedAt: nil))
    }
    #expect(taken == Array(0..<10))
    // A price that falls too far, a listing that leaves an account, and one that is new.
    for listing in [
      Office.listing("l11", price: 1_000, accounts: ["a1"]), Office.listing("l11", accounts: []),
      Office.listing("new", accounts: ["a1"]),
    ] {
      var allowance = Allowance(plan, shop.journal.ledger, shop.config, now: shop.ambient.now())
      let isTaken = allowance.takes(shop.glimpse([listing], scannedAt: nil))
      #expect(!isTaken)
    }
    await shop.journal.close()
  }

  private func shop(_ body: @Sendable (RealShop) async throws -> Void) async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let time = VirtualTime()
    try await time.run {
      let shop = try await RealShop(folder, time, rescan: .seconds(36_000))
      async let running: Void = shop.reconciler.run()
      try await time.sleep(.seconds(10))
      try await body(shop)
      shop.reconciler.stop()
      try await running
      await shop.office.shop.journal.close()
    }
  }
}

extension RealShop {
  /// What the watcher says of an edit.
  fileprivate func hint(_ name: String) {
    reconciler.hints.add { $0.edited = ["\(folder.path)/\(name).yaml"] }
  }
}
