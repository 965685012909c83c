import Diffing
import Listings
import Planning
import Testing

/// spec/plan.md's table, row by row.
struct TableTests {
  private let later = Given.now.advanced(by: .seconds(60))

  @Test func nothingRecordedIsCreated() {
    #expect(Given.plan([Given.listing("lamp")]).told == ["create lamp a"])
  }

  @Test func reservedIsWantedLikeAvailable() {
    #expect(Given.plan([Given.listing("lamp", status: .reserved)]).told == ["create lamp a"])
  }

  @Test func sameContentIsUnchanged() {
    let plan = Given.plan([Given.listing("lamp")], [Given.record("lamp")])
    #expect(plan.told == ["unchanged lamp a"])
    #expect(!plan.hasChanges)
  }

  @Test func otherContentIsUpdatedWithTheFieldsThatDiffer() {
    let plan = Given.plan(
      [Given.listing("lamp", Given.content("lamp", price: 3000))], [Given.record("lamp")])
    #expect(plan.told == ["update lamp a"])
    #expect(plan.actions[0].changes.map(\.field) == [.price])
    #expect(plan.actions[0].changes.map(\.before) == ["35.00 USD"])
  }

  @Test func fixedFieldIsAReplaceThatIsHeldUnlessTheFileAllowsIt() {
    var listing = Given.listing("lamp", Given.content("lamp", category: "Y"))
    #expect(Given.plan([listing], [Given.record("lamp")]).told == ["replace lamp a [replace]"])
    listing.allowsReplace = true
    #expect(Given.plan([listing], [Given.record("lamp")]).told == ["replace lamp a"])
  }

  @Test func whatAReplaceLeftBehindIsWithdrawn() {
    var record = Given.record("lamp")
    record.superseded = ["old"]
    let plan = Given.plan([Given.listing("lamp")], [record])
    #expect(plan.told == ["withdraw lamp a", "unchanged lamp a"])
    #expect(plan.actions[0].remoteID == "old")
  }

  /// Cut off or refused: it is still to be taken off, and that says nothing of the post itself.
  @Test(arguments: [PlanInput.Mode.once, .retrying, .continuous])
  func whatAReplaceLeftBehindIsTriedAgainInItsTime(mode: PlanInput.Mode) {
    var record = Given.record("lamp")
    record.superseded = ["old"]
    record.pending = Intent(
      op: "1", action: .withdraw, key: record.key, marketplace: "m", remoteID: "old", file: "", at: Given.now)
    record.leftover = .init(failure: Failure(code: "unavailable", message: "down", retryAt: later), tries: 1)
    let hold = mode == .once ? "" : " [retry]"
    #expect(
      Given.plan([Given.listing("lamp")], [record], mode: mode).told == ["withdraw lamp a\(hold)", "unchanged lamp a"])
    let sold = Given.plan([Given.listing("lamp", status: .sold)], [record], mode: mode)
    #expect(sold.told == ["withdraw lamp a", "withdraw lamp a\(hold)"])
  }

  /// What a sale waits for was set for a sale.
  @Test func aSaleDoesNotWaitForWhatALeftoverMetBefore() {
    var record = Given.record("lamp")
    record.superseded = ["old"]
    record.leftover = .init(failure: Failure(code: "unavailable", message: "down", retryAt: later), tries: 8)
    let plan = Given.plan([Given.listing("lamp")], [record], mode: .continuous) {
      $0.standing.sales["lamp"] = [Sale(account: "b", price: nil, at: Given.now)]
    }
    #expect(plan.told == ["withdraw lamp a", "withdraw lamp a"] && plan.actions.allSatisfy(\.isSale))
  }

  @Test(arguments: [Listing.Status.sold, .draft])
  func soldAndDraftAreWithdrawn(status: Listing.Status) {
    let plan = Given.plan([Given.listing("lamp", status: status)], [Given.record("lamp")])
    #expect(plan.told == ["withdraw lamp a"])
    #expect(plan.actions[0].isSale == (status == .sold))
  }

  @Test(arguments: [Record.State.withdrawn(sold: false), .gone, .rejected, .failed(retryAt: nil)])
  func soldAndNotLiveNeedsNothing(state: Record.State) {
    #expect(Given.plan([Given.listing("lamp", status: .sold)], [Given.record("lamp", state)]).told.isEmpty)
  }

  @Test func fileGoneIsWithdrawn() {
    let others = ["x", "y", "z"]
    let plan = Given.plan(others.map { Given.listing($0) }, (others + ["lamp"]).map { Given.record($0) })
    #expect(plan.actions.first.map { "\($0.kind) \($0.key.listing)" } == "withdraw lamp")
  }

  @Test(arguments: [Record.State.withdrawn(sold: false), .gone])
  func fileGoneAndPostGoneIsForgotten(state: Record.State) {
    #expect(Given.plan([], [Given.record("lamp", state)]).told == ["forget lamp a"])
  }

  /// Forgotten, a refused one would be sent again unchanged when its file is back.
  @Test(arguments: [Record.State.rejected, .failed(retryAt: nil)])
  func fileGoneOfWhatNeverWasThereNeedsNothing(state: Record.State) {
    #expect(Given.plan([], [Given.record("lamp", state)]).told.isEmpty)
  }

  @Test func withdrawnIsCreatedAgain() {
    let plan = Given.plan([Given.listing("lamp")], [Given.record("lamp", .withdrawn(sold: false))])
    #expect(plan.told == ["create lamp a"])
    #expect(PlanText().render(plan).contains("(again)"))
  }

  @Test func soldElsewhereIsNotMadeAgain() {
    #expect(
      Given.plan([Given.listing("lamp")], [Given.record("lamp", .withdrawn(sold: true))]).told
        == ["create lamp a [sold]"])
  }

  @Test func goneIsHeldAndNeverPostedByItself() {
    let plan = Given.plan([Given.listing("lamp")], [Given.record("lamp", .gone)])
    #expect(plan.told == ["create lamp a [gone]"])
    #expect(plan.needsPerson)
  }

  @Test func rejectedIsHeldUntilItsContentChanges() {
    var record = Given.record("lamp", .rejected)
    record.failedDigest = Given.content("lamp").digest
    #expect(Given.plan([Given.listing("lamp")], [record]).told == ["create lamp a [rejected]"])
    let edited = Given.listing("lamp", Given.content("lamp", price: 1))
    #expect(Given.plan([edited], [record]).told == ["create lamp a"])
  }

  @Test func failedWaitsInTheDaemonAndIsTriedNowByApply() {
    var record = Given.record("lamp", .failed(retryAt: later))
    record.failedDigest = Given.content("lamp").digest
    #expect(Given.plan([Given.listing("lamp")], [record], mode: .continuous).told == ["create lamp a [retry]"])
    #expect(Given.plan([Given.listing("lamp")], [record], mode: .once).told == ["create lamp a"])
  }

  @Test func anEditResetsTheBackoff() {
    var record = Given.record("lamp", .failed(retryAt: later))
    record.failedDigest = Given.content("lamp").digest
    let edited = Given.listing("lamp", Given.content("lamp", price: 1))
    #expect(Given.plan([edited], [record], mode: .continuous).told == ["create lamp a"])
  }

  /// Else it would leave the drift on record, and the post held by it.
  @Test(arguments: [true, false]) func whatWasToPutADriftBackStillDoesOnlyWithAllOfIt(isWhole: Bool) {
    var record = Given.record("lamp")
    let wanted = Given.content("Lamp, brass")
    record.pending = Intent(
      op: "ab", action: .update, key: record.key, marketplace: "m", content: wanted, remoteID: "r-lamp",
      file: record.file, at: Given.now, because: "drift")
    record.unsure = isWhole ? [.price] : []
    let plan = Given.plan([Given.listing("lamp", wanted)], [record]) { input in
      input.standing.drifts[record.key] = Drift(fields: ["price"], values: ["price": "31.00 USD"], at: Given.now)
    }
    #expect(plan.actions.map(\.kind) == [.update] && plan.actions.map(\.reason.code) == [isWhole ? "drift" : "edited"])
  }

  @Test func whatBothSidesChangedIsHeldWhileAnUpdateOfSomethingElseHasNoAnswer() {
    var record = Given.record("lamp")
    record.pending = Intent(
      op: "ab", action: .update, key: record.key, marketplace: "m", content: Given.content("Lamp, brass"),
      remoteID: "r-lamp", file: record.file, at: Given.now)
    let wanted = Given.content("Lamp, brass", price: 2500)
    let plan = Given.plan([Given.listing("lamp", wanted)], [record]) { input in
      input.standing.drifts[record.key] = Drift(fields: ["price"], values: ["price": "31.00 USD"], at: Given.now)
    }
    #expect(plan.told == ["update lamp a [conflict]"])
  }

  @Test func uncertainIsResolvedBeforeAnythingElse() {
    var record = Given.record("lamp", .uncertain)
    record.pending = Intent(op: "1", action: .create, key: record.key, marketplace: "m", file: "", at: Given.now)
    #expect(Given.plan([Given.listing("lamp")], [record]).told == ["resolve lamp a"])
    #expect(Given.plan([Given.listing("lamp", status: .sold)], [record]).told == ["resolve lamp a"])
    #expect(Given.plan([], [record]).told == ["resolve lamp a"])
  }

  /// The seller's hold keeps nobody from buying what may be there.
  @Test(arguments: [true, false]) func aHoldDoesNotKeepASaleFromWhatIsUncertain(isSold: Bool) {
    var record = Given.record("lamp", .uncertain)
    record.pending = Intent(op: "1", action: .create, key: record.key, marketplace: "m", file: "", at: Given.now)
    let plan = Given.plan([Given.listing("lamp")], [record]) { input in
      input.standing.holds[record.key] = [RecordedHold(by: "hold", since: Given.now)]
      if isSold { input.standing.sales["lamp"] = [Sale(account: "elsewhere", price: nil, at: Given.now)] }
    }
    #expect(plan.told == [isSold ? "resolve lamp a" : "resolve lamp a [hold]"])
  }

  @Test func uncertainThatCannotBeAskedIsHeldWithTheCommand() {
    let plan = Given.plan([Given.listing("lamp")], [Given.record("lamp", .uncertain)]) {
      $0.capabilities["m"]?.canLookUp = false
    }
    #expect(plan.told == ["resolve lamp a [unsettled]"])
    #expect(plan.actions[0].hold?.text.contains("hawker resolve lamp --account a --posted") == true)
  }

  @Test func interruptedUpdateIsSentAgainWithEveryFieldThatMayDiffer() {
    var record = Given.record("lamp")
    record.pending = Intent(
      op: "1", action: .update, key: record.key, marketplace: "m", content: Given.content("New", price: 1),
      file: "", at: Given.now)
    let plan = Given.plan([Given.listing("lamp")], [record])
    #expect(plan.told == ["update lamp a"])
    #expect(plan.actions[0].changes.map(\.field) == [.title, .price])
  }

  @Test func whatALostAnswerLeftUnsureIsSentAlthoughTheRecordAgrees() {
    var record = Given.record("lamp")
    record.unsure = [.price]
    let plan = Given.plan([Given.listing("lamp")], [record])
    #expect(plan.told == ["update lamp a"])
    #expect(plan.actions[0].changes.map(\.field) == [.price])
  }

  @Test func interruptedWithdrawalOfAWantedPostIsLookedAt() {
    var record = Given.record("lamp")
    record.pending = Intent(op: "1", action: .withdraw, key: record.key, marketplace: "m", file: "", at: Given.now)
    #expect(Given.plan([Given.listing("lamp")], [record]).told == ["resolve lamp a"])
  }

  @Test func accountDroppedFromItsMarketplacesIsWithdrawnThere() {
    let plan = Given.plan(
      [Given.listing("lamp", accounts: ["a"])], [Given.record("lamp"), Given.record("lamp", account: "b")])
    #expect(plan.told == ["withdraw lamp b", "unchanged lamp a"])
    #expect(plan.actions[0].reason.code == "dropped")
  }

  @Test func accountThatLeftTheConfigIsHeld() {
    let plan = Given.plan([], [Given.record("lamp", account: "old")])
    #expect(plan.told == ["withdraw lamp old [scope]"])
  }

  @Test func disabledAccountIsLeftAlone() {
    let plan = Given.plan([Given.listing("lamp", accounts: ["b"])], [Given.record("lamp")]) {
      $0.config.accounts[0].isEnabled = false
    }
    #expect(plan.told == ["create lamp b"])
  }

  @Test func adoptTakesARemotePostOver() {
    var listing = Given.listing("lamp")
    listing.adopt = ["a": "77"]
    let plan = Given.plan([listing])
    #expect(plan.told == ["adopt lamp a"])
    #expect(plan.actions[0].remoteID == "77")
  }

  @Test func frozenListingsStayAsTheyAre() {
    let plan = Given.plan([], [Given.record("lamp"), Given.record("bike")]) {
      $0.wanted.frozenIDs = ["lamp"]
      $0.wanted.frozenFiles = ["listings/bike.yaml"]
    }
    #expect(plan.told.isEmpty)
  }

  /// However long nobody could take the post off: how many there are of it is recorded.
  @Test(arguments: [60, 7200, 864_000]) func aSaleOutlastsItsBrokenFile(age: Int64) {
    func plan(_ quantity: Int, isBroken: Bool = true) -> Plan {
      Given.plan([], [Given.record("lamp", account: "b")]) { input in
        if isBroken { input.wanted.frozenIDs = ["lamp"] }
        input.quantities = quantity == 1 ? [:] : ["lamp": quantity]
        let sale = Sale(account: "a", price: nil, at: Given.now.advanced(by: .seconds(-age)))
        input.standing.sales = ["lamp": [sale]]
      }
    }
    #expect(plan(1).told == ["withdraw lamp b"] && plan(1).actions.first?.isClaimed == true)
    #expect(plan(2).told.isEmpty)
    // Of a file that is gone it is judged as any other loss after an hour.
    #expect(plan(1, isBroken: false).actions.first?.isClaimed == (age < 3600))
  }

  @Test func frozenFolderFreezesEverythingBelowIt() {
    let plan = Given.plan([], [Given.record("lamp")]) { $0.wanted.frozenFiles = ["listings/"] }
    #expect(plan.told.isEmpty)
  }

  @Test func aPostPastALimitIsFrozenThereOnly() {
    var listing = Given.listing("lamp", accounts: ["a", "b"])
    listing.posts[0].content = nil
    #expect(Given.plan([listing]).told == ["create lamp b"])
  }

  @Test func sellersHoldHoldsEverything() {
    var listing = Given.listing("lamp", Given.content("lamp", price: 1))
    listing.hold = "at the repair shop"
    let plan = Given.plan([listing], [Given.record("lamp")])
    #expect(plan.told == ["update lamp a [hold]"])
    #expect(!plan.needsPerson)
  }

  @Test func orderIsSoldThenWithdrawalsUpdatesCreates() {
    let plan = Given.plan(
      [
        Given.listing("a-new"), Given.listing("b-edited", Given.content("b", price: 3000)),
        Given.listing("d-sold", status: .sold), Given.listing("e-draft", status: .draft),
      ], ["b-edited", "d-sold", "e-draft"].map { Given.record($0) })
    #expect(plan.told == ["withdraw d-sold a", "withdraw e-draft a", "update b-edited a", "create a-new a"])
  }
}
