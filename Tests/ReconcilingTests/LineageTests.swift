import Glibc
import Journaling
import Listings
import Loading
import Support
import Testing

@testable import Reconciling

/// `listings/.hawker`: whose root it is, and how far its journal had come.
struct LineageTests {
  @Test func aNewJournalMarksARootWithoutAMark() async throws {
    try await root { office, marker in
      #expect(marker.read() == nil)
      #expect(Lineage.mark(office.shop) == nil)
      #expect(marker.read()?.lineage == office.shop.journal.ledger.lineage)
    }
  }

  @Test func aRootOfAnotherJournalKeepsItsMark() async throws {
    try await root { office, marker in
      let other = LineageMarker.Mark(lineage: "another", sequence: 7)
      #expect(marker.write(other) == nil)
      #expect(Lineage.mark(office.shop) == nil)
      Lineage.advance(office.shop)
      #expect(marker.read() == other)
    }
  }

  @Test func advancingMakesNoMarkAndNeverGoesBack() async throws {
    try await root { office, marker in
      Lineage.advance(office.shop)
      #expect(marker.read() == nil)
      let lineage = office.shop.journal.ledger.lineage
      #expect(marker.write(.init(lineage: lineage, sequence: 0)) == nil)
      Lineage.advance(office.shop)
      #expect(marker.read()?.sequence == office.shop.journal.ledger.sequence)
      #expect(marker.write(.init(lineage: lineage, sequence: 1_000_000)) == nil)
      Lineage.advance(office.shop)
      #expect(marker.read()?.sequence == 1_000_000)
    }
  }

  @Test func anOlderCopyOfTheJournalIsNoticed() async throws {
    try await root { office, marker in
      let (ledger, config) = (office.shop.journal.ledger, office.shop.config)
      #expect(Lineage.rollback(ledger, of: config, markIn: config.listings) == nil)
      #expect(marker.write(.init(lineage: ledger.lineage, sequence: ledger.sequence)) == nil)
      #expect(Lineage.rollback(ledger, of: config, markIn: config.listings) == nil)
      #expect(marker.write(.init(lineage: ledger.lineage, sequence: ledger.sequence + 1)) == nil)
      #expect(
        Lineage.rollback(ledger, of: config, markIn: config.listings)
          == .rolledBack(file: config.state, sequence: ledger.sequence, expected: ledger.sequence + 1))
    }
  }

  @Test func withoutAPlaceForItNoneIsReadOrWritten() async throws {
    try await root(marksRoot: false) { office, marker in
      #expect(Lineage.mark(office.shop) == nil)
      Lineage.advance(office.shop)
      #expect(marker.read() == nil)
    }
  }

  @Test(arguments: ["", "\n\n", "lineage\nsequence x\n", "lineage"])
  func aMarkWithoutANumberSaysNothingOfTheJournalsEnd(_ text: String) throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    try folder.write(".hawker", Array(text.utf8))
    let mark = LineageMarker(root: folder.path).read()
    #expect(mark == (text.hasPrefix("lineage") ? .init(lineage: "lineage", sequence: 0) : nil))
  }

  @Test func theDeviceStaysAsItWasUntilTheMachineStartsAnew() async throws {
    try await root { office, marker in
      #expect(Lineage.mark(office.shop) == nil)
      let now = try #require(marker.device)
      #expect(marker.read()?.device == now)
      var mark = try #require(marker.read())
      mark.device?.number += 1
      #expect(marker.write(mark) == nil)
      Lineage.advance(office.shop)
      #expect(marker.read() == mark)
      mark.device?.boot = "another"
      #expect(marker.write(mark) == nil)
      Lineage.advance(office.shop)
      #expect(marker.read()?.device == now)
      mark.device = nil
      #expect(marker.write(mark) == nil)
      Lineage.advance(office.shop)
      #expect(marker.read()?.device == now)
    }
  }

  /// One that is not seen any more is what the mark is there to tell.
  @Test func theDisksBelowTheRootAreKept() async throws {
    try await root { office, marker in
      #expect(Lineage.mark(office.shop) == nil)
      Lineage.advance(office.shop, disks: ["bikes", "two words"])
      Lineage.advance(office.shop, disks: ["old"])
      Lineage.advance(office.shop)
      #expect(marker.read()?.disks == ["bikes", "two words", "old"])
      #expect(marker.read()?.device == marker.device)
    }
  }

  @Test func aRootThatCannotBeMarkedIsTold() async throws {
    try await root { office, marker in
      // A folder in the mark's place can't be written over.
      mkdir(marker.path + ".tmp", 0o755)
      let told = try #require(Lineage.mark(office.shop))
      #expect(told.contains(marker.path) && told.contains("nothing is posted"))
    }
  }

  private func root(marksRoot: Bool = true, _ body: (Office, LineageMarker) throws -> Void) async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let office = try await Office([], root: folder.path, marksRoot: marksRoot)
    try body(office, LineageMarker(root: folder.path))
    await office.shop.journal.close()
  }
}
