import Foundation
import Listings
import Support
import Testing

/// The real program dies at every point, in every scenario, on both marketplaces, and once more while it recovers.
/// Afterwards each listing is on its marketplace once, and the journal says the same.
@Suite(.timeLimit(.minutes(Effort.isLong ? 600 : 5))) struct CrashPointProofs {
  /// Programs at a time: they wait more than they compute.
  private static let width = 4

  @Test func whereverItDiesNothingIsDoubleAndNothingLost() async throws {
    var effort = Effort("crash points", short: 60, long: .max)
    // The sample takes each scenario on one of the two marketplaces.
    let parity = Int(effort.random.next() % 2)
    // `HAWKER_CRASH_ONLY=sold`: only scenarios whose names hold that.
    let only = ProcessInfo.processInfo.environment["HAWKER_CRASH_ONLY"]
    let chosen = CrashScenario.all.filter { scenario in only.map { scenario.name.contains($0) } ?? true }
    let pairs = chosen.enumerated().flatMap { index, scenario in
      ["facebook", "offerup"].enumerated().filter { Effort.isLong || (index + parity) % 2 == $0.offset }
        .map { (scenario, $0.element) }
    }
    let stages = try await Self.inParallel(pairs) { try await CrashStage($0.0, $0.1) }
    defer { for stage in stages { stage.remove() } }
    if only == nil { everyPointIsReached(stages) }
    var trial = CrashTrial(stages: stages, random: effort.random)
    while true {
      var batch: [CrashTrial.Crash] = []
      while batch.count < Self.width * 4, !trial.isEmpty, effort.goesOn() { batch.append(trial.draw()) }
      if batch.isEmpty { break }
      let found = try await Self.inParallel(batch) { crash in
        try await stages[crash.stage].crash(at: crash.first, then: crash.second)
      }
      for (crash, result) in zip(batch, found) {
        #expect(result.violations.isEmpty, "\(trial.describe(crash)): \(result.violations); \(effort.replay)")
        if result.violations.isEmpty { trial.note(crash, result.points) } else { trial.violations += 1 }
      }
    }
    effort.report(trial.summary)
    #expect(trial.violations == 0)
  }

  /// The table of names and what the scenarios get to are the same.
  private func everyPointIsReached(_ stages: [CrashStage]) {
    let reached = Set(stages.flatMap(\.places).map(\.point))
    let unknown = reached.subtracting(CrashPoint.names)
    #expect(unknown.isEmpty, "not in CrashPoint.names: \(unknown.sorted())")
    // The listings root is marked by real journals only: `RootMarkTests`.
    let missing = Set(CrashPoint.names).subtracting(reached)
      .subtracting(["marker-written", "marker-renamed"] + CrashPoint.connecting)
    #expect(missing.isEmpty, "no scenario gets to \(missing.sorted())")
  }

  private static func inParallel<Item: Sendable, Value: Sendable>(
    _ items: [Item], _ body: @escaping @Sendable (Item) async throws -> Value
  ) async throws -> [Value] {
    try await withThrowingTaskGroup(of: (Int, Value).self) { group in
      var values = [Value?](repeating: nil, count: items.count)
      var next = 0
      func addNext() {
        guard next < items.count else { return }
        let (index, item) = (next, items[next])
        next += 1
        group.addTask { (index, try await body(item)) }
      }
      for _ in 0..<width { addNext() }
      while let (index, value) = try await group.next() {
        values[index] = value
        addNext()
      }
      return values.compactMap(\.self)
    }
  }
}
