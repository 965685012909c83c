import Listings
import Planning
import Testing

@testable import Reconciling

/// The lines of `state/control.sock`, and the loop's hints.
struct LineTests {
  @Test(arguments: [
    Decision.hold(listing: "lamp", account: nil, reason: nil), .hold(listing: "lamp", account: "a1", reason: "“no”\n"),
    .release(listing: "lamp", account: "a1"), .forget(listing: "lamp", account: nil),
    .resolve(listing: "lamp", account: nil, posted: nil), .resolve(listing: "lamp", account: "b1", posted: "r1"),
    .sold(listing: "lamp", account: "a1", price: "430.00 USD"), .sold(listing: "lamp", account: nil, price: nil),
    .retry(listing: "lamp", account: nil), .approve(plan: "0123456789ab"), .releaseScope(withdraw: true),
    .releaseScope(withdraw: false),
  ])
  func aDecisionIsReadBack(_ decision: Decision) {
    #expect(decision.line.hasSuffix("\n") && decision.line.count { $0 == "\n" } == 1)
    #expect(Decision(line: Array(decision.line.utf8)) == decision)
  }

  @Test(arguments: [Answer.Code.done, .refused, .unknown, .journal])
  func anAnswerIsReadBack(_ code: Answer.Code) {
    let answer = Answer(code, "two\nlines, “quoted”")
    #expect(Answer(line: Array(answer.line.utf8)) == answer)
  }

  @Test(arguments: [
    "", "{", "null", "[]", "{}", "\u{0}", #"{"decision":"hold"}"#, #"{"decision":"sell","listing":"lamp"}"#,
    #"{"decision":"approve"}"#, #"{"decision":"release-scope"}"#, #"{"decision":"release-scope","withdraw":"yes"}"#,
    #"{"decision":1,"listing":"lamp"}"#, #"{"decision":"hold","listing":["lamp"]}"#,
  ])
  func anythingElseIsNoDecision(_ line: String) {
    #expect(Decision(line: Array(line.utf8)) == nil)
    #expect(Answer(line: Array(line.utf8)) == nil)
  }

  @Test func anyNumberOfHintsIsOneLook() async {
    let hints = Hints()
    for _ in 0..<100 { hints.add { $0.rescan = true } }
    hints.add { $0.why.append("asked") }
    var rings = hints.rings.makeAsyncIterator()
    await rings.next()
    let pending = hints.take()
    #expect(pending.rescan && pending.why == ["asked"] && !pending.isEmpty)
    #expect(hints.take().isEmpty)
  }

  @Test func aTimeToTryAgainIsNoReasonToLookNow() {
    var pending = Hints.Pending()
    pending.retryAt = .init(milliseconds: 1)
    #expect(pending.isEmpty)
    pending.replan = true
    #expect(!pending.isEmpty)
  }
}
