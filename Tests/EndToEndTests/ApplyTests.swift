import Foundation
import Support
import Testing

@Suite(.timeLimit(.minutes(5))) struct ApplyTests {
  @Test func planEqualsApplyAndASecondApplySendsNothing() async throws {
    let shop = try StarterShop()
    defer { shop.folder.remove() }
    let plan = try await shop.hawker("plan", "--sandbox", "--detailed-exitcode")
    #expect(plan.status == 2)
    let applied = try await shop.hawker("apply", "--sandbox", "--yes")
    #expect(applied.status == 0)
    #expect(applied.out.hasPrefix(plan.out))
    #expect(applied.out.hasSuffix("Applied: 6 done, 0 failed, 0 uncertain, 0 held, 0 skipped.\n"))
    #expect(try await shop.hawker("plan", "--sandbox", "--detailed-exitcode").status == 0)
    #expect(try await shop.hawker("apply", "--sandbox", "--yes").out.contains("6 unchanged"))
    // The sandbox never marks the real root.
    #expect(!FileManager.default.fileExists(atPath: shop.path + "/listings/.hawker"))
    #expect(!FileManager.default.fileExists(atPath: shop.path + "/state/head.json"))
  }

  @Test func planWritesNothing() async throws {
    let shop = try StarterShop()
    defer { shop.folder.remove() }
    _ = try await shop.hawker("plan", "--sandbox")
    #expect(!FileManager.default.fileExists(atPath: shop.path + "/state"))
  }

  @Test func planKeepsItsCacheAndNothingElse() async throws {
    let shop = try StarterShop()
    defer { shop.folder.remove() }
    _ = try await shop.hawker("apply", "--sandbox", "--yes")
    let state = shop.path + "/state/sandbox"
    let before = try FileManager.default.subpathsOfDirectory(atPath: state).sorted()
    let bare = try await shop.hawker("plan", "--sandbox", "--no-cache")
    #expect(try FileManager.default.subpathsOfDirectory(atPath: state).sorted() == before)
    for _ in 0..<2 { #expect(try await shop.hawker("plan", "--sandbox").out == bare.out) }
    let after = try FileManager.default.subpathsOfDirectory(atPath: state).sorted()
    #expect(after.filter { !before.contains($0) } == ["cache", "cache/contents.bin", "cache/plan.bin"])
  }

  @Test func lostFilesAreHeldUntilTheirExactNumberIsNamed() async throws {
    let shop = try StarterShop()
    defer { shop.folder.remove() }
    try shop.add(17)
    #expect(try await shop.hawker("apply", "--sandbox", "--yes").status == 0)
    for number in 0..<6 { try shop.remove("listings/lamp-\(number).yaml") }
    let held = try await shop.hawker("apply", "--sandbox", "--yes")
    #expect(held.status == 3 && held.out.contains("--allow-withdraw 12"))
    let wrong = try await shop.hawker("apply", "--sandbox", "--yes", "--allow-withdraw", "11")
    #expect(wrong.status == 3 && wrong.err.contains("lifts nothing"))
    #expect(try shop.shown().count == 40)
    let right = try await shop.hawker("apply", "--sandbox", "--yes", "--allow-withdraw", "12")
    #expect(right.status == 0 && right.out.contains("12 done"))
    #expect(try shop.shown().count == 28)
  }

  @Test func aSavedPlanIsAppliedExactlyOrRefused() async throws {
    let shop = try StarterShop()
    defer { shop.folder.remove() }
    #expect(try await shop.hawker("plan", "--sandbox", "--out", "p.json").status == 0)
    try shop.add(1)
    let stale = try await shop.hawker("apply", "--sandbox", "--yes", "--plan", "p.json")
    #expect(stale.status == 3 && stale.err.contains("stale"))
    try shop.remove("listings/lamp-0.yaml")
    #expect(try await shop.hawker("apply", "--sandbox", "--yes", "--plan", "p.json").status == 0)
  }

  @Test func invalidListingsAreToldAndTheOthersGoOn() async throws {
    let shop = try StarterShop()
    defer { shop.folder.remove() }
    try shop.write("listings/bad.yaml", "title: Bad\nprice: 1.999\n")
    let applied = try await shop.hawker("apply", "--sandbox", "--yes")
    #expect(applied.status == 4)
    #expect(applied.out.contains("listings/bad.yaml:2:8") && applied.out.contains("6 done"))
  }

  @Test func aLookThatFailedIsNoGoodNews() async throws {
    let shop = try StarterShop()
    defer { shop.folder.remove() }
    #expect(try await shop.hawker("apply", "--sandbox", "--yes").status == 0)
    let faults = ["HAWKER_SANDBOX_FAULTS": "status-500:100%"]
    for words in [
      ["plan", "--refresh"], ["plan", "--refresh", "--detailed-exitcode"], ["apply", "--enforce", "--yes"],
    ] {
      let blind = try await Program.run(words + ["--sandbox"], in: shop.path, environment: faults)
      #expect(blind.status == 1 && blind.err.contains("could not be looked at"), "\(words): \(blind)")
    }
  }

  @Test func whatANarrowedPlanLeavesOutIsNoProblemOfIts() async throws {
    let shop = try StarterShop()
    defer { shop.folder.remove() }
    try shop.write("listings/bad.yaml", "id: bad\ntitle: Bad\nprice: 1.999\n")
    let title = String(repeating: "long ", count: 22)
    try shop.write(
      "listings/lamp.yaml", shop.read("listings/lamp.yaml").replacing("Desk lamp, brass", with: title))
    for (words, status) in [
      (["--only", "trek-520"], Int32(0)), (["--only", "lamp", "--account", "offerup"], 0), (["--only", "lamp"], 4),
      (["--only", "bad"], 4), (["--account", "offerup"], 4), ([], 4),
    ] {
      let plan = try await Program.run(["plan", "--sandbox"] + words, in: shop.path)
      #expect(plan.status == status, "\(words): \(plan)")
      #expect(plan.out.contains("bad.yaml") == !words.contains { ["trek-520", "lamp"].contains($0) })
    }
    #expect(try await !shop.hawker("status", "--only", "trek-520", "--sandbox").out.contains("bad.yaml"))
    // What hides which listings it holds may hold this one.
    try shop.write("listings/bad.yaml", "title: [\n")
    #expect(try await shop.hawker("plan", "--sandbox", "--only", "trek-520").status == 4)
  }

  @Test func anIDThatStandsTwiceIsShownAsThat() async throws {
    let shop = try StarterShop()
    defer { shop.folder.remove() }
    try shop.write("listings/lamp-2.yaml", shop.read("listings/lamp.yaml"))
    let shown = try await shop.hawker("show", "lamp", "--sandbox")
    #expect(shown.status == 4 && shown.out.contains("listing/id-duplicate"), "\(shown)")
    #expect(try await shop.hawker("show", "trek-520", "--sandbox").status == 0)
  }

  @Test func withoutATerminalItAsksForYes() async throws {
    let shop = try StarterShop()
    defer { shop.folder.remove() }
    #expect(try await shop.hawker("apply", "--sandbox").status == 64)
    #expect(try await shop.hawker("no-such-command").status == 64)
  }

  @Test func anAccountWithoutATokenStopsWithTheVariablesName() async throws {
    let shop = try StarterShop(
      config: """
        version: 1
        defaults: { currency: USD, condition: good, marketplaces: [facebook] }
        accounts: { facebook: { marketplace: facebook, page_id: "1", graph_url: "http://127.0.0.1:1" } }
        """)
    defer { shop.folder.remove() }
    let applied = try await shop.hawker("apply", "--yes")
    #expect(applied.status == 6)
    // One message, not one for each listing.
    #expect((applied.out + applied.err).components(separatedBy: "HAWKER_TOKEN_FACEBOOK").count == 2, "\(applied)")
    #expect(applied.out.contains("facebook stopped:"))
    let json = try await shop.hawker("apply", "--yes", "--format", "json")
    #expect(json.status == 6 && json.err.components(separatedBy: "HAWKER_TOKEN_FACEBOOK").count == 2, "\(json)")
    #expect(try shop.read("listings/.hawker").contains("-"))
  }

  @Test func aMarketplaceThatIsDownIsAFailureAfterTheWait() async throws {
    let shop = try StarterShop(
      config: """
        version: 1
        defaults: { currency: USD, condition: good, marketplaces: [facebook] }
        accounts: { facebook: { marketplace: facebook, page_id: "1", graph_url: "http://127.0.0.1:1" } }
        """)
    defer { shop.folder.remove() }
    let applied = try await shop.hawker(
      "apply", "--yes", "--no-wait", "--format", "json", environment: ["HAWKER_TOKEN_FACEBOOK": "s3cr3t-token"])
    #expect(applied.status == 1)
    #expect(applied.out.contains("\"failed\":3"))
    let journal = try shop.read("state/journal-000001.jsonl")
    for text in [applied.out, applied.err, journal] { #expect(!text.contains("s3cr3t-token")) }
  }

  /// Too fast is no failure: what did not get its turn was skipped.
  @Test func whatAMarketplaceHasNoTimeForIsSkipped() async throws {
    let shop = try StarterShop()
    defer { shop.folder.remove() }
    let applied = try await shop.hawker(
      "apply", "--sandbox", "--yes", "--no-wait", environment: ["HAWKER_SANDBOX_FAULTS": "throttle"])
    #expect(applied.status == 1)
    #expect(applied.out.hasSuffix("Applied: 0 done, 0 failed, 0 uncertain, 0 held, 6 skipped.\n"))
    #expect(applied.out.contains("offerup: 3 skipped — OfferUp wants fewer requests"))
    #expect(applied.out.contains("; apply again after 20"))
    #expect(try await shop.hawker("apply", "--sandbox", "--yes").out.contains("6 done"))
  }

  @Test func faultsOfEveryKindLeaveEachListingOnEachMarketplaceOnce() async throws {
    let shop = try StarterShop()
    defer { shop.folder.remove() }
    try shop.write(
      "hawker.yaml", try shop.read("hawker.yaml") + "sync: { concurrency: 128, absence_after: 3s }\n")
    try shop.add(120)
    let faults =
      "status-500:0.6% status-503-after:0.6% drop-before:0.6% drop-after:0.6% truncate:0.6% garbage:0.6% duplicate:0.6% "
      + "throttle:0.4% slow:0.4%"
    let applied = try await shop.hawker("apply", "--sandbox", "--yes", environment: ["HAWKER_SANDBOX_FAULTS": faults])
    #expect(applied.status == 0, "\(applied.err.suffix(2000))")
    let shown = try shop.shown()
    #expect(shown.count == 246 && Set(shown).count == 246)
    #expect(try await shop.recorded() == shown)
  }
}
