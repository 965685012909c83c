import Listings
import Testing

@Suite struct BoxedTests {
  private struct Holder: Hashable {
    @Boxed var text: String?
  }

  @Test func aCopyThatChangesLeavesTheOtherAlone() {
    let first = Holder(text: "desk")
    var second = first
    second.text = "lamp"
    #expect(first.text == "desk" && second.text == "lamp" && first != second)
    second.text = nil
    #expect(second == Holder(text: nil))
  }

  @Test func equalValuesAreEqualWhateverTheirBox() {
    #expect(Holder(text: "desk") == Holder(text: "desk"))
    #expect(Holder(text: "desk").hashValue == Holder(text: "desk").hashValue)
  }
}
