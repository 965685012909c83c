import Glibc
import Listings
import Synchronization
import Testing

@testable import Journaling

@Suite struct ReadingTests {
  @Test func noJournalIsNil() throws {
    let scene = Scene()
    #expect(try JournalReading.read(scene.state) == nil)
    #expect(try JournalReading.export(scene.state) == nil)
    #expect(try JournalReading.entries(scene.state) == [])
    #expect(JournalReading.verify(scene.state) == Verification())
  }

  @Test func readersSeeAPrefixWhileTheDaemonWritesAndCompacts() async throws {
    let scene = Scene()
    let journal = try scene.open(limits: SegmentLimits(entries: 20))
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        for index in 0..<150 {
          let key = PostKey(listing: "l\(index)", account: "a")
          try await journal.append([intent("x\(index)", .create, key), done("x\(index)", id: "\(index)")])
        }
      }
      group.addTask {
        var last = 0
        while last < 150 {
          let ledger = try #require(try JournalReading.read(scene.state))
          let numbers = ledger.records.keys.compactMap { Int($0.listing.dropFirst()) }.sorted()
          #expect(numbers == Array(0..<numbers.count))
          #expect(numbers.count >= last)
          last = numbers.count
        }
      }
      try await group.waitForAll()
    }
    await journal.close()
  }

  @Test func aHalfWrittenTailIsSimplyNotThere() async throws {
    let scene = Scene()
    let journal = try scene.open()
    try await journal.append([intent("a")])
    let path = scene.state + "/journal-000001.jsonl"
    let whole = Scene.bytes(path)
    try await journal.append([done("a", id: "1")])
    let both = Scene.bytes(path)
    for cut in whole.count..<both.count {
      let copy = scene.crashed()
      Scene.write(Array(both[..<cut]), to: copy + "/journal-000001.jsonl")
      #expect(try JournalReading.read(copy)?[bike]?.state == .uncertain)
      #expect(try JournalReading.entries(copy).count == 2)
    }
    await journal.close()
  }

  @Test func theLogCanBeAskedForAListingForNewsAndForTheNewest() async throws {
    let scene = Scene()
    let journal = try scene.open()
    try await journal.append([intent("a"), intent("b", .create, lamp)])
    try await journal.compact()
    try await journal.append([done("a", id: "1")])
    try await journal.append([.moved(listing: "bike", from: "trek-520", file: "f")])
    await journal.close()
    let trek = try JournalReading.entries(scene.state, LogQuery(listing: "trek-520"))
    #expect(trek.map(\.kind) == ["intent", "outcome", "moved"])
    #expect(trek[1].account == "facebook")
    #expect(trek[1].file == scene.state + "/journal-000002.jsonl")
    #expect(trek[1].line == 2)
    #expect(try JournalReading.entries(scene.state, LogQuery(after: 4)).map(\.sequence) == [5, 6])
    #expect(try JournalReading.entries(scene.state, LogQuery(newest: 1)).map(\.kind) == ["moved"])
  }

  /// A journal may be larger than the memory that reading some of it may take.
  @Test func aPartOfTheLogIsThatPartOfTheWhole() async throws {
    let scene = Scene()
    let journal = try scene.open()
    for number in 0..<30 {
      try await journal.append([intent("op\(number)", .create, number % 3 == 0 ? lamp : bike)])
      try await journal.append([done("op\(number)", id: "\(number)")])
      if number % 7 == 6 { try await journal.compact() }
    }
    await journal.close()
    let whole = try JournalReading.entries(scene.state)
    #expect(Set(whole.map(\.file)).count > 2)
    for listing in [nil, lamp.listing, "nobody", "\"", ""] {
      let all = whole.filter { listing == nil || $0.listing == listing }
      for count in [0, 1, 2, 5, 19, 20, 21, 1000] {
        let newest = try JournalReading.entries(scene.state, LogQuery(listing: listing, newest: count))
        #expect(newest == all.suffix(count))
        for after in [0, 3, 24, 60, 9999] {
          let found = try JournalReading.entries(scene.state, LogQuery(listing: listing, after: after, limit: count))
          #expect(found == all.filter { $0.sequence > after }.prefix(count).map { $0 })
        }
      }
    }
  }

  /// Only the segments that it takes, one after the other.
  @Test func theNewestEntriesAreReadFromTheEnd() async throws {
    let scene = Scene()
    let journal = try scene.open()
    for number in 0..<4 {
      try await journal.append([intent("op\(number)", .create, bike)])
      try await journal.append([done("op\(number)", id: "\(number)")])
      try await journal.compact()
    }
    await journal.close()
    let (one, all) = (TestDisk(), TestDisk())
    let segments = Set(try JournalReading.entries(scene.state, disk: all).map(\.file)).count
    #expect(try JournalReading.entries(scene.state, LogQuery(newest: 1), disk: one).count == 1)
    #expect(one.state.withLock(\.wholeReads) == 1 && all.state.withLock(\.wholeReads) == segments && segments > 1)
  }

  @Test func theExportHasTheCrossPostRecord() async throws {
    let scene = Scene()
    let journal = try scene.open()
    try await journal.append([intent("a")])
    try await journal.append([done("a", id: "77")])
    let posted = try #require(journal.ledger[bike]?.postedAt)
    await journal.close()
    let json = try JSONValue(parsing: try #require(try JournalReading.export(scene.state)))
    #expect(json["format"]?.string == "hawker.export/1")
    let record = try #require(json["records"]?.array?.first)
    #expect(record["listing"]?.string == "trek-520")
    #expect(record["account"]?.string == "facebook")
    #expect(record["marketplace"]?.string == "facebook")
    #expect(record["remote_id"]?.string == "77")
    #expect(record["url"]?.string == "https://example.org/77")
    #expect(record["state"]?.string == "live")
    #expect(record["posted_at"]?.string == posted.description)
    #expect(record["last_updated_at"] == .null)
    #expect(record["content"]?["price"]?.integer == 45_000)
  }

  @Test func verifyNamesEveryDamage() async throws {
    let scene = Scene()
    let journal = try scene.open()
    for _ in 0..<2 {
      try await journal.append([intent("a"), intent("b", .create, lamp)])
      try await journal.compact()
    }
    await journal.close()
    #expect(JournalReading.verify(scene.state).isIntact)
    for name in ["journal-000001.jsonl", "journal-000002.jsonl", "checkpoint-3.jsonl"] {
      var bytes = Scene.bytes("\(scene.state)/\(name)")
      bytes[bytes.count - 40] ^= 1
      Scene.write(bytes, to: "\(scene.state)/\(name)")
    }
    let places = JournalReading.verify(scene.state).problems.map { problem in
      if case .damaged(let file, let line, _, _) = problem {
        "\(file.dropFirst(scene.state.count + 1)):\(line)"
      } else {
        ""
      }
    }
    #expect(Set(places) == ["journal-000001.jsonl:3", "journal-000002.jsonl:3", "checkpoint-3.jsonl:3"])
  }
}
