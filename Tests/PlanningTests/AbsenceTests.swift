import Listings
import Planning
import Testing

/// What rests on nothing but a file that isn't there, be it the listing's own or its defaults'.
struct AbsenceTests {
  private static func silent(_ status: Listing.Status, _ accounts: [String]) -> Listing {
    var listing = Given.listing("lamp", status: status, accounts: accounts)
    (listing.saysStatus, listing.saysAccounts) = (false, false)
    return listing
  }

  private let records = [Given.record("lamp"), Given.record("lamp", account: "b")]
  private let key = PostKey(listing: "lamp", account: "b")

  private func ago(_ seconds: Int64) -> [RecordedHold] {
    [RecordedHold(by: "grace", since: Given.now.advanced(by: .seconds(-seconds)))]
  }

  // MARK: Defaults

  @Test(arguments: [silent(.draft, ["a", "b"]), silent(.available, ["a"])])
  func whatDefaultsAloneSayHasGraceInTheDaemon(_ listing: Listing) {
    let others = ["x", "y", "z"].flatMap { [Given.record($0), Given.record($0, account: "b")] }
    let files = ["x", "y", "z"].map { Given.listing($0, accounts: ["a", "b"]) }
    func plan(_ mode: PlanInput.Mode, _ seconds: Int64? = nil) -> Plan {
      Given.plan(files + [listing], records + others, mode: mode) { input in
        guard let seconds else { return }
        let absent = listing.status == .available ? ["b"] : ["a", "b"]
        for account in absent { input.standing.holds[PostKey(listing: "lamp", account: account)] = ago(seconds) }
      }
    }
    let first = plan(.continuous)
    #expect(first.told.contains("withdraw lamp b [grace]") && first.bookkeeping.contains(.absent(key)))
    #expect(first.actions.contains { $0.hold?.text.contains("a _defaults.yaml may be missing") == true })
    #expect(first.guards.contains { $0.name == .grace && $0.text.contains("files or defaults") })
    #expect(plan(.continuous, 9000).told.contains("withdraw lamp b"))
    #expect(plan(.once).told.contains("withdraw lamp b"))
  }

  /// A file that is moved into a folder of sold things: nobody may buy it for another ten minutes.
  @Test func whatADefaultCallsSoldDoesNotWait() {
    let others = ["x", "y", "z"].flatMap { [Given.record($0), Given.record($0, account: "b")] }
    let files = ["x", "y", "z"].map { Given.listing($0, accounts: ["a", "b"]) }
    let plan = Given.plan(files + [AbsenceTests.silent(.sold, ["a", "b"])], records + others, mode: .continuous)
    #expect(plan.told.contains("withdraw lamp a") && plan.told.contains("withdraw lamp b"), "\(plan.told)")
  }

  @Test func whatTheFileItselfSaysIsDoneAtOnce() {
    for listing in [Given.listing("lamp", status: .draft, accounts: ["a", "b"]), Given.listing("lamp")] {
      #expect(Given.plan([listing], records, mode: .continuous).told.contains("withdraw lamp b"))
    }
    var listing = Given.listing("lamp")
    (listing.saysAccounts, listing.leavesOut) = (false, ["b"])
    #expect(Given.plan([listing], records, mode: .continuous).told == ["withdraw lamp b", "unchanged lamp a"])
  }

  @Test func defaultsThatComeBackCostNothing() {
    let plan = Given.plan([Given.listing("lamp", accounts: ["a", "b"])], records, mode: .continuous) {
      $0.standing.holds[key] = ago(60)
    }
    #expect(plan.told == ["unchanged lamp a", "unchanged lamp b"] && plan.bookkeeping == [.returned(key)])
  }

  @Test func protectionThatNobodySpeaksOfStays() {
    var record = Given.record("lamp")
    record.isProtected = true
    var listing = Given.listing("lamp")
    listing.saysProtection = false
    #expect(Given.plan([listing], [record]).bookkeeping.isEmpty)
    #expect(Given.plan([listing]) { $0.protectedListings = ["lamp"] }.bookkeeping.isEmpty)
    listing.saysProtection = true
    #expect(Given.plan([listing], [record]).bookkeeping == [.protected(listing: "lamp", false)])
  }

  // MARK: Files

  private func gone(_ unseen: [String], _ change: (inout PlanInput) -> Void = { _ in }) -> Plan {
    Given.plan([Given.listing("x")], [Given.record("x"), Given.record("lamp")]) { input in
      input.wanted.unseen = unseen
      change(&input)
    }
  }

  @Test func aFileMayHaveMovedToWhereNobodyCanLook() {
    for place in ["listings/room/", "listings/new.yaml"] {
      let plan = gone([place])
      #expect(plan.told == ["withdraw lamp a [unseen]", "unchanged x a"] && plan.needsPerson)
      #expect(plan.actions.first?.hold?.text.contains("its file is gone, but \(place) can't be read") == true)
      #expect(plan.guards.contains { $0.name == .unseen && $0.text.contains(place) && !$0.override.isEmpty })
    }
    #expect(gone(["listings/a/", "listings/b/"]).actions[0].hold?.text.contains("listings/a/ (and 1 more)") == true)
  }

  /// What is hidden there is what was known of it.
  @Test func aPlaceThatARecordNamesHoldsNothingElse() {
    #expect(gone(["listings/x.yaml", "listings/"]).told == ["withdraw lamp a", "unchanged x a"])
  }

  @Test func whatIsNotSeenHoldsNoWordOfTheSeller() {
    for status in [Listing.Status.sold, .draft] {
      let plan = Given.plan([Given.listing("lamp", status: status)], [Given.record("lamp")]) {
        $0.wanted.unseen = ["listings/room/"]
      }
      #expect(plan.told == ["withdraw lamp a"])
    }
    let sold = gone(["listings/room/"]) { $0.standing.sales["lamp"] = [Sale(account: "b", price: nil, at: Given.now)] }
    #expect(sold.told.contains("withdraw lamp a"))
  }

  @Test func whatIsNotSeenIsNotForgotten() {
    let plan = Given.plan([], [Given.record("lamp", .gone)]) { $0.wanted.unseen = ["listings/room/"] }
    #expect(plan.told == ["forget lamp a [unseen]"])
  }

  // MARK: Files with an error

  @Test func onlyWhatWasNotReadOfAFileWithAnErrorStaysAsItIs() {
    var other = Given.record("old")
    other.file = "listings/lamp.yaml"
    let plan = Given.plan([Given.listing("lamp")], records + [other]) {
      $0.wanted.frozenFiles = ["listings/lamp.yaml"]
    }
    #expect(plan.told == ["withdraw lamp b", "unchanged lamp a"])
  }

  @Test func movedFromHoldsInAFileWithAnotherError() {
    var listing = Given.listing("new", Given.content("lamp"), file: "listings/lamp.yaml")
    listing.movedFrom = "lamp"
    let plan = Given.plan([listing], [Given.record("lamp")]) { $0.wanted.frozenFiles = ["listings/lamp.yaml"] }
    #expect(plan.told == ["unchanged new a"])
  }
}
