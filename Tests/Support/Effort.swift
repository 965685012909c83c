import Foundation

/// How far a proof goes: a sample of rounds in `make test`, many more in `make torture`, which sets
/// `HAWKER_TORTURE_SECONDS` for each proof. `HAWKER_SEED` repeats a run; without it
/// `make test` takes the same sample each time and `make torture` draws another seed.
///
///     var effort = Effort("power cuts", short: 100, long: 5000)
///     while effort.goesOn() { …one round, drawing from effort.random… }
///     effort.report("0 entries lost")
package struct Effort {
  package let name: String
  package let seed: UInt64
  package var random: SeededRandom
  package private(set) var rounds = 0
  private let goal: Int
  private let end: ContinuousClock.Instant?
  private let start = ContinuousClock.now

  package init(_ name: String, short: Int, long: Int) {
    let environment = ProcessInfo.processInfo.environment
    self.name = name
    let seconds = environment["HAWKER_TORTURE_SECONDS"].flatMap { Int64($0) }
    // A sample that is another one each time would blame a change for what it did not do; finding more is torture's task.
    let usual = seconds == nil ? 1 : UInt64.random(in: 1...999_999_999)
    seed = environment["HAWKER_SEED"].flatMap { UInt64($0) } ?? usual
    random = SeededRandom(seed: seed)
    goal = seconds == nil ? short : long
    let start = start
    end = seconds.map { start + .seconds($0) }
  }

  /// Whether this is a long run.
  package static var isLong: Bool { ProcessInfo.processInfo.environment["HAWKER_TORTURE_SECONDS"] != nil }

  /// Counts a round, unless the goal or, in a long run, the end of its time is reached.
  package mutating func goesOn() -> Bool {
    if rounds >= goal { return false }
    if let end, ContinuousClock.now >= end { return false }
    rounds += 1
    return true
  }

  /// What a failing expectation should say: how to see it again.
  package var replay: String { "round \(rounds) of \(name); HAWKER_SEED=\(seed) repeats it" }

  /// One line that a person and `make torture` read.
  package func report(_ result: String) {
    let seconds = (ContinuousClock.now - start).components.seconds
    print("proof: \(name): \(rounds) rounds in \(seconds) s, \(result); seed \(seed)")
  }
}

/// SplitMix64: the same numbers for the same seed, everywhere.
package struct SeededRandom: RandomNumberGenerator, Sendable {
  private var state: UInt64

  package init(seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
