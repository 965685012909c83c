import Listings
import Testing

@testable import Journaling

/// What the journal keeps beside the records: holds with words, permits, the last hour's losses.
@Suite struct StandingTests {
  private func withdrawal(_ op: String, because: String?, remoteID: String = "1") -> Entry {
    .intent(
      Intent(
        op: op, action: .withdraw, key: bike, marketplace: "facebook", remoteID: remoteID, file: "f", at: noon,
        because: because))
  }

  @Test(arguments: [("file-gone", 1), ("dropped", 1), ("dropped-default", 1), ("sold", 0), ("draft", 0)])
  func aWithdrawalThatNobodyAskedForIsALoss(because: String, losses: Int) {
    let ledger = ledger(intent("a"), done("a", id: "1"), withdrawal("b", because: because), done("b"), .forgotten(bike))
    #expect(ledger.standing.losses.map(\.key) == [PostKey](repeating: bike, count: losses))
    #expect(ledger.records.isEmpty)
  }

  @Test func whatAReplaceLeftBehindIsNoLoss() {
    let ledger = ledger(
      intent("a"), done("a", id: "1"), intent("b", .replace, remoteID: "1"), done("b", id: "2"),
      withdrawal("c", because: "file-gone", remoteID: "1"), done("c"))
    #expect(ledger.standing.losses.isEmpty && ledger[bike]?.isLive == true)
  }

  @Test func aLossIsKeptForAnHour() {
    var ledger = ledger(intent("a"), done("a", id: "1"), withdrawal("b", because: "file-gone"), done("b"))
    for (entry, seconds) in [(intent("c"), Int64(60)), (done("c", id: "2"), 61)] {
      ledger.apply(entry, at: later(seconds))
    }
    ledger.apply(withdrawal("d", because: "file-gone", remoteID: "2"), at: later(3601))
    ledger.apply(done("d"), at: later(3602))
    #expect(ledger.standing.losses.map(\.at) == [later(3), later(3602)])
    ledger.apply(intent("e"), at: later(3603))
    ledger.apply(done("e", id: "3"), at: later(3603))
    ledger.apply(withdrawal("f", because: "file-gone", remoteID: "3"), at: later(3604))
    ledger.apply(done("f"), at: later(3604))
    #expect(ledger.standing.losses.map(\.at) == [later(3602), later(3604)])
  }

  @Test func refusedNewPostsAreCountedForADay() throws {
    var ledger = ledger(intent("a"), failed("a", "rejected"), intent("b"), failed("b", "unavailable"))
    #expect(ledger.standing.refusals == [Refusal(key: bike, at: later(1))])
    ledger.apply(intent("c"), at: later(60))
    ledger.apply(failed("c", "rejected"), at: later(61))
    #expect(ledger.standing.stop(of: "facebook", at: later(62)) == nil)
    ledger.apply(intent("d"), at: later(70))
    ledger.apply(failed("d", "rejected"), at: later(71))
    let stop = try #require(ledger.standing.stop(of: "facebook", at: later(72)))
    #expect(stop.count == 3 && stop.until == later(86_401))
    #expect(ledger.standing.stop(of: "offerup", at: later(72)) == nil)
    #expect(ledger.standing.stop(of: "facebook", at: later(86_401)) == nil)
    ledger.apply(intent("e"), at: later(86_440))
    ledger.apply(failed("e", "rejected"), at: later(86_441))
    #expect(ledger.standing.refusals.map(\.at) == [later(61), later(71), later(86_441)])
    #expect(ledger.standing.remaining(at: later(200_000)) == Standing())
  }

  @Test func theWordThatLetsANewPostThroughEndsWithItsAnswer() {
    let permit = Permit(by: Standing.rejections, digest: content().digest)
    let ledger = ledger(.permitted(bike, permit), intent("a"), failed("a", "rejected"))
    #expect(ledger.standing.permits.isEmpty)
  }

  @Test func aPermittedWithdrawalIsNoLoss() {
    let ledger = ledger(
      intent("a"), done("a", id: "1"), .permitted(bike, Permit(by: "withdrawals", digest: nil, until: later(600))),
      withdrawal("b", because: "file-gone"), done("b"))
    #expect(ledger.standing.losses.isEmpty && ledger.standing.permits.isEmpty)
  }

  @Test func aPermitHoldsForItsContentAndOnce() {
    let digest = content(price: 1).digest
    var ledger = ledger(
      intent("a"), done("a", id: "1"), .permitted(bike, Permit(by: "updates", digest: digest, until: later(600))))
    #expect(ledger.standing.permits(bike, by: "updates", digest: digest, at: later(5)))
    #expect(!ledger.standing.permits(bike, by: "updates", digest: content(price: 2).digest, at: later(5)))
    #expect(!ledger.standing.permits(bike, by: "price_drop", digest: digest, at: later(5)))
    #expect(!ledger.standing.permits(bike, by: "updates", digest: digest, at: later(600)))
    ledger.apply(intent("b", .update, content: content(price: 1), remoteID: "1"), at: later(6))
    ledger.apply(done("b"), at: later(7))
    #expect(!ledger.standing.permits(bike, by: "updates", digest: digest, at: later(8)))
    #expect(ledger.standing.wasPermitted(bike, by: "updates", since: later(7)))
    #expect(!ledger.standing.wasPermitted(bike, by: "updates", since: later(8)))
  }

  @Test func aPriceThatWasReleasedOnceIsAskedForAgain() {
    let digest = content(price: 1).digest
    let ledger = ledger(
      intent("a"), done("a", id: "1"), .permitted(bike, Permit(by: "price_drop", digest: digest)),
      intent("b", .update, content: content(price: 1), remoteID: "1"), done("b"))
    #expect(ledger.standing.permits.isEmpty)
  }

  @Test func aFailureLeavesPermitAndGraceInForce() {
    let permit = Permit(by: "withdrawals", digest: nil, until: later(600))
    let ledger = ledger(
      intent("a"), done("a", id: "1"), .held(bike, by: "grace", until: nil), .permitted(bike, permit),
      withdrawal("b", because: "file-gone"), failed("b", "unavailable"))
    #expect(ledger.standing.permits[bike] == [permit])
    #expect(ledger.standing.hold(on: bike, by: "grace") != nil)
  }

  @Test func whatAPersonWasAskedIsAnsweredByAnyOutcome() {
    let asked: [Entry] = [intent("a"), uncertain("a"), .held(bike, by: "unsettled", until: nil, text: "7, 8")]
    for outcome in [done("a", id: "7"), failed("a", "not-posted")] {
      var ledger = Ledger(lineage: "test")
      for entry in asked + [outcome] { ledger.apply(entry, at: noon) }
      #expect(ledger.standing.holds.isEmpty)
    }
  }

  @Test func compactionKeepsAllOfIt() async throws {
    let scene = Scene()
    let journal = try scene.open()
    try await journal.append([
      intent("a"), done("a", id: "1"), withdrawal("b", because: "file-gone"), done("b"), .forgotten(bike),
      .held(lamp, by: "hold", until: nil, text: "away „now“"), .held(bike, by: "grace", until: later(9)),
      .permitted(lamp, Permit(by: "updates", digest: content().digest, until: later(1_000_000))),
      .permitted(lamp, Permit(by: "withdrawals", digest: nil, until: later(1_000_000))),
    ])
    let before = journal.ledger.facts
    #expect(before.standing.losses.count == 1 && before.standing.permits[lamp]?.count == 2)
    #expect(try JournalReading.read(scene.state)?.facts == before)
    try await journal.compact()
    await journal.close()
    #expect(try JournalReading.read(scene.state)?.facts == before)
  }
}

@Suite struct UploadCacheTests {
  @Test func remembersAcrossRestartsForADay() {
    let scene = Scene()
    Scene.write([], to: scene.root + "/uploads.jsonl")
    let first = UploadCache(scene.root, now: noon)
    first.keep("facebook 1 a", "p1", at: later(-90_000))
    first.keep("facebook 1 b", "p2", at: noon)
    first.keep("facebook 1 c", "p3", at: noon)
    first.keep("facebook 1 c", nil, at: noon)
    let second = UploadCache(scene.root, now: later(10))
    #expect(second["facebook 1 a"] == nil && second["facebook 1 c"] == nil)
    #expect(second["facebook 1 b"] == UploadCache.Upload(remoteID: "p2", at: noon))
  }

  /// A wrong id would put another thing's photo into a post.
  @Test func aDamagedLineIsLeftOut() {
    let scene = Scene()
    let path = scene.root + "/uploads.jsonl"
    let cache = UploadCache(scene.root, now: noon)
    cache.keep("a", "p1", at: noon)
    cache.keep("b", "p2", at: noon)
    let text = Scene.text(path)
    #expect(text.contains("\"p1\""))
    let bytes = Array(text.replacing("\"p1\"", with: "\"p9\"").utf8)
    Scene.write(bytes, to: path)
    let again = UploadCache(scene.root, now: noon)
    #expect(again["a"] == nil)
    #expect(again["b"]?.remoteID == "p2")
  }

  @Test func whatCannotBeWrittenIsDoneWithout() {
    let scene = Scene()
    let cache = UploadCache(scene.root + "/nowhere", now: noon)
    cache.keep("a", "p1", at: noon)
    #expect(cache["a"]?.remoteID == "p1")
  }
}
