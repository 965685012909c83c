import Glibc
import Listings
import Support
import Testing

@testable import Journaling

/// The journal on a simulated disk: before each changing call of a run every legal state after a power cut is made (or a
/// sample of them) and recovered by the real code.
@Suite struct DiskProofs {
  @Test func whateverAPowerCutLeavesEveryAcknowledgedEntryIsThere() {
    var effort = Effort("simulated disk", short: 2, long: 100_000)
    var tally = Tally()
    while effort.goesOn() {
      var rig = Rig(SimulatedDisk(isRecording: true), random: SeededRandom(seed: effort.random.next()))
      rig.isTerse = !Effort.isLong
      rig.runScenario(hasEmergency: effort.rounds % 2 == 0)
      var judge = Judge(rig, random: effort.random, replay: effort.replay)
      for snapshot in sample(rig.disk.snapshots, 50, &judge) { judge.examine(snapshot, depth: 2) }
      judge.examine(rig.disk.end(rig.promises), depth: 2)
      tally += judge.tally
      _ = effort.random.next()
    }
    effort.report(
      "\(tally.points) crash points, \(tally.images) states after a cut, \(tally.recoveries) recoveries, 0 entries lost"
    )
    #expect(tally.images > tally.points)
  }

  /// The process dies and the machine goes on, so that what was not synced is still in the page cache; and then the power
  /// fails during or after the recovery.
  @Test func aKillAndThenAPowerCutLoseNothing() {
    var effort = Effort("kill, then power cut", short: 2, long: 20_000)
    var tally = Tally()
    while effort.goesOn() {
      var rig = Rig(SimulatedDisk(isRecording: true), random: SeededRandom(seed: effort.random.next()))
      rig.isTerse = !Effort.isLong
      rig.runScenario(hasEmergency: effort.rounds % 2 == 0)
      var judge = Judge(rig, random: effort.random, replay: effort.replay)
      for snapshot in sample(rig.disk.snapshots, 25, &judge) {
        let disk = SimulatedDisk(snapshot.files, isRecording: true)
        judge.recover(disk, snapshot.promises, "killed before \(snapshot.call)", goesOn: false)
        for later in disk.snapshots.shuffled(using: &judge.random).prefix(Effort.isLong ? 3 : 1) {
          judge.examine(.init(files: later.files, promises: snapshot.promises, call: later.call), depth: 1, samples: 3)
        }
      }
      tally += judge.tally
      _ = effort.random.next()
    }
    effort.report(
      "\(tally.points) crash points, \(tally.images) states after a cut, \(tally.recoveries) recoveries, 0 entries lost"
    )
  }

  /// All of them in a long run; in a short one `count`, which the seed draws.
  private func sample(
    _ snapshots: [SimulatedDisk.Snapshot], _ count: Int, _ judge: inout Judge
  ) -> [SimulatedDisk.Snapshot] {
    Effort.isLong ? snapshots : Array(snapshots.shuffled(using: &judge.random).prefix(count))
  }

  /// The k-th call fails, for every k and every error, once or from then on.
  @Test(arguments: [EIO, ENOSPC, EINTR, EROFS, EDQUOT]) func whicheverCallFails(code: Int32) {
    var effort = Effort("failing calls (\(String(cString: strerror(code))))", short: 1, long: 500)
    var tally = Tally()
    while effort.goesOn() {
      let seed = effort.random.next()
      for isLasting in [false, true] {
        var step = 1
        while true {
          var rig = Rig(SimulatedDisk(), random: SeededRandom(seed: seed))
          rig.isTerse = !Effort.isLong
          rig.disk.refuse { [step] in $0.number == step || isLasting && $0.number > step ? code : nil }
          rig.runScenario(hasEmergency: false, isShort: true)
          rig.disk.refuse { _ in nil }
          var judge = Judge(rig, random: effort.random, replay: "call \(step), \(effort.replay)")
          judge.examineAfterFailure()
          tally += judge.tally
          if rig.disk.calls < step { break }
          step += 1
        }
        tally.points += step
      }
    }
    effort.report("\(tally.points) failing calls, \(tally.recoveries) recoveries, 0 entries lost")
  }

  /// Every quota from nothing to enough: a write that finds no room is short, like the kernel's.
  @Test(arguments: [ENOSPC, EDQUOT]) func howeverLittleRoomThereIs(code: Int32) {
    var effort = Effort("full disk (\(String(cString: strerror(code))))", short: 20, long: 100_000)
    var tally = Tally()
    while effort.goesOn() {
      var rig = Rig(SimulatedDisk(), random: SeededRandom(seed: effort.random.next()))
      let reserve = Bool.random(using: &effort.random) ? Format.reserve : 0
      rig.disk.limit(to: reserve + Int.random(in: 0..<80_000, using: &effort.random), code: code)
      rig.runScenario(hasEmergency: false, isShort: true)
      rig.disk.limit(to: nil)
      var judge = Judge(rig, random: effort.random, replay: effort.replay)
      judge.examineAfterFailure()
      tally += judge.tally
    }
    effort.report("\(tally.recoveries) recoveries, 0 entries lost")
  }
}

extension Rig {
  /// First open, batches of one and of many callers, compaction at its limit and on demand, clean ends, kills, and with
  /// `hasEmergency` writes and syncs that fail.
  mutating func runScenario(hasEmergency: Bool, isShort: Bool = false) {
    let rounds = isShort ? 1 : Effort.isLong ? 3 : 2
    for round in 0..<rounds {
      try? openJournal()
      for step in 0..<(isShort ? 2 : 4) {
        if hasEmergency, round == 1, step == 2 { failNext() }
        append(requests: Int.random(in: 1...4, using: &random))
        if hasEmergency { disk.refuse { _ in nil } }
        if step == 1, round == 1 { try? compact() }
      }
      if Bool.random(using: &random) { close() } else { kill() }
      if isShort { close() }
    }
    try? openJournal()
    append(requests: 1)
    close()
  }

  private mutating func failNext() {
    breakOff()
    let (name, code) =
      [("write", EIO), ("write", ENOSPC), ("sync", EIO)].randomElement(using: &random) ?? ("sync", EIO)
    disk.refuse { $0.name == name && $0.path.contains("journal-") ? code : nil }
  }
}

extension SimulatedDisk {
  /// What a crash after the last call would find.
  func end(_ promises: Promises) -> Snapshot {
    Snapshot(files: files, promises: promises, call: Call(number: calls + 1, name: "the end", path: ""))
  }
}

struct Tally {
  var points = 0
  var images = 0
  var recoveries = 0

  static func += (left: inout Tally, right: Tally) {
    left.points += right.points
    left.images += right.images
    left.recoveries += right.recoveries
  }
}
