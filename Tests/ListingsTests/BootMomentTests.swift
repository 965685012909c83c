import Listings
import Testing

struct BootMomentTests {
  @Test func withinOneStartItIsTheTimeBetween() {
    let (early, late) = (BootMoment(boot: "a", milliseconds: 1_000), BootMoment(boot: "a", milliseconds: 61_000))
    #expect(late.elapsed(since: early) == .seconds(60))
    #expect(early.elapsed(since: late) == .zero)
  }

  @Test func afterAnotherStartOnlyTheTimeSinceItIsSure() {
    #expect(BootMoment(boot: "b", milliseconds: 5_000).elapsed(since: .init(boot: "a", milliseconds: 9)) == .seconds(5))
  }

  @Test func itsTextIsReadBack() {
    let moment = BootMoment(boot: "1f2e3d4c", milliseconds: 86_400_000)
    #expect(BootMoment(moment.description) == moment)
    for text in ["", "+", "a+", "+1", "a+-1", "a+1+2", "a+x", "a+99999999999999999999"] {
      #expect(BootMoment(text) == nil)
    }
  }
}
