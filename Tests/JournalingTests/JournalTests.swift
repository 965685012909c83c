import Glibc
import Listings
import Testing

@testable import Journaling

@Suite struct JournalTests {
  @Test func aNewJournalIsPrivateAndNamed() async throws {
    let scene = Scene()
    let journal = try scene.open()
    #expect(journal.opening.state == .created)
    #expect(journal.opening.messages == [])
    #expect(Scene.mode(scene.state) == 0o700)
    for name in Scene.files(in: scene.state) { #expect(Scene.mode("\(scene.state)/\(name)") == 0o600) }
    let lineage = journal.ledger.lineage
    #expect(lineage.utf8.count == 36)
    #expect(lineage.dropFirst(14).first == "4")
    #expect("89ab".contains(try #require(lineage.dropFirst(19).first)))
    await journal.close()
    #expect(Scene.files(in: scene.state) == ["head.json", "journal-000001.jsonl", "lock"])
  }

  @Test func whatWasAppendedIsThereAfterwards() async throws {
    let scene = Scene()
    let journal = try scene.open()
    for entry in everyEntry { try await journal.append([entry]) }
    let before = journal.ledger
    #expect(before.sequence == everyEntry.count + 1)
    #expect(try JournalReading.read(scene.state) == before)
    await journal.close()
    let again = try scene.open()
    #expect(again.opening.state == .clean)
    #expect(again.ledger == before)
    await again.close()
  }

  @Test func aCleanJournalIsWrittenOn() async throws {
    let scene = Scene()
    for round in 0..<3 {
      let journal = try scene.open()
      try await journal.append([intent("a\(round)")])
      await journal.close()
    }
    #expect(Scene.files(in: scene.state).filter { $0.hasPrefix("journal-") } == ["journal-000001.jsonl"])
    #expect(try JournalReading.read(scene.state)?.sequence == 4)
  }

  @Test func aKilledJournalGoesOnInANewGeneration() async throws {
    let scene = Scene()
    let journal = try scene.open()
    try await journal.append([intent("a"), intent("b", .create, lamp)])
    let copy = scene.crashed()
    let again = try scene.open(copy: copy)
    #expect(again.opening.state == .unclean)
    #expect(again.ledger.facts == journal.ledger.facts)
    #expect(Scene.files(in: copy).contains("checkpoint-3.jsonl"))
    #expect(Scene.files(in: copy).contains("journal-000002.jsonl"))
    try await again.append([done("a", id: "1")])
    await again.close()
    #expect(try JournalReading.read(copy)?[bike]?.state == .live)
    #expect(JournalReading.verify(copy).problems == [])
    await journal.close()
  }

  /// A command that opens it in between makes nothing of that.
  @Test func whatAKillLeavesToBeSweptIsPassedOnUntilItIs() async throws {
    let scene = Scene()
    let journal = try scene.open()
    try await journal.append([intent("a")])
    let copy = scene.crashed()
    let command = try scene.open(copy: copy)
    #expect(command.unswept.keys.sorted() == [bike.account])
    try await command.append([done("a", id: "1")])
    await command.close()
    let next = try scene.open(copy: copy)
    #expect(next.opening.state == .clean && next.unswept == command.unswept)
    let moment = try #require(next.unswept[bike.account])
    // Of what came since it says nothing.
    next.swept(bike.account, since: moment.advanced(by: .seconds(-1)))
    #expect(next.unswept == command.unswept)
    next.swept(bike.account, since: moment)
    #expect(next.unswept.isEmpty)
    await next.close()
    let last = try scene.open(copy: copy)
    #expect(last.opening.state == .clean && last.unswept.isEmpty)
    await last.close()
    #expect(JournalReading.verify(copy).problems == [])
    await journal.close()
  }

  @Test func manyCallersShareASync() async throws {
    let scene = Scene()
    let disk = TestDisk()
    let journal = try scene.open(disk)
    var gate: [Int32] = [0, 0]
    pipe(&gate)
    let (enter, leave) = (gate[0], gate[1])
    disk.onSync {
      var byte: UInt8 = 0
      read(enter, &byte, 1)
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for index in 0..<200 {
        group.addTask {
          try await journal.append([intent("op\(index)", .create, PostKey(listing: "l\(index)", account: "a"))])
        }
      }
      // The first sync waits at the gate until everybody else is queued; then it and one more have to do.
      while journal.waiting + disk.writtenEntries(scene.state) < 200 { await Task.yield() }
      close(leave)
      try await group.waitForAll()
    }
    close(enter)
    #expect(disk.count("sync", "journal-000001.jsonl") - 1 <= 2)
    #expect(journal.ledger.records.count == 200)
    await journal.close()
    let entries = try JournalReading.entries(scene.state)
    #expect(entries.map(\.sequence) == Array(1...201))
    #expect(Set(entries.dropFirst().map(\.batch)).count <= 2)
  }

  @Test func entriesOfOneCallStandTogether() async throws {
    let scene = Scene()
    let journal = try scene.open()
    await withTaskGroup(of: Void.self) { group in
      for index in 0..<50 {
        let key = PostKey(listing: "l\(index)", account: "a")
        group.addTask {
          try? await journal.append([intent("x\(index)", .create, key), done("x\(index)", id: "i\(index)")])
        }
      }
    }
    await journal.close()
    let lines = try JournalReading.entries(scene.state).dropFirst()
    for pair in stride(from: lines.startIndex, to: lines.endIndex, by: 2) {
      #expect(lines[pair].json["op"] == lines[pair + 1].json["op"])
      #expect(lines[pair].listing == lines[pair + 1].listing)
    }
  }

  @Test func aSecondWriterIsToldWhoHoldsIt() async throws {
    let scene = Scene()
    let journal = try scene.open()
    let error = #expect(throws: JournalError.self) { try scene.open() }
    guard case .locked(let holder)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(holder.pid == Int(getpid()))
    #expect(holder.command.contains("xctest") || !holder.command.isEmpty)
    #expect(holder.since != nil)
    #expect(error?.exitCode == 5)
    await journal.close()
    await (try scene.open()).close()
  }

  /// As a child has it that another thread is starting.
  @Test func theLockIsGivenBackAlthoughACopyOfItsDescriptorIsOpen() throws {
    let (scene, disk) = (Scene(), LocalDisk())
    let path = scene.state + ".lock"
    let lock = try #require(try disk.lock(path))
    let copy = dup(lock)
    defer { close(copy) }
    #expect(try disk.lock(path) == nil)
    disk.unlock(lock)
    let again = try #require(try disk.lock(path))
    disk.unlock(again)
  }

  @Test func aDroppedJournalGivesTheLockBack() async throws {
    let scene = Scene()
    var journal: Journal? = try scene.open()
    try await journal?.append([intent("a")])
    journal = nil
    while true {
      do throws(JournalError) {
        let again = try scene.open()
        #expect(again.opening.state == .clean)
        await again.close()
        return
      } catch { #expect(error.exitCode == 5) }
      await Task.yield()
    }
  }

  @Test func appendingAfterCloseIsRefused() async throws {
    let scene = Scene()
    let journal = try scene.open()
    await journal.close()
    await #expect(throws: JournalError.closed(path: scene.state)) { try await journal.append([intent("a")]) }
  }

  @Test func anEntryThatIsTooLongIsRefusedBeforeAnythingIsWritten() async throws {
    let scene = Scene()
    let journal = try scene.open()
    let before = Scene.bytes(scene.state + "/journal-000001.jsonl")
    let long = content(String(repeating: "x", count: Format.lineLimit))
    await #expect(throws: JournalError.self) { try await journal.append([intent("a"), intent("b", content: long)]) }
    #expect(Scene.bytes(scene.state + "/journal-000001.jsonl") == before)
    #expect(journal.ledger.records.isEmpty)
    await journal.close()
  }

  /// What Loading lets through, with the longest names and words beside it, fits a line.
  @Test func theLargestContentFitsALine() async throws {
    let scene = Scene()
    let journal = try scene.open()
    let frame = content("").excess(with: String(repeating: "f", count: Content.recordLimit))!
    let large = content(String(repeating: "x", count: 2 * Content.recordLimit - frame))
    #expect(large.excess(with: "") == nil && content(large.title + "xxxx").excess(with: "") != nil)
    let key = PostKey(listing: String(repeating: "l", count: 64), account: String(repeating: "a", count: 64))
    let id = String(repeating: "i", count: 200)
    try await journal.append([intent(id, .update, key, content: large, remoteID: id, because: id)])
    #expect(journal.ledger[key]?.pending?.content == large)
    await journal.close()
  }

  @Test func theSellersWordsAreCutToWhatALineHolds() async throws {
    let scene = Scene()
    let journal = try scene.open()
    let reason = String(repeating: "r", count: 2 * Format.lineLimit)
    try await journal.append([.held(bike, by: "hold", until: nil, text: reason)])
    #expect(journal.ledger.holds[bike]?.first?.text.map { $0.hasSuffix("r…") && $0.utf8.count < 5_000 } == true)
    await journal.close()
  }

  @Test func theHeadIsRenewedAtMostOnceAMinute() async throws {
    let scene = Scene()
    let disk = TestDisk()
    let journal = try scene.open(disk)
    let start = disk.count("rename", "head.json")
    for index in 0..<10 { try await journal.append([intent("a\(index)")]) }
    try await journal.settle()
    #expect(disk.count("rename", "head.json") == start)
    scene.clock.advance(by: .seconds(61))
    for index in 0..<10 { try await journal.append([intent("b\(index)")]) }
    try await journal.settle()
    #expect(disk.count("rename", "head.json") == start + 1)
    await journal.close()
  }

  @Test func aDirectoryThatOthersCanReadIsClosedToThem() async throws {
    let scene = Scene()
    mkdir(scene.state, 0o755)
    let journal = try scene.open()
    #expect(Scene.mode(scene.state) == 0o700)
    await journal.close()
  }

  @Test func aFileWhereTheDirectoryShouldBe() throws {
    let scene = Scene()
    Scene.write([], to: scene.state)
    #expect(throws: JournalError.notADirectory(path: scene.state)) { try scene.open() }
    #expect(throws: JournalError.notADirectory(path: scene.state)) { try JournalReading.read(scene.state) }
  }
}

extension Journal {
  /// Returns when the writer has done with everything so far, housekeeping included: work comes in order.
  func settle() async throws {
    try await append([.forgotten(PostKey(listing: "nobody", account: "nowhere"))])
    try await append([.forgotten(PostKey(listing: "nobody", account: "nowhere"))])
  }
}

extension TestDisk {
  func writtenEntries(_ directory: String) -> Int {
    Scene.bytes(directory + "/journal-000001.jsonl").count { $0 == 0x0A } - 1
  }

  @Test func whoIsNotComingBackIsSeldomWaitedFor() {
    var patience = Patience()
    var waits = 0
    for _ in 0..<2000 where patience.waits() {
      waits += 1
      patience.learn(false)
    }
    #expect(waits > 8 && waits < 20)
    while !patience.waits() {}
    patience.learn(true)
    waits = 0
    for _ in 0..<100 where patience.waits() {
      waits += 1
      patience.learn(false)
    }
    #expect(waits == 8)
  }
}
