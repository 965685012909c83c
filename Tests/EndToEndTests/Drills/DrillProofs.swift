import Foundation
import Support
import Synchronization
import Testing

/// Whatever happens to a shop's files, config, state or clock: nothing is withdrawn, what is said is right, and when it
/// is undone nothing is left to do. `HAWKER_DRILL=TEXT` runs those whose name contains it.
@Suite(.timeLimit(.minutes(15))) struct DrillProofs {
  static let width = 8
  private static let chosen = ProcessInfo.processInfo.environment["HAWKER_DRILL"]
  private static let drills = (Drill.files + Drill.git + Drill.config + Drill.edits + Drill.state + Drill.clocks)
    .filter { isChosen($0.name) }
  private static let stories = StoryDrills.all.filter { isChosen($0.name) }

  private static func isChosen(_ name: String) -> Bool { chosen.map(name.contains) ?? true }

  private struct Step: Sendable {
    var name: String
    var run: @Sendable () async throws -> Void
  }

  @Test func everyDisasterIsBlocked() async throws {
    var effort = Effort("disaster drills", short: 1, long: 1000)
    var done = 0
    var skipped: Set<String> = []
    while effort.goesOn() {
      let count = Int.random(in: 12...20, using: &effort.random)
      let inside = try await DrillShop.applied(.inside, count: count)
      let beside = try await DrillShop.applied(.beside, count: count)
      defer {
        inside.folder.remove()
        beside.folder.remove()
      }
      var steps: [Step] = []
      for drill in Self.drills {
        if let lack = await drill.lack() {
          skipped.insert("\(drill.name) (\(lack))")
          continue
        }
        let run = DrillRun(drill: drill, applied: drill.venue == .inside ? inside : beside)
        steps.append(Step(name: "\(drill.name), by apply") { try await run.byApply() })
        steps.append(Step(name: "\(drill.name), by the daemon") { try await run.byDaemon() })
        done += 1
      }
      for story in Self.stories {
        let applied = story.venue == .inside ? inside : beside
        steps.append(Step(name: story.name) { try await Self.tell(story, applied) })
        done += 1
      }
      await carryOut(steps, replay: effort.replay)
    }
    for what in skipped.sorted() { print("proof: disaster drills: skipped: \(what)") }
    effort.report("\(done) drills, 0 withdrawals")
  }

  private static func tell(_ story: StoryDrills.Entry, _ applied: DrillShop) async throws {
    let shop = try await applied.copy(forgetful: story.isForgetful)
    do { try await story.tell(shop) } catch {
      await shop.close()
      throw error
    }
    await shop.close()
  }

  /// A few at a time.
  private func carryOut(_ steps: [Step], replay: String) async {
    await withTaskGroup { group in
      var rest = steps[...]
      for _ in 0..<Self.width { if let step = rest.popFirst() { group.addTask { await Self.attempt(step, replay) } } }
      while await group.next() != nil {
        if let step = rest.popFirst() { group.addTask { await Self.attempt(step, replay) } }
      }
    }
  }

  private static func attempt(_ step: Step, _ replay: String) async {
    do { try await step.run() } catch {
      Issue.record("\(step.name): \(error) [\(replay)]")
    }
  }
}
