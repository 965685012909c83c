import Foundation
import Support
import Testing

/// Standard output carries the result: a command whose result is lost has not done what it was asked for.
@Suite(.timeLimit(.minutes(2))) struct OutputTests {
  @Test(arguments: [
    "status", "status --format json", "plan", "plan --format json", "validate", "state export", "log", "show lamp",
    "schema", "version", "--version",
  ])
  func aFullDiskBehindItIsAFailure(_ command: String) async throws {
    let shop = try StarterShop()
    defer { shop.folder.remove() }
    #expect(try await shop.hawker("apply", "--sandbox", "--yes").status == 0)
    let plain = ["schema", "version", "--version"]
    let line = "\(Program.path) \(command) \(plain.contains(command) ? "" : "--sandbox") > /dev/full"
    let full = try await Program.start(["/bin/sh", "-c", line], in: shop.path)
    #expect(full.status == 1 && full.err.contains("No space left on device"), "\(full)")
  }

  @Test func anApplyGoesOnAndSaysSo() async throws {
    let shop = try StarterShop()
    defer { shop.folder.remove() }
    let line = "\(Program.path) apply --sandbox --yes > /dev/full"
    let full = try await Program.start(["/bin/sh", "-c", line], in: shop.path)
    #expect(full.status == 1 && full.err.contains("No space left on device"), "\(full)")
    #expect(try shop.shown().count == 6)
  }

  @Test func aReaderThatHasReadEnoughIsNoFailure() async throws {
    let shop = try StarterShop()
    defer { shop.folder.remove() }
    #expect(try await shop.hawker("apply", "--sandbox", "--yes").status == 0)
    for command in ["status --watch --sandbox", "plan --verbose --sandbox", "--version"] {
      // What it ends with, behind a reader that reads nothing.
      let line = "{ \(Program.path) \(command); echo $? >&2; } | true"
      let closed = try await Program.start(["/bin/sh", "-c", line], in: shop.path)
      #expect(closed.err.hasSuffix("0\n"), "\(command): \(closed)")
    }
  }
}
