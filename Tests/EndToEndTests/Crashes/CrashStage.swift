import Foundation
import Journaling
import Listings

/// A scenario on one marketplace, prepared: each crash starts from a copy of it.
struct CrashStage: Sendable {
  /// Where in the scenario the program dies.
  struct Place: Hashable, Sendable, CustomStringConvertible {
    /// In which of the scenario's lines.
    var line: Int
    var point: String
    /// For the how manieth time.
    var time: Int
    var description: String { "\(point):\(time)" + (line > 0 ? " in line \(line + 1)" : "") }
  }

  struct Failure: Error, CustomStringConvertible { let description: String }

  let scenario: CrashScenario
  let market: String
  private let prepared: CrashShop
  private let known: [String: Int64]
  /// How many posts are made when nothing crashes.
  private let creates: Int
  /// Every point that the scenario gets to, each time.
  let places: [Place]

  /// Goes through the scenario once, without a crash.
  init(_ scenario: CrashScenario, _ market: String) async throws {
    (self.scenario, self.market) = (scenario, market)
    prepared = try CrashShop(market)
    try await scenario.prepare(prepared)
    let shop = try prepared.copy()
    defer { shop.remove() }
    var places: [Place] = []
    for (index, line) in try scenario.act(shop).enumerated() {
      let outcome = try await CrashStage.list(line, shop, scenario)
      var times: [String: Int] = [:]
      for point in outcome.points {
        times[point, default: 0] += 1
        places.append(Place(line: index, point: point, time: times[point, default: 1]))
      }
    }
    self.places = places
    // What was there before is none of the scenario's: compaction may take its intents, and one loses the whole journal.
    let earlier = try prepared.posts().compactMap { post in post.reference.map { ($0, Int64(0)) } }
    known = Dictionary(earlier) { $1 }
    let recovery = try await CrashStage.recover(shop, scenario)
    let final = CrashCheck(shop: shop, scenario: scenario, known: known)
    creates = try final.creates()
    let violations = try final.violations(creates: nil) + recovery.violations
    guard violations.isEmpty else { throw Failure(description: "\(scenario.name) on \(market): \(violations)") }
  }

  func remove() { prepared.remove() }

  /// Dies at `first`, and, where that is given, at `second` while it recovers. What is wrong afterwards, and every point
  /// of the recovery that it got to.
  func crash(at first: Place, then second: String? = nil) async throws -> (violations: [String], points: [String]) {
    let shop = try prepared.copy()
    defer { shop.remove() }
    let lines = try scenario.act(shop)
    for (index, line) in lines.enumerated().prefix(first.line + 1) {
      // How often a point is passed varies a little: when the time doesn't come, the line ends, which has to be well too.
      let point = index == first.line ? "\(first.point):\(first.time)" : nil
      try await shop.run(line, environment: scenario.environment, crashAt: point)
    }
    if let second {
      for line in try scenario.afterwards(shop) + [.apply] {
        if try await shop.run(line, environment: scenario.environment, crashAt: second).status == SIGKILL { break }
      }
    }
    let recovery = try await CrashStage.recover(shop, scenario)
    var violations = try CrashCheck(shop: shop, scenario: scenario, known: known).violations(creates: creates)
    violations += recovery.violations
    return (violations, recovery.points)
  }

  private static func list(
    _ line: CrashScenario.Line, _ shop: CrashShop, _ scenario: CrashScenario
  ) async throws -> (outcome: Program.Outcome, points: [String]) {
    let outcome = try await shop.run(
      line, environment: scenario.environment.merging(["HAWKER_CRASH_LIST": "1"]) { $1 })
    let prefix = "crash point: "
    return (
      outcome,
      outcome.err.split(separator: "\n").filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
    )
  }

  /// Of what may have been sent twice only a person can say whether it is there: looks, and says so. False: nothing is asked.
  private static func settle(
    _ outcome: Program.Outcome, _ shop: CrashShop, _ scenario: CrashScenario
  ) async throws -> Bool {
    let question = /sent twice and not found there.*hawker resolve --sandbox (\S+) --account \S+ --posted/
    guard let listing = outcome.out.firstMatch(of: question)?.1 else { return false }
    let records = try JournalReading.read(shop.shop.path + "/state/sandbox")?.records.values.map(\.remoteID) ?? []
    let last = Dictionary(try shop.posts().map { ($0.id, $0) }) { $1 }
    let there = last.values.first { $0.isLive && !records.contains($0.id) }
    var line = CrashScenario.Line("resolve", String(listing))
    line.arguments += there.map { ["--posted", $0.id] } ?? ["--not-posted"]
    return try await shop.run(line, environment: scenario.environment).status == 0
  }

  /// What a person does, and a clean `apply`; then nothing is left to do.
  private static func recover(
    _ shop: CrashShop, _ scenario: CrashScenario
  ) async throws -> (violations: [String], points: [String]) {
    var points: [String] = []
    var seen: Set<String> = []
    var violations: [String] = []
    for line in try scenario.afterwards(shop) + [.apply] {
      var (outcome, reached) = try await list(line, shop, scenario)
      points += reached.filter { seen.insert($0).inserted }
      if try await settle(outcome, shop, scenario) { (outcome, reached) = try await list(line, shop, scenario) }
      if line.arguments == CrashScenario.Line.apply.arguments, outcome.status != 0, scenario.name != "two matches" {
        let words = outcome.err.split(separator: "\n").filter { !$0.hasPrefix("crash point") }.joined(separator: " ")
        violations.append("apply ended with \(outcome.status): \(words) \(outcome.out.suffix(600))")
      }
    }
    let plan = try await shop.run(
      CrashScenario.Line("plan", "--detailed-exitcode"), environment: scenario.environment)
    if plan.status != 0 { violations.append("something is left to do (\(plan.status)): \(plan.out)\(plan.err)") }
    return (violations, points)
  }
}
