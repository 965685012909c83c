import Foundation
import Support

/// Which crashes are still to be tried: first every single one, then every second one during a recovery.
///
/// A long run may be cut into several: `HAWKER_CRASH_PROGRESS` names a file that keeps what was tried (of one build: take
/// it away after a change).
struct CrashTrial {
  struct Crash: Sendable {
    var stage: Int
    var first: CrashStage.Place
    var second: String?
  }

  private let stages: [CrashStage]
  private var random: SeededRandom
  private var waiting: [Crash] = []
  private var later: [Crash] = []
  /// What was tried, and the points of its recovery.
  private var done: [String: [String]]
  private var counts = (single: 0, double: 0, singles: 0, doubles: 0)
  var violations = 0

  private static let progress = ProcessInfo.processInfo.environment["HAWKER_CRASH_PROGRESS"]

  init(stages: [CrashStage], random: SeededRandom) {
    (self.stages, self.random) = (stages, random)
    done = CrashTrial.readProgress()
    for (index, stage) in stages.enumerated() {
      for place in stage.places { add(Crash(stage: index, first: place)) }
    }
    waiting.shuffle(using: &self.random)
  }

  var isEmpty: Bool { waiting.isEmpty && later.isEmpty }

  private mutating func add(_ crash: Crash) {
    if crash.second == nil { counts.singles += 1 } else { counts.doubles += 1 }
    if let points = done[describe(crash)] {
      count(crash, points)
    } else if crash.second == nil {
      waiting.append(crash)
    } else {
      later.append(crash)
    }
  }

  /// In the sample every third is a crash during a recovery.
  mutating func draw() -> Crash {
    let takesLater = waiting.isEmpty || !Effort.isLong && !later.isEmpty && random.next() % 3 == 0
    guard takesLater else { return waiting.removeLast() }
    later.swapAt(Int(random.next() % UInt64(later.count)), later.count - 1)
    return later.removeLast()
  }

  mutating func note(_ crash: Crash, _ points: [String]) {
    count(crash, points)
    guard let progress = CrashTrial.progress, let file = fopen(progress, "a") else { return }
    fputs("\(describe(crash))\t\(crash.second == nil ? points.joined(separator: " ") : "")\n", file)
    fclose(file)
  }

  private mutating func count(_ crash: Crash, _ points: [String]) {
    guard crash.second == nil else { return counts.double += 1 }
    counts.single += 1
    // A later time of the same point leaves much the same behind.
    guard crash.first.time == 1 else { return }
    for point in points { add(Crash(stage: crash.stage, first: crash.first, second: point)) }
  }

  private static func readProgress() -> [String: [String]] {
    guard let progress, let text = try? String(contentsOfFile: progress, encoding: .utf8) else { return [:] }
    var done: [String: [String]] = [:]
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: "\t", omittingEmptySubsequences: false)
      if parts.count == 2 { done[String(parts[0])] = parts[1].split(separator: " ").map(String.init) }
    }
    return done
  }

  func describe(_ crash: Crash) -> String {
    let stage = stages[crash.stage]
    let then = crash.second.map { ", then at \($0)" } ?? ""
    return "\(stage.scenario.name) on \(stage.market), killed at \(crash.first)\(then)"
  }

  var summary: String {
    let points = Set(stages.flatMap(\.places).map(\.point)).count
    return
      "\(counts.single) of \(counts.singles) crashes (\(points) points, \(stages.count) scenarios on a marketplace), "
      + "\(counts.double) of \(counts.doubles) second crashes during recovery, \(violations) violations"
  }
}
