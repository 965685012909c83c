import Facebook
import Listings
import Marketplaces
import Support
import Testing

/// What Facebook's headers say about its limits reaches the pace and the failure.
@Suite(Sharing.connections) struct FacebookUsageTests {
  private static let throttle = #"{"error":{"message":"Slow down","code":80001}}"#
  private static let usage = #"{"10001":[{"type":"pages","call_count":100,"estimated_time_to_regain_access":N}]}"#

  /// How long the pace then waits, in seconds; nil: not at all.
  private func wait(_ headers: [(String, String)], status: Int = 400, body: String = throttle) async -> Duration? {
    let bench = Bench { _ in .init(status, headers: headers, body) }
    defer { bench.server.stop() }
    let facebook = bench.facebook()
    let failure = await failure { () throws(MarketplaceFailure) in
      try await facebook.update("7", to: Bench.draft(), changed: [.price])
    }
    let paused = bench.pace.pausedUntil.map { $0.duration(since: bench.time.ambient.now()) }
    if case .throttled(_, let until)? = failure {
      #expect(until.map { $0.duration(since: bench.time.ambient.now()) } == paused || paused == .seconds(60))
    }
    return paused
  }

  @Test func withoutAWordTheAccountBacksOffByItself() async { #expect(await wait([]) == nil) }

  @Test(arguments: [("7", 7), ("0", 1), ("999999", 21_600), ("Sun, 22 Nov 2026 10:00:30 GMT", 30)])
  func retryAfterIsSecondsOrADateOfTheServersClock(value: String, seconds: Int) async {
    let wait = await wait([("Retry-After", value), ("Date", "Sun, 22 Nov 2026 10:00:00 GMT")])
    #expect(wait == .seconds(seconds))
  }

  @Test func theTimeToRegainAccessIsInMinutes() async {
    let header = Self.usage.replacing("N", with: "3").replacing("100,", with: "40,")
    #expect(await wait([("X-Business-Use-Case-Usage", header)]) == .seconds(180))
  }

  @Test(arguments: ["X-App-Usage", "X-Page-Usage"])
  func aHundredPercentPausesAlsoAfterASuccess(header: String) async {
    let wait = await wait(
      [(header, #"{"call_count":28,"total_time":100,"total_cputime":25}"#)], status: 200, body: #"{"success":true}"#)
    #expect(wait == .seconds(60))
  }

  @Test(arguments: ["", "nonsense", "{", "[]", #"{"call_count":"x"}"#, #"{"10001":{"call_count":100}}"#])
  func nonsenseInHeadersIsNoWord(value: String) async {
    let headers = ["X-App-Usage", "X-Page-Usage", "X-Business-Use-Case-Usage", "Retry-After"].map { ($0, value) }
    #expect(await wait(headers) == nil)
  }
}
