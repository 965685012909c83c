import Listings
import Planning
import Testing

struct GuardTests {
  private func shop(_ count: Int) -> [Record] { (0..<count).map { Given.record("l\($0)") } }
  private func files(_ range: Range<Int>) -> [Listing] { range.map { Given.listing("l\($0)") } }

  @Test func threeLostFilesPass() {
    let plan = Given.plan(files(3..<10), shop(10))
    #expect(plan.summary[.withdraw] == 3 && plan.summary.held == 0)
  }

  @Test func moreThanTheLimitHoldsAllOfTheAccountAndNothingElse() {
    let plan = Given.plan(files(4..<10) + [Given.listing("new")], shop(10))
    #expect(plan.summary.held == 4 && plan.summary[.create] == 1 && plan.summary[.withdraw] == 0)
    #expect(plan.heldWithdrawals == 4 && plan.needsPerson)
    #expect(plan.guards.map(\.override) == ["--allow-withdraw 4"])
  }

  @Test func theLimitGrowsWithTheShop() {
    #expect(Given.plan(files(20..<100), shop(100)).summary.held == 0)
    #expect(Given.plan(files(21..<100), shop(100)).summary.held == 21)
  }

  @Test(arguments: [(3, 4), (4, 0), (5, 4)])
  func onlyTheExactNumberLifts(allowed: Int, held: Int) {
    let plan = Given.plan(files(4..<10), shop(10)) { $0.allowedWithdrawals = allowed }
    #expect(plan.summary.held == held)
    #expect(plan.needsPerson == (held > 0))
  }

  @Test func theNumberIsThatOfAllAccountsTogether() {
    let records = shop(10) + (0..<10).map { Given.record("l\($0)", account: "b") }
    let listings = (4..<10).map { Given.listing("l\($0)", accounts: ["a", "b"]) }
    #expect(Given.plan(listings, records).heldWithdrawals == 8)
    #expect(Given.plan(listings, records) { $0.allowedWithdrawals = 8 }.summary.held == 0)
  }

  /// The number lifts the guard for what this plan does, not for what the next one finds.
  @Test func aNarrowedPlanLetsThroughOnlyItsOwn() {
    let records = shop(10) + (0..<10).map { Given.record("l\($0)", account: "b") }
    let listings = (4..<10).map { Given.listing("l\($0)", accounts: ["a", "b"]) }
    let plan = Given.plan(listings, records) {
      ($0.allowedWithdrawals, $0.onlyAccount, $0.onlyListings) = (8, "b", ["l1", "l2"])
    }
    #expect(plan.told == ["withdraw l1 b", "withdraw l2 b"])
    let permitted = plan.bookkeeping.compactMap { entry in
      if case .permitted(let key, _) = entry { "\(key.listing) \(key.account)" } else { nil }
    }
    #expect(permitted.sorted() == ["l1 b", "l2 b"])
  }

  /// It was recorded a moment after the scan that missed its file, and other plans follow before the next scan.
  @Test(arguments: [0, 1, 6]) func aGraceBeginsOnceForAScan(after seconds: Int64) {
    let scannedAt = Given.now.advanced(by: .seconds(-6))
    let since = scannedAt.advanced(by: .seconds(seconds))
    let plan = Given.plan(files(1..<9), shop(9), mode: .continuous) {
      $0.scannedAt = scannedAt
      $0.standing.holds[PostKey(listing: "l0", account: "a")] = [RecordedHold(by: "grace", since: since)]
    }
    #expect(plan.bookkeeping.isEmpty && plan.actions.count { $0.hold?.by == .grace } == 1)
    #expect(plan.actions.first { $0.hold != nil }?.hold?.until == since.advanced(by: .seconds(600)))
  }

  private func refused(_ count: Int, _ account: String = "a", _ seconds: Int64 = 60) -> [Refusal] {
    (0..<count).map {
      Refusal(key: PostKey(listing: "r\($0)", account: account), at: Given.now.advanced(by: .seconds(-seconds)))
    }
  }

  @Test func threeRefusalsInADayStopNewPostsOnThatAccount() {
    let listings = ["lamp", "desk"].map { Given.listing($0, accounts: ["a", "b"]) } + [Given.listing("chair")]
    let live = Given.record("chair", .live, Given.content("Old"))
    let two = Given.plan(listings, [live]) { $0.standing.refusals = refused(2) + refused(2, "a", 86_400) }
    #expect(two.summary[.create] == 4)
    let plan = Given.plan(listings, [live]) { $0.standing.refusals = refused(3) }
    #expect(
      plan.told == [
        "update chair a", "create desk a [rejections]", "create desk b", "create lamp a [rejections]", "create lamp b",
      ])
    #expect(plan.needsPerson && plan.guards.map(\.name) == [.rejections])
    #expect(plan.guards.map(\.override) == ["hawker release desk; hawker release lamp"])
    #expect(plan.actions.first { $0.hold != nil }?.hold?.until == Given.now.advanced(by: .seconds(86_340)))
  }

  @Test func anEditSendsNothingMoreThereAndTheSellersWordJustThat() {
    var record = Given.record("lamp", .rejected)
    record.failedDigest = Given.content("other").digest
    let lamp = Given.listing("lamp")
    let plan = Given.plan([lamp, Given.listing("desk")], [record]) {
      $0.standing.refusals = refused(3)
      let digest = Given.content("desk").digest
      $0.standing.permits[PostKey(listing: "desk", account: "a")] = [Permit(by: "rejections", digest: digest)]
    }
    #expect(plan.told == ["create desk a", "create lamp a [rejections]"])
  }

  /// Of a whole shop that shows one placeholder, too.
  @Test func howeverManyIdsAreEditedNoneIsPostedAnew() {
    let edited = (0..<200).map { Given.listing("new\($0)", Given.content("l\($0)")) }
    let plan = Given.plan(edited, shop(200))
    #expect(plan.summary[.create] == 0 && plan.summary[.withdraw] == 0)
    #expect(plan.actions.count { $0.kind == .create && $0.hold?.by == .idChanged } == 200)
  }

  /// What a person has to say before it is offered again is not offered under another id either.
  @Test(arguments: ["sold", "gone", "refused"]) func whatMustNotComeBackUnaskedDoesNotUnderAnotherID(end: String) {
    var old = Given.record("old", end == "sold" ? .withdrawn(sold: true) : end == "gone" ? .gone : .rejected)
    if end == "refused" { (old.remoteID, old.content, old.failedDigest) = (nil, nil, Given.content("old").digest) }
    let new = Given.listing("new", Given.content("old"), accounts: ["a", "b"])
    func plan(_ listings: [Listing], isReleased: Bool = false) -> Plan {
      Given.plan(listings, [old]) { input in
        guard end == "sold", !isReleased else { return }
        input.standing.sales["old"] = [Sale(account: "a", price: nil, at: Given.now)]
      }
    }
    let held = plan([new])
    #expect(held.executable.isEmpty && held.needsPerson, "\(held.told)")
    let words = "old, which looks the same, \(end == "gone" ? "is gone" : "was \(end)")"
    #expect(held.actions.allSatisfy { $0.hold?.by == .idChanged && $0.hold?.text.contains(words) == true })
    // While its own file is there, broken or not, it is another thing.
    #expect(plan([new, Given.listing("old")]).told.filter { $0 == "create new a" || $0 == "create new b" }.count == 2)
    let other = plan([Given.listing("new", Given.content("another"), accounts: ["a", "b"])])
    #expect(other.summary[.create] == 2)
    if end == "sold" { #expect(plan([new], isReleased: true).summary[.create] == 2) }
  }

  /// An edited id whose old one may only not have been seen: nothing is posted a second time.
  @Test func whatLooksLikeAPostThatCanNotBeSeenIsNotPosted() {
    var new = Given.listing("new")
    new.posts = Given.listing("l0").posts
    let unseen = Given.plan([new], shop(1)) { $0.wanted.frozenFiles = ["/"] }
    #expect(unseen.told == ["create new a [id-changed]"], "\(unseen.told)")
  }

  /// Another Page: what stands on the old one can't be seen from here, and nothing is concluded.
  @Test(arguments: [("10001_7", "10002", true), ("10001_7", "10001", false), ("r7", "10002", false)])
  func aPostOfAnotherPageIsOutOfScope(remoteID: String, page: String, isHeld: Bool) {
    var record = Given.record("lamp")
    record.remoteID = remoteID
    for listings in [[Given.listing("lamp", status: .sold)], [Given.listing("lamp")], []] {
      let plan = Given.plan(listings, [record]) { $0.config.accounts[0].pageID = page }
      #expect(plan.actions.contains { $0.hold?.by == .scope } == isHeld, "\(plan.told)")
      #expect(!isHeld || plan.executable.isEmpty && plan.needsPerson)
    }
  }

  @Test func lastPostsOfAnAccountAreHeld() {
    let plan = Given.plan([], shop(2))
    #expect(plan.told == ["withdraw l0 a [emptied]", "withdraw l1 a [emptied]"])
    #expect(Given.plan([], shop(1)).told == ["withdraw l0 a"])
    #expect(Given.plan([], shop(2)) { $0.allowedWithdrawals = 2 }.summary.held == 0)
  }

  @Test func sellersWordPasses() {
    let plan = Given.plan((0..<10).map { Given.listing("l\($0)", status: .sold) }, shop(10))
    #expect(plan.summary[.withdraw] == 10)
  }

  @Test func droppedAccountsCountAsLost() {
    let listings = (0..<10).map { Given.listing("l\($0)", accounts: ["b"]) }
    let records = shop(10) + (0..<10).map { Given.record("l\($0)", account: "b") }
    #expect(Given.plan(listings, records).summary.held == 10)
  }

  @Test func anUnseenRootChangesNothingAtAll() {
    let plan = Given.plan([Given.listing("new")], shop(3)) { $0.wanted.root = .unseen("not mounted") }
    #expect(plan.actions.isEmpty && plan.needsPerson)
    #expect(plan.guards.map(\.name) == [.root])
  }

  @Test func protectedPostOutlivesItsFile() {
    var record = Given.record("lamp")
    record.isProtected = true
    let plan = Given.plan([], [record])
    #expect(plan.told == ["withdraw lamp a [protect]"])
    #expect(plan.guards.map(\.name) == [.protect])
  }

  @Test func protectionIsRecordedWhenItChanges() {
    var listing = Given.listing("lamp")
    listing.isProtected = true
    #expect(Given.plan([listing], [Given.record("lamp")]).bookkeeping == [.protected(listing: "lamp", true)])
  }

  /// Its file may go away before anything else is recorded.
  @Test func protectionIsRecordedAheadOfTheFirstPost() {
    var listing = Given.listing("lamp")
    listing.isProtected = true
    let first = Given.plan([listing])
    #expect(first.told == ["create lamp a"] && first.bookkeeping == [.protected(listing: "lamp", true)])
    #expect(Given.plan([listing]) { $0.protectedListings = ["lamp"] }.bookkeeping.isEmpty)
    listing.isProtected = false
    let lifted = Given.plan([listing]) { $0.protectedListings = ["lamp"] }
    #expect(lifted.bookkeeping == [.protected(listing: "lamp", false)])
  }

  @Test func protectionIsRecordedWithAMoveToAnotherId() {
    var listing = Given.listing("new", Given.content("lamp"))
    (listing.isProtected, listing.movedFrom) = (true, "lamp")
    let moved = Bookkeeping.moved(listing: "new", from: "lamp", file: "listings/new.yaml")
    let plan = Given.plan([listing], [Given.record("lamp")])
    #expect(plan.bookkeeping == [moved, .protected(listing: "new", true)])
  }
}

struct IdentityTests {
  @Test func aMovedFileIsNoRequest() {
    let plan = Given.plan([Given.listing("lamp", file: "listings/new/lamp.yaml")], [Given.record("lamp")])
    #expect(plan.told == ["unchanged lamp a"])
    #expect(plan.bookkeeping == [.moved(listing: "lamp", from: nil, file: "listings/new/lamp.yaml")])
  }

  @Test func anEditedIdIsHeldWithTheWayOut() {
    let plan = Given.plan([Given.listing("new", Given.content("lamp"))], [Given.record("lamp")])
    #expect(plan.told == ["withdraw lamp a [id-changed]", "create new a [id-changed]"])
    #expect(plan.actions.allSatisfy { $0.hold?.text.contains("moved_from: lamp") == true })
  }

  /// What the journal has it do when the move is recorded, the plan does before.
  @Test func movedFromTakesAlongWhatHoldsAndWhatDiffersThere() {
    var listing = Given.listing("new", Given.content("lamp", price: 2500), accounts: ["a", "b"])
    listing.movedFrom = "lamp"
    let records = [Given.record("lamp"), Given.record("lamp", account: "b")]
    let plan = Given.plan([listing], records) { input in
      input.standing.holds[records[0].key] = [RecordedHold(by: "hold", since: Given.now)]
      input.standing.drifts[records[1].key] = Drift(
        fields: ["price"], values: ["price": "31.00 USD"], at: Given.now)
    }
    #expect(plan.told == ["update new a [hold]", "update new b [conflict]"])
  }

  /// The account was just added: nothing is posted there yet, and nothing is to be.
  @Test func movedFromTakesTheSellersHoldAlongFromWhereNothingIsPostedYet() {
    var listing = Given.listing("new", Given.content("lamp"), accounts: ["a", "b"])
    listing.movedFrom = "lamp"
    let plan = Given.plan([listing], [Given.record("lamp")]) { input in
      for account in ["a", "b"] {
        let key = PostKey(listing: "lamp", account: account)
        input.standing.holds[key] = [RecordedHold(by: "hold", since: Given.now)]
      }
    }
    #expect(plan.told == ["create new b [hold]", "unchanged new a"])
  }

  /// Unreadable is not absent; and beside a file that is there, its posts are not anybody else's.
  @Test(arguments: ["broken file", "broken id", "there"]) func movedFromWaitsForTheOldFileToGo(old: String) {
    var listing = Given.listing("new", Given.content("lamp", price: 2500))
    listing.movedFrom = "lamp"
    let others = old == "there" ? [Given.listing("lamp")] : []
    let plan = Given.plan([listing] + others, [Given.record("lamp")]) { input in
      if old == "broken file" { input.wanted.frozenFiles = ["listings/lamp.yaml"] }
      if old == "broken id" { input.wanted.frozenIDs = ["lamp"] }
    }
    #expect(plan.told == ["create new a [id-changed]"] + (old == "there" ? ["unchanged lamp a"] : []))
    #expect(plan.bookkeeping.isEmpty && plan.actions[0].hold?.text.contains("moved_from: lamp") == true)
  }

  /// Under its new id nobody would know of the request: what it makes would be made again.
  @Test(arguments: [Record.State.uncertain, .live, nil])
  func movedFromWaitsForWhatIsUnderWay(state: Record.State?) {
    var listing = Given.listing("new", Given.content("other"))
    listing.movedFrom = "lamp"
    let records = state.map { [Given.record("lamp", $0)] } ?? []
    let key = PostKey(listing: "lamp", account: "a")
    let plan = Given.plan([listing], records) { $0.underWay = UnderWay([key]) }
    #expect(plan.told == ["create new a [id-changed]"] && plan.bookkeeping.isEmpty)
    #expect(plan.actions[0].hold?.text.contains("a request of lamp is under way") == true)
    #expect(plan.awaited == [key])
    // One that goes away by itself is nobody's business.
    #expect(Given.plan([], records) { $0.underWay = UnderWay([key]) }.awaited.isEmpty)
    let after = Given.plan([listing], records) { $0.underWay = UnderWay() }
    #expect(after.bookkeeping.isEmpty == (state == nil))
  }

  /// Open, under way and not yet recorded, or in a file that can't be read: it may be there.
  @Test(arguments: ["open", "replaced", "under way", "unreadable"])
  func anIdEditedBeforeItsPostIsKnownIsHeld(how: String) {
    let old = Given.content("lamp")
    var record = Given.record("lamp", how == "replaced" ? .live : .uncertain)
    record.content = how == "replaced" ? Given.content("older") : nil
    record.pending = Intent(
      op: "1", action: how == "replaced" ? .replace : .create, key: record.key, marketplace: "m", content: old,
      file: record.file, at: Given.now)
    let plan = Given.plan([Given.listing("new", old)], how == "under way" ? [] : [record]) { input in
      if how == "under way" { input.underWay = UnderWay([record.key], makes: [record.key: old]) }
      if how == "unreadable" { input.wanted.frozenIDs = ["lamp"] }
      input.capabilities["m"]?.canLookUp = true
    }
    let settling = how == "under way" || how == "unreadable" ? [] : ["resolve lamp a"]
    #expect(plan.told == settling + ["create new a [id-changed]"])
    #expect(plan.actions.last?.hold?.text.contains("moved_from: lamp") == true)
  }

  @Test func movedFromSaysNothingOfAListingWithPostsOfItsOwn() {
    var listing = Given.listing("new")
    listing.movedFrom = "lamp"
    let plan = Given.plan([listing, Given.listing("lamp")], [Given.record("lamp"), Given.record("new")])
    #expect(plan.told == ["unchanged lamp a", "unchanged new a"])
  }

  @Test func howManyThereAreIsRecordedWhenItChanges() {
    var listing = Given.listing("new", Given.content("lamp"))
    listing.quantity = 3
    #expect(Given.plan([listing]).bookkeeping == [.counted(listing: "new", 3)])
    #expect(Given.plan([listing]) { $0.quantities = ["new": 3] }.bookkeeping.isEmpty)
    listing.movedFrom = "lamp"
    let moved = Given.plan([listing], [Given.record("lamp")]) { $0.quantities = ["lamp": 3] }
    #expect(moved.bookkeeping == [.moved(listing: "new", from: "lamp", file: "listings/new.yaml")])
    listing.quantity = 1
    #expect(Given.plan([listing]) { $0.quantities = ["new": 3] }.bookkeeping == [.counted(listing: "new", 1)])
  }

  private func photos(_ names: String...) -> [PhotoReference] { names.map { .file(Digest(of: $0), .jpeg) } }

  @Test(arguments: ["lamp, brass!", "Lamp, brass, nice", "lamp"]) func anEditedIdIsSeenBehindAnEditedTitle(
    title: String
  ) {
    var (old, new) = (Given.content("lamp, brass"), Given.content(title, price: 1))
    (old.photos, new.photos) = (photos("x"), photos("x", "y"))
    let plan = Given.plan([Given.listing("new", new)], [Given.record("lamp", .live, old)])
    #expect(plan.told == ["withdraw lamp a [id-changed]", "create new a [id-changed]"])
  }

  @Test(arguments: [
    ("chair 1", "chair 2", "x", "x"), ("blue chair", "red chair", "x", "x"), ("chair", "chair", "x", "y"),
  ])
  func anotherThingIsNoEditedId(old: String, new: String, oldPhoto: String, newPhoto: String) {
    var contents = (Given.content(old), Given.content(new))
    (contents.0.photos, contents.1.photos) = (photos(oldPhoto), photos(newPhoto))
    let plan = Given.plan([Given.listing("b", contents.1)], [Given.record("a", .live, contents.0)])
    #expect(plan.told == ["withdraw a a", "create b a"])
  }

  @Test func movedFromKeepsThePost() {
    var listing = Given.listing("new", Given.content("lamp"))
    listing.movedFrom = "lamp"
    let plan = Given.plan([listing], [Given.record("lamp")])
    #expect(plan.told == ["unchanged new a"])
    #expect(plan.bookkeeping == [.moved(listing: "new", from: "lamp", file: "listings/new.yaml")])
  }
}

struct LimitTests {
  @Test func tenPercentIsASubsetOfFifty() {
    func created(_ percent: Int) -> Set<String> {
      let plan = Given.plan((0..<200).map { Given.listing("l\($0)") }) { $0.config.sync.rollout = percent }
      return Set(plan.executable.map(\.key.listing))
    }
    let (ten, fifty) = (created(10), created(50))
    #expect(ten.isSubset(of: fifty))
    #expect((5...40).contains(ten.count) && (70...130).contains(fifty.count))
    #expect(created(0).isEmpty && created(100).count == 200)
  }

  @Test func rolloutDoesNotKeepASoldPostUp() {
    let plan = Given.plan([Given.listing("lamp", status: .sold)], [Given.record("lamp")]) {
      $0.config.sync.rollout = 0
    }
    #expect(plan.told == ["withdraw lamp a"])
  }

  @Test func newPostsADayCountTheLastDay() {
    var recent = Given.record("old")
    recent.postedAt = Given.now.advanced(by: .seconds(-3600))
    let plan = Given.plan([Given.listing("old"), Given.listing("x"), Given.listing("y")], [recent]) {
      $0.config.accounts[0].newPostsPerDay = 2
    }
    #expect(plan.told == ["create x a", "create y a [daily-limit]", "unchanged old a"])
    #expect(plan.actions[1].hold?.until == Given.now.advanced(by: .seconds(82_800)))
    #expect(!plan.needsPerson)
  }

  @Test func onlyNarrowsWhatIsShownNotWhatGuardsSee() {
    let records = (0..<10).map { Given.record("l\($0)") }
    let plan = Given.plan((4..<10).map { Given.listing("l\($0)") }, records) { $0.onlyListings = ["l0"] }
    #expect(plan.told == ["withdraw l0 a [withdrawals]"])
  }
}

struct RenderingTests {
  private var plan: Plan {
    Given.plan(
      [Given.listing("trek-520", Given.content("trek-520", price: 42000)), Given.listing("new")],
      [Given.record("trek-520", .live, Given.content("trek-520", price: 45000)), Given.record("lamp")])
  }

  @Test func textNamesWhatChanges() {
    let text = PlanText().render(plan)
    #expect(text.contains("  ~ update    a          price 450.00 → 420.00 USD"))
    #expect(text.contains("lamp                                      listings/lamp.yaml (gone)"))
    #expect(
      text.hasSuffix("Plan: 1 create, 1 update, 0 replace, 1 withdraw, 0 held, 0 unchanged. 0 problems, 0 warnings.\n"))
  }

  @Test func aHeldUpdateSaysWhatWouldChangeAndWhereThatIsSaid() {
    var content = Given.content("lamp", price: 3000)
    content.description = "New."
    var listing = Given.listing("lamp", content)
    listing.hold = "away"
    listing.posts[0].origins[.description] = Origin(layer: .config, file: "hawker.yaml", line: 6)
    let text = PlanText().render(Given.plan([listing], [Given.record("lamp")]))
    #expect(text.contains("held by its file: away: description changed, price 35.00 → 30.00 USD, hawker.yaml:6\n"))
  }

  @Test func identityDependsOnTheActionsAlone() {
    let later = Given.plan(
      [Given.listing("trek-520", Given.content("trek-520", price: 42000)), Given.listing("new")],
      [Given.record("trek-520", .live, Given.content("trek-520", price: 45000)), Given.record("lamp")]
    ) { $0.now = Given.now.advanced(by: .seconds(99)) }
    #expect(later.id == plan.id)
    #expect(Given.plan([Given.listing("new")]).id != plan.id)
  }

  @Test func jsonIsJSONWithTheContractsKeys() throws {
    let json = try JSONValue(parsing: PlanJSON.render(plan, hawker: "0.1.0"))
    #expect(json["format"]?.string == "hawker.plan/1")
    #expect(json["summary"]?["update"]?.integer == 1)
    let update = try #require(json["actions"]?.array?.first { $0["action"]?.string == "update" })
    #expect(update["changes"]?.array?.first?["after"]?.string == "420.00 USD")
    #expect(update["held"] == .null)
  }

  @Test func controlCharactersNeverReachTheTerminal() {
    let evil = Given.listing("lamp", Given.content("\u{1B}[2Jgone\nnext"))
    let text = PlanText().render(Given.plan([evil]))
    #expect(!text.contains("\u{1B}") && text.contains("\\u{1b}[2Jgone⏎next"))
  }
}

/// What disaster drills taught.
struct DisasterTests {
  private func absent(_ id: String, for seconds: Int64) -> (PostKey, [RecordedHold]) {
    let since = Given.now.advanced(by: .seconds(-seconds))
    return (PostKey(listing: id, account: "a"), [RecordedHold(by: "grace", since: since)])
  }

  @Test func aFileThatComesBackBeginsTheGraceOfTheOthersAnew() {
    let records = (0..<10).map { Given.record("l\($0)") }
    let files = (2..<10).map { Given.listing("l\($0)") }
    func plan(_ holds: [(PostKey, [RecordedHold])]) -> Plan {
      Given.plan(files, records, mode: .continuous) { $0.standing.holds = Dictionary(uniqueKeysWithValues: holds) }
    }
    // Long missing, and nothing moves: they go. With one just back, they wait again.
    let missing = [absent("l0", for: 9000), absent("l1", for: 9000)]
    #expect(plan(missing).summary[.withdraw] == 2)
    let restoring = plan(missing + [absent("l2", for: 9000)])
    #expect(restoring.summary[.withdraw] == 0 && restoring.actions.count { $0.hold?.by == .grace } == 2)
    let keys = ["l0", "l1"].map { PostKey(listing: $0, account: "a") }
    #expect(keys.allSatisfy { restoring.bookkeeping.contains(.absent($0)) })
  }

  /// Forgotten too soon, what is "gone" would be posted again by itself when its file is back.
  @Test func aPostIsForgottenOnlyWhenItsFileHasBeenAwayForGood() {
    func plan(_ seconds: Int64?, _ change: (inout PlanInput) -> Void = { _ in }) -> Plan {
      Given.plan([], [Given.record("lamp", .gone)], mode: .continuous) { input in
        if let seconds { input.standing.holds = Dictionary(uniqueKeysWithValues: [absent("lamp", for: seconds)]) }
        change(&input)
      }
    }
    let key = PostKey(listing: "lamp", account: "a")
    #expect(plan(nil).told == ["forget lamp a [grace]"] && plan(nil).bookkeeping == [.absent(key)])
    #expect(plan(9000).told == ["forget lamp a"])
    #expect(plan(9000) { $0.wanted.gitActivity = "index.lock" }.told == ["forget lamp a [git]"])
    let back = Given.plan([Given.listing("lamp")], [Given.record("lamp", .gone)], mode: .continuous) {
      $0.standing.holds = Dictionary(uniqueKeysWithValues: [absent("lamp", for: 5)])
    }
    #expect(back.told == ["create lamp a [gone]"] && back.bookkeeping == [.returned(key)])
  }

  @Test func whatLeftTheScopeIsNotForgotten() {
    let plan = Given.plan([], [Given.record("lamp", .gone)]) { $0.config.listings = "/s/elsewhere" }
    #expect(plan.told == ["forget lamp a [scope]"] && plan.leftScope.count == 1)
  }

  @Test func anAccountsNewNamePostsNothingTwice() {
    let plan = Given.plan([Given.listing("lamp", accounts: ["b"])], [Given.record("lamp", account: "old")])
    #expect(plan.told.sorted() == ["create lamp b [scope]", "withdraw lamp old [scope]"])
    #expect(plan.leftScope.map(\.key.account) == ["old"])
  }

  @Test(arguments: [Listing.Status.sold, .draft]) func aDefaultIsNoWordAboutEachListing(status: Listing.Status) {
    let records = (0..<10).map { Given.record("l\($0)") }
    let listings = (0..<10).map { number in
      var listing = Given.listing("l\(number)", status: status)
      listing.saysStatus = false
      return listing
    }
    #expect(Given.plan(listings, records).heldWithdrawals == 10)
  }
}
