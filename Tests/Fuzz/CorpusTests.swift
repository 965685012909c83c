import Foundation
import Listings
import Testing

@testable import Journaling

/// What fuzzing found once, and the seeds it begins with, as ordinary tests.
@Suite struct CorpusTests {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Corpus")

  static func cases(of target: String) throws -> [URL] {
    try FileManager.default.contentsOfDirectory(at: folder.appending(path: target), includingPropertiesForKeys: nil)
      .sorted { $0.path < $1.path }
  }

  @Test(arguments: Probe.all.map(\.name)) func everyCaseHolds(_ target: String) throws {
    let probe = try #require(Probe.all.first { $0.name == target })
    let cases = try Self.cases(of: target)
    #expect(!cases.isEmpty)
    for url in cases {
      let bytes = [UInt8](try Data(contentsOf: url))
      do throws(Finding) { try probe.run(bytes) } catch {
        Issue.record("\(target)/\(url.lastPathComponent): \(error)")
      }
    }
  }

  /// A probe that refuses its seeds at the door would find nothing.
  @Test func theSeedsOfTheJournalGetPastTheChecksums() throws {
    let found = ["history": 2, "two-segments": 1, "checkpoint": 1]
    for (name, records) in found {
      let url = Self.folder.appending(path: "entries/\(name)")
      let files = JournalProbe.frame([UInt8](try Data(contentsOf: url)))
      let ledger = try JournalReading.read("/state", disk: MemoryDisk(files: files))
      #expect(ledger?.records.count == records, "\(name)")
    }
  }

  @Test func aFindingIsOne() {
    #expect(throws: Finding.self) { try ListingProbe.check(.init(.error, rule: "x", file: "x", message: "")) }
  }
}
