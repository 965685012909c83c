import Foundation
import Support
import Testing

/// What hawker stands on goes away under it: its lock, its journal's file, the folder that it is to mark.
@Suite(.timeLimit(.minutes(3))) struct LostGroundTests {
  @Test func aRemovedLockLetsNobodyInAndEndsTheDaemon() async throws {
    let shop = try StarterShop()
    defer { shop.folder.remove() }
    let daemon = try Daemon(in: shop.path)
    try await daemon.says("in sync")
    let before = try shop.shown()
    try shop.remove("state/sandbox/lock")
    #expect(try await shop.hawker("apply", "--sandbox", "--yes").status == 5)
    try shop.write("listings/lamp.yaml", try shop.read("listings/lamp.yaml").replacing("35.00", with: "33.00"))
    #expect(try await daemon.status() == 7)
    #expect(
      daemon.lines.contains { $0.contains("state/sandbox/lock: was removed or replaced while hawker was writing") })
    #expect(!daemon.lines.contains { $0.contains("every request that was started is recorded") })
    #expect(try shop.shown() == before)
    let again = try await shop.hawker("apply", "--sandbox", "--yes")
    #expect(again.status == 0, "\(again.err)")
    #expect(try shop.shown() == before)
  }

  @Test func aDaemonWhoseJournalWasReplacedDoesNotEndWell() async throws {
    let shop = try StarterShop()
    defer { shop.folder.remove() }
    let daemon = try Daemon(in: shop.path)
    try await daemon.says("in sync")
    let journal = "state/sandbox/journal-000001.jsonl"
    try shop.write(journal, try shop.read(journal))
    #expect(try await daemon.interrupt() == 7)
    #expect(daemon.lines.contains { $0.contains("\(journal): was removed or replaced") })
  }

  @Test func withoutAMarkANewJournalPostsNothing() async throws {
    let shop = try StarterShop()
    defer { shop.folder.remove() }
    // Where the mark is to be written first stands a folder.
    let obstacle = "state/sandbox/marketplaces/.hawker.tmp"
    try FileManager.default.createDirectory(atPath: "\(shop.path)/\(obstacle)", withIntermediateDirectories: true)
    let refused = try await shop.hawker("apply", "--sandbox", "--yes")
    #expect(refused.status == 3)
    #expect(refused.err.contains("the mark of a new journal can't be written"))
    #expect((try? shop.shown()) ?? [] == [])

    let daemon = try Daemon(in: shop.path)
    try await daemon.says("the mark of a new journal can't be written")
    // It looks again for each decision.
    for _ in 0..<2 { #expect(try await shop.hawker("release", "lamp", "--sandbox").status != 0) }
    #expect(daemon.lines.count { $0.contains("the mark of a new journal") } == 1)
    try shop.remove(obstacle)
    _ = try await shop.hawker("release", "lamp", "--sandbox")
    try await daemon.says("in sync")
    #expect(try await daemon.interrupt() == 0)
    #expect(try shop.shown().count == 6)
  }
}
