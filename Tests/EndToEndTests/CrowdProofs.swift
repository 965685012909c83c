import Foundation
import Glibc
import Support
import Testing

/// Folders with more names than anybody reads: a tenth of a million in `make test`, the million in a long run.
@Suite(.timeLimit(.minutes(10))) struct CrowdProofs {
  private static let names = Effort.isLong ? 1_000_000 : 100_000

  /// A file system in memory makes a million names in seconds.
  private func shop() throws -> StarterShop {
    let starter = try StarterShop()
    defer { starter.folder.remove() }
    return try StarterShop(copyOf: starter, in: access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp")
  }

  /// One empty file under many names; on a file system that counts them, several.
  private func fill(_ folder: String, _ count: Int, _ name: (Int) -> String) {
    var first = ""
    for index in 0..<count {
      let path = "\(folder)/\(name(index))"
      if first.isEmpty || link(first, path) != 0 {
        close(open(path, O_WRONLY | O_CREAT, 0o644))
        first = path
      }
    }
  }

  /// What the daemon needed at most until it was in sync, in bytes.
  private func peak(_ shop: StarterShop) async throws -> Int {
    let daemon = try Daemon(in: shop.path)
    try await daemon.says("in sync: 3 listings, 6 posts")
    let status = try String(contentsOfFile: "/proc/\(daemon.processIdentifier)/status", encoding: .utf8)
    try await daemon.kill()
    let line = try #require(status.firstMatch(of: /VmHWM:\s+(\d+) kB/))
    return try #require(Int(line.1)) * 1024
  }

  @Test func namesThatAreNoListingsCostNothingAndTheListingsGoOn() async throws {
    let shop = try shop()
    defer { shop.folder.remove() }
    #expect(try await shop.hawker("apply", "--sandbox", "--yes").status == 0)
    let before = try await peak(shop)
    fill(shop.path + "/listings", Self.names) { $0 % 2 == 0 ? "note-\($0).txt" : "photo-\($0).jpg" }
    let after = try await peak(shop)
    #expect(after - before < 24 << 20, "\(Self.names) names took \((after - before) >> 10) KiB")
    let plan = try await shop.hawker("plan", "--sandbox", "--detailed-exitcode")
    #expect(plan.status == 0 && plan.out.contains("6 unchanged. 0 problems"), "\(plan)")
    print("proof: \(Self.names) names that are no listings: \((after - before) >> 10) KiB more than none")
  }

  @Test func brokenListingsWithoutEndAreToldInPartAndTheOthersGoOn() async throws {
    let shop = try shop()
    defer { shop.folder.remove() }
    let size = Effort.isLong ? 249_000 : 10_100
    mkdir(shop.path + "/listings/many", 0o755)
    fill(shop.path + "/listings/many", size) { "broken-\($0).yaml" }
    let applied = try await shop.hawker("apply", "--sandbox", "--yes")
    #expect(applied.status == 4 && applied.out.contains("Applied: 6 done, 0 failed"), "\(applied.out.suffix(500))")
    let plan = try await shop.hawker("plan", "--sandbox")
    #expect(plan.status == 4 && plan.out.contains("6 unchanged. \(size) problems, 0 warnings."))
    #expect(plan.out.contains("and \(size - 10_000) more problems; `hawker validate --format json` has them all\n"))
    #expect(plan.out.utf8.count { $0 == 0x0A } < 10_020)
    let json = try await shop.hawker("validate", "--sandbox", "--format", "json")
    #expect(json.status == 4 && json.out.components(separatedBy: "\"severity\"").count == size + 1)
  }

  /// The hard limit, passed by a few or, in a long run, fourfold: an error, and no look at them.
  @Test func moreListingFilesThanAreTakenAreAnErrorAndWithdrawNothing() async throws {
    let count = Effort.isLong ? 1_000_000 : 250_001
    let shop = try shop()
    defer { shop.folder.remove() }
    #expect(try await shop.hawker("apply", "--sandbox", "--yes").status == 0)
    mkdir(shop.path + "/listings/many", 0o755)
    fill(shop.path + "/listings/many", count) { "broken-\($0).yaml" }
    try shop.remove("listings/lamp.yaml")
    let plan = try await shop.hawker("plan", "--sandbox")
    #expect(plan.status == 4 && plan.out.contains("listings/many: error: with this folder there are more than 250000"))
    #expect(plan.out.contains("0 withdraw, 0 held, 4 unchanged. 1 problem"), "\(plan.out.suffix(500))")
    // And a root that nobody can hold.
    fill(shop.path + "/listings", count) { "broken-\($0).yaml" }
    let whole = try await shop.hawker("plan", "--sandbox")
    #expect(whole.status == 4 && whole.out.contains("0 withdraw, 0 held"), "\(whole.out.suffix(500))")
  }
}
