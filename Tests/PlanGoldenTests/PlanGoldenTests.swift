import Foundation
import Testing

/// Each case's plan is the committed one. `HAWKER_RECORD=1` writes the plans anew, to be read before they are committed;
/// plan.json only where there is one already.
struct PlanGoldenTests {
  @Test(arguments: Case.names) func planIsAsRecorded(name: String) throws {
    let example = Case(name: name)
    let plan = try example.plan()
    if ProcessInfo.processInfo.environment["HAWKER_RECORD"] != nil {
      try plan.text.write(toFile: "\(example.path)/plan.txt", atomically: true, encoding: .utf8)
      if example.text("plan.json") != nil {
        try (plan.json + "\n").write(toFile: "\(example.path)/plan.json", atomically: true, encoding: .utf8)
      }
    }
    #expect(plan.text == example.text("plan.txt"))
    if let json = example.text("plan.json") { #expect(plan.json + "\n" == json) }
  }

  @Test func thereAreCases() { #expect(Case.names.count >= 30) }
}
