import Foundation
import Support
import Testing

/// What listens needs open files, and says so before NIO ends the program for want of them.
@Suite struct DescriptorTests {
  private static func limited(_ limit: String) -> [String] {
    ["/bin/bash", "-c", "ulimit \(limit) && exec \"$0\" \"$@\""]
  }

  @Test(arguments: [
    ["run", "--sandbox"], ["run"], ["sandbox", "--port", "0"], ["connect", "facebook", "--sandbox", "--print-url"],
    ["apply", "--sandbox", "--yes"],
  ])
  func tooFewAreToldWithTheRemedy(_ arguments: [String]) async throws {
    let shop = try StarterShop()
    defer { shop.folder.remove() }
    for limit in [10, 14, 20, 24, 32, 60] {
      let outcome = try await Program.run(arguments, in: shop.path, wrapper: Self.limited("-n \(limit)"))
      #expect(outcome.status == 1, "\(limit): \(outcome)")
      #expect(outcome.err.contains("more open files") && outcome.err.contains("ulimit -n 1024"), "\(limit): \(outcome)")
    }
    #expect(try await shop.hawker("plan", "--sandbox").out.contains("6 create"))
  }

  /// The soft limit is the program's own to raise.
  @Test func aSoftLimitIsRaised() async throws {
    let shop = try StarterShop()
    defer { shop.folder.remove() }
    let applied = try await Program.run(
      ["apply", "--sandbox", "--yes"], in: shop.path, wrapper: Self.limited("-S -n 20"))
    #expect(applied.status == 0, "\(applied)")
    let daemon = try Daemon(in: shop.path, launcher: Self.limited("-S -n 20"))
    try await daemon.says("in sync")
    #expect(try await daemon.interrupt() == 0)
  }
}
