import Foundation
import Support
import Testing

/// The seller's word, with a daemon and without, and what guards say about themselves.
@Suite(.timeLimit(.minutes(3))) struct DecisionTests {
  private func edit(_ shop: StarterShop, _ price: String) throws {
    let lamp = try shop.read("listings/lamp.yaml").split(separator: "\n", omittingEmptySubsequences: false)
    try shop.write(
      "listings/lamp.yaml", lamp.map { $0.hasPrefix("price:") ? "price: \(price)" : $0 }.joined(separator: "\n"))
  }

  @Test func aHoldOutlivesTheDaemonAndIsNoReasonForExitThree() async throws {
    let shop = try StarterShop()
    defer { shop.folder.remove() }
    #expect(try await shop.hawker("apply", "--sandbox", "--yes").status == 0)
    #expect(try await shop.hawker("hold", "lamp", "--reason", "at the fair", "--sandbox").status == 0)
    let quiet = try await shop.hawker("status", "lamp", "--sandbox")
    #expect(quiet.out.contains("held by hold: at the fair (hawker release --sandbox lamp)"))
    try edit(shop, "34.00")
    let daemon = try Daemon(in: shop.path)
    try await daemon.says("in sync: 2 listings, 4 posts on 2 accounts, 2 held")
    let status = try await shop.hawker("status", "lamp", "--sandbox")
    #expect(
      status.status == 0 && status.out.contains("held by hold: update: at the fair (hawker release --sandbox lamp)"))
    #expect(try await daemon.interrupt() == 0)
    let applied = try await shop.hawker("apply", "--sandbox", "--yes")
    #expect(applied.status == 0 && applied.out.contains("2 held, 4 unchanged"))

    let again = try Daemon(in: shop.path)
    try await again.says("2 held")
    #expect(try await shop.hawker("release", "lamp", "--sandbox").status == 0)
    try await again.says("price 35.00 → 34.00 USD")
    try await again.says("in sync: 3 listings, 6 posts on 2 accounts")
    #expect(try await again.interrupt() == 0)
  }

  @Test(arguments: [true, false]) func whatCanNotBeIsRefusedWithTheReason(hasDaemon: Bool) async throws {
    let shop = try StarterShop()
    defer { shop.folder.remove() }
    #expect(try await shop.hawker("apply", "--sandbox", "--yes").status == 0)
    let daemon = hasDaemon ? try Daemon(in: shop.path) : nil
    try await daemon?.says("in sync")
    for (words, status, text) in [
      (["forget", "lamp"], 3, "still asked for by its file"),
      (["forget", "nothing"], 64, "there is no listing nothing"),
      (["hold", "nothing"], 64, "there is no listing nothing"), (["release", "lamp"], 3, "nothing holds lamp on"),
      (["hold", "lamp", "--account", "ebay"], 64, "there is no listing lamp on ebay"),
      (["resolve", "lamp", "--not-posted"], 3, "nothing is unsettled there"),
      (["resolve", "lamp"], 64, "give --posted REMOTE_ID or --not-posted"),
      (["approve", "0123456789ab"], 3, "is not the plan of now"),
      (["approve", "sha256:"], 3, "is not the plan of now"),
      (["release", "--scope"], 0, "nothing has left the scope"),
    ] as [([String], Int32, String)] {
      let outcome = try await Program.run(words + ["--sandbox"], in: shop.path)
      #expect(outcome.status == status && outcome.err.contains(text), "\(words): \(outcome)")
    }
    if let daemon { #expect(try await daemon.interrupt() == 0) }
    #expect(try shop.shown().count == 6)
  }

  @Test func approveTakesTheWholeIdOrItsFirstDigitsAndNoOldOne() async throws {
    let shop = try StarterShop()
    defer { shop.folder.remove() }
    try shop.add(17)
    #expect(try await shop.hawker("apply", "--sandbox", "--yes").status == 0)
    for number in 0..<5 { try shop.remove("listings/lamp-\(number).yaml") }
    let old = try await planID(shop)
    try shop.remove("listings/lamp-5.yaml")
    let id = try await planID(shop)
    for wrong in [old, String(id.dropFirst(7).prefix(7)), id + "0"] {
      let refused = try await shop.hawker("approve", wrong, "--sandbox")
      #expect(
        refused.status == 3 && refused.err.contains("is not the plan of now: it is \(id.dropFirst(7).prefix(12))"))
    }
    let approved = try await shop.hawker("approve", String(id.dropFirst(7).prefix(12)), "--sandbox")
    #expect(approved.status == 0 && approved.out.contains("12 held actions approved for an hour"))
    #expect(try shop.shown().count == 40)
    // What was approved is these twelve, and not one more.
    try shop.remove("listings/lamp-6.yaml")
    let applied = try await shop.hawker("apply", "--sandbox", "--yes")
    #expect(applied.status == 3 && applied.out.contains("12 withdraw, 2 held"))
    #expect(try shop.shown().count == 28)
  }

  private func planID(_ shop: StarterShop) async throws -> String {
    let plan = try json(try await shop.hawker("plan", "--sandbox", "--format", "json"))
    return try #require(plan["plan_id"] as? String)
  }

  @Test(arguments: [true, false]) func whatLeftTheScopeIsForgottenOrWithdrawn(withdraws: Bool) async throws {
    let shop = try StarterShop()
    defer { shop.folder.remove() }
    #expect(try await shop.hawker("apply", "--sandbox", "--yes").status == 0)
    try FileManager.default.createDirectory(atPath: shop.path + "/other", withIntermediateDirectories: true)
    try shop.write("hawker.yaml", try shop.read("hawker.yaml") + "listings: other\n")
    let unsaid = try await shop.hawker("release", "--scope", "--sandbox")
    #expect(unsaid.status == 64 && unsaid.err.contains("give --yes with --withdraw or --forget"))
    let verb = withdraws ? "--withdraw" : "--forget"
    let released = try await shop.hawker("release", "--scope", verb, "--yes", "--sandbox")
    #expect(released.status == 0 && released.err.contains("lamp on facebook: withdraw: listings/lamp.yaml is outside"))
    #expect(released.out.contains(withdraws ? "6 posts will be withdrawn" : "6 posts forgotten"))
    let applied = try await shop.hawker("apply", "--sandbox", "--yes")
    #expect(applied.status == 0 && applied.out.contains(withdraws ? "6 done" : "0 held, 0 unchanged"))
    #expect(try shop.shown().count == (withdraws ? 0 : 6))
  }

  @Test func anAccountThatIsGoneCanBeForgottenButNotWithdrawn() async throws {
    let shop = try StarterShop()
    defer { shop.folder.remove() }
    #expect(try await shop.hawker("apply", "--sandbox", "--yes").status == 0)
    let config = try shop.read("hawker.yaml").replacing("[facebook, offerup]", with: "[facebook, ou]")
    try shop.write("hawker.yaml", config.replacing("  offerup: {", with: "  ou: {"))
    let plan = try await shop.hawker("plan", "--sandbox")
    #expect(plan.status == 3 && plan.out.contains("0 create, 0 update, 0 replace, 0 withdraw, 6 held, 3 unchanged"))
    let refused = try await shop.hawker("release", "--scope", "--withdraw", "--yes", "--sandbox")
    #expect(refused.status == 3 && refused.err.contains("no account to withdraw them with"))
    let forgotten = try await shop.hawker("release", "--scope", "--forget", "--yes", "--sandbox")
    #expect(forgotten.status == 0 && forgotten.out.contains("3 posts forgotten"))
    #expect(try await shop.hawker("plan", "--sandbox").out.contains("3 create"))
  }

  @Test func everyFormatShowsTheGuardsWithTheirOverrides() async throws {
    let shop = try StarterShop()
    defer { shop.folder.remove() }
    try shop.add(12)
    #expect(try await shop.hawker("apply", "--sandbox", "--yes").status == 0)
    for number in 0..<5 { try shop.remove("listings/lamp-\(number).yaml") }
    try edit(shop, "3.00")
    let plan = try await shop.hawker("plan", "--sandbox", "--format", "json")
    let apply = try await shop.hawker("apply", "--sandbox", "--yes", "--format", "json")
    let status = try await shop.hawker("status", "--sandbox", "--format", "json")
    #expect(plan.status == 3 && apply.status == 3 && status.status == 0)
    #expect(
      try overrides(plan) == ["price_drop": "hawker release --sandbox lamp", "withdrawals": "--allow-withdraw 10"])
    #expect(try overrides(apply) == overrides(plan))
    #expect(try overrides(status)["withdrawals"]?.hasPrefix("hawker approve --sandbox ") == true)
    let summary = try json(apply)["summary"] as? [String: Int]
    #expect(summary == ["done": 0, "failed": 0, "uncertain": 0, "held": 12, "skipped": 0])
    let results = try json(apply)["results"] as? [Any]
    #expect(results?.count == 12)
  }

  @Test func graceIsSeenAndNeedsNobody() async throws {
    let shop = try StarterShop()
    defer { shop.folder.remove() }
    try shop.write("hawker.yaml", try shop.read("hawker.yaml").replacing("grace: 5s", with: "grace: 1h"))
    let daemon = try Daemon(in: shop.path)
    try await daemon.says("in sync")
    try shop.remove("listings/lamp.yaml")
    try await daemon.says("guard grace: 2 posts waiting for their files to come back")
    let status = try await shop.hawker("status", "--sandbox", "--format", "json")
    #expect(status.status == 0)
    let held = (try json(status)["posts"] as? [[String: Any]] ?? []).compactMap { $0["held"] as? [String: Any] }
    #expect(held.count == 2 && held.allSatisfy { $0["by"] as? String == "grace" && $0["until"] is String })
    #expect(try await daemon.interrupt() == 0)
    #expect(try shop.shown().count == 6)
  }

  private func overrides(_ outcome: Program.Outcome) throws -> [String: String] {
    let guards = try json(outcome)["guards"] as? [[String: Any]] ?? []
    return guards.filter { $0["tripped"] as? Bool == true }.reduce(into: [:]) {
      if let name = $1["guard"] as? String { $0[name] = $1["override"] as? String }
    }
  }

  private func json(_ outcome: Program.Outcome) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(outcome.out.utf8)) as? [String: Any])
  }
}
