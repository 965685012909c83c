import Listings
import Planning
import Testing

/// What rests on nothing but a file that isn't there, be it the listing's own or its defaults'.
struct AbsenceTests {
  private let records = [Given.record("lamp"), Given.record("lamp", account: "b")]

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
