import Foundation
import Listings
import Sandbox
import Testing

@Suite struct Persistence {
  @Test func aRestartFindsEverythingAgain() async throws {
    let directory = TemporaryDirectory()
    var before: [SandboxListing] = []
    var photo = ""
    try await Stand.run(SandboxOptions(directory: directory.path)) { stand in
      photo = try #require(try stand.upload(file: Goods.jpeg).text("id"))
      let id = try #require(try stand.post("Stays “ünique”\\u0001", photo: photo).text("id"))
      let gone = try #require(try stand.post("Goes", photo: photo).text("id"))
      _ = try stand.graph("DELETE", gone)
      _ = try stand.graph("POST", id, json: #"{"marketplace_listing":{"price_amount":1}}"#)
      _ = try stand.offerUp("POST", "listings", json: Goods.offerUp(), key: "op-1")
      before = stand.server.snapshot()
    }
    try await Stand.run(SandboxOptions(directory: directory.path)) { stand in
      #expect(stand.server.snapshot() == before && before.count == 3)
      // The upload can still be used, the key is still known, no id is given twice.
      let new = try #require(try stand.post("New", photo: photo).text("id"))
      #expect(!before.map(\.remoteID).contains(new))
      let replay = try stand.offerUp("POST", "listings", json: Goods.offerUp(), key: "op-1")
      #expect(replay.text("id") == before.last?.remoteID)
      #expect(replay.text("url")?.hasPrefix(stand.address.page) == true)
      #expect(try stand.ask("GET", "/photos/\(Digest(of: Goods.jpeg).hex).jpg").body == Goods.jpeg)
      #expect(try stand.graph("GET", "10001/feed").text.contains("Stays “ünique”"))
    }
  }

  /// hawker has recorded where its posts are.
  @Test func aRestartAsksForTheSamePortAndTakesAnotherWhenItIsTaken() async throws {
    let directory = TemporaryDirectory()
    let file = directory.path + "/port"
    let next = TemporaryDirectory()
    var address = ""
    try await Stand.run(SandboxOptions(directory: directory.path)) { stand in
      #expect(try String(contentsOfFile: file, encoding: .utf8) == "\(stand.address.port)\n")
      address = try stand.offerUp("POST", "listings", json: Goods.offerUp()).text("url") ?? ""
      // Another one's now: this one still has it.
      let other = TemporaryDirectory()
      for directory in [other, next] {
        try FileManager.default.copyItem(atPath: file, toPath: directory.path + "/port")
      }
      try await Stand.run(SandboxOptions(directory: other.path)) { second in
        #expect(second.address.port != stand.address.port)
      }
    }
    try await Stand.run(SandboxOptions(directory: next.path)) { stand in
      #expect(address.hasPrefix(stand.address.page))
    }
    for damaged in ["", "0", "99999", "x", "-5", String(repeating: "1", count: 100)] {
      let directory = TemporaryDirectory()
      try damaged.write(toFile: directory.path + "/port", atomically: true, encoding: .utf8)
      try await Stand.run(SandboxOptions(directory: directory.path)) { stand in #expect(stand.address.port > 0) }
    }
  }

  @Test func whatWasAnsweredIsOnDiskBeforeTheServerStops() async throws {
    let directory = TemporaryDirectory()
    try await Stand.run(SandboxOptions(directory: directory.path)) { stand in
      let id = try stand.offerUp("POST", "listings", json: Goods.offerUp()).text("id") ?? "none"
      // As it would be after kill -9: a copy of the files while the first one still runs.
      let copy = TemporaryDirectory()
      try FileManager.default.copyItem(
        atPath: directory.path + "/ledger.jsonl", toPath: copy.path + "/ledger.jsonl")
      let other = try SandboxServer(SandboxOptions(directory: copy.path))
      #expect(other.snapshot().map(\.remoteID) == [id])
    }
  }

  @Test func aTornLastLineIsDroppedAndTheNextIsWhole() async throws {
    let directory = TemporaryDirectory()
    let ledger = directory.path + "/ledger.jsonl"
    try await Stand.run(SandboxOptions(directory: directory.path)) { stand in
      for index in 0..<2 { _ = try stand.offerUp("POST", "listings", json: Goods.offerUp("Chair \(index)")) }
    }
    let whole = try Data(contentsOf: URL(fileURLWithPath: ledger))
    try whole.dropLast(20).write(to: URL(fileURLWithPath: ledger))
    try await Stand.run(SandboxOptions(directory: directory.path)) { stand in
      #expect(stand.server.snapshot().map(\.title) == ["Chair 0"])
      _ = try stand.offerUp("POST", "listings", json: Goods.offerUp("Chair 2"))
    }
    let server = try SandboxServer(SandboxOptions(directory: directory.path))
    #expect(server.snapshot().map(\.title) == ["Chair 0", "Chair 2"])
  }

  @Test func aDamagedLineInTheMiddleIsToldWithItsNumber() async throws {
    let directory = TemporaryDirectory()
    try "{\"numbered\":3}\n{\"what\":1}\n{\"numbered\":4}\n".write(
      toFile: directory.path + "/ledger.jsonl", atomically: true, encoding: .utf8)
    let error = #expect(throws: SandboxError.self) { try SandboxServer(SandboxOptions(directory: directory.path)) }
    #expect(error == .damaged(file: directory.path + "/ledger.jsonl", line: 2))
  }

  @Test(arguments: ["9223372036854775807", "-1", "1000000000000"])
  func aNumberThatNoSandboxCountsToIsDamage(_ number: String) throws {
    let directory = TemporaryDirectory()
    let path = directory.path + "/ledger.jsonl"
    for line in [
      "{\"numbered\":\(number)}", "{\"upload\":\(number),\"page\":\"1\",\"photo\":\"p\",\"at\":0,\"published\":true}",
    ] {
      try "\(line)\n".write(toFile: path, atomically: true, encoding: .utf8)
      let error = #expect(throws: SandboxError.self) { try SandboxServer(SandboxOptions(directory: directory.path)) }
      #expect(error == .damaged(file: path, line: 1))
    }
  }

  @Test func twoSandboxesDoNotShareADirectory() async throws {
    let directory = TemporaryDirectory()
    try await Stand.run(SandboxOptions(directory: directory.path)) { _ in
      let error = #expect(throws: SandboxError.self) { try SandboxServer(SandboxOptions(directory: directory.path)) }
      #expect(error == .busy(directory.path))
    }
  }

  @Test func stoppingLetsTheDirectoryGo() async throws {
    let directory = TemporaryDirectory()
    let stand = try await Stand(SandboxOptions(directory: directory.path))
    let id = try stand.offerUp("POST", "listings", json: Goods.offerUp()).text("id") ?? ""
    await stand.server.stop()
    let next = try SandboxServer(SandboxOptions(directory: directory.path))
    #expect(next.snapshot() == stand.server.snapshot())
    // What the stopped one would change goes nowhere.
    #expect(!stand.server.edit(id, price: 1))
  }

  @Test func aLongLedgerIsWrittenAnewAtTheStart() async throws {
    let directory = TemporaryDirectory()
    let ledger = directory.path + "/ledger.jsonl"
    try await Stand.run(SandboxOptions(directory: directory.path)) { stand in
      let id = try stand.offerUp("POST", "listings", json: Goods.offerUp()).text("id") ?? ""
      for price in 1...1200 { #expect(stand.server.edit(id, price: Int64(price))) }
    }
    let long = try Data(contentsOf: URL(fileURLWithPath: ledger)).count
    try await Stand.run(SandboxOptions(directory: directory.path)) { stand in
      #expect(stand.server.snapshot().map(\.price) == [1200])
      #expect(try Data(contentsOf: URL(fileURLWithPath: ledger)).count * 100 < long)
      _ = try stand.offerUp("POST", "listings", json: Goods.offerUp("Next"))
      // The new file is guarded like the old one.
      #expect(throws: SandboxError.self) { try SandboxServer(SandboxOptions(directory: directory.path)) }
    }
    #expect(try SandboxServer(SandboxOptions(directory: directory.path)).snapshot().map(\.remoteID) == ["ou1", "ou2"])
  }

  @Test func aDirectoryThatIsNoneIsToldSo() throws {
    let directory = TemporaryDirectory()
    try "".write(toFile: directory.path + "/file", atomically: true, encoding: .utf8)
    let error = #expect(throws: SandboxError.self) {
      try SandboxServer(SandboxOptions(directory: directory.path + "/file"))
    }
    #expect(error?.description.contains(directory.path + "/file") == true)
  }

  @Test func aPortInUseIsToldSo() async throws {
    try await Stand.run { stand in
      let other = try SandboxServer(SandboxOptions(port: stand.address.port))
      await #expect(throws: SandboxError.cannotListen(port: stand.address.port, why: "the port is in use")) {
        try await other.start()
      }
    }
  }
}
