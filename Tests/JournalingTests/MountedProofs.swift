import Glibc
import Listings
import Support
import Testing

@testable import Journaling

/// Real disks that are full, or can't be written. They need root; where it is missing, that is said.
@Suite(.serialized) struct MountedProofs {
  @Test func aReadOnlyDiskIsReadAndNotWritten() async throws {
    try await onMemory(size: 8 << 20) { path, scene in
      let journal = try Journal.open(path + "/state", scene.setting(QuietDisk()))
      try await journal.append([intent("a"), done("a", id: "1")])
      let before = journal.ledger
      await journal.close()
      #expect(Volume.remountReadOnly(path))
      let error = #expect(throws: JournalError.self) { try Journal.open(path + "/state", scene.setting(QuietDisk())) }
      #expect(error?.exitCode == 7)
      #expect(error?.message.contains("Read-only file system") == true)
      #expect(error?.message.contains(path + "/state/lock") == true)
      #expect(try JournalReading.read(path + "/state") == before)
      #expect(JournalReading.verify(path + "/state").isIntact)
    }
  }

  /// Short writes and ENOSPC by the kernel: intents stop, outcomes are taken, and with room again all goes on.
  @Test func onAFullDiskIntentsStopAndOutcomesAreTaken() async throws {
    try await onMemory(size: 3 << 20) { path, scene in
      let journal = try Journal.open(path + "/state", scene.setting(QuietDisk()))
      var open: [PostKey] = []
      let long = content(String(repeating: "x", count: 50_000))
      for index in 0... {
        let key = PostKey(listing: "l\(index)", account: "a")
        do throws(JournalError) {
          try await journal.append([intent("op\(index)", .create, key, content: long)])
          open.append(key)
        } catch {
          #expect(error == .full(path: path + "/state/journal-000001.jsonl"))
          break
        }
      }
      #expect(open.count > 5)
      // Somebody else takes the rest.
      let ballast = fill(path + "/ballast")
      for (index, key) in open.enumerated() { try await journal.append([done("op\(index)", id: key.listing)]) }
      #expect(ballast > 0)
      unlink(path + "/ballast")
      try await journal.append([.protected(listing: "l0", true)])
      let before = journal.ledger
      await journal.close()
      #expect(try JournalReading.read(path + "/state")?.facts == before.facts)
      #expect(JournalReading.verify(path + "/state").isIntact)
    }
  }

  /// Every size from hardly anything: whatever is acknowledged is there when there is room again.
  @Test func howeverSmallTheDisk() async throws {
    for size in stride(from: 4096, through: 2 << 20, by: 131_072) {
      try await onMemory(size: size) { path, scene in
        var known: Set<PostKey> = []
        if let journal = try? Journal.open(
          path + "/state", scene.setting(QuietDisk(), limits: SegmentLimits(entries: 5)))
        {
          for index in 0..<30 {
            let key = PostKey(listing: "l\(index)", account: "a")
            let sent = content(String(repeating: "x", count: 3000))
            if (try? await journal.append([intent("op\(index)", .create, key, content: sent)])) != nil {
              known.insert(key)
            }
          }
          await journal.close()
        }
        let again = try scene.open(copy: copied(path + "/state", to: scene))
        #expect(known.isSubset(of: again.ledger.records.keys), "\(size) bytes")
        await again.close()
      }
    }
  }

  private func onMemory(size: Int, _ body: (String, Scene) async throws -> Void) async throws {
    let scene = Scene()
    let path = scene.root + "/memory"
    mkdir(path, 0o700)
    do { try Volume.mountMemory(path, size: size) } catch {
      print("proof: mounted disks: SKIPPED, it needs root: \(error)")
      return
    }
    defer { Volume.unmount(path) }
    try await body(path, scene)
  }

  private func copied(_ directory: String, to scene: Scene) -> String {
    let copy = scene.root + "/copied"
    Scene.erase(copy)
    mkdir(copy, 0o700)
    for name in Scene.files(in: directory) { Scene.write(Scene.bytes("\(directory)/\(name)"), to: "\(copy)/\(name)") }
    return copy
  }

  /// Writes until nothing goes in any more; how much went in.
  private func fill(_ path: String) -> Int {
    let file = open(path, O_WRONLY | O_CREAT, 0o600)
    defer { close(file) }
    let block = [UInt8](repeating: 1, count: 4096)
    var count = 0
    while write(file, block, block.count) > 0 { count += 1 }
    return count
  }
}
