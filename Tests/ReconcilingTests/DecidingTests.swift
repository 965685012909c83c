import Journaling
import Listings
import Loading
import Marketplaces
import Planning
import Testing

@testable import Reconciling

/// What a seller's decision records, and when it is refused.
struct DecidingTests {
  private let lamp = Office.lamp
  private let lampToo = Office.lampToo

  @Test func aHoldIsRecordedForEveryPostOfTheListing() async throws {
    let office = try await Office([Office.listing("lamp")])
    let ruling = office.rule(.hold(listing: "lamp", account: nil, reason: "repainting"))
    #expect(ruling.answer.code == .done)
    #expect(ruling.entries == [lamp, lampToo].map { .held($0, by: "hold", until: nil, text: "repainting") })
    #expect(office.rule(.hold(listing: "lamp", account: "b1", reason: nil)).entries.count == 1)
  }

  @Test(arguments: [
    Decision.hold(listing: "sofa", account: nil, reason: nil), .release(listing: "sofa", account: nil),
    .forget(listing: "sofa", account: nil), .resolve(listing: "sofa", account: nil, posted: nil),
    .hold(listing: "lamp", account: "c1", reason: nil),
  ])
  func whatIsNotThereIsUnknown(_ decision: Decision) async throws {
    let ruling = try await Office([Office.listing("lamp")]).rule(decision)
    #expect(ruling.answer.code == .unknown && ruling.entries.isEmpty)
  }

  @Test func whatWasNeverPostedCanNotBeForgotten() async throws {
    let ruling = try await Office([Office.listing("lamp")]).rule(.forget(listing: "lamp", account: nil))
    #expect(ruling.answer.code == .refused && ruling.entries.isEmpty)
    #expect(ruling.answer.text.contains("nothing is recorded of it"))
  }

  // MARK: Release

  @Test func aReleaseEndsTheSellersHold() async throws {
    let office = try await Office([Office.listing("lamp")], [.held(lamp, by: "hold", until: nil)])
    #expect(office.rule(.release(listing: "lamp", account: nil)).entries == [.released(lamp, by: "hold")])
  }

  /// One word ends both, and says so; the plan has said before that there are two.
  @Test func aReleaseOfWhatIsHeldAndSoldSaysWhatEnds() async throws {
    let office = try await Office(
      [Office.listing("lamp", accounts: ["a1"])],
      [.held(lamp, by: "hold", until: nil), .sold(listing: "lamp", account: nil, price: nil)])
    let hold = office.shop.plan(office.wanted, mode: .once).actions.first?.hold
    #expect(hold?.by == .sold && hold?.text.contains("held by the seller") == true)
    let ruling = office.rule(.release(listing: "lamp", account: nil))
    #expect(ruling.entries == [.released(lamp, by: "hold"), .released(lamp)])
    #expect(ruling.answer.text == "lamp on a1: released from the seller's hold and from its sale: it is for sale again")
  }

  @Test func aReleaseLetsWhatIsGoneOrRefusedBePostedAgain() async throws {
    let gone = Office.posted(lamp, "r1") + [.observed(lamp, .gone)]
    let office = try await Office([Office.listing("lamp")], gone + Office.failed(lampToo, "rejected"))
    #expect(office.rule(.release(listing: "lamp", account: nil)).entries == [.released(lamp), .released(lampToo)])
  }

  @Test func aReleaseAcceptsExactlyThePriceThatIsThere() async throws {
    let office = try await Office(
      [Office.listing("lamp", price: 3_000, accounts: ["a1"])], Office.posted(lamp, "r1"))
    let permit = Permit(by: "price_drop", digest: Office.content("lamp", price: 3_000).digest)
    #expect(office.rule(.release(listing: "lamp", account: nil)).entries == [.permitted(lamp, permit)])
  }

  /// A cut of a price that somebody changed there too: `apply --enforce` sends it, once it is accepted.
  @Test func aReleaseAcceptsAPriceThatIsHeldOnceTheDriftIsPutBack() async throws {
    let office = try await Office(
      [Office.listing("lamp", price: 3_000, accounts: ["a1"])],
      Office.posted(lamp, "r1") + [.observed(lamp, .drift(["price"], values: ["price": "101.00 USD"]))])
    let permit = Permit(by: "price_drop", digest: Office.content("lamp", price: 3_000).digest)
    #expect(office.rule(.release(listing: "lamp", account: nil)).entries == [.permitted(lamp, permit)])
  }

  @Test func aDriftAloneIsNotForReleaseToLift() async throws {
    let office = try await Office(
      [Office.listing("lamp", accounts: ["a1"])],
      Office.posted(lamp, "r1") + [.observed(lamp, .drift(["price"], values: ["price": "101.00 USD"]))])
    #expect(office.rule(.release(listing: "lamp", account: nil)).answer.code == .refused)
  }

  @Test func aReleaseIsRefusedWhereNothingHoldsOrAnotherGuardDoes() async throws {
    let free = try await Office([Office.listing("lamp")])
    #expect(free.rule(.release(listing: "lamp", account: nil)).answer.code == .refused)
    let office = try await Office([], Office.posted(lamp, "r1") + [.protected(listing: "lamp", true)])
    let ruling = office.rule(.release(listing: "lamp", account: nil))
    #expect(ruling.answer.code == .refused && ruling.entries.isEmpty)
    #expect(ruling.answer.text.contains("held by protect"))
  }

  /// Otherwise the next sale would be taken for the first one, and the posts of what is sold out would stay up.
  @Test func ofSeveralAReleaseEndsNoSaleThatClaimsNothing() async throws {
    let sold = Entry.sold(listing: "lamp", account: "b1", price: nil)
    func released(price: Int64 = 10_000, _ entries: [Entry]) async throws -> Deciding.Ruling {
      var listing = Office.listing("lamp", price: price, accounts: ["a1"])
      listing.quantity = 2
      return try await Office([listing], entries).rule(.release(listing: "lamp", account: nil))
    }
    let posted = Office.posted(lamp, "r1")
    let permit = Permit(by: "price_drop", digest: Office.content("lamp", price: 3_000).digest)
    #expect(try await released(price: 3_000, posted + [sold]).entries == [.permitted(lamp, permit)])
    let held = try await released(posted + [sold, .held(lamp, by: "hold", until: nil)])
    #expect(held.entries == [.released(lamp, by: "hold")] && held.answer.text == "lamp on a1: released")
    #expect(try await released(posted + [sold, .observed(lamp, .gone)]).entries == [.released(lamp, by: "gone")])
    #expect(
      try await released([sold] + Office.failed(lamp, "rejected")).entries == [.released(lamp, by: "rejected")])
    let nothing = try await released(posted + [sold])
    #expect(nothing.answer.code == .refused && nothing.answer.text.contains("1 of 2 is sold"), "\(nothing.answer.text)")
    // The last one's sale does claim it.
    #expect(try await released(posted + [sold, sold]).entries == [.released(lamp)])
  }

  // MARK: Forget

  @Test func whatNoFileAsksForCanBeForgotten() async throws {
    let office = try await Office([], Office.posted(lamp, "r1") + Office.posted(lampToo, "r2"))
    let ruling = office.rule(.forget(listing: "lamp", account: nil))
    #expect(ruling.entries == [.forgotten(lamp), .forgotten(lampToo)])
    #expect(ruling.answer.text.contains("stays there, unwatched"))
  }

  @Test func whatItsFileAsksForIsNotForgotten() async throws {
    let office = try await Office([Office.listing("lamp")], Office.posted(lamp, "r1"))
    #expect(office.rule(.forget(listing: "lamp", account: nil)).answer.code == .refused)
    var unreadable = try await Office([], Office.posted(lamp, "r1"))
    unreadable.wanted.frozenFiles = ["listings/lamp.yaml"]
    #expect(unreadable.rule(.forget(listing: "lamp", account: nil)).answer.code == .refused)
  }

  @Test(arguments: [
    Decision.forget(listing: "lamp", account: nil), .resolve(listing: "lamp", account: nil, posted: "r9"),
  ])
  func whatIsUnderWayIsLeftAlone(_ decision: Decision) async throws {
    let office = try await Office([], [.intent(Office.intent(lamp))])
    let ruling = office.rule(decision, inFlight: [lamp])
    #expect(ruling.answer.code == .refused && ruling.entries.isEmpty)
  }

  // MARK: Resolve

  @Test func aSellerSettlesACreate() async throws {
    let intent = Office.intent(lampToo)
    let office = try await Office([Office.listing("lamp")], [.intent(intent)])
    #expect(
      office.rule(.resolve(listing: "lamp", account: nil, posted: "r9")).entries
        == [.outcome(Outcome(op: intent.op, result: .done, remoteID: "r9"))])
    // It may be one of two.
    #expect(office.rule(.resolve(listing: "lamp", account: nil, posted: "r9")).troubled == "b1")
    let ruling = office.rule(.resolve(listing: "lamp", account: "b1", posted: nil))
    guard case .outcome(let outcome)? = ruling.entries.first else { return #expect(Bool(false), "no outcome") }
    #expect(outcome.result == .failed && outcome.failure?.code == "not-posted")
  }

  @Test func aSellerSettlesAWithdrawal() async throws {
    let withdrawal = Office.intent(lamp, .withdraw, remoteID: "r1")
    let off = try await Office([Office.listing("lamp")], Office.posted(lamp, "r1") + [.intent(withdrawal)])
    #expect(
      off.rule(.resolve(listing: "lamp", account: nil, posted: nil)).entries
        == [.outcome(Outcome(op: withdrawal.op, result: .done))])
    // An update is simply sent again: there is nothing to settle.
    let update = Office.intent(lamp, .update, remoteID: "r1")
    let changed = try await Office([Office.listing("lamp")], Office.posted(lamp, "r1") + [.intent(update)])
    #expect(changed.rule(.resolve(listing: "lamp", account: nil, posted: nil)).answer.code == .refused)
  }

  @Test func aSettlementThatCanNotBeTrueIsRefused() async throws {
    let desk = PostKey(listing: "desk", account: "a1")
    let office = try await Office(
      [Office.listing("lamp"), Office.listing("desk", accounts: ["a1"])],
      Office.posted(desk, "r1") + [.intent(Office.intent(lamp)), .intent(Office.intent(lampToo))])
    for decision in [
      // Nothing is open; two are, and it is not said which; the id is another listing's; it is no id.
      Decision.resolve(listing: "desk", account: nil, posted: "r1"),
      .resolve(listing: "lamp", account: nil, posted: "r9"), .resolve(listing: "lamp", account: "a1", posted: "r1"),
      .resolve(listing: "lamp", account: "a1", posted: "a b\n"),
    ] {
      let ruling = office.rule(decision)
      #expect(ruling.answer.code == .refused && ruling.entries.isEmpty, "\(decision)")
    }
  }

  /// The seller may leave out the page's number that stands in front of the post's own.
  @Test(arguments: [("77", true), ("10001_77", true), ("20002_77", false), ("7", false)])
  func aSettlementNamesNoOtherListingsPost(posted: String, isDesk: Bool) async throws {
    let desk = PostKey(listing: "desk", account: "a1")
    let office = try await Office(
      [Office.listing("lamp"), Office.listing("desk", accounts: ["a1"])],
      Office.posted(desk, "10001_77") + [.intent(Office.intent(lamp))])
    let ruling = office.rule(.resolve(listing: "lamp", account: "a1", posted: posted))
    #expect((ruling.answer.code == .refused) == isDesk)
  }

  // MARK: Plans

  private func loss() async throws -> Office {
    let keys = (1...5).map { PostKey(listing: "item-\($0)", account: "a1") }
    return try await Office(
      [Office.listing("item-1", accounts: ["a1"])], keys.flatMap { Office.posted($0, "r-\($0.listing)") })
  }

  @Test func anApprovalLetsThroughWhatExactlyThatPlanHolds() async throws {
    let office = try await loss()
    let plan = office.shop.plan(office.wanted, mode: .once)
    let ruling = office.rule(.approve(plan: plan.id))
    let until = office.shop.ambient.now().advanced(by: .seconds(3600))
    #expect(ruling.entries.count == 4)
    #expect(
      ruling.entries.first
        == .permitted(
          PostKey(listing: "item-2", account: "a1"), Permit(by: "withdrawals", digest: nil, until: until)))
    #expect(office.rule(.approve(plan: "0123456789ab")).answer.code == .refused)
  }

  @Test func anApprovalOfNothingIsRefused() async throws {
    let office = try await Office([Office.listing("lamp")])
    let plan = office.shop.plan(office.wanted, mode: .once)
    #expect(office.rule(.approve(plan: plan.id)).answer.code == .refused)
  }

  @Test func whatLeftTheScopeIsWithdrawnOrForgotten() async throws {
    var office = try await Office([], Office.posted(lamp, "r1") + Office.posted(lampToo, "r2"))
    #expect(office.rule(.releaseScope(withdraw: true)).answer.code == .refused)
    office.shop.loaded.config.listings = "/shop/elsewhere"
    #expect(office.rule(.releaseScope(withdraw: false)).entries == [.forgotten(lamp), .forgotten(lampToo)])
    #expect(office.rule(.releaseScope(withdraw: true)).entries.count == 4)
    #expect(office.rule(.releaseScope(withdraw: false), inFlight: [lamp]).answer.code == .refused)
    // An account that the config has lost can't be asked to withdraw anything.
    office.shop.loaded.config.accounts = []
    #expect(office.rule(.releaseScope(withdraw: true)).answer.code == .refused)
  }
}
