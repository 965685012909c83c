import Foundation

/// Drills that are told in steps. Each returns how many posts went that nobody had asked for.
enum StoryDrills {
  typealias Story = @Sendable (DrillShop) async throws -> Void

  struct Entry: Sendable {
    var name: String
    var venue: DrillShop.Venue
    /// The marketplaces know nothing of the shop.
    var isForgetful = false
    var tell: Story
  }

  static let all: [Entry] = [
    Entry(name: "files lost one by one, the daemon", venue: .inside, tell: lostOneByOne),
    Entry(name: "files lost in many small commits", venue: .inside, tell: lostInCommits),
    Entry(name: "files lost one by one, an apply each", venue: .inside, tell: lostByApply),
    Entry(name: "two daemons and an apply", venue: .beside, tell: threeAtOnce),
    Entry(name: "kill -9 in a series of withdrawals", venue: .inside, tell: killedWhileWithdrawing),
    Entry(name: "the token is removed", venue: .beside, tell: withoutToken),
    Entry(name: "everything is gone from the marketplaces", venue: .beside, isForgetful: true, tell: everythingGone),
    Entry(name: "everything is put back slowly", venue: .inside, tell: restoredSlowly),
    Entry(name: "every file says sold: the seller's word", venue: .inside, tell: allSold),
  ]

  private static func require(_ isTrue: Bool, _ what: @autoclosure () throws -> String) throws {
    if !isTrue { throw DrillRun.Violation(description: try what()) }
  }

  private static func said(_ outcome: Program.Outcome) -> String {
    "it ends with \(outcome.status): \(outcome.out.suffix(1500))\(outcome.err.suffix(1500))"
  }

  /// The files but those of the starter shop, in the order of their numbers.
  private static func lamps(_ shop: DrillShop) -> [String] { (0..<shop.count - 3).map { "listings/lamp-\($0).yaml" } }

  // MARK: Slow losses

  private static let longGrace = "sed -i 's/grace: 2s/grace: 1h/' hawker.yaml"

  private static func lostOneByOne(_ shop: DrillShop) async throws {
    try await shop.sh(longGrace)
    try await loseSlowly(shop) { file in try await shop.sh("rm \(file)") }
  }

  private static func lostInCommits(_ shop: DrillShop) async throws {
    try await shop.sh("\(longGrace); git init -q; printf '/state/\\n' > .gitignore; git add -A; git commit -qm all")
    try await loseSlowly(shop) { file in try await shop.sh("git rm -q \(file); git commit -qm fewer") }
  }

  /// All are in their grace; the one too many makes it a loss of all.
  private static func loseSlowly(_ shop: DrillShop, _ lose: (String) async throws -> Void) async throws {
    let before = try shop.ledger()
    let limit = max(3, shop.count * 20 / 100)
    let daemon = try shop.daemon()
    do {
      try await daemon.says("in sync")
      for (index, file) in lamps(shop).prefix(limit + 2).enumerated() {
        try await lose(file)
        try await daemon.says(
          index < limit
            ? "guard grace: \(2 * index + 2) posts waiting"
            : "guard withdrawals: \(index + 1) of \(shop.count) posts on offerup")
      }
      try await shop.sh("cp -a ../saved/listings .")
      try await daemon.says("in sync: \(shop.count) listings, \(2 * shop.count) posts")
      let status = try await daemon.interrupt()
      try require(status == 0, "the daemon ends with \(status)")
    } catch {
      try? await daemon.kill()
      throw error
    }
    try require(try shop.ledger() == before, "posts were changed")
  }

  /// `apply` knows no grace: a person has seen each plan. The limit is what a whole hour may lose.
  private static func lostByApply(_ shop: DrillShop) async throws {
    let limit = max(3, shop.count * 20 / 100)
    for (index, file) in lamps(shop).enumerated() {
      try await shop.sh("rm \(file)")
      let outcome = try await shop.hawker("apply", "--yes")
      try require(outcome.status == (index < limit ? 0 : 3), "after \(index + 1) files " + said(outcome))
    }
    let lost = try shop.withdrawn().count
    try require(lost == 2 * limit, "\(lost) posts were withdrawn, the limit is \(limit) of each account")
  }

  /// When nearly all are back the rest must not look like a loss small enough to pass, however long it has been missing.
  private static func restoredSlowly(_ shop: DrillShop) async throws {
    try await shop.sh("sed -i 's/grace: 2s/grace: 1s/' hawker.yaml")
    let before = try shop.ledger()
    let daemon = try shop.daemon()
    do {
      try await daemon.says("in sync")
      try await shop.sh("rm listings/*.yaml")
      try await daemon.says("guard emptied: all \(shop.count) posts on offerup")
      // Its grace is over when a look later than that finds it held all the same.
      while daemon.isRunning, try await held(shop, by: "grace", olderThan: 1) == 0 {}
      for file in ["trek-520", "walnut-table"] + (2..<shop.count - 3).map({ "lamp-\($0)" }) {
        try await shop.sh("cp -a ../saved/listings/\(file).yaml listings/")
      }
      try await daemon.says("guard grace: 6 posts waiting")
      try await shop.sh("cp -a ../saved/listings .")
      try await daemon.says("in sync: \(shop.count) listings")
      let status = try await daemon.interrupt()
      try require(status == 0, "the daemon ends with \(status)")
    } catch {
      try? await daemon.kill()
      throw DrillRun.Violation(description: "\(error)\n" + daemon.lines.suffix(10).joined(separator: "\n"))
    }
    try require(try shop.ledger() == before, "posts were changed: \(try shop.withdrawn().count) withdrawn")
  }

  /// How many absences the journal has noted that long ago, in seconds.
  private static func held(_ shop: DrillShop, by holder: String, olderThan age: Double) async throws -> Int {
    let log = try await shop.hawker("log", "--format", "json")
    return log.out.split(separator: "\n").count { line in
      guard let json = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any],
        json["by"] as? String == holder, let at = json["at"] as? String,
        let date = try? Date(at, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
      else { return false }
      return date.timeIntervalSinceNow < -age
    }
  }

  // MARK: Processes

  private static func threeAtOnce(_ shop: DrillShop) async throws {
    let before = try shop.ledger()
    let daemon = try shop.daemon()
    do {
      try await daemon.says("in sync")
      async let second = shop.hawker(["run"], launcher: ["/usr/bin/timeout", "60"])
      async let apply = shop.hawker("apply", "--yes")
      for outcome in try await [second, apply] {
        try require(
          outcome.status == 5
            && outcome.err.contains("another hawker holds the state: process \(daemon.processIdentifier) ("),
          said(outcome))
      }
      let status = try await daemon.interrupt()
      try require(status == 0, "the daemon ends with \(status)")
    } catch {
      try? await daemon.kill()
      throw error
    }
    try require(try shop.ledger() == before, "posts were changed")
  }

  private static func killedWhileWithdrawing(_ shop: DrillShop) async throws {
    try await shop.sh("rm " + lamps(shop).prefix(6).joined(separator: " "))
    let daemon = try shop.daemon()
    do {
      try await daemon.says("guard withdrawals: 6 of \(shop.count) posts on offerup")
      let plan = daemon.lines.last { $0.contains("(hawker approve ") }?.split(separator: " ").last?.dropLast() ?? ""
      let approved = try await shop.hawker("approve", String(plan))
      try require(approved.status == 0 && approved.out.contains("12 held actions approved"), said(approved))
      try await daemon.says("withdraw lamp-")
    } catch {
      try? await daemon.kill()
      throw DrillRun.Violation(description: "\(error)\n" + daemon.lines.suffix(10).joined(separator: "\n"))
    }
    try await daemon.kill()
    let rest = try await shop.hawker("apply", "--yes")
    try require(rest.status == 0, said(rest))
    let withdrawn = try shop.withdrawn()
    try require(
      withdrawn.count == 12 && withdrawn.values.allSatisfy { $0 == 1 }
        && Set(withdrawn.keys.map { $0.split(separator: " ")[1] }) == Set((0..<6).map { "lamp-\($0)" }),
      "withdrawn were \(withdrawn)")
    try require(try shop.shown().count == 2 * shop.count - 12, "too many went")
  }

  // MARK: Marketplaces

  private static func withoutToken(_ shop: DrillShop) async throws {
    let before = try shop.ledger()
    try await shop.sh("sed -i 's/^price: 35/price: 34/' listings/*.yaml")
    try await shop.sh("sed -i 's/^price: 34/price: 35/' listings/lamp-*.yaml")
    let outcome = try await shop.hawker(["apply", "--yes", "--no-wait"], environment: [:])
    try require(outcome.status == 6 && outcome.out.contains("HAWKER_TOKEN_OFFERUP"), said(outcome))
    let daemon = try shop.daemon(environment: [:])
    try await daemon.says("facebook stopped")
    let status = try await daemon.interrupt()
    try require(status == 0, "the daemon ends with \(status)")
    try await shop.sh("cp -a ../saved/. .")
    let undone = try await shop.hawker("apply", "--yes")
    try require(undone.status == 0 && undone.out.contains("\(2 * shop.count) unchanged"), said(undone))
    try require(try shop.ledger() == before, "posts were changed")
  }

  private static func everythingGone(_ shop: DrillShop) async throws {
    try await shop.sh("sed -i 's/^title: /title: New /' " + lamps(shop).prefix(4).joined(separator: " "))
    let first = try await shop.hawker("apply", "--yes", "--no-wait")
    try require(first.status == 1 || first.status == 3, said(first))
    for _ in 0..<2 {
      let outcome = try await shop.hawker("apply", "--yes", "--no-wait")
      try require(
        outcome.status == 3 && outcome.out.contains("0 create, 0 update") && outcome.out.contains("8 held"),
        said(outcome))
    }
    let daemon = try shop.daemon()
    try await daemon.says("8 held")
    let status = try await daemon.interrupt()
    try require(status == 0, "the daemon ends with \(status)")
    try require(try shop.shown().isEmpty, "posted again: \(try shop.shown())")
  }

  private static func allSold(_ shop: DrillShop) async throws {
    try await shop.sh("for f in listings/*.yaml; do echo 'status: sold' >> $f; done")
    let outcome = try await shop.hawker("apply", "--yes")
    try require(outcome.status == 0 && outcome.out.contains("\(2 * shop.count) withdraw, 0 held"), said(outcome))
    try require(try shop.shown().isEmpty, "still shown: \(try shop.shown())")
  }
}
