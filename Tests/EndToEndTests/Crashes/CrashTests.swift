import Foundation
import Listings
import Support
import Testing

@Suite(.timeLimit(.minutes(3))) struct CrashTests {
  /// A test that names a point that was taken away would never see the program die.
  @Test func everyPointOfTheTableIsPlacedOnceAndNoOtherIs() throws {
    var placed: Set<String> = []
    let sources = Program.repository + "/Sources"
    for file in try FileManager.default.subpathsOfDirectory(atPath: sources) where file.hasSuffix(".swift") {
      let text = try String(contentsOfFile: "\(sources)/\(file)", encoding: .utf8)
      for line in text.split(separator: "\n") where line.contains("CrashPoint.reach(") {
        for literal in line.matches(of: /"([^"]+)"/) { placed.insert(String(literal.1)) }
      }
    }
    // Names made of the file's kind, or of the action.
    let kinds = ["checkpoint", "journal", "head", "evidence"]
    let steps = placed.filter { $0.hasPrefix("publish-") }
    placed = placed.subtracting(steps).union(steps.flatMap { step in kinds.map { "\(step)-\($0)" } })
    let byAction = placed.filter { $0.contains("\\(") }
    #expect(byAction == ["\\(intent.action.rawValue)-recorded"])
    placed = placed.subtracting(byAction).union(["create", "update", "replace", "withdraw"].map { "\($0)-recorded" })
    #expect(placed == Set(CrashPoint.names))
    #expect(CrashPoint.names.count == Set(CrashPoint.names).count && CrashPoint.names.count >= 40)
  }

  /// Facebook keeps unpublished photos for a day: a create that was cut off goes on with those that are there.
  @Test(arguments: ["photos-ready", "create-answered", "graph-answered:5"])
  func photosAreUploadedOnceWhateverDies(point: String) async throws {
    let shop = try CrashShop("facebook")
    defer { shop.remove() }
    #expect(try await shop.run(.apply, crashAt: point).status == SIGKILL)
    #expect(try await shop.run(.apply, crashAt: "uploads-written").status == SIGKILL)
    #expect(try await shop.run(.apply).status == 0)
    let ledger = try shop.shop.read("state/sandbox/marketplaces/ledger.jsonl")
    #expect(
      ledger.split(separator: "\n").count { $0.hasPrefix("{\"upload\"") && !$0.contains("\"published\":true") } == 2)
    #expect(try shop.posts().filter(\.isLive).map(\.listing) == ["lamp"])
  }

  /// Of two photos, the one whose id was kept is not sent again.
  @Test func onlyTheMissingPhotoIsUploadedAgain() async throws {
    let shop = try CrashShop("facebook")
    defer { shop.remove() }
    #expect(try await shop.run(.apply, crashAt: "upload-keep-after").status == SIGKILL)
    let kept = try shop.shop.read("state/sandbox/uploads.jsonl").split(separator: "\n").count
    #expect(kept >= 1)
    let ledger = "state/sandbox/marketplaces/ledger.jsonl"
    func uploads() throws -> Int {
      try shop.shop.read(ledger).split(separator: "\n").count { $0.hasPrefix("{\"upload\"") }
    }
    let before = try uploads()
    #expect(try await shop.run(.apply).status == 0)
    #expect(try uploads() == before + 2 - kept)
  }

  /// The root is marked by whoever opens a new journal; the one that made the journal may die before that.
  @Test(arguments: ["journal-new", "publish-done-head", "marker-written", "marker-renamed", "create-before"])
  func theRootIsMarkedWhateverDies(point: String) async throws {
    let places = try await Marketplaces.start()
    let shop = try StarterShop(config: places.config)
    defer { shop.folder.remove() }
    let died = try await shop.hawker(
      "apply", "--yes", environment: places.environment.merging(["HAWKER_CRASH_AT": point]) { $1 })
    #expect(died.status == SIGKILL)
    let plan = try await shop.hawker("plan", "--detailed-exitcode", environment: places.environment)
    #expect(plan.status == 2, "\(plan.out)")
    let applied = try await shop.hawker("apply", "--yes", environment: places.environment)
    #expect(applied.status == 0, "\(applied.out) \(applied.err)")
    #expect(try shop.read("listings/.hawker").contains("-"))
    let live = try places.posts().filter(\.isLive)
    #expect(live.map { "\($0.market) \($0.listing)" }.sorted().count == 6 && Set(live.map(\.id)).count == 6)
    try await places.stop()
  }
}

/// A daemon that dies while a command waits for its answer.
@Suite(.timeLimit(.minutes(3))) struct CrashedDecisionTests {
  @Test(arguments: [("decision-before", false), ("decision-recorded", true)])
  func theCommandDoesNotClaimWhatItWasNotTold(point: String, isHeld: Bool) async throws {
    let shop = try StarterShop()
    defer { shop.folder.remove() }
    let daemon = try Daemon(in: shop.path, environment: ["HAWKER_CRASH_AT": point])
    try await daemon.says("in sync")
    let told = try await shop.hawker("hold", "lamp", "--sandbox")
    #expect(told.status == 1 && told.err.contains("did not answer"))
    try await daemon.kill()
    // The socket is still there, and nobody behind it.
    try shop.write("listings/lamp.yaml", try shop.read("listings/lamp.yaml").replacing("35.00", with: "33.00"))
    let applied = try await shop.hawker("apply", "--sandbox", "--yes")
    #expect(applied.out.contains("held by the seller") == isHeld, "\(applied.out)")
    #expect(try await shop.hawker("hold", "lamp", "--sandbox").status == 0)
    #expect(try await shop.hawker("release", "lamp", "--sandbox").status == 0)
    #expect(try await shop.hawker("apply", "--sandbox", "--yes").status == 0)
    #expect(try await shop.hawker("plan", "--sandbox", "--detailed-exitcode").status == 0)
  }
}
