import Foundation
import Support
import Testing

/// `plan --out`, then `apply --plan`: exactly that plan, or a refusal with the true reason.
@Suite(.timeLimit(.minutes(3))) struct SavedPlanTests {
  @Test func itCarriesItsSelection() async throws {
    let shop = try StarterShop()
    defer { shop.folder.remove() }
    #expect(try await shop.hawker("plan", "--account", "facebook", "--out", "p", "--sandbox").status == 0)
    for contradiction in [["--account", "offerup"], ["--only", "lamp"]] {
      let refused = try await Program.run(
        ["apply", "--yes", "--plan", "p", "--sandbox"] + contradiction, in: shop.path)
      #expect(refused.status == 64 && refused.err.contains("the saved plan is for --account facebook"), "\(refused)")
      #expect(refused.out.isEmpty)
    }
    let applied = try await shop.hawker("apply", "--yes", "--plan", "p", "--account", "facebook", "--sandbox")
    #expect(applied.status == 0 && applied.out.contains("3 done"), "\(applied)")
    #expect(try shop.shown().allSatisfy { $0.hasPrefix("facebook ") })
    #expect(try await shop.hawker("plan", "--only", "lamp", "--out", "p", "--sandbox").status == 0)
    let lamp = try await shop.hawker("apply", "--yes", "--plan", "p", "--sandbox")
    #expect(lamp.status == 0 && lamp.out.contains("1 done"), "\(lamp)")
    #expect(try await shop.hawker("plan", "--out", "p", "--sandbox").status == 0)
    let whole = try await shop.hawker("apply", "--yes", "--plan", "p", "--account", "offerup", "--sandbox")
    #expect(whole.status == 64 && whole.err.contains("the saved plan is for all listings and accounts"), "\(whole)")
  }

  @Test func itIsWrittenOverNothingElse() async throws {
    let shop = try StarterShop()
    defer { shop.folder.remove() }
    let config = try String(contentsOfFile: "\(shop.path)/hawker.yaml", encoding: .utf8)
    let refused = try await shop.hawker("plan", "--out", "hawker.yaml", "--sandbox")
    #expect(refused.status == 64 && refused.err.contains("is no saved plan; it was left as it is"), "\(refused)")
    #expect(try String(contentsOfFile: "\(shop.path)/hawker.yaml", encoding: .utf8) == config)
    for _ in 0..<2 { #expect(try await shop.hawker("plan", "--out", "p", "--sandbox").status == 0) }
    #expect(try await shop.hawker("plan", "--out", "/dev/null", "--sandbox").status == 0)
  }

  @Test func whatItHoldsIsLetThroughByTheNumberThatItPrints() async throws {
    let shop = try StarterShop()
    defer { shop.folder.remove() }
    try shop.add(7)
    #expect(try await shop.hawker("apply", "--sandbox", "--yes").status == 0)
    for number in 0..<5 { try shop.remove("listings/lamp-\(number).yaml") }
    let plan = try await shop.hawker("plan", "--out", "p", "--sandbox")
    #expect(plan.status == 3 && plan.out.contains("--allow-withdraw 10"))
    let applied = try await shop.hawker("apply", "--yes", "--plan", "p", "--allow-withdraw", "10", "--sandbox")
    #expect(applied.status == 0 && applied.out.contains("10 done"), "\(applied)")
  }

  @Test(arguments: [false, true]) func whatWasSeenThereIsSeenAgain(_ enforces: Bool) async throws {
    let shop = try StarterShop()
    defer { shop.folder.remove() }
    #expect(try await shop.hawker("apply", "--sandbox", "--yes").status == 0)
    try editLamp(shop, 3500, 3100)
    let plan = try await shop.hawker("plan", "--refresh", "--out", "p", "--sandbox")
    #expect(plan.out.contains("1 held"))
    let words = ["apply", "--yes", "--plan", "p", "--sandbox"] + (enforces ? ["--enforce"] : [])
    let applied = try await Program.run(words, in: shop.path)
    #expect(applied.status == plan.status && applied.out.contains(enforces ? "1 done" : "1 held"), "\(applied)")
    // What it saw is recorded now: that is what the journal has moved on by.
    let again = try await Program.run(words, in: shop.path)
    #expect(again.status == 3 && again.err.contains("the journal has moved on"), "\(again)")
  }

  @Test func whatIsOtherThereByNowIsTheReason() async throws {
    let shop = try StarterShop()
    defer { shop.folder.remove() }
    #expect(try await shop.hawker("apply", "--sandbox", "--yes").status == 0)
    try editLamp(shop, 3500, 3100)
    #expect(try await shop.hawker("plan", "--out", "blind", "--sandbox").status == 0)
    #expect(try await shop.hawker("plan", "--refresh", "--out", "p", "--sandbox").status == 0)
    try editLamp(shop, 3100, 3000)
    let blind = try await shop.hawker("apply", "--yes", "--plan", "blind", "--enforce", "--sandbox")
    #expect(blind.status == 3 && blind.err.contains("what the marketplaces show"), "\(blind)")
  }

  /// Before anything is looked at or shown.
  @Test func theFileIsReadFirst() async throws {
    let shop = try StarterShop()
    defer { shop.folder.remove() }
    let missing = try await shop.hawker("apply", "--yes", "--plan", "nope.json", "--sandbox")
    #expect(missing.status == 64 && missing.out.isEmpty && missing.err.contains("nope.json"), "\(missing)")
    #expect(try await shop.hawker("plan", "--out", "p", "--sandbox").status == 0)
    try shop.add(1)
    let stale = try await shop.hawker("apply", "--yes", "--plan", "p", "--sandbox")
    #expect(stale.status == 3 && stale.out.isEmpty && stale.err.contains("the listings or the config have changed"))
  }

  private func editLamp(_ shop: StarterShop, _ old: Int, _ new: Int) throws {
    try shop.editThere(
      { $0.contains("\"marketplace\":\"offerup\"") && $0.contains("\"reference\":\"lamp.") }, "\"price\":\(old)",
      "\"price\":\(new)")
  }
}
