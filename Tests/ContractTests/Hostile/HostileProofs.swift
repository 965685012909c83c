import Support
import Testing

/// Every behaviour of a hostile server, for every call of both adapters: each is classified right, and a create is sent
/// at most once.
@Suite(Sharing.connections) struct HostileProofs {
  private static func trials(_ behaviour: Behaviour, isSecure: Bool, isKept: Bool) -> [Trial] {
    Trial.Adapter.allCases.flatMap { adapter in
      Behaviour.Call.allCases.map { call in
        Trial(behaviour: behaviour, adapter: adapter, call: call, isSecure: isSecure, isKept: isKept)
      }
    }.filter { $0.expected != nil }
  }

  @Test func everyBehaviourIsClassifiedRight() async {
    let count = Behaviour.all.count
    var effort = Effort("hostile servers", short: count, long: 1_000_000)
    var (calls, creates, wrong) = (0, 0, 0)
    while effort.goesOn() {
      // With TLS and without, on kept connections and fresh ones; a long run takes each behaviour through all four.
      let (turn, number) = (effort.rounds - 1).quotientAndRemainder(dividingBy: count)
      let way = (turn + number) % 4
      let trials = Self.trials(Behaviour.all[number], isSecure: way > 1, isKept: way % 2 == 0)
      let results = await withTaskGroup { group in
        for trial in trials { group.addTask { (trial, await trial.run()) } }
        return await group.reduce(into: []) { $0.append($1) }
      }
      calls += results.count
      creates += results.reduce(0) { $0 + $1.1.creates }
      for (trial, result) in results where !trial.isRight(result) {
        wrong += 1
        Issue.record("\(trial.name): \(result.outcome), not \(trial.expected ?? ""); creates seen: \(result.creates)")
      }
    }
    effort.report("\(count) behaviours, \(calls) calls, \(creates) creates seen, \(wrong) classified wrong")
    #expect(count >= 60)
  }
}
