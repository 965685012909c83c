import Glibc
import Listings
import Support
import Synchronization
import Testing

@testable import Journaling

/// The journal on a real ext4 that is cut off in the middle of its work, again and again.
@Suite(.serialized) struct PowerCutProofs {
  @Test func nothingAcknowledgedBeforeTheCutIsLost() async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    var volumes: [Volume] = []
    defer { for volume in volumes { volume.remove() } }
    do {
      for size in [1024, 2048, 4096] { volumes.append(try Volume(blockSize: size, in: folder.path)) }
    } catch {
      print("proof: power cuts: SKIPPED, it needs root and loop devices: \(error)")
      return
    }
    var effort = Effort("power cuts", short: 100, long: 5000)
    var known = volumes.map { _ in Known() }
    var count = Count()
    while effort.goesOn() {
      let index = Int.random(in: volumes.indices, using: &effort.random)
      try volumes[index].mount()
      try await round(volumes[index], &known[index], &effort.random, &count, effort.replay)
      guard volumes[index].unmount() else {
        Issue.record("the volume is still in use; \(effort.replay)")
        break
      }
    }
    for (volume, known) in zip(volumes, known) {
      try volume.mount()
      check(try JournalReading.read(volume.path + "/\(known.state)"), known, effort.replay)
      volume.unmount()
    }
    effort.report(
      "\(count.entries) acknowledged entries, \(count.torn) torn tails, \(count.ambiguous) ambiguous, 0 lost")
    #expect(count.entries > effort.rounds)
  }

  /// Opens what the last cut left, holds it against what was acknowledged, goes on, and is cut.
  private func round(
    _ volume: Volume, _ known: inout Known, _ random: inout SeededRandom, _ count: inout Count, _ replay: String
  ) async throws {
    known.freshen(volume)
    let clock = TestClock()
    let limits = SegmentLimits(
      entries: [6, 40, 100_000].randomElement(using: &random) ?? 6,
      headroom: [0, 2000, 128 * 1024].randomElement(using: &random) ?? 0)
    let setting = JournalSetting(program: "0", now: clock.now, disk: QuietDisk(), limits: limits)
    let journal = try Journal.open("\(volume.path)/\(known.state)", setting)
    check(journal.ledger, known, replay)
    if case .torn = journal.opening.state { count.torn += 1 }
    let crowd = Crowd(goal: Int.random(in: 1...60, using: &random)) { volume.cut() }
    let (writers, round) = (Int.random(in: 1...24, using: &random), known.rounds)
    let length = [0, 300, 3000].randomElement(using: &random) ?? 0
    await withTaskGroup(of: Void.self) { group in
      for writer in 0..<writers {
        group.addTask { await crowd.write(to: journal, name: "r\(round)w\(writer)", length: length) }
      }
    }
    await journal.close()
    let result = crowd.result
    #expect(result.isCut, "the file system could not be cut; \(replay)")
    known.intents.formUnion(result.intents)
    known.outcomes.formUnion(result.outcomes)
    count.entries += result.intents.count + result.outcomes.count
    count.ambiguous += result.ambiguous
  }

  private func check(_ ledger: Ledger?, _ known: Known, _ replay: String) {
    for key in known.intents where ledger?[key] == nil { Issue.record("the intent of \(key) is lost; \(replay)") }
    for key in known.outcomes where ledger?[key]?.remoteID != key.listing {
      Issue.record("the outcome of \(key) is lost; \(replay)")
    }
  }

  private struct Count {
    var entries = 0
    var torn = 0
    var ambiguous = 0
  }

  /// What was acknowledged on a volume before it was cut.
  private struct Known {
    var rounds = 0
    var intents: Set<PostKey> = []
    var outcomes: Set<PostKey> = []
    var state: String { "state-\(rounds / 12)" }

    /// A new journal now and then, so that rounds stay short.
    mutating func freshen(_ volume: Volume) {
      let old = state
      rounds += 1
      guard state != old else { return }
      Scene.erase("\(volume.path)/\(old)")
      (intents, outcomes) = ([], [])
    }
  }
}

/// Callers that append until the power fails, which it does when they have been told of `goal` entries.
private final class Crowd: Sendable {
  struct Result {
    var intents: Set<PostKey> = []
    var outcomes: Set<PostKey> = []
    /// Acknowledged after the cut was begun.
    var ambiguous = 0
    var hasBegun = false
    var isCut = false
  }

  private let state = Mutex(Result())
  private let goal: Int
  private let cut: @Sendable () -> Bool

  init(goal: Int, cut: @escaping @Sendable () -> Bool) { (self.goal, self.cut) = (goal, cut) }

  var result: Result { state.withLock { $0 } }

  func write(to journal: Journal, name: String, length: Int) async {
    var number = 0
    while !state.withLock({ $0.hasBegun }) {
      number += 1
      let key = PostKey(listing: "\(name)n\(number)", account: "a")
      let sent = content(String(repeating: "x", count: length))
      do {
        try await journal.append([intent(key.listing, .create, key, content: sent)])
        acknowledge { $0.intents.insert(key) }
        try await journal.append([done(key.listing, id: key.listing)])
        acknowledge { $0.outcomes.insert(key) }
      } catch {
        return
      }
    }
  }

  private func acknowledge(_ note: (inout Result) -> Void) {
    let begins = state.withLock { state in
      guard !state.hasBegun else {
        state.ambiguous += 1
        return false
      }
      note(&state)
      state.hasBegun = state.intents.count + state.outcomes.count >= goal
      return state.hasBegun
    }
    if begins {
      let isCut = cut()
      state.withLock { $0.isCut = isCut }
    }
  }
}
