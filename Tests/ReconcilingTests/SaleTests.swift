import Executing
import Journaling
import Listings
import Marketplaces
import Planning
import Support
import Testing

@testable import Reconciling

/// A sale is the end of a listing everywhere, whoever tells of it.
@Suite(.serialized, Sharing.inotify, .timeLimit(.minutes(2))) struct SaleTests {
  @Test func whatSoldOnOneMarketplaceComesOffTheOthersAndStaysOff() async throws {
    try await shop { shop in
      let post = try #require(shop.post("lamp", on: "b1"))
      #expect(await shop.reconciler.take([Notice(marketplace: "beta", remoteID: post.id, event: .sold)]))
      #expect(shop.ledger.sales["lamp"]?.count == 1)
      try await shop.time.sleep(.seconds(10))
      #expect(shop.live(on: "a1") == ["desk"] && shop.live(on: "b1") == ["desk", "lamp"])
      let exposure = try #require(await shop.reconciler.exposures.first)
      #expect(exposure.key == Office.lamp && exposure.soldOn == "b1" && exposure.endedAt != nil)
      // Its file still says available.
      try shop.write("lamp", price: "80.00")
      await shop.look()
      try await shop.time.sleep(.seconds(7200))
      #expect(shop.live(on: "a1") == ["desk"])
      #expect(shop.plan().actions.first { $0.key == Office.lamp }?.hold?.by == .sold)
    }
  }

  @Test func theSameNoticeAgainIsTheSameSale() async throws {
    try await shop { shop in
      let post = try #require(shop.post("lamp", on: "a1"))
      let notice = Notice(marketplace: "alpha", remoteID: post.id, event: .sold, delivery: "d1")
      async let first = shop.reconciler.take([notice, notice])
      async let second = shop.reconciler.take([notice])
      #expect(await (first, second) == (true, true))
      let sequence = shop.ledger.sequence
      var later = notice
      later.delivery = "d2"
      #expect(await shop.reconciler.take([later]))
      #expect(shop.ledger.sales["lamp"]?.count == 1 && shop.ledger.sequence >= sequence)
    }
  }

  @Test func soldTwiceIsRecordedTwiceAndNeedsAPerson() async throws {
    try await shop { shop in
      let (one, two) = (shop.post("lamp", on: "a1"), shop.post("lamp", on: "b1"))
      for (post, marketplace) in [(one, "alpha"), (two, "beta")] {
        let id = try #require(post?.id)
        #expect(await shop.reconciler.take([Notice(marketplace: marketplace, remoteID: id, event: .sold)]))
      }
      #expect(shop.ledger.sales["lamp"]?.count == 2)
      #expect(shop.plan().needsPerson)
      #expect(shop.plan().guards.contains { $0.name == .oversold })
      // Answered, it stays off.
      #expect(await shop.reconciler.decide(.release(listing: "lamp", account: nil)).code == .done)
      #expect(!shop.plan().guards.contains { $0.name == .oversold })
      #expect(shop.plan().executable.isEmpty)
    }
  }

  /// Cut between the two, the sale is told again, and nobody was left in the dark.
  @Test func theAlertIsRecordedBeforeTheSecondSale() {
    let key = PostKey(listing: "lamp", account: "a1")
    var ledger = Ledger(lineage: "test", sequence: 0)
    for entry in Office.posted(key, "1") { ledger.apply(entry, at: Timestamp(milliseconds: 1000)) }
    ledger.apply(.sold(listing: "lamp", account: nil, price: nil), at: Timestamp(milliseconds: 2000))
    guard case .new(let entries) = Selling(ledger: ledger, id: "lamp", listing: nil).seen(on: "a1", delivery: "d1")
    else {
      Issue.record("a second sale is not taken")
      return
    }
    #expect(entries.map(\.kind) == ["held", "observed"])
  }

  @Test func theAlertsReleaseOffersItNowhereAgain() async throws {
    try await shop { shop in
      #expect(await shop.reconciler.decide(.sold(listing: "lamp", account: nil, price: nil)).code == .done)
      try await shop.time.sleep(.seconds(60))
      #expect(shop.live(on: "a1") == ["desk"] && shop.live(on: "b1") == ["desk"])
      #expect(await shop.reconciler.decide(.sold(listing: "lamp", account: "a1", price: nil)).code == .done)
      #expect(shop.plan().guards.contains { $0.name == .oversold })
      #expect(await shop.reconciler.decide(.release(listing: "lamp", account: nil)).code == .done)
      try await shop.time.sleep(.seconds(60))
      #expect(shop.live(on: "a1") == ["desk"] && shop.live(on: "b1") == ["desk"])
    }
  }

  @Test func afterAReleasedSaleTheNextBuyerCounts() async throws {
    try await shop { shop in
      let id = try #require(shop.post("lamp", on: "a1")?.id)
      let sold = { Notice(marketplace: "alpha", remoteID: id, event: .sold, delivery: $0) }
      #expect(await shop.reconciler.take([sold("d1")]))
      try await shop.time.sleep(.seconds(60))
      #expect(shop.live(on: "b1") == ["desk"])
      // The buyer backs out.
      #expect(await shop.reconciler.decide(.release(listing: "lamp", account: nil)).code == .done)
      try await shop.time.sleep(.seconds(60))
      #expect(shop.live(on: "b1") == ["desk", "lamp"])
      #expect(await shop.reconciler.take([sold("d2")]))
      try await shop.time.sleep(.seconds(60))
      #expect(shop.live(on: "b1") == ["desk"])
    }
  }

  @Test func thePostThatSoldOneOfSeveralGoesWithTheLast() async throws {
    try await shop(more: "quantity: 2") { shop in
      for account in ["a1", "b1"] {
        #expect(await shop.reconciler.decide(.sold(listing: "lamp", account: account, price: nil)).code == .done)
        try await shop.time.sleep(.seconds(60))
      }
      #expect(shop.live(on: "a1") == ["desk"] && shop.live(on: "b1") == ["desk", "lamp"])
    }
  }

  @Test func ofSeveralOneIsCountedOff() async throws {
    try await shop(more: "quantity: 2") { shop in
      #expect(await shop.reconciler.decide(.sold(listing: "lamp", account: "a1", price: "70")).code == .done)
      try await shop.time.sleep(.seconds(60))
      #expect(shop.live(on: "a1") == ["desk", "lamp"] && shop.live(on: "b1") == ["desk", "lamp"])
      #expect(shop.ledger.sales["lamp"]?.first?.price == Money(minor: 7000, currency: .usd))
      let post = try #require(shop.post("lamp", on: "a1"))
      #expect(
        await shop.reconciler.take([Notice(marketplace: "alpha", remoteID: post.id, event: .sold, delivery: "d1")]))
      try await shop.time.sleep(.seconds(60))
      #expect(shop.live(on: "a1") == ["desk", "lamp"] && shop.live(on: "b1") == ["desk"])
      #expect(!shop.plan().guards.contains { $0.name == .oversold })
    }
  }

  /// Each word of several is a sale of its own: none is dropped, and the one too many needs a person.
  @Test func theWordTooManyOfSeveralIsRecordedAndAlerts() async throws {
    try await shop(more: "quantity: 3") { shop in
      for count in 1...3 {
        #expect(await shop.reconciler.decide(.sold(listing: "lamp", account: "a1", price: nil)).code == .done)
        #expect(shop.ledger.sales["lamp"]?.count == count)
        #expect(!shop.plan().guards.contains { $0.name == .oversold })
      }
      let fourth = await shop.reconciler.decide(.sold(listing: "lamp", account: "a1", price: "70"))
      #expect(fourth.code == .done && fourth.text.contains("there were only 3"), "\(fourth)")
      #expect(shop.ledger.sales["lamp"]?.count == 4)
      #expect(shop.plan().guards.contains { $0.name == .oversold })
    }
  }

  /// The same sale told again is known; with another price it is not, and can't be taken in.
  @Test func anotherPriceForTheSameSaleIsRefused() async throws {
    try await shop { shop in
      let sold = { (price: String?) in
        await shop.reconciler.decide(.sold(listing: "lamp", account: "a1", price: price))
      }
      #expect(await sold("70").code == .done)
      for again in [nil, "70.00", "70 USD"] { #expect(await sold(again).code == .done) }
      let other = await sold("60")
      #expect(other.code == .refused && other.text.contains("60.00 USD is not recorded"), "\(other)")
      #expect(shop.ledger.sales["lamp"]?.count == 1)
    }
  }

  /// Of several: what a look shows and what a webhook tells may be one sale, whichever comes first.
  @Test(arguments: [true, false])
  func aLookAndALateWebhookAreOneSale(lookFirst: Bool) async throws {
    try await shop(more: "quantity: 3", refresh: .seconds(3600)) { shop in
      let id = try #require(shop.post("lamp", on: "a1")?.id)
      let sold = { Notice(marketplace: "alpha", remoteID: id, event: .sold, delivery: $0) }
      if !lookFirst { #expect(await shop.reconciler.take([sold("d1")])) }
      shop.office.markets["a1"]?.change { state in
        for index in state.posts.indices where state.posts[index].id == id { state.posts[index].isSold = true }
      }
      try await shop.time.sleep(.seconds(5000))
      #expect(shop.ledger.sales["lamp"]?.count == 1)
      // Late, and again.
      for _ in 0..<2 { #expect(await shop.reconciler.take([sold("d1")])) }
      try await shop.time.sleep(.seconds(5000))
      #expect(shop.ledger.sales["lamp"]?.map(\.delivery) == ["d1"])
      #expect(shop.live(on: "b1") == ["desk", "lamp"])
      // Another buyer, told twice; and the third.
      for _ in 0..<2 { #expect(await shop.reconciler.take([sold("d2"), sold("d1")])) }
      try await shop.time.sleep(.seconds(60))
      #expect(shop.ledger.sales["lamp"]?.count == 2 && shop.live(on: "b1") == ["desk", "lamp"])
      #expect(await shop.reconciler.take([sold("d3")]))
      try await shop.time.sleep(.seconds(60))
      #expect(shop.ledger.sales["lamp"]?.count == 3 && shop.live(on: "b1") == ["desk"])
      #expect(!shop.plan().guards.contains { $0.name == .oversold })
    }
  }

  @Test func aSaleFoundByLookingIsASale() async throws {
    try await shop(refresh: .seconds(3600)) { shop in
      let id = try #require(shop.post("lamp", on: "a1")?.id)
      shop.office.markets["a1"]?.change { state in
        for index in state.posts.indices where state.posts[index].id == id { state.posts[index].isSold = true }
      }
      try await shop.time.sleep(.seconds(5000))
      #expect(shop.ledger.sales["lamp"]?.count == 1)
      #expect(shop.live(on: "a1") == ["desk", "lamp"] && shop.live(on: "b1") == ["desk"])
      try await shop.time.sleep(.seconds(5000))
      #expect(shop.ledger.sales["lamp"]?.count == 1)
    }
  }

  /// Nowhere written down, a crash would lose it: the marketplace is to tell it again.
  @Test func aSaleOfAPostThatIsStillLookedForIsNotAcceptedYet() async throws {
    try await shop { shop in
      let sold = { Notice(marketplace: "alpha", remoteID: $0, event: .sold) }
      #expect(await shop.reconciler.take([sold("somebody-elses")]))
      shop.office.markets["a1"]?.change { $0.faults = [.lostBefore] }
      try shop.write("rug")
      shop.reconciler.lookAgain("a test")
      try await shop.time.sleep(.seconds(60))
      #expect(await !shop.reconciler.take([sold("r-new")]))
      try await shop.time.sleep(.seconds(400))
      let post = try #require(shop.post("rug", on: "a1"))
      #expect(await shop.reconciler.take([sold(post.id)]))
      #expect(shop.ledger.sales["rug"]?.count == 1)
    }
  }

  /// Its post is not known yet, and would not be after a crash; somebody else's is put off only once.
  @Test func aSaleIsNotAcceptedWhileItsCreateHasNoAnswer() async throws {
    try await shop { shop in
      let sold = { Notice(marketplace: "alpha", remoteID: $0, event: .sold, delivery: $0) }
      shop.office.markets["a1"]?.change { $0.faults = [.slow(seconds: 20)] }
      try shop.write("rug")
      shop.reconciler.lookAgain("a test")
      try await shop.time.sleep(.seconds(30))
      let post = try #require(shop.post("rug", on: "a1"))
      #expect(shop.ledger[PostKey(listing: "rug", account: "a1")]?.state == .uncertain)
      #expect(await !shop.reconciler.take([sold(post.id), sold("r-foreign")]))
      // Not told again: what was kept for the answer is enough.
      try await shop.time.sleep(.seconds(15))
      #expect(shop.ledger.sales["rug"]?.map(\.delivery) == [post.id])
      shop.office.markets["a1"]?.change { $0.faults = [.slow(seconds: 20)] }
      try shop.write("mat")
      shop.reconciler.lookAgain("a test")
      try await shop.time.sleep(.seconds(10))
      // A create that began since can't have made it.
      #expect(await shop.reconciler.take([sold(post.id), sold("r-foreign")]))
      #expect(shop.ledger.sales["rug"]?.count == 1)
    }
  }

  /// The buyer was there before its post was replaced.
  @Test func aLateNoticeOfAPostThatWasReplacedIsASaleOfItsListing() async throws {
    try await shop(more: "replace: allow") { shop in
      let old = try #require(shop.post("lamp", on: "a1")?.id)
      try shop.write("lamp", category: "tables", more: "replace: allow")
      await shop.look()
      try await shop.time.sleep(.seconds(60))
      #expect(shop.post("lamp", on: "a1")?.id != old && shop.live(on: "a1") == ["desk", "lamp"])
      #expect(await shop.reconciler.take([Notice(marketplace: "alpha", remoteID: old, event: .sold, delivery: "d1")]))
      #expect(shop.ledger.sales["lamp"]?.count == 1)
      try await shop.time.sleep(.seconds(60))
      // What stands where it sold is another post by now, and nobody there knows of the sale.
      #expect(shop.live(on: "a1") == ["desk"] && shop.live(on: "b1") == ["desk"])
    }
  }

  /// Nor is it lost when what was to be posted anew is refused: its record names no post any more.
  @Test func aLateNoticeOfAPostThatIsPostedAnewIsASaleOfItsListing() throws {
    let index = PostIndex()
    let key = PostKey(listing: "lamp", account: "a1")
    var ledger = Ledger(lineage: "test", sequence: 0)
    let withdrawal = Office.intent(key, .withdraw, remoteID: "r1")
    let off: [Entry] = [.intent(withdrawal), .outcome(Outcome(op: withdrawal.op, result: .done))]
    for entry in Office.posted(key, "r1") + off { ledger.apply(entry, at: Timestamp(milliseconds: 1000)) }
    let reason = Action.Reason("again", "available again")
    let action = Action(.create, key: key, marketplace: "alpha", file: "", reason: reason, record: ledger[key])
    #expect(action.record?.remoteID == "r1" && index.hear(.started(action)).isEmpty)
    for entry in Office.failed(key, "rejected") { ledger.apply(entry, at: Timestamp(milliseconds: 2000)) }
    #expect(ledger[key]?.remoteID == nil)
    let sold = Notice(marketplace: "alpha", remoteID: "r1", event: .sold, delivery: "d1")
    let found = index.find(sold, in: ledger, at: .seconds(10))
    #expect(found?.key == key && found?.isFormer == true)
  }

  /// Which is so for a moment after each start.
  @Test func aSecondSaleIsNotTakenBeforeTheFilesWereLookedAt() async throws {
    let time = VirtualTime()
    try await time.run {
      var listing = Office.listing("lamp", accounts: ["a1"])
      listing.quantity = 2
      let key = PostKey(listing: "lamp", account: "a1")
      let office = try await Office([listing], Office.posted(key, "r1"), time: time)
      let executor = office.shop.executor { _ in }
      let senses = Senses(Intake.Scene(shop: office.shop, executor: executor, wanted: nil), PostIndex(), Hints())
      let notices = ["d1", "d2"].map { Notice(marketplace: "alpha", remoteID: "r1", event: .sold, delivery: $0) }
      #expect(await senses.intake.take([notices[0]]))
      #expect(await !senses.intake.take([notices[1]]))
      await senses.intake.see(Intake.Scene(shop: office.shop, executor: executor, wanted: office.wanted))
      #expect(await senses.intake.take(notices))
      #expect(office.shop.journal.ledger.sales["lamp"]?.compactMap(\.delivery) == ["d1", "d2"])
      await office.shop.journal.close()
    }
  }

  @Test func aSaleToldAgainAfterTheThingWasPostedAnewIsTheOldOne() {
    let key = PostKey(listing: "lamp", account: "a1")
    var ledger = Ledger(lineage: "test", sequence: 0)
    func apply(_ entries: [Entry], at seconds: Int64) {
      for entry in entries { ledger.apply(entry, at: Timestamp(milliseconds: seconds * 1000)) }
    }
    apply(Office.posted(key, "1"), at: 10)
    apply([.observed(key, .sold(price: nil, delivery: "d1")), .released(key, by: Entry.saleSeen)], at: 20)
    apply(Office.posted(key, "2"), at: 30)
    let selling = Selling(ledger: ledger, id: "lamp", listing: nil)
    let told = ["d1", "d2"].map { delivery in
      if case .new = selling.seen(on: "a1", delivery: delivery) { true } else { false }
    }
    #expect(told == [false, true])
  }

  /// A look found it; then the post was replaced, and only then the delivery came.
  @Test func aLateDeliveryOfAPostThatWasReplacedNamesTheSaleThatALookFound() {
    let key = PostKey(listing: "lamp", account: "a1")
    var ledger = Ledger(lineage: "test", sequence: 0)
    func apply(_ entries: [Entry], at seconds: Int64) {
      for entry in entries { ledger.apply(entry, at: Timestamp(milliseconds: seconds * 1000)) }
    }
    apply([.counted(listing: "lamp", 3)] + Office.posted(key, "1"), at: 10)
    apply([.observed(key, .sold(price: nil, delivery: Sale.seen))], at: 20)
    apply(Office.posted(key, "2"), at: 30)
    func hear(_ delivery: String) -> String {
      switch Selling(ledger: ledger, id: "lamp", listing: nil).seenFormerly(on: "a1", delivery: delivery) {
      case .named(let entry):
        apply([entry], at: 40)
        return "named"
      case .new(let entries):
        apply(entries, at: 40)
        return "new"
      case .known: return "known"
      }
    }
    #expect(["d1", "d1", "d2", "d2"].map(hear) == ["named", "known", "new", "known"])
    #expect(ledger.sales["lamp"]?.count == 2)
  }

  @Test func aSaleIsKnownAgainWhenTheClockWasSetBackSinceItsPost() {
    let key = PostKey(listing: "lamp", account: "a1")
    var ledger = Ledger(lineage: "test", sequence: 0)
    for entry in Office.posted(key, "1") { ledger.apply(entry, at: Timestamp(milliseconds: 900_000)) }
    ledger.apply(.observed(key, .sold(price: nil, delivery: "d1")), at: Timestamp(milliseconds: 1000))
    let selling = Selling(ledger: ledger, id: "lamp", listing: nil)
    for delivery in [nil, "d1", "d2"] {
      guard case .known = selling.seen(on: "a1", delivery: delivery) else {
        Issue.record("\(delivery ?? "a look") counts once more")
        continue
      }
    }
  }

  /// The program died before a create was answered, and the marketplace can't be asked.
  @Test func aSaleIsNotAcceptedWhileACreateOfAnEarlierLifeIsOpen() async throws {
    let time = VirtualTime()
    try await time.run {
      var office = try await Office([Office.listing("lamp")], [.intent(Office.intent(Office.lampToo))], time: time)
      office.shop.accounts.removeAll { $0.name != "b1" }
      let executor = office.shop.executor { _ in }
      let senses = Senses(
        Intake.Scene(shop: office.shop, executor: executor, wanted: office.wanted), PostIndex(), Hints())
      let sold = Notice(marketplace: "beta", remoteID: "r1", event: .sold, delivery: "d1")
      #expect(await !senses.intake.take([sold]))
      #expect(await senses.intake.take([Notice(marketplace: "alpha", remoteID: "r1", event: .sold)]))
      let outcome = Outcome(op: Office.intent(Office.lampToo).op, result: .done, remoteID: "r1")
      try await office.shop.journal.append([.outcome(outcome)])
      try await time.sleep(.seconds(2))
      #expect(await senses.intake.take([sold]))
      #expect(office.shop.journal.ledger.sales["lamp"]?.count == 1)
      await office.shop.journal.close()
    }
  }

  @Test func theFilesSoldEndsTheClaim() async throws {
    try await shop { shop in
      #expect(await shop.reconciler.decide(.sold(listing: "lamp", account: nil, price: nil)).code == .done)
      try await shop.time.sleep(.seconds(10))
      #expect(shop.live(on: "a1") == ["desk"] && shop.live(on: "b1") == ["desk"])
      try shop.write("lamp", more: "status: sold")
      await shop.look()
      try await shop.time.sleep(.seconds(60))
      try shop.write("lamp")
      await shop.look()
      try await shop.time.sleep(.seconds(60))
      #expect(shop.live(on: "a1") == ["desk", "lamp"] && shop.live(on: "b1") == ["desk", "lamp"])
    }
  }

  @Test func aFailedWithdrawalOfASoldThingIsTriedAgainSoon() async throws {
    try await shop { shop in
      shop.office.markets["a1"]?.change { $0.faults = [.unavailable, .unavailable, .unavailable] }
      let post = try #require(shop.post("lamp", on: "b1"))
      #expect(await shop.reconciler.take([Notice(marketplace: "beta", remoteID: post.id, event: .sold)]))
      try await shop.time.sleep(.seconds(20))
      #expect(shop.live(on: "a1") == ["desk"])
    }
  }

  private func shop(
    more: String = "", refresh: Duration = .seconds(6 * 3600), _ body: @Sendable (RealShop) async throws -> Void
  ) async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let time = VirtualTime()
    try await time.run {
      let shop = try await RealShop(folder, time, rescan: .seconds(60), accounts: ["a1", "b1"], refresh: refresh)
      try shop.write("lamp", more: more)
      async let running: Void = shop.reconciler.run()
      try await shop.time.sleep(.seconds(150))
      #expect(shop.live(on: "a1") == ["desk", "lamp"] && shop.live(on: "b1") == ["desk", "lamp"])
      try await body(shop)
      shop.reconciler.stop()
      try await running
      await shop.office.shop.journal.close()
    }
  }
}
