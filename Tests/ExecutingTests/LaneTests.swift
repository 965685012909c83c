import Listings
import Planning
import Testing

@testable import Executing

/// One account's queue, by itself.
struct LaneTests {
  private let key = PostKey(listing: "lamp", account: "a")
  private let now = Timestamp(milliseconds: 1_795_000_000_000)

  private func action(_ kind: Action.Kind, price: Int64 = 3500) -> Action {
    Action(
      kind, key: key, marketplace: "m", file: "listings/lamp.yaml", reason: Action.Reason("edited", "changed"),
      post: WantedPost(account: "a", content: Samples.content(price: price)))
  }

  private func isStarted(_ step: Lane.Step) -> Bool { if case .start = step { true } else { false } }

  /// What follows a replace (the old post goes), an adoption or a look-up, only the next plan knows.
  @Test(arguments: [
    (Action.Kind.create, false), (.update, false), (.withdraw, false), (.replace, true), (.adopt, true),
    (.resolve, true),
  ])
  func thePlanThatFollowsIsAskedForUnlessNothingDoes(kind: Action.Kind, isOvertaken: Bool) {
    var lane = Lane(account: "a", concurrency: 4)
    #expect(lane.submit([action(kind)]).isEmpty)
    #expect(isStarted(lane.next(at: now)))
    #expect(lane.submit([action(kind)]) == (isOvertaken ? [key] : []))
    #expect(lane.submit([action(kind, price: 1)]) == [key])
  }

  /// A person may have settled it meanwhile: what follows needs no look-up.
  @Test(arguments: [
    (Action.Kind.resolve, Action.Kind.resolve, false), (.resolve, .create, true), (.adopt, .adopt, false),
  ])
  func onlyTheSameOnceMoreWaitsForItsTime(postponed: Action.Kind, next: Action.Kind, starts: Bool) {
    var lane = Lane(account: "a", concurrency: 4)
    lane.postpone(action(postponed), until: now.advanced(by: .seconds(30)))
    _ = lane.submit([action(next)])
    #expect(isStarted(lane.next(at: now)) == starts)
  }
}
