import Glibc
import Listings
import Testing

@testable import Journaling

@Suite struct GenerationTests {
  @Test func compactionKeepsTheLedgerAndThreeGenerations() async throws {
    let scene = Scene()
    let journal = try scene.open()
    for entry in everyEntry {
      try await journal.append([entry])
      try await journal.compact()
    }
    let before = journal.ledger
    #expect(JournalReading.verify(scene.state).problems == [])
    #expect(try JournalReading.read(scene.state) == before)
    let segments = Scene.files(in: scene.state).filter { $0.hasPrefix("journal-") }
    #expect(segments.count == 3)
    #expect(Scene.files(in: scene.state).filter { $0.hasPrefix("checkpoint-") }.count == 3)
    await journal.close()
    let again = try scene.open()
    #expect(again.opening.state == .clean)
    #expect(again.ledger == before)
    await again.close()
  }

  @Test func anyOfTheThreeGenerationsCanBeStartedFrom() async throws {
    let scene = Scene()
    let journal = try scene.open()
    for entry in everyEntry.prefix(12) {
      try await journal.append([entry])
      try await journal.compact()
    }
    try await journal.append([intent("last")])
    let before = journal.ledger
    await journal.close()
    let checkpoints = try #require(try Inventory(LocalDisk(), Layout(directory: scene.state))).checkpoints
    for (damaged, sequence) in checkpoints.reversed().prefix(2).enumerated() {
      let path = "\(scene.state)/checkpoint-\(sequence).jsonl"
      var bytes = Scene.bytes(path)
      bytes[bytes.count / 2] ^= 1
      Scene.write(bytes, to: path)
      #expect(try JournalReading.read(scene.state) == before)
      #expect(JournalReading.verify(scene.state).problems.count == damaged + 1)
    }
    let again = try scene.open()
    #expect(again.opening.notes.count == 1)
    #expect(again.ledger.facts == before.facts)
    await again.close()
  }

  @Test func withoutAnyReadableCheckpointTheDamageIsNamed() async throws {
    let scene = Scene()
    let journal = try scene.open()
    for _ in 0..<5 { try await journal.compact() }
    await journal.close()
    let names = Scene.files(in: scene.state).filter { $0.hasPrefix("checkpoint-") }
    for name in names { Scene.write([1, 2, 3], to: "\(scene.state)/\(name)") }
    let error = #expect(throws: JournalError.self) { try scene.open() }
    let newest = try #require(try Inventory(LocalDisk(), Layout(directory: scene.state))?.checkpoints.last)
    guard case .damaged("\(scene.state)/checkpoint-\(newest).jsonl", 1, _, _)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test(arguments: [SegmentLimits(bytes: 4000), SegmentLimits(entries: 7)])
  func aSegmentIsCompactedWhenItHasGrown(limits: SegmentLimits) async throws {
    let scene = Scene()
    let journal = try scene.open(limits: limits)
    for index in 0..<40 { try await journal.append([intent("a\(index)"), done("a\(index)", id: "\(index)")]) }
    let before = journal.ledger
    await journal.close()
    let inventory = try #require(try Inventory(LocalDisk(), Layout(directory: scene.state)))
    #expect(inventory.segments.last! > 5)
    #expect(inventory.segments.count == 3)
    #expect(try JournalReading.read(scene.state)?.facts == before.facts)
  }

  /// The program is killed after each changing call that a compaction makes, and once more while it starts again.
  @Test func aCompactionThatIsKilledAnywhereLosesNothing() async throws {
    var steps = 0
    for step in 0... {
      let scene = Scene()
      let disk = TestDisk()
      let journal = try scene.open(disk)
      try await journal.append([intent("a"), done("a", id: "1"), .held(lamp, by: "grace", until: nil)])
      try await journal.compact()
      try await journal.append([intent("late", .create, lamp)])
      let before = journal.ledger.facts
      disk.stop(after: step)
      try? await journal.compact()
      let isKilled = disk.isStopped
      if !isKilled { disk.stop(after: 0) }
      await journal.close()
      #expect(try JournalReading.read(scene.state)?.facts == before)
      try await expectRecovery(scene, before)
      if !isKilled { break }
      steps += 1
    }
    #expect(steps > 15)
  }

  /// Kills the start after each changing call it makes, until one gets through.
  private func expectRecovery(_ scene: Scene, _ before: Ledger) async throws {
    for step in 0... {
      let copy = scene.crashed()
      let disk = TestDisk()
      disk.stop(after: step)
      let journal = try? scene.open(copy: copy, disk)
      await journal?.close()
      if disk.isStopped {
        #expect(try JournalReading.read(copy)?.facts == before)
        let again = try scene.open(copy: copy)
        #expect(again.ledger.facts == before)
        await again.close()
      } else {
        #expect(journal?.ledger.facts == before)
        return
      }
    }
  }

  @Test func theFirstOpenThatIsKilledAnywhereCanBeRepeated() async throws {
    for step in 0... {
      let scene = Scene()
      let disk = TestDisk()
      disk.stop(after: step)
      let journal = try? scene.open(disk)
      let isKilled = disk.isStopped
      disk.stop(after: 0)
      await journal?.close()
      let again = try scene.open()
      try await again.append([intent("a")])
      await again.close()
      #expect(try JournalReading.read(scene.state)?[bike]?.state == .uncertain)
      if !isKilled { break }
    }
  }

  @Test func killedAgainAndAgainItKeepsItsHistory() async throws {
    let scene = Scene()
    for round in 0..<8 {
      let disk = TestDisk()
      let journal = try scene.open(disk)
      try await journal.append([intent("a\(round)")])
      disk.stop(after: 0)
      await journal.close()
    }
    let ops = try JournalReading.entries(scene.state).compactMap { $0.json["op"]?.string }
    #expect(ops == (0..<8).map { "a\($0)" })
    #expect(Scene.files(in: scene.state).filter { $0.hasPrefix("checkpoint-") }.count == 3)
    #expect(JournalReading.verify(scene.state).problems == [])
  }
}
