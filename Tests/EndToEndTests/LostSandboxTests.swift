import Foundation
import Support
import Testing

/// A sandbox shop that has lost a part of itself is refused like a real one; one that has lost all of it begins anew.
@Suite(.timeLimit(.minutes(3))) struct LostSandboxTests {
  private func posted() async throws -> StarterShop {
    let shop = try StarterShop()
    #expect(try await shop.hawker("apply", "--sandbox", "--yes").status == 0)
    #expect(try shop.shown().count == 6)
    return shop
  }

  @Test(arguments: [["apply", "--yes"], ["run", "--once"], ["plan"], ["hold", "lamp"]])
  func withoutItsConfigNothingIsDone(_ words: [String]) async throws {
    let shop = try await posted()
    defer { shop.folder.remove() }
    try FileManager.default.moveItem(atPath: shop.path + "/hawker.yaml", toPath: shop.path + "/elsewhere.yaml")
    let lost = try await Program.run(words + ["--sandbox"], in: shop.path)
    #expect(lost.status == 4 && lost.err.contains("hawker.yaml is not there, and this shop had one"), "\(lost)")
    #expect(try await Program.run(["plan", "--config", "elsewhere.yaml", "--sandbox"], in: shop.path).status == 0)
  }

  @Test func withoutItsJournalItsPostsAreNotMadeASecondTime() async throws {
    let shop = try await posted()
    defer { shop.folder.remove() }
    let folder = shop.path + "/state/sandbox"
    for name in try FileManager.default.contentsOfDirectory(atPath: folder) where name != "marketplaces" {
      try shop.remove("state/sandbox/\(name)")
    }
    let lost = try await shop.hawker("apply", "--sandbox", "--yes")
    #expect(lost.status == 7 && lost.err.contains("there is no journal, but the sandbox's marketplaces"), "\(lost)")
    #expect(lost.err.contains("remove \(folder) to start the sandbox anew"))
    #expect(try shop.shown().count == 6)
    // Its marketplaces gone with it, there is nothing to lose.
    try shop.remove("state")
    #expect(try await shop.hawker("apply", "--sandbox", "--yes").status == 0)
    #expect(try shop.shown().count == 6)
  }

  @Test func anOlderCopyOfItsJournalIsNoticed() async throws {
    let shop = try await posted()
    defer { shop.folder.remove() }
    let files = FileManager.default
    try files.copyItem(atPath: shop.path + "/state/sandbox", toPath: shop.path + "/old")
    try shop.add(1)
    #expect(try await shop.hawker("apply", "--sandbox", "--yes").status == 0)
    for name in try files.contentsOfDirectory(atPath: shop.path + "/old") where name != "marketplaces" {
      try shop.remove("state/sandbox/\(name)")
      try files.copyItem(atPath: "\(shop.path)/old/\(name)", toPath: "\(shop.path)/state/sandbox/\(name)")
    }
    #expect(try await shop.hawker("apply", "--sandbox", "--yes").status == 7)
    #expect(try shop.shown().count == 8)
  }
}
