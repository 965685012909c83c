import Executing
import Foundation
import Journaling
import Support
import Testing

/// Random histories of a small shop against a small model of what must and must not happen.
struct ModelProofs {
  struct History: Sendable {
    var setup: Setup
    var steps: [Step]

    init(seed: UInt64) {
      var random = SeededRandom(seed: seed)
      let setup = Setup(&random)
      self.setup = setup
      steps = (0..<Int.random(in: 4...28, using: &random)).map { _ in Step.random(setup, &random) }
    }

    /// What went wrong, and how often what happened.
    func play() async -> Witness {
      let time = VirtualTime(seed: setup.seed)
      let witness = Witness()
      await time.run {
        var play = Play(setup, time, witness)
        await play.boot()
        for step in steps where play.isQuiet { await play.take(step) }
        if play.isQuiet { await play.end() }
        await play.executor?.stop(grace: .zero)
        await play.journal?.close()
      }
      return witness
    }

    /// The same complaint with as few steps as that takes: each is left out once, the last first.
    func shortened(tries: Int = 200) async -> (history: History, witness: Witness)? {
      var best = self
      var witness = await best.play()
      guard !witness.accusations.isEmpty else { return nil }
      var (index, left) = (best.steps.count - 1, tries)
      while index >= 0, left > 0 {
        var shorter = best
        shorter.steps.remove(at: index)
        let again = await shorter.play()
        if !again.accusations.isEmpty { (best, witness) = (shorter, again) }
        (index, left) = (index - 1, left - 1)
      }
      return (best, witness)
    }
  }

  @Test(.timeLimit(.minutes(120))) func historiesEndAsTheFilesSayAndNothingForbiddenHappens() async {
    var effort = Effort("model histories", short: 500, long: 20_000)
    var counts: [String: Int] = [:]
    var failures = 0
    while failures < 5 {
      var seeds: [UInt64] = []
      // One history alone, by the number that a failure names.
      if let one = ProcessInfo.processInfo.environment["HAWKER_HISTORY"].flatMap({ UInt64($0) }) {
        if effort.rounds < 20, effort.goesOn() { seeds = [one] }
      } else {
        while seeds.count < 8, effort.goesOn() { seeds.append(effort.random.next()) }
      }
      if seeds.isEmpty { break }
      for (seed, witness) in await play(seeds) {
        counts.merge(witness.counts, uniquingKeysWith: +)
        guard !witness.accusations.isEmpty else { continue }
        failures += 1
        await complain(seed, witness, effort)
      }
    }
    let told = counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    effort.report("\(failures) violations; \(told)")
  }

  private func play(_ seeds: [UInt64]) async -> [(UInt64, Witness)] {
    await withTaskGroup(of: (UInt64, Witness).self) { group in
      for seed in seeds { group.addTask { (seed, await History(seed: seed).play()) } }
      var played: [(UInt64, Witness)] = []
      for await one in group { played.append(one) }
      return played.sorted { $0.0 < $1.0 }
    }
  }

  private func complain(_ seed: UInt64, _ witness: Witness, _ effort: Effort) async {
    let short = await History(seed: seed).shortened()
    let steps = short?.history.steps.map(\.description).joined(separator: "\n  ") ?? "(it does not fail again)"
    let accounts = (short?.history.setup.accounts ?? []).map {
      "\($0.name): \($0.rate)/s, \($0.concurrency) at once, stale for \($0.staleness) s"
    }
    Issue.record(
      """
      history \(seed): \((short?.witness ?? witness).accusations.joined(separator: "; "))
        \(accounts.joined(separator: "; ")); \(short?.history.setup.listings ?? 0) listings
        \(steps)
      \(effort.replay)
      """)
  }
}
