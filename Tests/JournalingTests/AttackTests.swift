import Glibc
import Listings
import Testing

@testable import Journaling

/// A state directory that somebody has been at.
@Suite struct AttackTests {
  static let names = ["head.json", "journal-000002.jsonl", "checkpoint-3.jsonl", "emergency.jsonl", "lock"]

  /// FIFOs would keep a reader waiting for ever, devices and links lead elsewhere.
  @Test(arguments: names, ["fifo", "device", "link", "directory"])
  func somethingElseInPlaceOfAFile(name: String, kind: String) async throws {
    let scene = try await twoGenerations()
    let path = "\(scene.state)/\(name)"
    let before = try JournalReading.read(scene.state)
    rename(path, scene.root + "/aside")
    switch kind {
    case "fifo": mkfifo(path, 0o600)
    case "device": if mknod(path, S_IFCHR | 0o600, dev_t(1 << 8 | 5)) != 0 { mkfifo(path, 0o600) }
    case "link": symlink(scene.root + "/aside", path)
    default: mkdir(path, 0o700)
    }
    if name == "checkpoint-3.jsonl" {
      // The generation before leads to the same.
      let journal = try scene.open()
      #expect(journal.opening.notes.count == 1)
      #expect(journal.ledger.facts == before?.facts)
      await journal.close()
      return
    }
    let error = #expect(throws: JournalError.self) { try scene.open() }
    #expect(error?.exitCode == 7)
    #expect(error?.message.contains(path) == true, "\(String(describing: error))")
    if name != "emergency.jsonl", name != "lock" { #expect(!JournalReading.verify(scene.state).isIntact) }
  }

  @Test(arguments: ["head.json", "journal-000002.jsonl", "checkpoint-3.jsonl"], [1 << 30, 1 << 40])
  func aHugeFileIsNotReadIn(name: String, size: Int) async throws {
    let scene = try await twoGenerations()
    let path = "\(scene.state)/\(name)"
    guard truncate(path, off_t(size)) == 0, name != "checkpoint-3.jsonl" || size > 1 << 31 else { return }
    do {
      let journal = try scene.open()
      #expect(name == "checkpoint-3.jsonl")
      await journal.close()
    } catch {
      #expect(error.exitCode == 7)
      #expect(error.message.contains(path))
    }
  }

  @Test(arguments: [[], [0x0A], [UInt8](repeating: 0, count: 500), Array("{}\n".utf8), Array("{\"seq\":1}\n".utf8)])
  func aHeadOfGarbageIsDamage(bytes: [UInt8]) async throws {
    let scene = try await twoGenerations()
    Scene.write(bytes, to: scene.state + "/head.json")
    let error = #expect(throws: JournalError.self) { try scene.open() }
    guard case .damaged(scene.state + "/head.json", 1, _, _)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func aMissingHeadIsTold() async throws {
    let scene = try await twoGenerations()
    let before = try JournalReading.read(scene.state)
    unlink(scene.state + "/head.json")
    let journal = try scene.open()
    #expect(journal.opening.messages.contains { $0.contains("head.json is missing") })
    #expect(journal.ledger.facts == before?.facts)
    await journal.close()
  }

  @Test func aCopyUnderAnotherNameChangesNothing() async throws {
    let scene = try await twoGenerations()
    let before = try JournalReading.read(scene.state)
    let bytes = Scene.bytes(scene.state + "/journal-000001.jsonl")
    for name in [
      "journal-1.jsonl", "journal-0000001.jsonl", "journal-99999999999999999999.jsonl", "checkpoint-03.jsonl",
    ] {
      Scene.write(bytes, to: "\(scene.state)/\(name)")
    }
    #expect(try JournalReading.read(scene.state) == before)
    #expect(JournalReading.verify(scene.state).isIntact)
    // Under a name that would make it the newest, it is refused.
    Scene.write(bytes, to: scene.state + "/journal-000003.jsonl")
    let error = #expect(throws: JournalError.self) { try scene.open() }
    #expect(error?.message.contains("it is segment 1, under another's name") == true)
    unlink(scene.state + "/journal-000003.jsonl")
    Scene.write(bytes, to: scene.state + "/journal-\(Int.max).jsonl")
    #expect(try JournalReading.read(scene.state) == before)
  }

  @Test func aCheckpointOfAnotherJournalIsFound() async throws {
    let (scene, other) = (try await twoGenerations(), try await twoGenerations())
    Scene.write(Scene.bytes(other.state + "/checkpoint-3.jsonl"), to: scene.state + "/checkpoint-3.jsonl")
    #expect(throws: JournalError.self) { try scene.open() }
    #expect(!JournalReading.verify(scene.state).isIntact)
  }

  @Test func aNewerFormatOfACheckpointIsRefused() async throws {
    let scene = try await twoGenerations()
    var line: [UInt8] = []
    var chain = Chain(sequence: 3, batch: 3, sum: 0)
    chain.write(Array(#""kind":"opened","format":"hawker.journal/2""#.utf8), at: noon.description, to: &line)
    Scene.write(line, to: scene.state + "/checkpoint-3.jsonl")
    let error = #expect(throws: JournalError.self) { try scene.open() }
    #expect(error == .newer(file: scene.state + "/checkpoint-3.jsonl", format: "hawker.journal/2"))
  }

  /// Intact lines that no hawker writes: numbers at their ends, lines beyond the limit. None may trap.
  @Test(arguments: [
    #""kind":"outcome","op":"a","result":"failed","attempts":9223372036854775807,"error":{"code":"x","message":"","http_status":9223372036854775807,"retry_at":"9999-12-31T23:59:59.999Z"}"#,
    #""kind":"outcome","op":"a","result":"failed","attempts":-9223372036854775808,"error":{"code":"x","message":"","http_status":1e400}"#,
    #""kind":"outcome","op":"a","result":"failed","attempts":99999999999999999999"#,
    #""kind":"outcome","op":"a","result":"failed","attempts":1.5"#,
    #""kind":"sold","listing":"a","price":-1,"currency":"USD""#,
    #""kind":"sold","listing":"a","price":9223372036854775807,"currency":"USD""#,
    #""kind":"sold","listing":"a","price":1,"currency":"""#, #""kind":"observed","listing":"a""#, #""kind":"","x":0"#,
    #""kind":"opened","format":"hawker.journal/1","lineage":"x","hawker":"0""#,
    #""kind":"held","listing":"a","account":"b","by":"c","until":"0000-01-01T00:00:00.000Z""#,
    #""kind":"held","listing":"a","account":"b","by":"c","until":"2026-02-31T24:00:00Z""#,
    #""kind":"novelty","x":\#(String(repeating: "[", count: 60_000))"#,
    #""kind":"novelty","x":"\#(String(repeating: "x", count: 65_536))""#,
    #""kind":"novelty","x":"\#(String(repeating: "x", count: 1 << 20))""#,
  ]) func anIntactLineOfNonsense(body: String) async throws {
    for numbers in [(2, 2), (899_999_999_999_999_999, 3), (3, 899_999_999_999_999_999), (999_999_999_999_999_999, 3)] {
      let scene = Scene()
      await (try scene.open()).close()
      let path = scene.state + "/journal-000001.jsonl"
      var bytes = Scene.bytes(path)
      let first = try #require(Envelope(bytes, 0..<bytes.count - 1))
      var chain = Chain(sequence: numbers.0 - 1, batch: numbers.1, sum: first.sum)
      chain.append(Array(body.utf8), at: noon.description, to: &bytes)
      Scene.write(bytes, to: path)
      _ = JournalReading.verify(scene.state)
      _ = try? JournalReading.entries(scene.state)
      do {
        let journal = try scene.open()
        try await journal.append([intent("b"), failed("b", "x")])
        let before = journal.ledger
        await journal.close()
        #expect(try JournalReading.read(scene.state) == before)
      } catch {
        #expect(error.exitCode == 7)
      }
    }
  }

  /// A journal whose numbers are at their end stops, instead of writing what it could not read.
  @Test func numbersThatAreUsedUpStopTheJournal() async throws {
    let scene = Scene()
    await (try scene.open()).close()
    let opened = Opened(lineage: "x", program: "0", segment: 1, checkpoint: 0)
    var chain = Chain(sequence: Format.numberLimit - 3, batch: 5, sum: 0)
    let checkpoint = Checkpoint(ledger: Ledger(lineage: "x"), chain: chain)
    let state = scene.state
    unlink(state + "/head.json")
    Scene.write(checkpoint.encoded(program: "0", at: noon), to: "\(state)/checkpoint-\(Format.numberLimit - 3).jsonl")
    var line: [UInt8] = []
    chain.batch += 1
    chain.append(opened.body(), at: noon.description, to: &line)
    Scene.write(line, to: state + "/journal-000001.jsonl")
    do {
      let journal = try scene.open()
      let before = journal.ledger
      await #expect(throws: JournalError.self) { try await journal.append([intent("a")]) }
      await journal.close()
      #expect(try JournalReading.read(state)?.facts == before.facts)
    } catch {
      #expect(error.exitCode == 7)
    }
  }

  @Test func aClockThatJumpsChangesNoOrder() async throws {
    let scene = Scene()
    let times: [Int64] = [noon.milliseconds, 0, -1, .min, .max, 253_402_300_800_000, noon.milliseconds]
    var known: [PostKey] = []
    for (index, time) in times.enumerated() {
      let setting = JournalSetting(
        program: "0", now: { Timestamp(milliseconds: time) }, disk: TestDisk(),
        limits: SegmentLimits(entries: 3, headroom: 900))
      let journal = try Journal.open(scene.state, setting)
      let key = PostKey(listing: "l\(index)", account: "a")
      let late = Failure(
        code: "throttled", message: "", retryAt: Timestamp(milliseconds: .max).advanced(by: .seconds(9)))
      try await journal.append([
        intent("op\(index)", .create, key), .held(key, by: "x", until: Timestamp(milliseconds: .max)),
      ])
      try await journal.append([.outcome(Outcome(op: "op\(index)", result: .failed, failure: late))])
      known.append(key)
      let before = journal.ledger
      await journal.close()
      #expect(try JournalReading.read(scene.state) == before)
      #expect(Set(known) == Set(before.records.keys))
    }
    let sequences = try JournalReading.entries(scene.state).map(\.sequence)
    #expect(sequences == sequences.sorted())
  }

  /// A sync failed, the next start read the batch back from memory into its checkpoint, and the power failed before the
  /// new segment had its name: the checkpoint is the journal's end, and no number is given twice.
  @Test func aCheckpointThatKnowsMoreThanTheSegmentIsGoneOnFrom() async throws {
    let scene = Scene()
    let journal = try scene.open()
    try await journal.append([intent("a")])
    let before = scene.crashed("before")
    try await journal.append([done("a", id: "1")])
    let copy = scene.crashed()
    await (try scene.open(copy: copy)).close()
    Scene.write(Scene.bytes(copy + "/checkpoint-3.jsonl"), to: before + "/checkpoint-3.jsonl")
    let again = try scene.open(copy: before)
    #expect(again.ledger[bike]?.remoteID == "1")
    for index in 0..<4 { try await again.append([intent("b\(index)", .create, lamp)]) }
    let ledger = again.ledger
    await again.close()
    #expect(try JournalReading.read(before) == ledger)
    #expect(JournalReading.verify(before).problems == [])
    await journal.close()
  }

  /// What a first failure left of a line must not spoil the outcome that is kept behind it.
  @Test func anEmergencyBehindAHalfLineIsRead() async throws {
    let scene = Scene()
    let disk = TestDisk()
    let journal = try scene.open(disk)
    try await journal.append([intent("a")])
    Scene.write(Array("{\"seq\":0,\"half".utf8), to: scene.state + "/emergency.jsonl")
    disk.refuse { $0.path.hasSuffix("journal-000001.jsonl") ? EIO : nil }
    await #expect(throws: JournalError.self) { try await journal.append([done("a", id: "77")]) }
    await journal.close()
    let again = try scene.open()
    #expect(again.ledger[bike]?.remoteID == "77")
    #expect(again.opening.merged == 1)
    await again.close()
  }

  /// A start that can't merge (the disk is full again) leaves the emergency file as it is.
  @Test func aMergeThatFailsAddsNothing() async throws {
    let scene = Scene()
    let disk = TestDisk()
    let journal = try scene.open(disk)
    try await journal.append([intent("a")])
    disk.refuse { $0.path.hasSuffix("journal-000001.jsonl") ? EIO : nil }
    try? await journal.append([done("a", id: "77")])
    await journal.close()
    let kept = Scene.bytes(scene.state + "/emergency.jsonl")
    for _ in 0..<3 {
      let full = TestDisk()
      full.refuse { $0.name == "write" && $0.path.hasSuffix(".jsonl") ? ENOSPC : nil }
      #expect(throws: JournalError.self) { try scene.open(full) }
      #expect(Scene.bytes(scene.state + "/emergency.jsonl") == kept)
    }
    let again = try scene.open()
    #expect(again.ledger[bike]?.remoteID == "77")
    await again.close()
  }

  /// Four entries in two generations; the newest checkpoint is that of entry 3.
  private func twoGenerations() async throws -> Scene {
    let scene = Scene()
    let journal = try scene.open()
    try await journal.append([intent("a"), done("a", id: "1")])
    try await journal.compact()
    try await journal.append([intent("b", .create, lamp)])
    await journal.close()
    return scene
  }
}
