import Listings

@testable import Journaling

/// A journal's files. The input is text in lines; `=NAME` goes on in another file.
enum JournalProbe {
  private static let names = [
    "journal-000001.jsonl", "journal-000002.jsonl", "checkpoint-1.jsonl", "checkpoint-5.jsonl", "head.json",
    "emergency.jsonl", "uploads.jsonl",
  ]

  /// The lines are the files' own.
  @Sendable static func raw(_ bytes: [UInt8]) throws(Finding) {
    var files: [String: [UInt8]] = [:]
    var name = names[0]
    for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
      if let other = fileName(line) { name = other } else { files["/state/" + name, default: []] += line + [0x0A] }
    }
    try read(files)
  }

  /// The lines are entries' bodies, from `"kind"` on: numbers, chain and checksums are put around them here, so that
  /// mutations get past the checksum. `+` begins a batch; what begins with `!` is taken as it is; `#N` sets the number.
  @Sendable static func framed(_ bytes: [UInt8]) throws(Finding) { try read(frame(bytes)) }

  static func frame(_ bytes: [UInt8]) -> [String: [UInt8]] {
    var files: [String: [UInt8]] = [:]
    var name = names[0]
    var chain = Chain(sequence: 0, batch: 1, sum: 0)
    var end: UInt32 = 0
    for line in bytes.split(separator: 0x0A) {
      if let other = fileName(line) {
        // A checkpoint and a head stand for an entry: the next segment goes on behind that one.
        if name.hasPrefix("journal") { end = chain.sum } else { chain.sum = end }
        name = other
        continue
      }
      switch line.first {
      case 0x2B: chain.batch += 1
      case 0x23:
        chain.sequence = Int(String(decoding: line.dropFirst(), as: UTF8.self)).map { abs($0 % 1_000_000_000) } ?? 0
      case 0x21: files["/state/" + name, default: []] += line.dropFirst() + [0x0A]
      default:
        var text: [UInt8] = []
        if name.hasPrefix("journal") { chain.sequence += 1 }
        chain.write(Array(line), at: "2026-11-22T16:00:00.000Z", to: &text)
        files["/state/" + name, default: []] += text
      }
    }
    return files
  }

  private static func fileName(_ line: ArraySlice<UInt8>) -> String? {
    guard line.first == 0x3D else { return nil }
    let rest = String(decoding: line.dropFirst(), as: UTF8.self)
    if let index = Int(rest), names.indices.contains(index) { return names[index] }
    return rest.contains("/") || rest.isEmpty ? names[0] : rest
  }

  private static func read(_ files: [String: [UInt8]]) throws(Finding) {
    for bytes in files.values { try compareReaders(bytes) }
    let disk = MemoryDisk(files: files)
    let report = JournalReading.verify("/state", disk: disk)
    for problem in report.problems { try require(!problem.message.isEmpty, "a problem without a message") }
    _ = try? Emergency.read(disk, Layout(directory: "/state"))
    _ = UploadCache("/state", now: Timestamp(milliseconds: 1_795_363_200_000), disk: disk)
    guard let ledger = try? JournalReading.read("/state", disk: disk) else { return }
    for record in ledger.records.values {
      try require((0...1_000_000).contains(record.tries), "\(record.tries) tries")
    }
    let exported = ledger.exported
    do { _ = try JSONValue(parsing: exported) } catch { throw Finding("an export that is not JSON: \(error)") }
    let checkpoint = Checkpoint(ledger: ledger, chain: Chain(sequence: ledger.sequence, batch: 1, sum: 7))
    let bytes = checkpoint.encoded(program: "fuzz", at: Timestamp(milliseconds: 1_795_363_200_000))
    do throws(JournalError) {
      let again = try Checkpoint(reading: bytes, path: "again")
      try requireEqual(again.ledger.exported, exported)
      for part in parts where part(again.ledger) != part(ledger) {
        throw .broken("again", 1, "\(part(again.ledger)) came out of \(part(ledger))")
      }
    } catch { throw Finding("a checkpoint that can't be read back: \(error.message)") }
  }

  /// What a checkpoint keeps beside records, permits that ran out left aside.
  private static let parts: [@Sendable (Ledger) -> AnyHashable] = [
    { $0.holds }, { $0.sales }, { $0.drifts }, { $0.hints }, { $0.quantities }, { $0.protectedListings },
    { $0.standing.losses }, { $0.standing.refusals },
  ]

  /// The scanner for our own lines gives nothing that the general reader doesn't give too.
  private static func compareReaders(_ bytes: [UInt8]) throws(Finding) {
    var lines = LineReader(bytes: bytes)
    while let range = lines.next() {
      guard let envelope = Envelope(bytes, range) else { continue }
      switch LineScanner.read(envelope, bytes.span) {
      case .other: continue
      case .entry(let entry):
        let other = (try? envelope.json(bytes)).flatMap { try? Entry(kind: envelope.kind, $0) }
        try require(other == entry, "an entry that the readers read differently")
      case .record(let record):
        let other = (try? envelope.json(bytes)).flatMap { try? Record($0) }
        try require(other == record, "a record that the readers read differently")
      }
    }
  }

  private static func requireEqual(_ one: String, _ other: String) throws(JournalError) {
    guard one == other else { throw .broken("again", 1, "\(one) came out of \(other)") }
  }
}
