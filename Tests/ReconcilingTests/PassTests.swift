import Diffing
import Executing
import Journaling
import Listings
import Planning
import Support
import Testing

@testable import Reconciling

/// One `apply`: how long it goes on, and what it lets through.
struct PassTests {
  @Test func whatFailsIsTriedAgainWhilePatienceLasts() async throws {
    try await office([Office.listing("lamp", accounts: ["a1"])]) { office in
      office.markets["a1"]?.change { $0.downUntil = .seconds(40) }
      let results = try await office.pass(.seconds(120))
      #expect(results.map(\.kind) == [.done] && results[0].attempts > 1)
      #expect(office.time.elapsed >= .seconds(40))
    }
  }

  @Test func patienceEndsAndTheResultSaysWhy() async throws {
    try await office([Office.listing("lamp", accounts: ["a1"])]) { office in
      office.markets["a1"]?.change { $0.downUntil = .seconds(1_000_000) }
      let results = try await office.pass(.seconds(60))
      #expect(results.map(\.kind) == [.failed] && results[0].failure?.code == "unavailable")
      #expect(results[0].retryAt != nil)
      // The search for doubles at the end has what is left of it, and one try in any case.
      #expect(office.time.elapsed <= .seconds(61))
    }
  }

  @Test func withoutPatienceThereIsOneTry() async throws {
    try await office([Office.listing("lamp", accounts: ["a1"])]) { office in
      office.markets["a1"]?.change { $0.faults = [.unavailable] }
      let results = try await office.pass(.zero)
      #expect(results.map(\.kind) == [.failed])
      #expect(office.markets["a1"]?.requests == 1)
    }
  }

  @Test func anUncertainCreateIsSettledWithinThePass() async throws {
    try await office([Office.listing("lamp", accounts: ["a1"])]) { office in
      office.markets["a1"]?.change { $0.faults = [.twiceLost] }
      let results = try await office.pass(.seconds(600))
      // Two carry its reference: that is for a person to say.
      #expect(results.map(\.kind) == [.uncertain])
      #expect(office.shop.plan(office.wanted, mode: .once).actions.map(\.hold?.by) == [.unsettled])
    }
  }

  /// A request that ends while a plan is on its way makes that plan stale: nothing of it starts, and much may be left.
  @Test func aPlanThatWasOvertakenIsMadeAgain() async throws {
    let key = PostKey(listing: "lamp", account: "a1")
    let intent = Office.intent(key)
    try await office([Office.listing("lamp", accounts: ["a1"])], [.intent(intent)]) { office in
      let stale = office.shop.plan(office.wanted, mode: .once)
      #expect(stale.executable.map(\.kind) == [.resolve])
      let failure = Failure(code: "unavailable", message: "it never arrived")
      try await office.shop.journal.append([.outcome(Outcome(op: intent.op, result: .failed, failure: failure))])
      _ = try await office.pass(.seconds(600), plan: stale)
      #expect(office.shop.journal.ledger[key]?.isLive == true)
    }
  }

  @Test func whatAnAdoptionFindsIsForTheNextPlanToChange() async throws {
    try await office([Office.listing("lamp", accounts: ["a1"])]) { office in
      var office = office
      _ = try await office.pass(.seconds(60))
      let journal = office.shop.journal
      let id = try #require(journal.record(of: Office.lamp)?.remoteID)
      try await journal.append([.forgotten(Office.lamp)])
      var listing = Office.listing("lamp", price: 9_000, accounts: ["a1"])
      listing.adopt = ["a1": id]
      office.wanted = Wanted(listings: [listing])
      #expect(try await office.pass(.seconds(60)).map(\.kind) == [.done])
      #expect(journal.record(of: Office.lamp)?.content?.price.minor == 10_000)
      let next = office.shop.plan(office.wanted, mode: .once)
      #expect(next.executable.map(\.kind) == [.update])
      #expect(next.executable.first?.changes.first { $0.field == .price }?.before == "100.00 USD")
    }
  }

  @Test func aNumberThatWasAllowedCarriesATryAgain() async throws {
    let keys = (1...5).map { PostKey(listing: "item-\($0)", account: "a1") }
    let entries = keys.flatMap { Office.posted($0, "r-\($0.listing)") }
    try await office([Office.listing("item-1", accounts: ["a1"])], entries) { office in
      office.markets["a1"]?.change { $0.faults = [.unavailable, .unavailable, .unavailable] }
      let held = try await office.pass(.seconds(60), allowing: 3)
      #expect(held.map(\.kind) == Array(repeating: .held, count: 4))
      let results = try await office.pass(.seconds(60), allowing: 4)
      #expect(results.map(\.kind) == Array(repeating: .done, count: 4))
      #expect(office.shop.journal.ledger.records.keys.map(\.listing) == ["item-1"])
      // By word of the seller, so it counts for no further one.
      #expect(office.shop.journal.ledger.standing.losses.isEmpty)
    }
  }

  private func office(
    _ listings: [Listing], _ entries: [Entry] = [], _ body: @Sendable (Office) async throws -> Void
  ) async throws {
    let time = VirtualTime()
    try await time.run {
      let office = try await Office(listings, entries, time: time)
      try await body(office)
      await office.shop.journal.close()
    }
  }
}
