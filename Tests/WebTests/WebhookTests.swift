import Crypto
import Listings
import Marketplaces
import Synchronization
import Testing

@testable import Web

struct WebhookTests {
  private func sign(_ body: String, _ secret: String) -> String {
    let code = HMAC<SHA256>.authenticationCode(for: Array(body.utf8), using: SymmetricKey(data: Array(secret.utf8)))
    return "sha256=" + code.map { String(Int($0) + 0x100, radix: 16).dropFirst() }.joined()
  }

  private func facebook(_ bench: Bench, _ body: String) async -> Int {
    await bench.status("POST", "/webhooks/facebook", ["x-hub-signature-256": sign(body, "app secret")], body: body)
  }

  private func offerUp(_ bench: Bench, _ body: String) async -> Int {
    await bench.status("POST", "/webhooks/offerup", ["x-offerup-signature": sign(body, "client secret")], body: body)
  }

  /// RFC 4231, test case 2.
  @Test func signaturesAreThoseOfTheStandard() {
    let good = "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    let body = Array("what do ya want for nothing?".utf8)
    #expect(Signature.isGood(good, of: body, by: Secret("Jefe")))
    #expect(Signature.isGood("sha256=" + good.dropFirst(7).uppercased(), of: body, by: Secret("Jefe")))
    for bad in [
      nil, "", "sha256=", String(good.dropLast()), good + "0", String(good.dropFirst(7)), good + " ", "sha1=5b",
    ] {
      #expect(!Signature.isGood(bad, of: body, by: Secret("Jefe")))
    }
    #expect(!Signature.isGood(good, of: body, by: Secret("jefe")))
    #expect(!Signature.isGood(good, of: body + [0x20], by: Secret("Jefe")))
  }

  @Test func theChallengeIsAnsweredAloneAndForTheRightTokenOnly() async {
    let bench = Bench()
    let query = "/webhooks/facebook?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token="
    #expect(await bench.ask("GET", query + "verify%20me").text == "1158201444")
    #expect(await bench.status("GET", query + "verify") == 403)
    #expect(await bench.status("GET", "/webhooks/facebook?hub.challenge=1&hub.verify_token=verify%20me") == 403)
    var setting = Given.setting()
    setting.facebookVerifyToken = nil
    #expect(await Bench(setting).status("GET", query) == 403)
  }

  @Test func severalEntriesAndChangesAreOneDelivery() async {
    let bench = Bench()
    let body = """
      {"object":"page","entry":[{"id":"10001","time":1795000000,"new":1,"changes":[
      {"field":"feed","value":{"post_id":"10001_7","verb":"remove","item":"post"}},
      {"field":"marketplace_listing","value":{"listing_id":8,"event":"edited"}},
      {"field":"feed","value":{"post_id":"10001_9","verb":"add"}},
      {"field":"likes","value":{"post_id":"10001_9","verb":"remove"}}]},
      {"changes":[{"field":"marketplace_listing","value":{"listing_id":"9","event":"sold"}}]}]}
      """
    #expect(await facebook(bench, body) == 200)
    let at = Timestamp(milliseconds: 1_795_000_000_000)
    #expect(
      bench.loop.notices == [
        [
          Notice(marketplace: "facebook", remoteID: "10001_7", event: .removed, at: at),
          Notice(marketplace: "facebook", remoteID: "8", event: .changed, at: at),
          Notice(marketplace: "facebook", remoteID: "9", event: .sold),
        ]
      ])
  }

  @Test func theSameSaleToldAgainIsTheSameDelivery() async {
    let bench = Bench()
    func body(_ time: Int) -> String {
      #"{"object":"page","entry":[{"id":"1","time":\#(time),"changes":[{"field":"feed","value":{"post_id":"7","verb":"sold"}}]}]}"#
    }
    for time in [5, 5, 6] { #expect(await facebook(bench, body(time)) == 200) }
    let names = bench.loop.notices.flatMap { $0 }.map(\.delivery)
    #expect(names[0] != nil && names[0] == names[1] && names[0] != names[2])
  }

  private static let ignored = [
    #"{"object":"user","entry":[]}"#, #"{"object":"page"}"#, #"{"object":"page","entry":{}}"#, "{}", "[]", "null", "7",
    #"{"object":"page","entry":[null,7,{"changes":[null,{"field":"feed"},{"field":"feed","value":{"verb":"sold"}}]}]}"#,
    #"{"object":"page","entry":[{"changes":[{"field":"feed","value":{"post_id":"..","verb":"sold"}}]}]}"#,
    #"{"object":"page","entry":[{"changes":[{"field":"feed","value":{"post_id":"","verb":"sold"}}]}]}"#,
    #"{"object":"page","entry":[{"time":9223372036854775807,"changes":[]}]}"#,
  ]

  @Test(arguments: ignored) func whatConcernsNoPostIsPassedOver(body: String) async {
    let bench = Bench()
    #expect(await facebook(bench, body) == 200)
    #expect(await offerUp(bench, body) == 200)
    #expect(bench.loop.notices.isEmpty)
  }

  @Test func anAbsurdTimeIsTaken() async {
    let bench = Bench()
    for time in ["9223372036854775807", "-9223372036854775808", "1e99", "\"x\"", "1795000000000"] {
      let body =
        #"{"object":"page","entry":[{"time":\#(time),"changes":[{"field":"feed","value":{"post_id":"7","verb":"sold"}}]}]}"#
      #expect(await facebook(bench, body) == 200)
    }
    #expect(bench.loop.notices.count == 5)
    #expect(bench.loop.notices[4][0].at == Timestamp(milliseconds: 1_795_000_000_000))
  }

  @Test func signedGarbageIsRefusedAndHarmless() async {
    let bench = Bench()
    for body in ["", "{", String(repeating: "[", count: 100_000), "\u{0}", "{\"object\":\"page\",}"] {
      #expect(await facebook(bench, body) == 400)
    }
    #expect(bench.loop.notices.isEmpty)
  }

  @Test func forgedDeliveriesAreRefused() async {
    let bench = Bench()
    let body = #"{"event":"listing.sold","listing_id":"7","id":"d1"}"#
    for signature in [
      nil, sign(body, "app secret"), sign(body + " ", "client secret"), "sha256=" + String(repeating: "0", count: 64),
    ] {
      let headers = signature.map { ["x-offerup-signature": $0] } ?? [:]
      #expect(await bench.status("POST", "/webhooks/offerup", headers, body: body) == 401)
    }
    var setting = Given.setting()
    setting.offerUpSecret = nil
    #expect(await offerUp(Bench(setting), body) == 401)
    #expect(bench.loop.notices.isEmpty)
    #expect(await offerUp(bench, body) == 200)
    #expect(bench.loop.notices == [[Notice(marketplace: "offerup", remoteID: "7", event: .sold, delivery: "d1")]])
  }

  @Test func whatCannotBeRecordedIsToBeSentAgain() async {
    let bench = Bench()
    bench.loop.state.withLock { $0.takes = false }
    #expect(await offerUp(bench, #"{"event":"listing.removed","listing_id":"7"}"#) == 503)
  }
}
