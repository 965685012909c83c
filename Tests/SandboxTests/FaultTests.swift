import Foundation
import Glibc
import Listings
import Sandbox
import Testing

@Suite struct FaultWords {
  @Test(arguments: [
    ("drop-after", "drop-after"), ("status-503:5%", "status-503:0.05"), ("hang@create", "hang@create"),
    ("garbage@offerup.create:0.5", "garbage@offerup.create:0.5"),
    ("status-500-after@facebook", "status-500-after@facebook"),
    ("slow:1", "slow"), ("throttle:100%", "throttle"), ("refuse-repeats", "refuse-repeats"), ("delay:0", "delay:0.0"),
  ])
  func aFaultIsReadAndWritten(_ text: String, _ written: String) throws {
    let fault = try Fault(text)
    #expect(fault.description == written)
    #expect(try Fault(fault.description) == fault)
  }

  @Test(arguments: [
    "", "boom", "drop", "status-200", "status-50", "status-999", "drop-after:2", "drop-after:101%", "drop-after:-1",
    "drop-after:", "drop-after:x", "drop-after@", "drop-after@moon", "drop-after@moon.create", "drop-after:nan",
    "status-500-before",
  ])
  func anotherWordIsRefusedWithTheKinds(_ text: String) {
    let error = #expect(throws: SandboxError.self) { try Fault(text) }
    for kind in Fault.kinds { #expect(error?.description.contains(kind) == true) }
  }

  @Test func everyKindThatIsToldCanBeRead() throws {
    for kind in Fault.kinds { _ = try Fault(kind.replacingOccurrences(of: "NNN", with: "502")) }
  }
}

@Suite struct Faults {
  private func stand(
    _ fault: String, options: SandboxOptions = SandboxOptions(), _ body: (Stand) async throws -> Void
  ) async throws {
    try await Stand.run(options) { stand in
      stand.server.setFaults([try Fault(fault)])
      try await body(stand)
    }
  }

  private func create(_ stand: Stand) throws -> Wire.Answer {
    try stand.offerUp("POST", "listings", json: Goods.offerUp())
  }

  @Test(arguments: [("drop-before", 0), ("drop-after", 1)])
  func aDropClosesWithoutAByte(_ fault: String, _ effects: Int) async throws {
    try await stand(fault) { stand in
      let error = #expect(throws: Wire.Failure.self) { try create(stand) }
      guard case .closed(let received) = error else { throw Wire.Failure.malformed }
      #expect(received.isEmpty)
      #expect(stand.server.snapshot().count == effects)
      #expect(stand.server.requests().log.map(\.status) == [nil])
    }
  }

  @Test(arguments: [("hang", 0), ("hang-after", 1)])
  func aHangReadsAndKeepsTheConnection(_ fault: String, _ effects: Int) async throws {
    try await stand(fault) { stand in
      let wire = try stand.wire()
      defer { wire.close() }
      let body = Array(Goods.offerUp().utf8)
      let headers = ["Authorization": "Bearer \(stand.address.offerUpToken)", "Content-Type": "application/json"]
      wire.send(Wire.head("POST", "/offerup/v1/listings", headers: headers, length: body.count) + body)
      #expect(wire.isSilent())
      #expect(stand.server.snapshot().count == effects)
      // Stopping doesn't wait for it.
      await stand.server.stop()
      #expect(wire.receive() == nil)
    }
  }

  @Test func aTruncatedAnswerAnnouncesItsWholeLength() async throws {
    try await stand("truncate") { stand in
      let wire = try stand.wire()
      defer { wire.close() }
      let body = Array(Goods.offerUp().utf8)
      let headers = ["Authorization": "Bearer \(stand.address.offerUpToken)", "Content-Type": "application/json"]
      wire.send(Wire.head("POST", "/offerup/v1/listings", headers: headers, length: body.count) + body)
      let all = String(decoding: wire.receiveAll(), as: UTF8.self)
      let parts = all.components(separatedBy: "\r\n\r\n")
      let length = try #require(all.firstMatch(of: /[Cc]ontent-[Ll]ength: (\d+)/).flatMap { Int($0.1) })
      #expect(parts.count == 2 && parts[1].utf8.count == length / 2 && length > 20)
      #expect(stand.server.snapshot().count == 1)
    }
  }

  @Test func anAnswerWithoutABodyIsCutByDroppingIt() async throws {
    try await stand("truncate@withdraw") { stand in
      let id = try create(stand).text("id") ?? ""
      #expect(throws: Wire.Failure.self) { try stand.offerUp("DELETE", "listings/\(id)") }
      #expect(stand.server.snapshot().map(\.isLive) == [false])
    }
  }

  @Test func garbageIsASuccessThatIsNotJSON() async throws {
    try await stand("garbage@create") { stand in
      let answer = try create(stand)
      #expect(answer.status == 200 && answer.json.isEmpty && !answer.body.isEmpty)
      #expect(stand.server.snapshot().count == 1)
    }
  }

  @Test(arguments: [
    ("status-503", 503, 0), ("status-500-after", 500, 1), ("status-302", 302, 0), ("status-429", 429, 0),
  ])
  func aStatusComesWithOrWithoutTheEffect(_ fault: String, _ status: Int, _ effects: Int) async throws {
    try await stand(fault + "@create") { stand in
      let answer = try create(stand)
      #expect(answer.status == status && !answer.errorMessage.isEmpty)
      #expect(stand.server.snapshot().count == effects)
      #expect((answer.headers["location"] != nil) == (status == 302))
      #expect((answer.headers["retry-after"] != nil) == (status == 429))
      #expect(try stand.offerUp("GET", "listings").status == 200)
    }
  }

  @Test func aDuplicateIsMadeInSpiteOfTheKey() async throws {
    try await stand("duplicate") { stand in
      let first = try stand.offerUp("POST", "listings", json: Goods.offerUp(), key: "op-1")
      #expect(first.status == 201 && stand.server.snapshot().count == 2)
      let found = try stand.offerUp("GET", "listings?external_id=chair.0001").json["data"] as? [Any]
      #expect(found?.count == 2)
      // The replay makes no third one.
      #expect(try stand.offerUp("POST", "listings", json: Goods.offerUp(), key: "op-1").text("id") == first.text("id"))
      #expect(stand.server.snapshot().count == 2)
      _ = try stand.post()
      #expect(stand.server.snapshot().count == 4)
    }
  }

  @Test func delayHidesANewListingFromListsButNotFromReads() async throws {
    let clock = TestClock()
    try await stand("delay", options: SandboxOptions(now: { clock.now })) { stand in
      let id = try create(stand).text("id") ?? ""
      let other = try stand.post().text("id") ?? ""
      func isListed() throws -> [Bool] {
        [
          try stand.offerUp("GET", "listings?external_id=chair.0001").text.contains(id),
          try stand.offerUp("GET", "listings").text.contains(id),
          try stand.graph("GET", "10001/feed").text.contains(other),
        ]
      }
      #expect(try isListed() == [false, false, false])
      #expect(try stand.offerUp("GET", "listings/\(id)").status == 200)
      clock.advance(.seconds(10))
      #expect(try isListed() == [true, true, true])
    }
  }

  @Test func throttlingIsEachMarketplacesOwn() async throws {
    try await stand("throttle") { stand in
      let offerUp = try create(stand)
      #expect(offerUp.status == 429 && offerUp.headers["retry-after"] == "1")
      #expect(try stand.graph("GET", "me").errorCode == 613)
      #expect(stand.server.snapshot().isEmpty)
    }
  }

  @Test func slowAnswersComeLater() async throws {
    try await stand("slow", options: SandboxOptions(slowness: .milliseconds(60))) { stand in
      let clock = ContinuousClock()
      let spent = try clock.measure { _ = try create(stand) }
      #expect(spent >= .milliseconds(60))
    }
  }

  @Test func theSameTextTwiceInARowIsRefusedWhenAsked() async throws {
    try await Stand.run { stand in
      let photo = try stand.photo()
      #expect(try stand.post(photo: photo).status == 200)
      #expect(try stand.post(photo: photo).status == 200)
      stand.server.setFaults([try Fault("refuse-repeats")])
      #expect(try stand.post(photo: photo).errorCode == 506)
      #expect(try stand.post("Other", photo: photo).status == 200)
      #expect(try stand.post(photo: photo).status == 200)
    }
  }

  @Test func theScopeAndTheRateAreKept() async throws {
    try await Stand.run(SandboxOptions(faults: [try Fault("status-500@offerup.list:50%")], seed: 7)) { stand in
      var bad = 0
      for _ in 0..<100 where try stand.offerUp("GET", "listings").status == 500 { bad += 1 }
      #expect((30...70).contains(bad))
      #expect(try create(stand).status == 201)
      #expect(try stand.graph("GET", "10001/feed").status == 200)
      #expect(stand.server.requests().count("offerup", .list) == 100)
    }
  }

  @Test func theSameSeedGivesTheSameFaults() async throws {
    var runs: [[Int]] = []
    for _ in 0..<2 {
      try await Stand.run(SandboxOptions(faults: [try Fault("status-500:50%")], seed: 42)) { stand in
        var statuses: [Int] = []
        for _ in 0..<20 { statuses.append(try stand.offerUp("GET", "listings").status) }
        runs.append(statuses)
      }
    }
    #expect(runs[0] == runs[1] && Set(runs[0]).count == 2)
  }

  @Test func theLimitIsToldInHeadersAndEnforced() async throws {
    let clock = TestClock()
    try await Stand.run(SandboxOptions(requestsPerSecond: 4, now: { clock.now })) { stand in
      var usages: [Int] = []
      for _ in 0..<4 {
        let answer = try stand.graph("GET", "me")
        #expect(answer.status == 200)
        let usage = answer.headers["x-app-usage"].flatMap { try? JSONSerialization.jsonObject(with: Data($0.utf8)) }
        usages.append((usage as? [String: Int])?["call_count"] ?? -1)
      }
      #expect(usages == [25, 50, 75, 100])
      let over = try stand.graph("GET", "me")
      #expect(over.errorCode == 613 && over.headers["x-page-usage"]?.contains("100") == true)
      let useCase =
        try JSONSerialization.jsonObject(
          with: Data((over.headers["x-business-use-case-usage"] ?? "").utf8)) as? [String: [[String: Any]]]
      #expect(useCase?["10001"]?.first?["estimated_time_to_regain_access"] as? Int == 0)
      // The other marketplace counts for itself.
      #expect(try stand.offerUp("GET", "listings").status == 200)
      clock.advance(.milliseconds(250))
      #expect(try stand.graph("GET", "me").status == 200)
      #expect(try stand.graph("GET", "me").errorCode == 613)
      // A clock that jumps back neither gives nor locks.
      clock.advance(.seconds(-3600))
      #expect(try stand.graph("GET", "me").errorCode == 613)
      clock.advance(.seconds(1))
      #expect(try stand.graph("GET", "me").status == 200)
    }
  }
}
