import Listings
import Planning
import Synchronization
import Testing

@testable import Web

/// What changes something in the seller's name: only the seller's own page, or who has the token, can ask for it.
struct WebDecisionTests {
  @Test func aFormOfThePageIsCarriedOutAndToldOnTheNext() async throws {
    let bench = Bench()
    let body =
      "decision=sold&listing=lamp&account=facebook&price=430&reason=&csrf=\(bench.csrf)&back=/listings/lamp?a=1"
    let answer = await bench.ask("POST", "/decisions", ["origin": "http://127.0.0.1:8484"], body: body)
    #expect(answer.status == 303)
    #expect(bench.loop.decisions == [.sold(listing: "lamp", account: "facebook", price: "430")])
    let place = try #require(answer.headers["location"])
    #expect(place.hasPrefix("/listings/lamp?a=1&flash="))
    #expect(await bench.ask("GET", "/?" + place.split(separator: "?")[1]).text.contains("done"))
  }

  @Test func withoutThePagesTokenNothingIsDone() async {
    let bench = Bench()
    let token = bench.csrf
    for csrf in ["", "x", String(token.dropLast()), String(token.reversed()), Bench().csrf] {
      #expect(await bench.status("POST", "/decisions", body: "decision=hold&listing=lamp&csrf=\(csrf)") == 403)
      #expect(await bench.status("POST", "/api/v1/hold", ["x-csrf-token": csrf], body: #"{"listing":"lamp"}"#) == 403)
    }
    #expect(await bench.status("POST", "/api/v1/hold", body: #"{"listing":"lamp"}"#) == 403)
    #expect(bench.loop.decisions.isEmpty)
  }

  private static let foreign: [[String: String]] = [
    ["origin": "http://evil.example"], ["origin": "null"], ["origin": "http://127.0.0.1:3000"],
    ["origin": "http://localhost:8484"], ["sec-fetch-site": "cross-site"], ["sec-fetch-site": "same-site"],
  ]

  @Test(arguments: foreign) func anotherSitesPageIsRefused(headers: [String: String]) async {
    let bench = Bench()
    let body = "decision=hold&listing=lamp&csrf=\(bench.csrf)"
    #expect(await bench.status("POST", "/decisions", headers, body: body) == 403)
    #expect(await bench.status("POST", "/login", headers, body: "token=x") == 403)
    #expect(bench.loop.decisions.isEmpty)
  }

  @Test func aScriptTakesItsTokenFromTheAPI() async throws {
    let bench = Bench()
    let token = try #require(await bench.ask("GET", "/api/v1/status").headers["x-csrf-token"])
    let answer = await bench.ask(
      "POST", "/api/v1/retry", ["x-csrf-token": token], body: #"{"listing":"lamp","account":"offerup"}"#)
    #expect(answer.status == 200)
    #expect(answer.json?["code"]?.string == "done")
    #expect(bench.loop.decisions == [.retry(listing: "lamp", account: "offerup")])
  }

  private static let bodies: [(String, String, Decision?)] = [
    ("hold", #"{"listing":"a","reason":"r"}"#, .hold(listing: "a", account: nil, reason: "r")),
    ("release", #"{"listing":"a"}"#, .release(listing: "a", account: nil)),
    ("resolve", #"{"listing":"a","posted":"9"}"#, .resolve(listing: "a", account: nil, posted: "9")),
    ("resolve", #"{"listing":"a","posted":9}"#, .resolve(listing: "a", account: nil, posted: "9")),
    ("resolve", #"{"listing":"a","not_posted":true}"#, .resolve(listing: "a", account: nil, posted: nil)),
    ("resolve", #"{"listing":"a"}"#, nil), ("resolve", #"{"listing":"a","posted":""}"#, nil),
    ("resolve", #"{"listing":"a","posted":"9","not_posted":true}"#, nil),
    ("hold", #"{"listing":"a","account":"x","listing":"b"}"#, nil),
    ("approve", #"{"plan":"sha256:1"}"#, .approve(plan: "sha256:1")), ("approve", #"{"listing":"a"}"#, nil),
    ("hold", "{}", nil), ("hold", "", nil), ("hold", "[]", nil), ("hold", #"{"listing":1}"#, nil),
    ("hold", String(repeating: "[", count: 5000), nil),
  ]

  @Test(arguments: bodies) func readsItsFields(name: String, body: String, decision: Decision?) async {
    let bench = Bench()
    let status = await bench.status("POST", "/api/v1/\(name)", ["x-csrf-token": bench.csrf], body: body)
    #expect(status == (decision == nil ? 400 : 200))
    #expect(bench.loop.decisions == [decision].compactMap { $0 })
  }

  @Test func theAnswersStatusSaysWhatBecameOfIt() async {
    let bench = Bench()
    for (code, status) in [(Answer.Code.refused, 409), (.unknown, 404), (.journal, 503)] {
      bench.loop.state.withLock { $0.answer = Answer(code, "no") }
      #expect(
        await bench.status("POST", "/api/v1/hold", ["x-csrf-token": bench.csrf], body: #"{"listing":"a"}"#) == status)
    }
  }

  @Test(arguments: [
    "//evil.example", "https://evil.example", "/a\\b", "/a\r\nset-cookie: x", "", "/a b", "javascript:1",
  ])
  func theWayBackStaysHere(back: String) async {
    let bench = Bench()
    let encoded = back.utf8.map { "%" + String(Int($0) + 0x100, radix: 16).dropFirst() }.joined()
    let answer = await bench.ask(
      "POST", "/decisions", body: "csrf=\(bench.csrf)&decision=hold&listing=a&back=\(encoded)")
    #expect(answer.status == 303)
    #expect(answer.headers["location"]?.hasPrefix("/?flash=") == true)
  }

  @Test func aSessionHasATokenOfItsOwnAndEnds() async throws {
    let bench = Bench.exposed
    let opened = await bench.ask("POST", "/login", ["origin": "http://127.0.0.1:8484"], body: "token=\(Given.token)")
    #expect(opened.status == 303)
    let cookie = try #require(opened.headers["set-cookie"])
    #expect(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict") && !cookie.contains(Given.token))
    let session = ["cookie": String(cookie.prefix { $0 != ";" })]
    #expect(await bench.status("GET", "/", session) == 200)
    let body = #"{"listing":"lamp"}"#
    #expect(
      await bench.status("POST", "/api/v1/hold", session.merging(["x-csrf-token": bench.csrf]) { $1 }, body: body)
        == 403)
    let csrf = try #require(await bench.ask("GET", "/api/v1/status", session).headers["x-csrf-token"])
    #expect(
      await bench.status("POST", "/api/v1/hold", session.merging(["x-csrf-token": csrf]) { $1 }, body: body) == 200)
    #expect(await bench.status("POST", "/logout", session, body: "csrf=\(csrf)") == 303)
    #expect(await bench.status("GET", "/", session) == 401)
  }

  @Test func theCookieIsForTLSAloneWhereThereIsTLS() async throws {
    let answer = await Bench.exposed.ask("POST", "/login", host: "shop.example.com", body: "token=\(Given.token)")
    #expect(answer.headers["set-cookie"]?.hasSuffix("; Secure") == true)
  }

  @Test(arguments: [
    #"{"listing":"lamp","acount":"facebook"}"#, #"{"listing":"lamp","price":430}"#, #"{"listing":["lamp"]}"#,
  ])
  func whatIsMisspeltIsRefusedNotGuessed(_ body: String) async {
    let headers = ["authorization": "Bearer \(Given.token)"]
    #expect(await Bench.exposed.status("POST", "/api/v1/sold", headers, body: body) == 400)
  }

  @Test func guessingIsSlow() async {
    let bench = Bench.exposed
    for _ in 0..<10 { #expect(await bench.status("POST", "/login", body: "token=guess") == 401) }
    let answer = await bench.ask("POST", "/login", body: "token=guess")
    #expect(answer.status == 429 && answer.headers["set-cookie"] == nil)
    // Whoever guesses locks nobody out.
    #expect(await bench.status("POST", "/login", body: "token=\(Given.token)") == 303)
    #expect(await bench.status("GET", "/", ["authorization": "Bearer \(Given.token)"]) == 200)
  }
}
