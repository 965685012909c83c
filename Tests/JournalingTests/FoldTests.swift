import Listings
import Testing

@testable import Journaling

@Suite struct FoldTests {
  @Test func aCreateIsUncertainUntilItsOutcome() {
    let record = ledger(intent("a"))[bike]
    #expect(record?.state == .uncertain)
    #expect(record?.pending?.op == "a")
    #expect(record?.pending?.at == noon)
    #expect(record?.file == "listings/trek-520.yaml")
  }

  @Test func aCreateThatIsDoneIsLive() {
    let ledger = ledger(intent("a"), done("a", id: "77"))
    let record = ledger[bike]
    #expect(record?.state == .live)
    #expect(record?.remoteID == "77")
    #expect(record?.url == "https://example.org/77")
    #expect(record?.content == content())
    #expect(record?.postedAt == later(1))
    #expect(record?.since == later(1))
    #expect(record?.pending == nil)
    #expect(ledger.key(ofOp: "a") == nil)
  }

  @Test func anUpdateChangesTheContentAndNothingElse() {
    let record = ledger(
      intent("a"), done("a", id: "77"), intent("b", .update, content: content(price: 1), remoteID: "77"), done("b"))[
        bike]
    #expect(record?.content == content(price: 1))
    #expect(record?.remoteID == "77")
    #expect(record?.postedAt == later(1))
    #expect(record?.updatedAt == later(3))
    #expect(record?.since == later(1))
  }

  @Test func anUpdateInFlightLeavesTheRecordLive() {
    let record = ledger(intent("a"), done("a", id: "77"), intent("b", .update, content: content(price: 1)))[bike]
    #expect(record?.state == .live)
    #expect(record?.content == content())
    #expect(record?.pending?.op == "b")
  }

  /// A gateway may give up after it has forwarded: the post then shows one content or the other.
  @Test(arguments: [
    ("unavailable", true), ("unexpected", true), ("uncertain", true), ("rejected", false), ("throttled", false),
  ])
  func aChangeThatMayHaveLandedIsNotForgotten(code: String, isKept: Bool) {
    let made = [intent("a"), done("a", id: "1")]
    for action in [Intent.Action.update, .withdraw] {
      var ledger = Ledger(lineage: "test")
      for entry in made + [intent("b", action, content: content(price: 1), remoteID: "1"), failed("b", code)] {
        ledger.apply(entry, at: noon)
      }
      #expect((ledger[bike]?.pending?.op == "b") == isKept)
      #expect(ledger[bike]?.isLive == true)
    }
  }

  /// The first update may be there; that the second certainly isn't says nothing of the first.
  @Test func whatALostUpdateMayHaveChangedStaysUnsureUntilAnUpdateIsDone() {
    let made = [
      intent("a"), done("a", id: "1"), intent("b", .update, content: content(price: 1), remoteID: "1"),
      failed("b", "uncertain"), intent("c", .update, content: content(), remoteID: "1"),
    ]
    var ledger = Ledger(lineage: "test")
    for entry in made + [failed("c", "throttled")] { ledger.apply(entry, at: noon) }
    #expect(ledger[bike]?.pending == nil)
    #expect(ledger[bike]?.content == content())
    #expect(ledger[bike]?.unsure == [.price])
    ledger.apply(intent("d", .update, content: content(), remoteID: "1"), at: noon)
    ledger.apply(done("d"), at: noon)
    #expect(ledger[bike]?.unsure == [])
  }

  /// Cut off, an update that undoes a drift is sent again, although it sends what is on record.
  @Test func anInterruptedUpdateThatPutsADriftBackLeavesItsFieldsUnsure() {
    var ledger = ledger(intent("a"), done("a", id: "1"))
    ledger.apply(.observed(bike, .drift(["price"], values: [:])), at: noon)
    ledger.apply(intent("b", .update, content: content(), remoteID: "1"), at: noon)
    #expect(ledger[bike]?.unsure == [.price])
    ledger.apply(done("b"), at: noon)
    #expect(ledger[bike]?.unsure == [])
  }

  /// Beside the file's own change too: until it has come through, nobody knows what is there.
  @Test func anInterruptedUpdateThatPutsADriftBackWithAnotherChangeLeavesBothOpen() {
    var ledger = ledger(intent("a"), done("a", id: "1"))
    ledger.apply(.observed(bike, .drift(["title"], values: [:])), at: noon)
    ledger.apply(
      intent("b", .update, content: content(price: 300_00), remoteID: "1", because: "drift"), at: noon)
    #expect(ledger[bike]?.unsure == [.title])
    ledger.apply(
      intent("c", .update, content: content(price: 300_00), remoteID: "1", because: "drift"), at: noon)
    #expect(ledger[bike]?.unsure == [.title, .price])
    ledger.apply(done("c"), at: noon)
    #expect(ledger[bike]?.unsure == [] && ledger.drifts.isEmpty)
  }

  @Test func aReplaceLeavesTheOldPostToBeWithdrawn() {
    var ledger = ledger(intent("a"), done("a", id: "1"), intent("b", .replace, remoteID: "1"), done("b", id: "2"))
    #expect(ledger[bike]?.remoteID == "2")
    #expect(ledger[bike]?.superseded == ["1"])
    ledger.apply(intent("c", .withdraw, remoteID: "1"), at: later(5))
    ledger.apply(done("c"), at: later(6))
    #expect(ledger[bike]?.superseded == [])
    #expect(ledger[bike]?.state == .live)
  }

  @Test(arguments: ["unavailable", "rejected", "throttled"])
  func aFailureToTakeOffWhatAReplaceLeftSaysNothingOfThePost(code: String) throws {
    let refused = content(price: 1)
    var ledger = ledger(
      intent("a"), done("a", id: "1"), intent("b", .replace, remoteID: "1"), done("b", id: "2"),
      intent("c", .update, content: refused, remoteID: "2"), failed("c", "rejected"))
    var before = try #require(ledger[bike])
    ledger.apply(intent("d", .withdraw, remoteID: "1"), at: later(5))
    ledger.apply(failed("d", code, retryAt: later(60)), at: later(6))
    var after = try #require(ledger[bike])
    #expect(after.leftover?.failure.code == code && after.leftover?.failure.retryAt == later(60))
    #expect(after.leftover?.tries == 3 && after.superseded == ["1"])
    var json = JSONWriter()
    json.object { after.writeMembers(to: &$0) }
    #expect(try Record(JSONValue(parsing: json.text)) == after)
    (after.leftover, after.pending) = (nil, nil)
    #expect(after == before && after.failedDigest == refused.digest)

    ledger.apply(.released(bike, by: "retry"), at: later(7))
    #expect(ledger[bike]?.leftover?.failure.retryAt == nil)
    ledger.apply(intent("e", .withdraw, remoteID: "1"), at: later(8))
    ledger.apply(done("e"), at: later(9))
    before.superseded = []
    #expect(ledger[bike] == before)
  }

  @Test func anUncertainReplaceStaysLiveOnTheOldPost() {
    let record = ledger(intent("a"), done("a", id: "1"), intent("b", .replace, remoteID: "1"), uncertain("b"))[bike]
    #expect(record?.state == .live)
    #expect(record?.remoteID == "1")
    #expect(record?.pending?.op == "b")
    #expect(record?.failure?.code == "uncertain")
  }

  @Test(arguments: [true, false]) func aWithdrawalRemembersWhetherASaleMadeIt(isSale: Bool) {
    let record = ledger(
      intent("a"), done("a", id: "1"), intent("b", .withdraw, remoteID: "1", isSale: isSale), done("b"))[bike]
    #expect(record?.state == .withdrawn(sold: isSale))
    #expect(record?.remoteID == "1")
  }

  @Test func aWithdrawalOfAPostThatIsGoneIsDone() {
    let record = ledger(
      intent("a"), done("a", id: "1"), intent("b", .withdraw, remoteID: "1"), failed("b", "gone"))[bike]
    #expect(record?.state == .withdrawn(sold: false))
    #expect(record?.failure == nil)
  }

  @Test(arguments: [
    ("rejected", Record.State.rejected), ("unavailable", .failed(retryAt: later(60))),
    ("throttled", .failed(retryAt: later(60))),
  ]) func aCreateThatFails(code: String, state: Record.State) {
    let record = ledger(intent("a"), failed("a", code, retryAt: later(60)))[bike]
    #expect(record?.state == state)
    #expect(record?.failure?.code == code)
    #expect(record?.pending == nil)
    #expect(record?.failedDigest == content().digest)
  }

  @Test(arguments: [Intent.Action.update, .replace]) func aRejectedChangeStaysLive(action: Intent.Action) {
    let sent = content(price: 1)
    let record = ledger(
      intent("a"), done("a", id: "1"), intent("b", action, content: sent, remoteID: "1"), failed("b", "rejected"))[bike]
    #expect(record?.state == .live)
    #expect(record?.failedDigest == sent.digest)
    #expect(record?.content == content())
  }

  @Test func anUpdateOfAPostThatIsGone() {
    let record = ledger(
      intent("a"), done("a", id: "1"), intent("b", .update, remoteID: "1"), failed("b", "gone"))[bike]
    #expect(record?.state == .gone)
  }

  @Test(arguments: [Intent.Action.update, .withdraw]) func otherFailuresLeaveTheStateAsItWas(action: Intent.Action) {
    let record = ledger(
      intent("a"), done("a", id: "1"), intent("b", action, remoteID: "1"), failed("b", "unavailable"))[bike]
    #expect(record?.state == .live)
    #expect(record?.since == later(1))
    #expect(record?.failure?.code == "unavailable")
  }

  @Test func aFailedCreateOverAWithdrawnRecordIsFailed() {
    let record = ledger(
      intent("a"), done("a", id: "1"), intent("b", .withdraw, remoteID: "1"), done("b"), intent("c"),
      failed("c", "unavailable"))[bike]
    #expect(record?.state == .failed(retryAt: nil))
    #expect(record?.remoteID == nil)
    #expect(record?.content == nil)
    let read = ledger(
      .adopted(
        bike, marketplace: "facebook", remoteID: "9", url: "u", file: "f", shows: Shown(content(), unsure: [.photos])))
    #expect(read[bike]?.content == content() && read[bike]?.unsure == [.photos])
  }

  @Test func aSecondAttemptTakesThePlaceOfTheFirst() {
    var ledger = ledger(intent("a"), uncertain("a"), intent("a", attempt: 2))
    #expect(ledger[bike]?.pending?.attempt == 2)
    #expect(ledger[bike]?.pending?.at == noon)
    #expect(ledger[bike]?.since == noon)
    ledger.apply(done("a", id: "1"), at: later(3))
    #expect(ledger[bike]?.state == .live)
  }

  @Test func anOutcomeWithoutItsIntentChangesNothing() {
    let before = ledger(intent("a"), done("a", id: "1"))
    var after = before
    after.apply(done("a", id: "2"), at: later(1))
    #expect(after == before)
  }

  @Test func successClearsWhatWentWrong() {
    let record = ledger(intent("a"), failed("a", "rejected"), intent("b", content: content("New")), done("b", id: "1"))[
      bike]
    #expect(record?.failure == nil)
    #expect(record?.failedDigest == nil)
  }

  @Test func goneIsSeenAndSoIsItsReturn() {
    var ledger = ledger(intent("a"), done("a", id: "1"), .observed(bike, .gone))
    #expect(ledger[bike]?.state == .gone)
    ledger.apply(.observed(bike, .live(remoteID: "1", url: "u")), at: later(9))
    #expect(ledger[bike]?.state == .live)
    #expect(ledger[bike]?.content == content())
    #expect(ledger[bike]?.since == later(9))
  }

  @Test func anUncertainCreateThatIsFoundIsLiveWithWhatWasSent() {
    let record = ledger(intent("a"), uncertain("a"), .observed(bike, .live(remoteID: "5", url: "u")))[bike]
    #expect(record?.state == .live)
    #expect(record?.remoteID == "5")
    #expect(record?.content == content())
    #expect(record?.pending == nil)
    #expect(record?.postedAt == later(2))
  }

  @Test func anUncertainReplaceThatIsFoundTakesTheNewPost() {
    let live = Observation.live(remoteID: "2", url: "u")
    let record = ledger(
      intent("a"), done("a", id: "1"), intent("b", .replace, content: content("New"), remoteID: "1"), uncertain("b"),
      .observed(bike, live))[bike]
    #expect(record?.remoteID == "2")
    #expect(record?.superseded == ["1"])
    #expect(record?.content?.title == "New")
  }

  @Test func aWithdrawnPostIsNotGoneAndNotLive() {
    let withdrawn = ledger(intent("a"), done("a", id: "1"), intent("b", .withdraw, remoteID: "1"), done("b"))
    for observation in [Observation.gone, .live(remoteID: "1", url: "u")] {
      var ledger = withdrawn
      ledger.apply(.observed(bike, observation), at: later(9))
      #expect(ledger[bike] == withdrawn[bike])
    }
  }

  @Test func goneWhileAWithdrawalIsUnderWayStillGetsItsOutcome() {
    let record = ledger(
      intent("a"), done("a", id: "1"), intent("b", .withdraw, remoteID: "1"), .observed(bike, .gone), done("b"))[bike]
    #expect(record?.state == .withdrawn(sold: false))
  }

  @Test func aSaleClaimsTheListingUntilItIsReleased() {
    var ledger = ledger(.observed(bike, .sold(price: nil)), .sold(listing: "trek-520", account: nil, price: nil))
    let other = PostKey(listing: "trek-520", account: "offerup")
    #expect(ledger.isClaimed(other))
    #expect(ledger.sales["trek-520"]?.count == 2)
    ledger.apply(.released(other), at: later(3))
    #expect(!ledger.isClaimed(other))
    #expect(ledger.isClaimed(bike))
    ledger.apply(.observed(bike, .sold(price: nil)), at: later(4))
    #expect(ledger.isClaimed(other))
  }

  @Test func movingReKeysEverythingOfTheListing() {
    var ledger = ledger(
      intent("a"), done("a", id: "1"), .held(bike, by: "seller", until: nil), .observed(bike, .drift(["title"])),
      .sold(listing: "trek-520", account: nil, price: nil), .protected(listing: "trek-520", true),
      intent("b", .update, remoteID: "1"), .moved(listing: "trek", from: "trek-520", file: "new.yaml"))
    let moved = PostKey(listing: "trek", account: "facebook")
    #expect(ledger[bike] == nil)
    #expect(ledger[moved]?.remoteID == "1")
    #expect(ledger[moved]?.key == moved)
    #expect(ledger[moved]?.file == "new.yaml")
    #expect(ledger[moved]?.isProtected == true)
    #expect(ledger[moved]?.pending?.key == moved)
    #expect(ledger.holds.keys.elementsEqual([moved]))
    #expect(ledger.drifts.keys.elementsEqual([moved]))
    #expect(ledger.sales.keys.elementsEqual(["trek"]))
    #expect(ledger.protectedListings == ["trek"])
    ledger.apply(done("b"), at: later(9))
    #expect(ledger[moved]?.updatedAt == later(9))
  }

  /// The account was just added: nothing is posted there yet, and nothing is to be.
  @Test func theSellersHoldMovesFromAnAccountWithoutAPost() {
    let there = PostKey(listing: "trek-520", account: "offerup")
    let moved = PostKey(listing: "trek", account: "offerup")
    let permit = Permit(by: "rejections", digest: content().digest)
    let ledger = ledger(
      intent("a"), done("a", id: "1"), .held(bike, by: "hold", until: nil), .held(there, by: "hold", until: nil),
      .permitted(there, permit), .held(moved, by: "adopt", until: nil, text: "9"), .held(moved, by: "hold", until: nil),
      .moved(listing: "trek", from: "trek-520", file: "new.yaml"))
    #expect(Set(ledger.holds.keys) == [moved, PostKey(listing: "trek", account: "facebook")])
    #expect(ledger.holds[moved]?.map(\.by) == ["hold", "adopt"])
    #expect(ledger.holds[moved]?.first?.since == later(3))
    #expect(ledger.standing.permits == [moved: [permit]])
  }

  /// It has its own: what stays under the old id keeps what is said of it.
  @Test func theHoldOfAPostThatStaysBehindStaysWithIt() {
    let target = PostKey(listing: "trek", account: "facebook")
    let ledger = ledger(
      intent("a"), done("a", id: "1"), intent("b", .create, target), done("b", id: "2"),
      .held(bike, by: "hold", until: nil), .moved(listing: "trek", from: "trek-520", file: "f"))
    #expect(Set(ledger.holds.keys) == [bike])
  }

  @Test func movingNeverOverwritesALivePost() {
    let target = PostKey(listing: "trek", account: "facebook")
    let ledger = ledger(
      intent("a"), done("a", id: "1"), intent("b", .create, target), done("b", id: "2"),
      .moved(listing: "trek", from: "trek-520", file: "f"))
    #expect(ledger[target]?.remoteID == "2")
    #expect(ledger[bike]?.remoteID == "1")
  }

  @Test func onlyTheFileMoves() {
    let record = ledger(intent("a"), done("a", id: "1"), .moved(listing: "trek-520", from: nil, file: "b.yaml"))[bike]
    #expect(record?.file == "b.yaml")
  }

  @Test func forgettingTheLastPostForgetsTheListing() {
    let ledger = ledger(
      intent("a"), .held(bike, by: "x", until: nil), .sold(listing: "trek-520", account: nil, price: nil),
      .protected(listing: "trek-520", true), .counted(listing: "trek-520", 3), .observed(bike, .drift(["title"])),
      .forgotten(bike))
    var empty = Ledger(lineage: "test")
    empty.lastAt = later(6)
    #expect(ledger == empty)
  }

  @Test func protectionHoldsForPostsMadeLater() {
    var ledger = ledger(.protected(listing: "trek-520", true), intent("a"))
    #expect(ledger[bike]?.isProtected == true)
    ledger.apply(.protected(listing: "trek-520", false), at: later(2))
    #expect(ledger[bike]?.isProtected == false)
  }

  @Test func howManyThereAreGoesWithTheListing() {
    var ledger = ledger(
      .counted(listing: "trek-520", 3), intent("a"), done("a", id: "1"),
      .moved(listing: "trek", from: "trek-520", file: "trek.yaml"))
    #expect(ledger.quantities == ["trek": 3])
    ledger.apply(.counted(listing: "trek", 1), at: later(5))
    #expect(ledger.quantities.isEmpty)
  }

  @Test func aHoldKeepsItsBeginning() {
    var ledger = ledger(.held(bike, by: "grace", until: later(5)), .held(bike, by: "grace", until: later(9)))
    #expect(ledger.holds[bike] == [RecordedHold(by: "grace", since: noon, until: later(9))])
    ledger.apply(.released(bike, by: "other"), at: later(3))
    #expect(ledger.holds[bike]?.count == 1)
    ledger.apply(.released(bike, by: "grace"), at: later(3))
    #expect(ledger.holds.isEmpty)
  }

  @Test func theSellersReleaseEndsRejectionGoneAndSale() {
    let rejected = ledger(intent("a"), failed("a", "rejected"), .released(bike))[bike]
    #expect(rejected?.failedDigest == nil)
    let gone = ledger(intent("a"), done("a", id: "1"), .observed(bike, .gone), .released(bike))[bike]
    #expect(gone?.state == .withdrawn(sold: false))
    let sold = ledger(
      intent("a"), done("a", id: "1"), intent("b", .withdraw, remoteID: "1", isSale: true), done("b"), .released(bike))
    #expect(sold[bike]?.state == .withdrawn(sold: false))
    let held = ledger(intent("a"), done("a", id: "1"), .observed(bike, .gone), .released(bike, by: "grace"))[bike]
    #expect(held?.state == .gone)
  }

  @Test func aLossCountsUnlessAPermitThatStillHoldsCoversIt() {
    func losses(_ before: Entry...) -> Int {
      var ledger = ledger(intent("a"), done("a", id: "1"))
      let withdrawal = Intent(
        op: "b", action: .withdraw, key: bike, marketplace: "facebook", remoteID: "1", file: "f", at: noon,
        because: "file-gone")
      for entry in before + [.intent(withdrawal), done("b")] { ledger.apply(entry, at: later(600)) }
      return ledger.standing.losses.count
    }
    #expect(losses() == 1)
    #expect(losses(.permitted(bike, Permit(by: "withdrawals", digest: nil, until: later(601)))) == 0)
    #expect(losses(.permitted(bike, Permit(by: "withdrawals", digest: nil, until: later(599)))) == 1)
  }

  /// A look-up that goes by the text alone asks for what was made since: before the answer was missed, not after.
  @Test func anUncertainCreateKeepsTheTimeOfItsFirstAttempt() {
    let cut = ledger(intent("a"), uncertain("a"))[bike]
    #expect(cut?.pending?.at == noon && cut?.failure?.code == "uncertain")
    let again = ledger(intent("a"), uncertain("a"), intent("a", attempt: 2))[bike]
    #expect(again?.pending?.at == noon && again?.failure == nil)
  }

  @Test func aRefusalOutlastsTheWithdrawalOfACopy() {
    let record = ledger(
      intent("a"), done("a", id: "1"), intent("b", .update, content: content(price: 1), remoteID: "1"),
      failed("b", "rejected"), intent("c", .withdraw, remoteID: "2"), done("c"))[bike]
    #expect(record?.state == .live && record?.pending == nil)
    #expect(record?.failure?.code == "rejected" && record?.failedDigest == content(price: 1).digest)
  }

  /// Nor does what a replace left: what is known of the post itself, and what was allowed it, outlasts either.
  @Test(arguments: ["1", "copy"]) func whatIsKnownOfAPostOutlastsTheWithdrawalOfAnother(remoteID: String) {
    let permit = Permit(by: "withdrawals", digest: nil, until: later(600))
    var ledger = ledger(
      intent("a"), done("a", id: "1"), intent("b", .replace, remoteID: "1"), done("b", id: "2"),
      .observed(bike, .drift(["title"])), .observed(bike, .hint), .permitted(bike, permit),
      .held(bike, by: "grace", until: nil))
    let before = ledger
    ledger.apply(intent("c", .withdraw, remoteID: remoteID), at: later(10))
    ledger.apply(.held(bike, by: "unsettled", until: nil), at: later(11))
    ledger.apply(done("c"), at: later(12))
    #expect(ledger.drifts == before.drifts && ledger.hints == before.hints)
    #expect(ledger.standing.permits == before.standing.permits && ledger.holds == before.holds)
    #expect(ledger[bike]?.isLive == true && ledger[bike]?.superseded == (remoteID == "1" ? [] : ["1"]))
    ledger.apply(intent("d", .withdraw, remoteID: "2"), at: later(13))
    ledger.apply(done("d"), at: later(14))
    #expect(ledger.drifts.isEmpty && ledger.hints.isEmpty && ledger.holds.isEmpty && ledger.standing.permits.isEmpty)
  }

  /// Of several the sales go on counting.
  @Test func whatIsGoneOrRefusedIsLetGoWithoutASale() {
    let sold = Entry.sold(listing: "trek-520", account: "offerup", price: nil)
    let gone = ledger(intent("a"), done("a", id: "1"), sold, .observed(bike, .gone), .released(bike, by: "gone"))
    #expect(gone[bike]?.state == .withdrawn(sold: false) && gone.standing.openSales(on: bike).count == 1)
    let refused = ledger(sold, intent("a"), failed("a", "rejected"), .released(bike, by: "rejected"))
    #expect(refused[bike]?.failedDigest == nil && refused.standing.openSales(on: bike).count == 1)
  }

  @Test func adoptingTakesAPostOver() {
    let record = ledger(
      .adopted(bike, marketplace: "facebook", remoteID: "9", url: "u", file: "f"))[bike]
    #expect(record?.state == .live)
    #expect(record?.remoteID == "9")
    #expect(record?.content == nil)
  }

  /// It saves memory and says nothing.
  @Test func sharingAContentChangesNothing() {
    let before = ledger(intent("a", content: content()), done("a", id: "1"))
    for other in [content(), content(price: 1)] {
      var after = before
      after.share(other, of: bike)
      after.share(other, of: lamp)
      #expect(after == before)
    }
  }
}
