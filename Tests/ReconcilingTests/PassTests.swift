import Diffing
import Executing
import Journaling
import Listings
import Marketplaces
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

  /// Hours that a marketplace asks for are not waited for inside of a request, and nothing is begun that can't be sent.
  @Test(arguments: [Duration.zero, .seconds(180)]) func whoIsToldToComeBackInHoursDoesNotWait(patience: Duration)
    async throws
  {
    let listings = (1...6).map { Office.listing("item-\($0)", accounts: ["a1"]) }
    try await office(listings, rate: 1) { office in
      office.markets["a1"]?.change { $0.faults = Array(repeating: .throttled(seconds: 21_600), count: 6) }
      let results = try await office.pass(patience)
      #expect(office.time.elapsed < .seconds(30))
      #expect(results.count == 6 && results.allSatisfy { $0.kind == .skipped })
      // Of the one that was sent the journal knows that it was refused, of the others nothing.
      #expect(office.markets["a1"]?.requests == 1)
      #expect(office.shop.journal.ledger.records.values.map(\.pending) == [nil])
      let holds = office.shop.plan(office.wanted, mode: .continuous).actions.compactMap(\.hold)
      #expect(holds.map(\.by) == [.retry] && holds[0].text.contains("a1 wanted fewer requests"))
      let rests = try await office.pass(patience)
      #expect(rests.allSatisfy { $0.kind == .skipped && $0.failure?.message.contains("a1 waits until") == true })
      try await office.time.sleep(.seconds(21_600))
      office.markets["a1"]?.change { $0.faults = [] }
      #expect(try await office.pass(.seconds(180)).map(\.kind) == Array(repeating: .done, count: 6))
    }
  }

  /// More than can be under way at once, so that something always starts.
  @Test func aStormThatRefusesEverythingAsTooFastEndsWithThePatience() async throws {
    let listings = (1...30).map { Office.listing("item-\($0)", accounts: ["a1"]) }
    try await office(listings) { office in
      office.markets["a1"]?.change { $0.faults = Array(repeating: .throttled(seconds: 1), count: 100_000) }
      let results = try await office.pass(.seconds(12))
      #expect(office.time.elapsed < .seconds(20))
      #expect(results.count == 30 && results.allSatisfy { $0.kind == .skipped })
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

  /// Whether its config says that the account can't be asked, or the account itself.
  @Test(arguments: ["a1", "b1"]) func whatCanNotBeAskedIsToldWithTheCommandThatSettlesIt(account: String) async throws {
    try await office([Office.listing("lamp", accounts: [account])]) { office in
      office.markets[account]?.change { $0.faults = [.lostAfter, .refused] }
      let results = try await office.pass(.seconds(600))
      let command = "hawker resolve lamp --account \(account) --posted REMOTE_ID, or --not-posted"
      #expect(results.map(\.kind) == [.uncertain])
      #expect(results[0].failure?.message.contains("can't be asked whether its create arrived") == true)
      #expect(results[0].failure?.message.contains(command) == true)
      let held = office.shop.plan(office.wanted, mode: .once).actions
      #expect(held.map(\.hold?.by) == [.unsettled] && held[0].hold?.text == results[0].failure?.message)
      // A sweep came too soon after the trouble: there is another one.
      try await office.time.sleep(.seconds(120))
      #expect(try await office.pass(.seconds(600)).map(\.kind) == [.held])
      let requests = office.markets[account]?.requests
      #expect(try await office.pass(.seconds(600)).map(\.kind) == [.held])
      #expect(office.markets[account]?.requests == requests)
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

  /// What a replace left can't be taken off, while its listing is still wanted.
  @Test func aLeftoverThatCannotBeTakenOffIsTriedAgainInItsTime() async throws {
    let replace = Office.intent(Office.lamp, .replace, remoteID: "r1")
    let entries =
      Office.posted(Office.lamp, "r1") + [
        .intent(replace), .outcome(Outcome(op: replace.op, result: .done, remoteID: "r2")),
      ]
    try await office([Office.listing("lamp", accounts: ["a1"])], entries) { office in
      office.markets["a1"]?.change { state in
        state.poison = ["lamp"]
        let draft = Draft(
          listing: "lamp", op: "old", reference: "", content: Office.content("lamp"), photos: [])
        for _ in 1...2 { _ = state.make(draft, at: .zero, wall: office.shop.ambient.now(), stale: 0) }
      }
      let results = try await office.pass(.seconds(60))
      #expect(results.map(\.kind) == [.failed] && results[0].attempts > 2)
      #expect(office.time.elapsed <= .seconds(61))
      // 1, 2, 4, … seconds at the most, a tenth at the least.
      #expect(office.markets["a1"].map { $0.requests < 30 } == true)
    }
  }

  /// Situation 12: three in a day stop creates on that account, within the very plan too, and after a restart.
  @Test func anAccountThatRefusesIsLeftAlone() async throws {
    let listings = (1...6).map { Office.listing("no-\($0)!", accounts: ["a1"]) }
    try await office(listings) { office in
      let results = try await office.pass(.seconds(60))
      let sent = office.markets["a1"]?.requests ?? 0
      // Two may be under way at once.
      #expect(sent >= 3 && sent <= 4)
      #expect(results.count { $0.kind == .failed } == sent)
      #expect(
        results.filter { $0.kind == .held }.compactMap(\.failure?.code)
          == Array(repeating: "rejections", count: 6 - sent))
      #expect(try await office.pass(.seconds(60)).allSatisfy { $0.kind == .held })
      #expect(office.markets["a1"]?.requests == sent)

      let key = PostKey(listing: "no-6!", account: "a1")
      try await office.shop.journal.append(office.rule(.release(listing: key.listing, account: nil)).entries)
      _ = try await office.pass(.seconds(60))
      #expect(office.markets["a1"]?.requests == sent + 1)
      #expect(try await office.pass(.seconds(60)).allSatisfy { $0.kind == .held })
    }
  }

  private func office(
    _ listings: [Listing], _ entries: [Entry] = [], rate: Int = 10, _ body: @Sendable (Office) async throws -> Void
  ) async throws {
    let time = VirtualTime()
    try await time.run {
      let office = try await Office(listings, entries, time: time, rate: rate)
      try await body(office)
      await office.shop.journal.close()
    }
  }
}
