import Foundation
import Glibc
import Support
import Testing

/// Times that no clock showed, as `touch`, an unpacked archive or a broken disk leave them on files: nothing but "changed".
@Suite struct OddTimeTests {
  /// 2300 is more nanoseconds than 64 bits have, the next more milliseconds; each also before 1970. A file system that
  /// has no such time keeps the next one that it has.
  private static let times = [
    10_413_792_000, 9_300_000_000_000_000, -10_413_792_000, -9_300_000_000_000_000, Int.max, .min,
  ]

  @Test(arguments: [
    "listings/lamp.yaml", "listings", "listings/photos", "listings/photos/lamp.png", "hawker.yaml",
    "state/sandbox/journal-000001.jsonl", "state/sandbox", "state/sandbox/head.json", "state/sandbox/cache/plan.bin",
  ])
  func noTimeOfAFileChangesAPlan(_ name: String) async throws {
    let starter = try StarterShop()
    defer { starter.folder.remove() }
    // A file system in memory keeps any time.
    let shop = try StarterShop(copyOf: starter, in: access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp")
    defer { shop.folder.remove() }
    #expect(try await shop.hawker("apply", "--sandbox", "--yes").status == 0)
    let before = try await shop.hawker("plan", "--sandbox")
    #expect(before.status == 0 && before.out.contains("6 unchanged"))
    for time in Self.times {
      try #require(set(time, "\(shop.path)/\(name)"), "\(name) is not there")
      let plan = try await shop.hawker("plan", "--sandbox")
      #expect(plan.status == 0 && plan.out == before.out && plan.err == before.err, "\(time): \(plan)")
    }
    #expect(try await shop.hawker("apply", "--sandbox", "--yes").status == 0)
  }

  private func set(_ time: Int, _ path: String) -> Bool {
    let stamp = timespec(tv_sec: time, tv_nsec: 999_999_999)
    return utimensat(AT_FDCWD, path, [stamp, stamp], 0) == 0
  }
}
