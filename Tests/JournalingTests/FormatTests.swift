import Listings
import Testing

@testable import Journaling

@Suite struct FormatTests {
  @Test func theChecksumIsCRC32C() {
    // RFC 3720, B.4, and the usual check value.
    #expect(crc32c(Array("123456789".utf8), 0..<9) == 0xE306_9283)
    #expect(crc32c([UInt8](repeating: 0, count: 32), 0..<32) == 0x8A91_36AA)
    #expect(crc32c([UInt8](repeating: 0xFF, count: 32), 0..<32) == 0x62A8_AB43)
    #expect(crc32c(Array(0..<32), 0..<32) == 0x46DD_794E)
    #expect(crc32c([], 0..<0) == 0)
  }

  @Test func theChecksumOfAPartIsThatOfThePartAlone() {
    let bytes = (0..<100).map { UInt8(truncatingIfNeeded: $0 &* 37) }
    for start in 0..<10 {
      for end in start..<60 {
        #expect(crc32c(bytes, start..<end) == crc32c(Array(bytes[start..<end]), 0..<end - start))
      }
    }
  }

  @Test(arguments: everyEntry) func everyEntryIsReadAsItWasWritten(entry: Entry) throws {
    var chain = Chain(sequence: 4, batch: 2, sum: 0xDEAD_BEEF)
    var line: [UInt8] = []
    chain.append(entry.body(of: bike), at: noon.description, to: &line)
    let envelope = try #require(Envelope(line, 0..<line.count - 1))
    #expect(line.last == 0x0A)
    #expect(envelope.sequence == 5)
    #expect(envelope.batch == 2)
    #expect(envelope.at == noon)
    #expect(envelope.previous == 0xDEAD_BEEF)
    #expect(envelope.kind == entry.kind)
    var read = try Entry(kind: envelope.kind, try envelope.json(line))
    if case .intent(var intent)? = read {
      intent.at = noon
      read = .intent(intent)
    }
    #expect(read == entry)
  }

  @Test func aLineIsExactlyThis() {
    var chain = Chain(sequence: 0, batch: 0, sum: 0)
    var line: [UInt8] = []
    chain.append(Entry.protected(listing: "a", true).body(), at: "2026-11-22T16:00:00.000Z", to: &line)
    let text = String(decoding: line, as: UTF8.self)
    let sum = crc32c(line, 0..<line.count - 19)
    var digits: [UInt8] = []
    Hex.append(sum, to: &digits)
    #expect(
      text
        == #"{"seq":1,"batch":0,"at":"2026-11-22T16:00:00.000Z","kind":"protected","listing":"a","protected":true,"#
        + #""prev":"00000000","sum":"\#(String(decoding: digits, as: UTF8.self))"}"# + "\n")
    #expect(chain.sum == sum)
  }

  @Test func anyChangedBitIsNoticed() {
    var chain = Chain(sequence: 0, batch: 0, sum: 0)
    var line: [UInt8] = []
    chain.append(intent("a").body(), at: noon.description, to: &line)
    for index in 0..<line.count - 1 {
      var changed = line
      changed[index] ^= 1 << UInt8(index % 8)
      #expect(Envelope(changed, 0..<line.count - 1) == nil)
    }
  }

  @Test func aCheckpointHoldsTheWholeLedger() throws {
    var ledger = Ledger(lineage: "test")
    for (index, entry) in everyEntry.enumerated() { ledger.apply(entry, at: later(Int64(index))) }
    ledger.sequence = 40
    let checkpoint = Checkpoint(ledger: ledger, chain: Chain(sequence: 40, batch: 7, sum: 99))
    let bytes = checkpoint.encoded(program: "1", at: later(99))
    let read = try Checkpoint(reading: bytes, path: "c")
    #expect(read.ledger == ledger)
    #expect(read.chain == checkpoint.chain)
  }

  @Test func aCheckpointThatIsCutAnywhereIsRefused() throws {
    let entries = ledger(intent("a"), done("a", id: "1"), .held(bike, by: "x", until: nil))
    let bytes = Checkpoint(ledger: entries, chain: Chain()).encoded(program: "1", at: noon)
    for end in stride(from: 0, to: bytes.count, by: 1) {
      #expect(throws: JournalError.self) { try Checkpoint(reading: Array(bytes[..<end]), path: "c") }
    }
  }
}
