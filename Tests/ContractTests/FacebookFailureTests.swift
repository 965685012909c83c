import Facebook
import Listings
import Marketplaces
import Support
import Testing

/// The table of marketplaces.md, row by row: what Facebook answers, and what it means for a create and for an update.
@Suite(Sharing.connections) struct FacebookFailureTests {
  struct Row: Sendable, CustomTestStringConvertible {
    var status: Int
    var body: String
    var create: String
    var update: String

    init(_ status: Int, _ body: String, create: String, update: String) {
      (self.status, self.body, self.create, self.update) = (status, body, create, update)
    }

    /// An error envelope, whatever the status.
    init(_ status: Int, code: Int, subcode: Int? = nil, create: String, update: String) {
      let sub = subcode.map { #","error_subcode":\#($0)"# } ?? ""
      self.init(status, #"{"error":{"message":"No.","code":\#(code)\#(sub)}}"#, create: create, update: update)
    }

    var testDescription: String { "\(status) \(body.prefix(70))" }
  }

  static let rows: [Row] = [
    Row(401, code: 190, create: "unauthorized", update: "unauthorized"),
    Row(400, code: 190, subcode: 463, create: "unauthorized", update: "unauthorized"),
    Row(200, code: 190, create: "unauthorized", update: "unauthorized"),
    Row(500, code: 190, create: "unauthorized", update: "unauthorized"),
    Row(400, code: 102, create: "unauthorized", update: "unauthorized"),
    Row(400, code: 104, create: "unauthorized", update: "unauthorized"),
    Row(403, code: 10, create: "unauthorized", update: "unauthorized"),
    Row(400, code: 200, create: "unauthorized", update: "unauthorized"),
    Row(400, code: 299, create: "unauthorized", update: "unauthorized"),
    Row(400, code: 368, create: "unauthorized", update: "unauthorized"),
    Row(400, code: 4, create: "throttled", update: "throttled"),
    Row(200, code: 17, create: "throttled", update: "throttled"),
    Row(400, code: 32, create: "throttled", update: "throttled"),
    Row(400, code: 613, create: "throttled", update: "throttled"),
    Row(400, code: 80001, create: "throttled", update: "throttled"),
    Row(400, code: 80009, create: "throttled", update: "throttled"),
    Row(503, code: 80014, create: "throttled", update: "throttled"),
    Row(400, code: 100, create: "rejected", update: "rejected"),
    Row(400, code: 100, subcode: 2_061_015, create: "rejected", update: "rejected"),
    Row(400, code: 100, subcode: 33, create: "unauthorized", update: "gone"),
    Row(404, code: 100, subcode: 33, create: "unauthorized", update: "gone"),
    Row(400, code: 324, create: "rejected", update: "rejected"),
    Row(400, code: 506, create: "uncertain", update: "unexpected"),
    Row(400, code: 1, create: "uncertain", update: "unavailable"),
    Row(500, code: 2, create: "uncertain", update: "unavailable"),
    Row(200, code: 2, create: "uncertain", update: "unavailable"),
    Row(400, code: 987, create: "rejected", update: "rejected"),
    Row(200, code: 987, create: "uncertain", update: "unexpected"),
    Row(500, code: 987, create: "uncertain", update: "unavailable"),
    Row(400, #"{"error":{"message":"x","code":987,"is_transient":true}}"#, create: "uncertain", update: "unavailable"),
    Row(400, #"{"error":{"message":"x","code":"190"}}"#, create: "unauthorized", update: "unauthorized"),
    Row(400, #"{"error":"no"}"#, create: "rejected", update: "rejected"),
    Row(400, "<html>", create: "rejected", update: "rejected"),
    Row(401, "", create: "unauthorized", update: "unauthorized"),
    Row(403, "", create: "unauthorized", update: "unauthorized"),
    Row(404, "<html>", create: "rejected", update: "unexpected"),
    Row(408, "", create: "uncertain", update: "unavailable"),
    Row(409, "", create: "uncertain", update: "rejected"),
    Row(422, "", create: "rejected", update: "rejected"),
    Row(425, "", create: "unavailable", update: "unavailable"),
    Row(429, "", create: "throttled", update: "throttled"),
    Row(500, "", create: "uncertain", update: "unavailable"),
    Row(502, "<html>", create: "uncertain", update: "unavailable"),
    Row(503, "", create: "uncertain", update: "unavailable"),
    Row(504, "", create: "uncertain", update: "unavailable"),
    Row(302, "", create: "uncertain", update: "unexpected"),
    Row(200, "", create: "uncertain", update: "unexpected"),
    Row(200, "<html>", create: "uncertain", update: "unexpected"),
    Row(200, #"{"id":"1"#, create: "uncertain", update: "unexpected"),
    Row(200, "{}", create: "uncertain", update: "unexpected"),
    Row(200, #"{"id":""}"#, create: "uncertain", update: "unexpected"),
    Row(200, #"{"id":"a\u0000b"}"#, create: "uncertain", update: "unexpected"),
    Row(200, #"{"id":".."}"#, create: "uncertain", update: "unexpected"),
    Row(200, #"{"id":"\#(String(repeating: "9", count: 201))"}"#, create: "uncertain", update: "unexpected"),
    Row(200, #"{"id":null,"success":false}"#, create: "uncertain", update: "unexpected"),
    Row(200, #"{"id":7,"success":true,"error":null}"#, create: "done", update: "done"),
  ]

  @Test(arguments: rows) func anAnswerMeansForACreate(row: Row) async {
    let bench = Bench { _ in .init(row.status, row.body) }
    defer { bench.server.stop() }
    let facebook = bench.facebook()
    #expect(
      await outcome { () throws(MarketplaceFailure) in _ = try await facebook.create(Bench.draft()) } == row.create)
    #expect(bench.requests.count == 1)
  }

  @Test(arguments: rows) func anAnswerMeansForAnUpdate(row: Row) async {
    let bench = Bench { _ in .init(row.status, row.body) }
    defer { bench.server.stop() }
    let facebook = bench.facebook()
    let outcome = await outcome { () throws(MarketplaceFailure) in
      try await facebook.update("7", to: Bench.draft(), changed: [.price])
    }
    #expect(outcome == row.update)
  }

  static let endings: [(steps: [ScriptedServer.Step], create: String, update: String)] = [
    ([.read], "uncertain", "unavailable"),
    ([.read, .send("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{\"id\":\"7\"")], "uncertain", "unavailable"),
    ([.read, .reset], "uncertain", "unavailable"),
    ([.read, .send("nonsense\r\n\r\n")], "uncertain", "unavailable"),
  ]

  @Test(arguments: endings.indices) func aMissingAnswerMeans(index: Int) async {
    let ending = FacebookFailureTests.endings[index]
    for (isCreate, expected) in [(true, ending.create), (false, ending.update)] {
      let server = ScriptedServer { number in
        number == 0 ? [.read, .answer(200, headers: [("Connection", "close")], #"{"id":"10001"}"#)] : ending.steps
      }
      defer { server.stop() }
      let facebook = Bench.facebook(at: server.url)
      let outcome = await outcome { () throws(MarketplaceFailure) in
        if isCreate {
          _ = try await facebook.create(Bench.draft())
        } else {
          try await facebook.update("7", to: Bench.draft(), changed: [.price])
        }
      }
      #expect(outcome == expected)
      #expect(server.received.filter { $0.method == "POST" }.count == 1)
    }
  }

  @Test func whatCannotBeReachedIsUnavailableAlsoForACreate() async {
    let facebook = Bench.facebook(at: "http://127.0.0.1:\(ScriptedServer.closedPort())")
    #expect(
      await outcome { () throws(MarketplaceFailure) in _ = try await facebook.create(Bench.draft()) } == "unavailable")
  }

  @Test func theMarketplacesMessageIsQuotedWithoutSecretsAndControls() async {
    let bench = Bench { _ in
      .init(400, #"{"error":{"message":"Malformed access token page-token\u001b[2J\nx","code":100,"error_subcode":7}}"#)
    }
    defer { bench.server.stop() }
    let facebook = bench.facebook()
    let failure = await failure { () throws(MarketplaceFailure) in _ = try await facebook.create(Bench.draft()) }
    #expect(failure?.detail.code == "100/7")
    #expect(failure?.detail.httpStatus == 400)
    #expect(failure?.detail.message.contains("Malformed access token ‹secret› [2J x") == true)
  }

  @Test(arguments: [
    (458, "app was removed"), (459, "log in at facebook.com"), (460, "password was changed"), (463, "has expired"),
    (464, "not confirmed"), (467, "no longer valid"), (492, "no longer has a role"),
  ])
  func aDeadTokenIsToldInASellersWords(subcode: Int, words: String) async {
    let bench = Bench { _ in .init(400, #"{"error":{"code":190,"error_subcode":\#(subcode)}}"#) }
    defer { bench.server.stop() }
    let facebook = bench.facebook()
    let failure = await failure { () throws(MarketplaceFailure) in _ = try await facebook.create(Bench.draft()) }
    #expect(failure?.detail.message.contains(words) == true)
    #expect(failure?.detail.message.contains("HAWKER_TOKEN_FACEBOOK_ANNA") == true)
    #expect(failure?.detail.message.contains("hawker connect facebook-anna") == true)
  }

  /// Not there, or not for this token: with a token that died meanwhile nothing is gone.
  @Test func goneIsBelievedOnlyWithAGoodToken() async {
    let questions = Answers([
      .init(200, #"{"id":"10001"}"#), .init(400, #"{"error":{"code":100,"error_subcode":33}}"#),
      .init(401, #"{"error":{"code":190}}"#),
    ])
    let server = ScriptedServer(serving: { _ in questions.next() })
    defer { server.stop() }
    let facebook = Bench.facebook(at: server.url)
    let outcome = await outcome { () throws(MarketplaceFailure) in _ = try await facebook.read("10001_7") }
    #expect(outcome == "unauthorized")
  }

  @Test func goneMeansNothingToReadAndAWithdrawalThatIsDone() async throws {
    let bench = Bench { _ in .init(400, #"{"error":{"code":100,"error_subcode":33}}"#) }
    defer { bench.server.stop() }
    let facebook = bench.facebook()
    #expect(try await facebook.read("10001_7") == nil)
    try await facebook.withdraw("10001_7", urgency: .sale)
  }

  @Test func cancellingACreateThatWasSentIsUncertain() async {
    let server = ScriptedServer { number in
      number == 0 ? [.read, .answer(200, headers: [("Connection", "close")], #"{"id":"10001"}"#)] : [.read, .hang]
    }
    defer { server.stop() }
    let facebook = Bench.facebook(at: server.url)
    let task = Task {
      await outcome { () throws(MarketplaceFailure) in _ = try await facebook.create(Bench.draft()) }
    }
    await server.waitForRequests(2)
    task.cancel()
    #expect(await task.value == "uncertain")
  }
}
