import Glibc
import Listings
import Synchronization
import Testing

@testable import Journaling

/// The loops over the real system calls: interrupted, shortened and refused ones.
@Suite struct LocalDiskTests {
  @Test func everyInterruptedCallIsMadeAgain() async throws {
    let whole = try await run(FaultyCalls())
    for step in 1...whole.calls {
      let faulty = FaultyCalls { $0 == step ? EINTR : nil }
      let found = try await run(faulty)
      #expect(found.ledger == whole.ledger, "call \(step)")
    }
  }

  @Test(arguments: [1, 7, 100]) func shortReadsAndWritesAreGoneOnWith(length: Int) async throws {
    let whole = try await run(FaultyCalls())
    #expect(try await run(FaultyCalls(length: length)).ledger == whole.ledger)
  }

  /// Whichever call fails, once or from then on, what was acknowledged is there afterwards, and a sync is not tried again.
  @Test(arguments: [EIO, ENOSPC, EDQUOT, EROFS]) func whicheverCallFailsNothingAcknowledgedIsLost(code: Int32)
    async throws
  {
    for isLasting in [false, true] {
      for step in 1... {
        let scene = Scene()
        let calls = FaultyCalls { $0 == step || isLasting && $0 > step ? code : nil }
        var known: Set<PostKey> = []
        if let journal = try? scene.open(QuietDisk(calls.calls), limits: SegmentLimits(entries: 4)) {
          known = await appended(to: journal)
          await journal.close()
        }
        let again = try scene.open()
        #expect(known.isSubset(of: again.ledger.records.keys), "call \(step), \(isLasting)")
        await again.close()
        if calls.count < step { break }
      }
    }
  }

  private func run(_ calls: FaultyCalls) async throws -> (ledger: [PostKey: Record.State], calls: Int) {
    let scene = Scene()
    for _ in 0..<2 {
      let journal = try scene.open(QuietDisk(calls.calls), limits: SegmentLimits(entries: 5))
      _ = await appended(to: journal)
      await journal.close()
    }
    let disk = QuietDisk(calls.calls)
    let ledger = try #require(try JournalReading.read(scene.state, disk: disk))
    return (ledger.records.mapValues(\.state), calls.count)
  }

  private func appended(to journal: Journal) async -> Set<PostKey> {
    var known: Set<PostKey> = []
    for index in 0..<6 {
      let key = PostKey(listing: "l\(index)", account: "a")
      if (try? await journal.append([intent("op\(index)", .create, key)])) != nil { known.insert(key) }
    }
    return known
  }
}

/// System calls that fail as told, move only `length` bytes at a time, and sync nothing.
private final class FaultyCalls: Sendable {
  private let made = Mutex(0)
  private let fault: @Sendable (Int) -> Int32?
  private let length: Int

  init(length: Int = .max, fault: @escaping @Sendable (Int) -> Int32? = { _ in nil }) {
    (self.length, self.fault) = (length, fault)
  }

  var count: Int { made.withLock { $0 } }

  private func fails() -> Bool {
    let number = made.withLock { made in
      made += 1
      return made
    }
    guard let code = fault(number) else { return false }
    errno = code
    return true
  }

  var calls: SystemCalls {
    let real = SystemCalls()
    var calls = real
    let length = length
    calls.open = { [self] in fails() ? -1 : real.open($0, $1, $2) }
    calls.write = { [self] file, bytes, offset in
      fails() ? -1 : real.write(file, UnsafeRawBufferPointer(rebasing: bytes.prefix(length)), offset)
    }
    calls.read = { [self] file, bytes, offset in
      fails() ? -1 : real.read(file, UnsafeMutableRawBufferPointer(rebasing: bytes.prefix(length)), offset)
    }
    calls.sync = { [self] _, _ in fails() ? -1 : 0 }
    calls.truncate = { [self] in fails() ? -1 : real.truncate($0, $1) }
    calls.reserve = { [self] in fails() ? -1 : real.reserve($0, $1, $2) }
    calls.rename = { [self] in fails() ? -1 : real.rename($0, $1) }
    calls.remove = { [self] in fails() ? -1 : real.remove($0) }
    return calls
  }
}
