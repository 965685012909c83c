import Listings
import Support
import Testing

@testable import Journaling

/// A recorded journal is spoilt at random. Outside the last two batches all damage is found: opening refuses, or verify
/// reports it and the ledger is the right one all the same. Inside them it may look like the torn tail of a power cut.
@Suite struct DamageProofs {
  @Test func damageIsFoundOrHarmless() throws {
    var effort = Effort("damage", short: 1000, long: 100_000)
    let seed = effort.random.next()
    let recordings = [try Recording(seed: seed, isClean: true), try Recording(seed: seed, isClean: false)]
    var counts = [Verdict: Int]()
    while effort.goesOn() {
      var damage: Damage?
      var recording = recordings[0]
      while damage == nil {
        recording = recordings[effort.rounds % 2]
        damage = Damage(recording, &effort.random)
      }
      guard let damage else { break }
      let verdict = recording.judge(damage)
      counts[verdict, default: 0] += 1
      if verdict == .missed || verdict == .wrong {
        Issue.record("\(verdict): \(damage.kind) of \(damage.path) at \(damage.start); \(effort.replay)")
      }
    }
    effort.report(
      "\(counts[.refused] ?? 0) refused, \(counts[.reported] ?? 0) reported by verify with the right ledger, "
        + "\(counts[.noted] ?? 0) noted at the end of a segment that a crash left, "
        + "\(counts[.torn] ?? 0) taken for a torn tail, \(counts[.harmless] ?? 0) harmless, "
        + "\(counts[.missed] ?? 0) missed, \(counts[.wrong] ?? 0) wrong ledgers")
    #expect((counts[.refused] ?? 0) > effort.rounds / 8)
  }

  /// The last batch, cut at every byte; with NULs from every byte on; with NULs up to every byte.
  @Test(arguments: [0, 1, 2]) func aTornTailAtEveryByte(shape: Int) throws {
    let recording = try Recording(seed: 7, isClean: false, withOther: false, isSmall: true)
    let bytes = try #require(recording.image[recording.newest])
    let known = recording.folds.count - 1
    for cut in recording.tail + 1..<bytes.count {
      var torn = bytes
      let nuls = { (count: Int) in [UInt8](repeating: 0, count: count) }
      switch shape {
      case 0: torn = Array(bytes[..<cut])
      case 1: torn.replaceSubrange(cut..., with: nuls(bytes.count - cut))
      default:
        let start = try #require(recording.lastBatches[recording.newest])
        guard cut > start else { continue }
        torn.replaceSubrange(start..<cut, with: nuls(cut - start))
      }
      var image = recording.image
      image[recording.newest] = torn
      let disk = SimulatedDisk(SimulatedFiles(image))
      let found = try #require(try Recovery.read(disk, Layout(directory: Rig.directory)))
      #expect(recording.fold(of: found.ledger).map { $0 >= known - 6 } == true, "cut at \(cut)")
    }
  }
}

enum Verdict { case refused, reported, noted, torn, harmless, missed, wrong }

extension Recording {
  func judge(_ damage: Damage) -> Verdict {
    var image = image
    image[damage.path] = damage.bytes
    let disk = SimulatedDisk(SimulatedFiles(image))
    let found: Ledger
    do throws(JournalError) {
      guard let recovery = try Recovery.read(disk, Layout(directory: Rig.directory)) else { return .wrong }
      found = recovery.ledger
    } catch {
      return error.exitCode == 7 ? .refused : .wrong
    }
    let isTail = damage.path == newest && isTorn(damage)
    guard found.facts == ledger.facts else { return isTail && fold(of: found) != nil ? .torn : .wrong }
    let report = JournalReading.verify(Rig.directory, disk: disk)
    if !report.problems.isEmpty { return .reported }
    if report.notes != notes, isLeftTorn(damage) { return .noted }
    let isHead = damage.path.hasSuffix("head.json") && (damage.kind == .older || damage.kind == .removed)
    return isTail || isHead || isOld(damage) ? .harmless : .missed
  }

  /// Whether it is where a crash may have left a segment: in its last two batches. What they held is in the checkpoint
  /// behind them; verify tells it without calling it damage.
  private func isLeftTorn(_ damage: Damage) -> Bool {
    lastTwoBatches[damage.path].map { damage.path != newest && damage.start >= $0 - 1 } ?? false
  }

  /// Whether it is in bytes that a crash left behind an older segment, or the oldest of more generations than are kept.
  private func isOld(_ damage: Damage) -> Bool {
    let segments = ends.keys.sorted()
    if damage.bytes == nil, damage.path == segments.first { return segments.count > Format.generations }
    return damage.path != newest && ends[damage.path].map { damage.start >= $0 } ?? false
  }

  /// Whether it is in the last two batches of a journal that did not end in order, or cuts such a journal back: only a
  /// newer head.json could tell that from a power cut.
  private func isTorn(_ damage: Damage) -> Bool {
    if isClean { return damage.start >= image[newest]?.count ?? 0 }
    return damage.start >= tail || damage.kind == .cut || damage.kind == .older || !hasIntactLine(behind: damage)
  }

  /// Damage that leaves nothing intact behind it is a journal that was cut back.
  private func hasIntactLine(behind damage: Damage) -> Bool {
    guard let bytes = damage.bytes else { return true }
    var lines = LineReader(bytes: bytes, offset: min(damage.start, bytes.count))
    while let range = lines.next() {
      let start = bytes[range].firstIndex { $0 != 0 } ?? range.upperBound
      if Envelope(bytes, start..<range.upperBound) != nil { return true }
    }
    return false
  }

  /// Of how many of the first entries it is the fold.
  func fold(of found: Ledger) -> Int? {
    guard found.lineage == ledger.lineage else { return nil }
    return folds.lastIndex { $0.records == found.records && $0.holds == found.holds && $0.lastAt == found.lastAt }
  }
}
