import Glibc
import Listings
import Testing

@testable import Journaling

@Suite struct FailureTests {
  @Test func aFailedSyncIsTheEndAndIsNeverTriedAgain() async throws {
    let scene = Scene()
    let disk = TestDisk()
    let journal = try scene.open(disk)
    try await journal.append([intent("a")])
    let before = journal.ledger
    disk.refuse { $0.name == "sync" && $0.path.contains("journal-") ? EIO : nil }
    let path = scene.state + "/journal-000001.jsonl"
    let error = JournalError.syncFailed(path: path, reason: "Input/output error")
    await #expect(throws: error) { try await journal.append([intent("b", .create, lamp)]) }
    disk.refuse { _ in nil }
    let syncs = disk.count("sync", "journal-000001")
    await #expect(throws: error) { try await journal.append([intent("c")]) }
    await #expect(throws: error) { try await journal.compact() }
    #expect(disk.count("sync", "journal-000001") == syncs)
    #expect(journal.ledger == before)
    await journal.close()
    // Not clean: what is on the disk was never acknowledged, and is kept as far as it is intact.
    let again = try scene.open()
    #expect(again.opening.state == .unclean)
    #expect(again.ledger[lamp]?.state == .uncertain)
    await again.close()
  }

  @Test func anOutcomeThatCannotBeWrittenIsKeptAsideAndMerged() async throws {
    let scene = Scene()
    let disk = TestDisk()
    let journal = try scene.open(disk)
    try await journal.append([intent("a"), intent("b", .create, lamp)])
    disk.refuse { $0.path.hasSuffix("journal-000001.jsonl") ? EIO : nil }
    await #expect(throws: JournalError.self) { try await journal.append([done("a", id: "77")]) }
    await #expect(throws: JournalError.self) { try await journal.append([done("b", id: "78")]) }
    #expect(journal.ledger[bike]?.state == .uncertain)
    #expect(disk.alarms.count == 2)
    #expect(disk.alarms[0].contains(scene.state + "/emergency.jsonl"))
    #expect(disk.alarms[0].contains(#""remote_id":"77""#))
    await journal.close()

    let again = try scene.open()
    #expect(again.opening.merged == 2)
    #expect(again.ledger[bike]?.remoteID == "77")
    #expect(again.ledger[lamp]?.remoteID == "78")
    #expect(!Scene.files(in: scene.state).contains("emergency.jsonl"))
    #expect(Scene.files(in: scene.state + "/torn").count == 1)
    let ledger = again.ledger
    await again.close()
    #expect(try JournalReading.read(scene.state) == ledger)
    // However many there are, one sync is waited for.
    #expect(Set(try JournalReading.entries(scene.state).suffix(2).map(\.batch)).count == 1)
  }

  @Test func mergingIsDoneOnceHoweverOftenItIsKilled() async throws {
    let scene = Scene()
    let disk = TestDisk()
    let journal = try scene.open(disk)
    try await journal.append([intent("a")])
    disk.refuse { $0.path.hasSuffix("journal-000001.jsonl") ? EIO : nil }
    try? await journal.append([done("a", id: "77")])
    await journal.close()
    for step in 0... {
      let copy = scene.crashed()
      let disk = TestDisk()
      disk.stop(after: step)
      let killed = try? scene.open(copy: copy, disk)
      let isKilled = disk.isStopped
      disk.stop(after: 0)
      await killed?.close()
      let again = try scene.open(copy: copy)
      #expect(again.ledger[bike]?.remoteID == "77")
      await again.close()
      #expect(try JournalReading.entries(copy).count { $0.kind == "outcome" } == 1)
      if !isKilled { break }
    }
  }

  @Test func anUnreadableEmergencyFileIsKeptAndTold() async throws {
    let scene = Scene()
    await (try scene.open()).close()
    Scene.write(Array("not a line\nhalf".utf8), to: scene.state + "/emergency.jsonl")
    let journal = try scene.open()
    #expect(journal.opening.messages.count == 1)
    await journal.close()
    #expect(Scene.files(in: scene.state + "/torn").count == 1)
  }

  @Test func aFullDiskStopsIntentsAndTakesOutcomes() async throws {
    let scene = Scene()
    let disk = TestDisk()
    let journal = try scene.open(disk)
    try await journal.append([intent("a")])
    let path = scene.state + "/journal-000001.jsonl"
    // Enough entries to want a further reserve.
    disk.refuse { $0.name == "reserve" ? ENOSPC : nil }
    let long = content(String(repeating: "x", count: 60_000))
    var refused = 0
    for index in 0..<30 {
      do throws(JournalError) {
        try await journal.append([intent("b\(index)", .create, lamp, content: long)])
      } catch {
        #expect(error == .full(path: path))
        refused += 1
      }
    }
    #expect(refused > 0)
    try await journal.append([done("a", id: "77")])
    #expect(journal.ledger[bike]?.state == .live)
    disk.refuse { _ in nil }
    try await journal.append([intent("c")])
    let before = journal.ledger
    await journal.close()
    #expect(try JournalReading.read(scene.state) == before)
  }

  @Test func aWriteThatFindsNoRoomIsTakenBack() async throws {
    let scene = Scene()
    let disk = TestDisk()
    let journal = try scene.open(disk)
    try await journal.append([intent("a")])
    let path = scene.state + "/journal-000001.jsonl"
    disk.refuse { $0.name == "write" && $0.path == path ? ENOSPC : nil }
    await #expect(throws: JournalError.full(path: path)) { try await journal.append([intent("b")]) }
    await #expect(throws: JournalError.full(path: path)) { try await journal.append([done("a", id: "1")]) }
    #expect(disk.alarms.count == 1)
    #expect(disk.count("truncate", "journal-000001.jsonl") >= 2)
    disk.refuse { _ in nil }
    try await journal.append([intent("c", .create, lamp)])
    await journal.close()
    let sequences = try JournalReading.entries(scene.state).map(\.sequence)
    #expect(sequences == [1, 2, 3])
    let again = try scene.open()
    #expect(again.opening.merged == 1)
    #expect(again.ledger[bike]?.state == .live)
    await again.close()
  }

  @Test func compactionThatFindsNoRoomIsPutOff() async throws {
    let scene = Scene()
    let disk = TestDisk()
    let journal = try scene.open(disk, limits: SegmentLimits(bytes: 4000))
    disk.refuse { $0.name == "write" && $0.path.contains("checkpoint") ? ENOSPC : nil }
    for index in 0..<12 { try await journal.append([intent("a\(index)"), done("a\(index)", id: "1")]) }
    #expect(Scene.files(in: scene.state).filter { $0.hasPrefix("journal-") } == ["journal-000001.jsonl"])
    #expect(!Scene.files(in: scene.state).contains { $0.hasSuffix(".tmp") })
    await #expect(throws: JournalError.self) { try await journal.compact() }
    disk.refuse { _ in nil }
    for index in 0..<8 { try await journal.append([intent("b\(index)"), done("b\(index)", id: "2")]) }
    let before = journal.ledger
    await journal.close()
    #expect(Scene.files(in: scene.state).contains("journal-000002.jsonl"))
    #expect(try JournalReading.read(scene.state)?.facts == before.facts)
  }

  /// Each changing call of a run fails in turn, with each errno: nothing that was acknowledged may be missing afterwards.
  @Test(arguments: [EIO, ENOSPC]) func whateverCallFailsNothingAcknowledgedIsLost(code: Int32) async throws {
    for step in 0... {
      let scene = Scene()
      let disk = TestDisk()
      disk.refuse { [disk] _ in disk.calls.count == step + 1 ? code : nil }
      var acknowledged: Set<PostKey> = []
      let journal = try? scene.open(disk, limits: SegmentLimits(entries: 4))
      for index in 0..<8 {
        let key = PostKey(listing: "l\(index)", account: "a")
        if (try? await journal?.append([intent("op\(index)", .create, key)])) != nil, journal != nil {
          acknowledged.insert(key)
        }
      }
      await journal?.close()
      let again = try scene.open()
      #expect(acknowledged.isSubset(of: again.ledger.records.keys))
      await again.close()
      if disk.calls.count <= step { break }
    }
  }

  @Test func aHugeFailureMessageIsCutAndTheOutcomeKept() async throws {
    let scene = Scene()
    let journal = try scene.open()
    try await journal.append([intent("a")])
    let failure = Failure(code: "unavailable", message: String(repeating: "é", count: 100_000))
    try await journal.append([.outcome(Outcome(op: "a", result: .failed, failure: failure))])
    let before = journal.ledger
    #expect(before[bike]?.state == .failed(retryAt: nil))
    await journal.close()
    #expect(try JournalReading.read(scene.state) == before)
  }

  @Test func anUnwritableDirectoryIsNamed() async throws {
    let scene = Scene()
    let disk = TestDisk()
    disk.refuse { $0.name == "prepare" ? EACCES : nil }
    #expect(throws: JournalError.permissions(path: scene.state, reason: "Permission denied")) { try scene.open(disk) }
    disk.refuse { $0.name == "open" ? EROFS : nil }
    let error = #expect(throws: JournalError.self) { try scene.open(disk) }
    #expect(error?.exitCode == 7)
    #expect(error?.message.contains(scene.state) == true)
  }
}
