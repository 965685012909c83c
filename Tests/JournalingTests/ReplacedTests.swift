import Glibc
import Listings
import Testing

@testable import Journaling

/// The state directory, or a file in it, is removed or replaced under a journal that is open.
@Suite struct ReplacedTests {
  @Test func aLockFileThatWentAwayEndsTheWriterAndLetsNobodyIn() async throws {
    let scene = Scene()
    let journal = try scene.open()
    try await journal.append([intent("a")])
    let before = journal.ledger
    unlink(scene.state + "/lock")
    let second = #expect(throws: JournalError.self) { try scene.open() }
    #expect(second?.exitCode == 5)
    #expect(second?.message.contains("has not said who it is") == true)
    let error = JournalError.replaced(path: scene.state + "/lock")
    #expect(error.exitCode == 7)
    await #expect(throws: error) { try await journal.append([intent("b", .create, lamp)]) }
    await #expect(throws: error) { try await journal.append([intent("c")]) }
    #expect(journal.ledger == before)
    #expect(await journal.close() == error)
    await (try scene.open()).close()
  }

  @Test func aReplacedLockFileLetsNobodyInEither() async throws {
    let scene = Scene()
    let journal = try scene.open()
    Scene.write([], to: scene.state + "/lock")
    #expect(throws: JournalError.self) { try scene.open() }
    await #expect(throws: JournalError.replaced(path: scene.state + "/lock")) {
      try await journal.append([intent("a")])
    }
    await journal.close()
  }

  @Test func whatWentIntoARemovedSegmentIsNotAcknowledged() async throws {
    let scene = Scene()
    let disk = TestDisk()
    let journal = try scene.open(disk)
    try await journal.append([intent("a")])
    let path = scene.state + "/journal-000001.jsonl"
    unlink(path)
    await #expect(throws: JournalError.replaced(path: path)) { try await journal.append([done("a", id: "77")]) }
    #expect(disk.alarms.count == 1)
    #expect(Scene.files(in: scene.state).contains("emergency.jsonl"))
    await journal.close()
  }

  @Test func aCopyInTheDirectorysPlaceIsLeftAlone() async throws {
    let scene = Scene()
    let journal = try scene.open()
    try await journal.append([intent("a")])
    let copy = scene.crashed()
    try await journal.append([done("a", id: "77")])
    Scene.erase(scene.state)
    rename(copy, scene.state)
    let before = Scene.bytes(scene.state + "/head.json")
    await #expect(throws: JournalError.replaced(path: scene.state)) { try await journal.append([intent("b")]) }
    await journal.close()
    #expect(Scene.bytes(scene.state + "/head.json") == before)
    #expect(try JournalReading.read(scene.state)?[bike]?.state == .uncertain)
  }

  /// Nothing is appended any more: the end finds it.
  @Test(arguments: [true, false]) func anIdleJournalsEndTellsOfIt(isRestored: Bool) async throws {
    let scene = Scene()
    let journal = try scene.open()
    let copy = scene.crashed()
    try await journal.append([intent("a")])
    Scene.erase(scene.state)
    if isRestored { rename(copy, scene.state) }
    #expect(await journal.close() == .replaced(path: scene.state))
    #expect(try JournalReading.read(scene.state)?.sequence == (isRestored ? 1 : nil))
  }

  @Test func aDirectoryThatCannotBeLookedAtIsNotTaken() async throws {
    let scene = Scene()
    let disk = TestDisk()
    let journal = try scene.open(disk)
    disk.refuse { $0.name == "isThere" ? EIO : nil }
    await #expect(throws: JournalError.self) { try await journal.append([intent("a")]) }
    #expect(journal.ledger.records.isEmpty)
    await journal.close()
  }

  @Test func nothingIsCompactedIntoAnotherDirectory() async throws {
    let scene = Scene()
    let journal = try scene.open()
    try await journal.append([intent("a")])
    Scene.erase(scene.state)
    mkdir(scene.state, 0o700)
    await #expect(throws: JournalError.replaced(path: scene.state)) { try await journal.compact() }
    #expect(Scene.files(in: scene.state) == [])
    await journal.close()
  }
}
