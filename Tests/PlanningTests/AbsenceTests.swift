import Listings
import Planning
import Testing

/// What rests on nothing but a file that isn't there, be it the listing's own or its defaults'.
struct AbsenceTests {
  private let records = [Given.record("lamp"), Given.record("lamp", account: "b")]

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
