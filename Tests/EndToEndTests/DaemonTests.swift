import Foundation
import Support
import Testing

@Suite(.timeLimit(.minutes(3))) struct DaemonTests {
  @Test func keepsBothMarketplacesInStepWithTheFiles() async throws {
    let shop = try StarterShop()
    defer { shop.folder.remove() }
    let daemon = try Daemon(in: shop.path)
    try await daemon.says("in sync: 3 listings, 6 posts on 2 accounts")

    try shop.write("listings/lamp.yaml", try shop.read("listings/lamp.yaml").replacing("35.00", with: "33.00"))
    try await daemon.says("price 35.00 → 33.00 USD")
    try await daemon.says("in sync")

    let bike = try shop.read("listings/trek-520.yaml")
    try shop.write("listings/trek-520.yaml", "id: trek-520\ntitle: [\n")
    try await daemon.says("listings/trek-520.yaml:2:")
    try shop.write("listings/trek-520.yaml", bike)
    try await daemon.says("no errors are left")

    try shop.remove("listings/walnut-table.yaml")
    try await daemon.says("its file is gone")
    try await daemon.says("in sync: 2 listings, 4 posts")

    #expect(try await daemon.interrupt() == 0)
    #expect(!daemon.lines.contains { $0.contains("withdraw trek-520") })
    #expect(try shop.shown() == ["facebook lamp", "facebook trek-520", "offerup lamp", "offerup trek-520"])
    #expect(try await shop.recorded() == shop.shown())
  }

  @Test func nextStartSendsNothing() async throws {
    let shop = try StarterShop()
    defer { shop.folder.remove() }
    #expect(try await shop.hawker("apply", "--sandbox", "--yes").status == 0)
    let before = try shop.read("state/sandbox/marketplaces/ledger.jsonl")
    let daemon = try Daemon(in: shop.path)
    try await daemon.says("in sync: 3 listings")
    #expect(try await daemon.interrupt() == 0)
    #expect(try shop.read("state/sandbox/marketplaces/ledger.jsonl") == before)
  }

  @Test func aSecondWriterEndsWithFiveAndNamesTheFirst() async throws {
    let shop = try StarterShop()
    defer { shop.folder.remove() }
    let daemon = try Daemon(in: shop.path)
    try await daemon.says("in sync")
    let second = try await shop.hawker("apply", "--sandbox", "--yes")
    #expect(second.status == 5)
    #expect(second.err.contains("another hawker holds the state: process"))
    #expect(try await shop.hawker("plan", "--sandbox").status == 0)
    #expect(try await shop.hawker("status", "--sandbox").out.contains("6 live"))
    #expect(try await daemon.interrupt() == 0)
  }

  @Test func aJournalThatTakesNoMoreEndsItWithSeven() async throws {
    let shop = try StarterShop()
    defer { shop.folder.remove() }
    let daemon = try Daemon(in: shop.path)
    try await daemon.says("in sync")
    // No file of its may grow any more.
    let limited = try await Program.start(
      ["/usr/bin/prlimit", "--pid", "\(daemon.processIdentifier)", "--fsize=1"], in: shop.path)
    #expect(limited.status == 0, "\(limited)")
    try shop.write("listings/lamp.yaml", try shop.read("listings/lamp.yaml").replacing("35.00", with: "33.00"))
    #expect(try await daemon.status() == 7)
    #expect(daemon.lines.last?.hasPrefix("hawker: ") == true, "\(daemon.lines)")
    let next = try await shop.hawker("apply", "--sandbox", "--yes")
    #expect(next.status == 0 && next.out.contains("price 35.00 → 33.00 USD"), "\(next)")
  }

  @Test func onceIsOneSettledPass() async throws {
    let shop = try StarterShop()
    defer { shop.folder.remove() }
    let once = try await shop.hawker("run", "--once", "--sandbox")
    #expect(once.status == 0 && once.out.contains("6 done"), "\(once)")
    #expect(try shop.shown().count == 6)
    let plan = try await shop.hawker("plan", "--sandbox", "--detailed-exitcode")
    #expect(plan.status == 0, "\(plan)")
  }

  /// No person sees its plan: from cron it is as patient as the daemon.
  @Test func onceGivesAVanishedFileItsGrace() async throws {
    let shop = try StarterShop()
    defer { shop.folder.remove() }
    try shop.write("hawker.yaml", try shop.read("hawker.yaml").replacing("grace: 5s", with: "grace: 10m"))
    #expect(try await shop.hawker("run", "--once", "--sandbox").status == 0)
    try shop.remove("listings/lamp.yaml")
    for _ in 0..<2 {
      let once = try await shop.hawker("run", "--once", "--sandbox")
      #expect(once.status == 0 && !once.out.contains("2 done"), "\(once)")
    }
    #expect(try shop.shown().count == 6)
    #expect(try await shop.hawker("status", "--sandbox").out.contains("held by grace"))
    // Its return needs no request.
    try FileManager.default.copyItem(
      atPath: Program.repository + "/listings/lamp.yaml", toPath: shop.path + "/listings/lamp.yaml")
    let back = try await shop.hawker("run", "--once", "--sandbox")
    #expect(back.status == 0 && back.out.contains("0 withdraw"), "\(back)")
    // A person who applies has seen the plan.
    try shop.remove("listings/lamp.yaml")
    #expect(try await shop.hawker("apply", "--yes", "--sandbox").out.contains("2 done"))
  }

  @Test func aListingTooLongToRecordCostsThatListing() async throws {
    let shop = try StarterShop()
    defer { shop.folder.remove() }
    let lamp = try shop.read("listings/lamp.yaml")
    let long = lamp.replacing("id: lamp", with: "id: long").split(separator: "\n").filter { !$0.hasPrefix("category:") }
    let category = "category: " + String(repeating: "c", count: 100_000)
    try shop.write("listings/long.yaml", (long + [category[...]]).joined(separator: "\n") + "\n")
    let apply = try await shop.hawker("apply", "--sandbox", "--yes")
    #expect(apply.status == 4 && apply.err.utf8.count + apply.out.utf8.count < 10_000, "\(apply.status) \(apply.err)")
    #expect((apply.out + apply.err).contains("the post takes 100"))
    #expect((apply.out + apply.err).contains("and 49152 are the most; shorten its category"))
    #expect(try shop.shown().count == 6)
  }

  @Test func killedAtAnyMomentItPostsNothingTwice() async throws {
    let shop = try StarterShop()
    defer { shop.folder.remove() }
    try shop.write("hawker.yaml", try shop.read("hawker.yaml") + "sync: { absence_after: 1s }\n")
    try shop.add(40)
    for number in [1, 5, 20] {
      let daemon = try Daemon(in: shop.path)
      // The moment is somewhere in the middle of the work, or after it when the machine is fast.
      for _ in 0..<number where !daemon.lines.contains(where: { $0.contains("in sync") }) {
        try await daemon.says(anyOf: ["create lamp", "in sync"])
      }
      try await daemon.kill()
    }
    let last = try await shop.hawker("apply", "--sandbox", "--yes")
    #expect(last.status == 0, "\(last.err)")
    let shown = try shop.shown()
    #expect(shown.count == 86 && Set(shown).count == 86)
    #expect(try await shop.recorded() == shown)
  }

  @Test func aConfigThatBreaksLeavesTheLastGoodOneInForce() async throws {
    let shop = try StarterShop()
    defer { shop.folder.remove() }
    let daemon = try Daemon(in: shop.path)
    try await daemon.says("in sync")
    let config = try shop.read("hawker.yaml")
    try shop.write("hawker.yaml", config + "gards: {}\n")
    try await daemon.says("the last good one stays in force")
    try shop.write("hawker.yaml", config.replacing("condition: good", with: "condition: new"))
    try await daemon.says("condition")
    try await daemon.says("in sync")
    #expect(try await daemon.interrupt() == 0)
  }

  @Test func aRootThatGoesAwayChangesNothingAndComesBack() async throws {
    let shop = try StarterShop()
    defer { shop.folder.remove() }
    let daemon = try Daemon(in: shop.path)
    try await daemon.says("in sync")
    let files = FileManager.default
    try files.moveItem(atPath: shop.path + "/listings", toPath: shop.path + "/elsewhere")
    try await daemon.says("guard root")
    try files.moveItem(atPath: shop.path + "/elsewhere", toPath: shop.path + "/listings")
    try shop.write("listings/lamp.yaml", try shop.read("listings/lamp.yaml").replacing("35.00", with: "31.00"))
    try await daemon.says("31.00 USD")
    #expect(try await daemon.interrupt() == 0)
    #expect(try shop.shown().count == 6)
  }
}
