import Listings
import Support
import Synchronization
import Testing

@testable import Journaling

/// Recovers what crashes left and holds it against what callers had been told.
struct Judge {
  let rig: Rig
  var random: SeededRandom
  let replay: String
  private(set) var tally = Tally()
  /// The fold of the first k entries that were submitted, for every k.
  private let folds: [Ledger]

  init(_ rig: Rig, random: SeededRandom, replay: String) {
    (self.rig, self.random, self.replay) = (rig, random, replay)
    var ledger = Ledger()
    var folds = [ledger]
    for (entry, at) in rig.submitted {
      ledger.apply(entry, at: at)
      folds.append(ledger)
    }
    self.folds = folds
  }

  /// Every state that a power cut may leave at this point, and in `depth` − 1 recoveries of it.
  mutating func examine(_ snapshot: SimulatedDisk.Snapshot, depth: Int, samples: Int = Effort.isLong ? 6 : 3) {
    tally.points += 1
    for image in snapshot.files.crashes(samples: samples, &random) {
      tally.images += 1
      let disk = SimulatedDisk(SimulatedFiles(image), isRecording: depth > 1)
      let place = "cut before \(snapshot.call)"
      guard let found = recover(disk, snapshot.promises, place, goesOn: true) else { continue }
      guard depth > 1, Effort.isLong || tally.images % 4 == 0, let again = disk.snapshots.randomElement(using: &random)
      else { continue }
      for image in again.files.crashes(samples: 2, &random).shuffled(using: &random).prefix(2) {
        tally.images += 1
        let second = recover(
          SimulatedDisk(SimulatedFiles(image)), again.promises, "\(place), and before \(again.call)", goesOn: false)
        // Until it is appended to, a recovery changes nothing of what is known.
        let isKnown = snapshot.promises.isUnbroken && snapshot.promises.acknowledged > 0
        if let second, isKnown, again.call.number < firstAppend(disk) {
          #expect(second == found, "\(place), and before \(again.call); \(replay)")
        }
      }
    }
  }

  private func firstAppend(_ disk: SimulatedDisk) -> Int {
    disk.snapshots.last { $0.call.name == "reserve" }?.call.number ?? .max
  }

  /// After an injected failure: nothing was acknowledged behind a failed sync, and killed or cut, the next open is right.
  mutating func examineAfterFailure() {
    let (syncs, leaks) = rig.disk.state.withLock { ($0.syncsAfterFailure, $0.leaks) }
    #expect(syncs == 0, "a sync was tried again by the same program; \(replay)")
    #expect(leaks == 0, "files were left open; \(replay)")
    recover(SimulatedDisk(rig.disk.files), rig.promises, "killed", goesOn: true)
    for image in rig.disk.files.crashes(samples: 2, &random).shuffled(using: &random).prefix(Effort.isLong ? 3 : 1) {
      recover(SimulatedDisk(SimulatedFiles(image)), rig.promises, "cut", goesOn: Effort.isLong)
    }
  }

  /// Opens what is there, and holds the ledger against the promises; `goesOn`: then appends, ends, reads and verifies.
  @discardableResult
  mutating func recover(_ disk: SimulatedDisk, _ promises: Promises, _ place: String, goesOn: Bool) -> Ledger? {
    tally.recoveries += 1
    let setting = JournalSetting(program: "0", now: rig.clock.now, disk: disk)
    let layout = Layout(directory: Rig.directory)
    disk.promise(promises)
    do {
      var start = try Start.make(layout, setting)
      check(start.ledger, promises, "\(place); \(replay)")
      guard goesOn else {
        disk.close(start.writer.file)
        return start.ledger.facts
      }
      let found = start.ledger.facts
      try goOn(&start, disk, layout, place)
      return found
    } catch {
      Issue.record("\(place): \(error); \(replay)")
      return nil
    }
  }

  private func goOn(_ start: inout Start, _ disk: SimulatedDisk, _ layout: Layout, _ place: String) throws {
    var ledger = start.ledger
    let entry = intent("next", .create, PostKey(listing: "next", account: "a"))
    let (refusals, at) = start.writer.commit([Request(entries: [entry], bodies: [entry.body()])])
    #expect(refusals == [nil], "\(place); \(replay)")
    ledger.apply(entry, at: at)
    start.writer.finish()
    let again = try #require(try Recovery.read(disk, layout))
    #expect(again.isClean, "\(place); \(replay)")
    #expect(again.ledger.facts == ledger.facts, "\(place); \(replay)")
    guard Effort.isLong || tally.recoveries % 4 == 0 else { return }
    let report = JournalReading.verify(Rig.directory, disk: disk)
    #expect(report.problems == [], "\(place); \(replay)")
  }

  private func check(_ ledger: Ledger, _ promises: Promises, _ place: String) {
    for key in promises.intents where ledger[key] == nil { Issue.record("the intent of \(key) is lost: \(place)") }
    for (key, id) in promises.outcomes where ledger[key]?.remoteID != id || ledger[key]?.state != .live {
      Issue.record("the outcome of \(key) is lost: \(place)")
    }
    for (key, record) in ledger.records where rig.ids[key] == nil || (record.remoteID ?? rig.ids[key]) != rig.ids[key] {
      if key.listing != "next" { Issue.record("\(key) was never written so: \(place)") }
    }
    guard promises.isUnbroken else { return }
    if promises.acknowledged > 0 { #expect(ledger.lineage == rig.lineage, "\(place)") }
    // The proof's own entry aside.
    var records = ledger.records
    let hasNext = records.removeValue(forKey: PostKey(listing: "next", account: "a")) != nil
    let isPrefix = folds[promises.acknowledged...].contains {
      $0.records == records && $0.holds == ledger.holds && (hasNext || $0.lastAt == ledger.lastAt)
    }
    #expect(isPrefix, "not the fold of the first entries: \(place)")
  }
}
