import Glibc
import Listings
import Testing

@testable import Journaling

/// Six batches in one segment and what the ledger was after each, as a crash would find them.
private struct Wreck {
  let scene = Scene()
  let path: String
  let bytes: [UInt8]
  /// After each line.
  var ledgers: [Ledger] = []
  /// Where each line begins, and the end.
  var lines: [Int] = [0]
  /// The line (from 0) that each batch begins with.
  let batches = [0, 1, 3, 5, 7, 9]

  init() async throws {
    let journal = try scene.open()
    ledgers = [journal.ledger]
    for index in 0..<5 {
      let key = PostKey(listing: "l\(index)", account: "a")
      let entries: [Entry] =
        index < 4
        ? [intent("op\(index)", .create, key), done("op\(index)", id: "\(index)")]
        : [.protected(listing: "l1", true), .held(key, by: "seller", until: nil)]
      let before = journal.ledger
      try await journal.append(entries)
      var between = before
      between.apply(entries[0], at: journal.ledger.lastAt!)
      between.sequence += 1
      ledgers += [between, journal.ledger]
    }
    _ = scene.crashed()
    await journal.close()
    path = scene.root + "/crashed/journal-000001.jsonl"
    bytes = Scene.bytes(path)
    for (index, byte) in bytes.enumerated() where byte == 0x0A { lines.append(index + 1) }
  }

  var directory: String { scene.root + "/crashed" }

  /// A fresh copy with the segment's bytes replaced.
  func with(_ bytes: [UInt8]) -> String {
    let copy = scene.root + "/copy"
    Scene.erase(copy)
    mkdir(copy, 0o700)
    Scene.write(Scene.bytes(directory + "/head.json"), to: copy + "/head.json")
    Scene.write(bytes, to: copy + "/journal-000001.jsonl")
    return copy
  }

  func line(at offset: Int) -> Int { lines.lastIndex { $0 <= offset }! + 1 }
}

@Suite struct RecoveryTests {
  /// Every length the last batch may have been cut to, and every length followed by the NULs of blocks that never came.
  @Test(arguments: [false, true]) func aTornTailLosesOnlyWhatNobodyWasToldOf(hasNULs: Bool) async throws {
    let wreck = try await Wreck()
    for cut in wreck.lines[9]..<wreck.bytes.count {
      var bytes = Array(wreck.bytes[..<cut])
      if hasNULs { bytes += [UInt8](repeating: 0, count: wreck.bytes.count - cut) }
      let copy = wreck.with(bytes)
      let good = wreck.lines.lastIndex { $0 <= cut }!
      #expect(try JournalReading.read(copy)?.facts == wreck.ledgers[good - 1].facts)
      if hasNULs { continue }
      let journal = try wreck.scene.open(copy: copy)
      #expect(journal.ledger.facts == wreck.ledgers[good - 1].facts)
      let torn = bytes.count - wreck.lines[good]
      if torn == 0 {
        #expect(journal.opening.state == .unclean)
      } else {
        let evidence = "\(copy)/torn/journal-000001.jsonl.from-\(wreck.lines[good])"
        #expect(journal.opening.state == .torn(evidence: evidence, bytes: torn))
        #expect(Scene.bytes(evidence) == Array(bytes[wreck.lines[good]...]))
      }
      #expect(Scene.bytes(copy + "/journal-000001.jsonl") == bytes)
      await journal.close()
    }
  }

  @Test func afterATornTailTheJournalGoesOn() async throws {
    let wreck = try await Wreck()
    let copy = wreck.with(Array(wreck.bytes.dropLast(30)))
    let journal = try wreck.scene.open(copy: copy)
    try await journal.append([intent("next")])
    let ledger = journal.ledger
    await journal.close()
    let again = try wreck.scene.open(copy: copy)
    #expect(again.opening.state == .clean)
    #expect(again.ledger == ledger)
    await again.close()
    let report = JournalReading.verify(copy)
    #expect(report.problems == [])
    #expect(report.notes.count == 1)
    let sequences = try JournalReading.entries(copy).map(\.sequence)
    #expect(sequences == Array(1...sequences.count))
    // Without the checkpoint, through the torn segment, it is the same.
    unlink(copy + "/checkpoint-10.jsonl")
    #expect(try JournalReading.read(copy) == ledger)
  }

  @Test func aChangedBitInTheBodyIsDamage() async throws {
    let wreck = try await Wreck()
    for offset in stride(from: 0, to: wreck.lines[7], by: 3) {
      var bytes = wreck.bytes
      bytes[offset] ^= 1 << UInt8(offset % 8)
      expectDamage(wreck.with(bytes), line: wreck.line(at: offset))
    }
    for line in 1...7 {
      var bytes = wreck.bytes
      bytes[wreck.lines[line] - 1] ^= 4
      expectDamage(wreck.with(bytes), line: line)
    }
  }

  @Test func zeroedRangesInTheBodyAreDamage() async throws {
    let wreck = try await Wreck()
    for start in stride(from: 0, to: wreck.lines[7] - 64, by: 101) {
      var bytes = wreck.bytes
      bytes.replaceSubrange(start..<start + 64, with: [UInt8](repeating: 0, count: 64))
      expectDamage(wreck.with(bytes), line: wreck.line(at: start))
    }
  }

  @Test func aTornBatchWithLaterIntactLinesIsStillTorn() async throws {
    let wreck = try await Wreck()
    var bytes = wreck.bytes
    // The last batch's first block never came, its second line did.
    for index in wreck.lines[9]..<wreck.lines[10] { bytes[index] = 0 }
    let journal = try wreck.scene.open(copy: wreck.with(bytes))
    #expect(journal.ledger.facts == wreck.ledgers[8].facts)
    await journal.close()
  }

  @Test func anIntactLineBehindNULsProvesDamage() async throws {
    let wreck = try await Wreck()
    var bytes = wreck.bytes
    for index in wreck.lines[7]..<wreck.lines[10] { bytes[index] = 0 }
    expectDamage(wreck.with(bytes), line: 8)
  }

  @Test func linesThatAreSwappedMissingOrRepeatedAreDamage() async throws {
    let wreck = try await Wreck()
    let lines = (0..<11).map { Array(wreck.bytes[wreck.lines[$0]..<wreck.lines[$0 + 1]]) }
    for index in 1..<10 {
      var swapped = lines
      swapped.swapAt(index, index + 1)
      expectDamage(wreck.with(Array(swapped.joined())), line: index + 1)
      var missing = lines
      missing.remove(at: index)
      expectDamage(wreck.with(Array(missing.joined())), line: index + 1)
      var repeated = lines
      repeated.insert(lines[index], at: index)
      expectDamage(wreck.with(Array(repeated.joined())), line: index + 2)
    }
  }

  @Test func aJournalThatEndsBeforeItsHeadWasRolledBack() async throws {
    let scene = Scene()
    let journal = try scene.open()
    for index in 0..<4 { try await journal.append([intent("a\(index)")]) }
    await journal.close()
    let path = scene.state + "/journal-000001.jsonl"
    let bytes = Scene.bytes(path)
    let end = bytes.dropLast().lastIndex(of: 0x0A)! + 1
    Scene.write(Array(bytes[..<end]), to: path)
    let error = #expect(throws: JournalError.self) { try scene.open() }
    #expect(error == .rolledBack(file: path, sequence: 4, expected: 5))
    // Cut within the line, it is damage: the bytes are there and wrong.
    Scene.write(Array(bytes.dropLast(5)), to: path)
    let cut = #expect(throws: JournalError.self) { try scene.open() }
    guard case .damaged(path, 5, _, _)? = cut else {
      Issue.record("\(String(describing: cut))")
      return
    }
    #expect(Scene.bytes(path) == Array(bytes.dropLast(5)))
  }

  @Test func anotherHistoryUnderTheSameNumbersIsDamage() async throws {
    let scene = Scene()
    let journal = try scene.open()
    try await journal.append([intent("a")])
    let fork = scene.crashed()
    try await journal.append([intent("b")])
    await journal.close()
    let other = try scene.open(copy: fork)
    try await other.append([intent("c")])
    await other.close()
    unlink(fork + "/checkpoint-2.jsonl")
    unlink(fork + "/journal-000002.jsonl")
    Scene.write(Scene.bytes(scene.state + "/journal-000001.jsonl"), to: fork + "/journal-000001.jsonl")
    #expect(throws: JournalError.self) { try scene.open(copy: fork) }
  }

  @Test func filesOfTwoJournalsAreForeign() async throws {
    let (one, two) = (Scene(), Scene())
    for scene in [one, two] { await (try scene.open()).close() }
    Scene.write(Scene.bytes(two.state + "/journal-000001.jsonl"), to: one.state + "/journal-000001.jsonl")
    let error = #expect(throws: JournalError.self) { try one.open() }
    switch error {
    case .foreign, .damaged: break
    default: Issue.record("\(String(describing: error))")
    }
    #expect(error?.exitCode == 7)
  }

  @Test func aNewerFormatIsRefusedAndLeftAlone() async throws {
    let scene = Scene()
    await (try scene.open()).close()
    var chain = Chain()
    var line: [UInt8] = []
    let body = #""kind":"opened","format":"hawker.journal/2","novelty":[1,2]"#
    chain.append(Array(body.utf8), at: noon.description, to: &line)
    let path = scene.state + "/journal-000001.jsonl"
    Scene.write(line, to: path)
    #expect(throws: JournalError.newer(file: path, format: "hawker.journal/2")) { try scene.open() }
    #expect(throws: JournalError.newer(file: path, format: "hawker.journal/2")) { try JournalReading.read(scene.state) }
    #expect(Scene.bytes(path) == line)
    #expect(Scene.files(in: scene.state) == ["head.json", "journal-000001.jsonl", "lock"])
  }

  @Test func unknownKindsAndFieldsAreKeptAndIgnored() async throws {
    let scene = Scene()
    let journal = try scene.open()
    let (lineage, path) = (journal.ledger.lineage, scene.state + "/journal-000001.jsonl")
    await journal.close()
    var bytes = Scene.bytes(path)
    let first = try #require(Envelope(bytes, 0..<bytes.count - 1))
    var chain = Chain(sequence: 1, batch: first.batch, sum: first.sum)
    let novelty = #""kind":"novelty","listing":"lamp","deep":{"x":[1,"ü"]}"#
    chain.append(Array(novelty.utf8), at: noon.description, to: &bytes)
    let extended = String(decoding: Entry.protected(listing: "lamp", true).body(), as: UTF8.self) + #","why":"x""#
    chain.append(Array(extended.utf8), at: noon.description, to: &bytes)
    Scene.write(bytes, to: path)
    let again = try scene.open()
    #expect(again.ledger.lineage == lineage)
    #expect(again.ledger.protectedListings == ["lamp"])
    try await again.compact()
    await again.close()
    #expect(Scene.text(scene.state + "/checkpoint-4.jsonl").contains(novelty))
    #expect(try JournalReading.read(scene.state)?.unknown.map(\.body) == [novelty])
  }

  @Test func missingFilesAreDamageAndNotANewJournal() async throws {
    let scene = Scene()
    await (try scene.open()).close()
    unlink(scene.state + "/journal-000001.jsonl")
    #expect(throws: JournalError.self) { try scene.open() }
    #expect(throws: JournalError.self) { try JournalReading.read(scene.state) }
    unlink(scene.state + "/head.json")
    #expect(try JournalReading.read(scene.state) == nil)
  }

  @Test func aDamagedHeadIsDamage() async throws {
    let scene = Scene()
    await (try scene.open()).close()
    var bytes = Scene.bytes(scene.state + "/head.json")
    bytes[10] ^= 1
    Scene.write(bytes, to: scene.state + "/head.json")
    let error = #expect(throws: JournalError.self) { try scene.open() }
    guard case .damaged(scene.state + "/head.json", 1, _, _)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  private func expectDamage(_ directory: String, line: Int, _ here: SourceLocation = #_sourceLocation) {
    let before = Scene.files(in: directory)
    let error = #expect(throws: JournalError.self, sourceLocation: here) {
      try Recovery.read(LocalDisk(), Layout(directory: directory))
    }
    guard case .damaged(let file, let found, _, _)? = error else {
      Issue.record("\(String(describing: error))", sourceLocation: here)
      return
    }
    #expect(file == directory + "/journal-000001.jsonl", sourceLocation: here)
    #expect(found == line, sourceLocation: here)
    #expect(Scene.files(in: directory) == before, sourceLocation: here)
  }
}
