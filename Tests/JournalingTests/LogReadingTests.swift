import Listings
import Testing

@testable import Journaling

/// What `hawker log` shows of a journal that is damaged, and that it says so.
@Suite struct LogReadingTests {
  @Test func ofAWholeJournalItIsAllWithoutAFailure() async throws {
    let scene = try await recorded()
    let reading = JournalReading.log(scene.state)
    #expect(reading.failure == nil)
    #expect(try reading.entries == JournalReading.entries(scene.state))
    #expect(reading.sequence == reading.entries.last?.sequence && !reading.lineage.isEmpty)
    #expect(JournalReading.log(scene.root + "/nowhere").entries == [])
    #expect(JournalReading.log(scene.root + "/nowhere").failure == nil)
  }

  /// `log --follow -n 0` begins with what is new.
  @Test func askedForNoneItStillSaysHowFarItGoes() async throws {
    let scene = try await recorded()
    let (all, none) = (JournalReading.log(scene.state), JournalReading.log(scene.state, LogQuery(newest: 0)))
    #expect(none.entries.isEmpty && none.failure == nil)
    #expect(none.sequence == all.sequence && none.lineage == all.lineage)
  }

  /// In the newest segment, and in an older one that nothing else has to read.
  @Test(arguments: [1, 2]) func whatStandsBeforeAFlippedBitIsShownAndTheDamageTold(number: Int) async throws {
    let scene = try await recorded()
    let path = scene.state + "/journal-00000\(number).jsonl"
    var bytes = Scene.bytes(path)
    let ends = bytes.indices.filter { bytes[$0] == 0x0A }
    bytes[ends[3] + 40] ^= 1
    Scene.write(bytes, to: path)
    let reading = JournalReading.log(scene.state)
    guard case .damaged(path, 5, _, _)? = reading.failure else {
      Issue.record("\(String(describing: reading.failure))")
      return
    }
    #expect(reading.entries.filter { $0.file == path }.map(\.line) == [1, 2, 3, 4])
    #expect(reading.entries.contains { $0.file != path })
    #expect(JournalReading.log(scene.state, LogQuery(newest: 2)).entries.count == 2)
  }

  @Test func aSegmentWhoseBeginningIsSpoiledHidesNoOther() async throws {
    let scene = try await recorded()
    let path = scene.state + "/journal-000001.jsonl"
    var bytes = Scene.bytes(path)
    bytes[10] ^= 1
    Scene.write(bytes, to: path)
    let reading = JournalReading.log(scene.state)
    #expect(reading.failure != nil)
    #expect(Set(reading.entries.map(\.file)) == [scene.state + "/journal-000002.jsonl"])
  }

  @Test func aJournalThatWasCutBackIsTold() async throws {
    let scene = try await recorded()
    let path = scene.state + "/journal-000002.jsonl"
    let bytes = Scene.bytes(path)
    Scene.write(Array(bytes[...(bytes.dropLast().lastIndex(of: 0x0A) ?? 0)]), to: path)
    let reading = JournalReading.log(scene.state)
    guard case .rolledBack? = reading.failure else {
      Issue.record("\(String(describing: reading.failure))")
      return
    }
    #expect(!reading.entries.isEmpty)
  }

  @Test func aTailThatHadBeenWrittenIsNotCalledTornToo() async throws {
    let scene = try await recorded()
    let path = scene.state + "/journal-000002.jsonl"
    var bytes = Scene.bytes(path)
    bytes[bytes.count - 40] ^= 1
    Scene.write(bytes, to: path)
    let report = JournalReading.verify(scene.state)
    #expect(report.problems.count == 1 && report.end == nil)
    #expect(!report.notes.contains { $0.contains("which nothing relied on") })
  }

  /// Two segments of ten entries and more, each in a batch of its own.
  private func recorded() async throws -> Scene {
    let scene = Scene()
    let journal = try scene.open()
    for number in 0..<20 {
      if number == 10 { try await journal.compact() }
      try await journal.append([intent("op\(number)", .create, PostKey(listing: "l\(number)", account: "a"))])
    }
    await journal.close()
    return scene
  }
}
