import Foundation
import Support
import Testing

/// A name that is nowhere is told of: it is not taken for a shop in which all is well.
@Suite(.timeLimit(.minutes(3))) struct NameTests {
  @Test func aMistypedNameEndsTheCommand() async throws {
    let shop = try StarterShop()
    defer { shop.folder.remove() }
    #expect(try await shop.hawker("apply", "--sandbox", "--yes").status == 0)
    for (words, text) in [
      (["plan", "--only", "lmap"], "there is no listing lmap"), (["plan", "--only", "lmap"], "did you mean lamp?"),
      (["plan", "--only", "lamp", "--only", "nothing"], "there is no listing nothing"),
      (["plan", "--only", "lam*"], "not as a pattern"), (["plan", "--account", "facebok"], "did you mean facebook?"),
      (["plan", "--account", "ebay"], "it has facebook, offerup"), (["status", "lmap"], "did you mean lamp?"),
      (["status", "--account", "ebay"], "hawker.yaml has no account ebay"), (["log", "lmap"], "did you mean lamp?"),
      (["apply", "--yes", "--only", "lmap"], "did you mean lamp?"),
      (["apply", "--yes", "--enforce", "--account", "facebok"], "did you mean facebook?"),
      (["show", "lmap"], "did you mean lamp?"), (["hold", "lmap"], "did you mean lamp?"),
      (["hold", "lamp", "--account", "facebok"], "did you mean facebook?"),
      (["sold", "nothing"], "`hawker status --sandbox` shows all"), (["pull", "lmap", "--yes"], "did you mean lamp?"),
      (["pull", "lmap"], "did you mean lamp?"), (["pull", "lamp", "--account", "facebok"], "did you mean facebook?"),
      (["pull", "lamp"], "there is no terminal to ask on"),
    ] {
      let outcome = try await Program.run(words + ["--sandbox"], in: shop.path)
      #expect(outcome.status == 64 && outcome.err.contains(text) && outcome.out.isEmpty, "\(words): \(outcome)")
    }
  }

  @Test func whatOnlyTheJournalOrABrokenFileKnowsIsKnown() async throws {
    let shop = try StarterShop()
    defer { shop.folder.remove() }
    #expect(try await shop.hawker("log", "lamp", "--sandbox").err.contains("nothing is recorded of lamp yet"))
    #expect(try await shop.hawker("apply", "--sandbox", "--yes").status == 0)
    let lamp = try shop.read("listings/lamp.yaml")
    try shop.write("listings/lamp.yaml", lamp.replacing("price: 35.00", with: "price: x"))
    #expect(try await shop.hawker("plan", "--only", "lamp", "--sandbox").status == 4)
    try shop.remove("listings/lamp.yaml")
    let plan = try await shop.hawker("plan", "--only", "lamp", "--sandbox")
    #expect(plan.status == 0 && plan.out.contains("2 withdraw"))
    #expect(try await shop.hawker("status", "lamp", "--sandbox").out.contains("lamp on facebook"))
    #expect(try await shop.hawker("apply", "--yes", "--only", "lamp", "--sandbox").status == 0)
    // What is forgotten still has its history.
    _ = try await shop.hawker("apply", "--yes", "--sandbox")
    #expect(try await shop.hawker("log", "lamp", "--sandbox").out.contains("withdraw lamp on facebook"))
  }

  /// Beside whatever else is wrong with hawker.yaml.
  @Test func aMistypedMarketplaceIsTold() async throws {
    let shop = try StarterShop(
      config: """
        accounts: { shop: { marketplace: facebok } }
        categories: { lamps: { offrup: x } }
        web: { listen: everywhere }
        """)
    defer { shop.folder.remove() }
    for words in [["validate"], ["plan"]] {
      let outcome = try await Program.run(words, in: shop.path)
      let text = outcome.out + outcome.err
      #expect(outcome.status == 4 && text.contains("listen is everywhere"), "\(outcome)")
      #expect(text.contains("did you mean facebook?") && text.contains("did you mean offerup?"), "\(outcome)")
    }
  }

  /// What freezes everything below it is said of each listing there.
  @Test func brokenDefaultsAreShownWithAListing() async throws {
    let shop = try StarterShop()
    defer { shop.folder.remove() }
    try shop.write("listings/_defaults.yaml", "condition: broken\n")
    let shown = try await shop.hawker("show", "lamp", "--sandbox")
    #expect(shown.status == 4 && shown.out.contains("listings/_defaults.yaml:1:12"), "\(shown)")
  }

  @Test(arguments: ["99999", "65536", "-1", "x"]) func aPortThatIsNoneIsRefused(_ port: String) async throws {
    let outcome = try await Program.run(["sandbox", "--port=\(port)"])
    #expect(outcome.status == 64 && outcome.err.contains(port) && outcome.out.isEmpty, "\(outcome)")
  }

  @Test func aPortThatIsTakenIsNamed() async throws {
    let server = ScriptedServer(serving: { _ in .init() })
    let outcome = try await Program.run(["sandbox", "--port", "\(server.port)"])
    server.stop()
    #expect(outcome.status == 1 && outcome.err.contains("127.0.0.1:\(server.port): the port is in use"), "\(outcome)")
  }
}
