import Listings
import Support
import Testing

@testable import Journaling

/// The scanner for our own lines against the general reader: what the one reads, the other reads the same, and what the
/// other refuses, the one does not read.
@Suite struct ScannerProofs {
  @Test func everyLineOfOursIsReadAheadAndAlike() throws {
    var random = SeededRandom(seed: 5)
    for _ in 0..<500 {
      for body in [Drawing.entry(&random).body(of: bike), Drawing.entry(&random).body(), Drawing.record(&random)] {
        let line = sealed(unsealed(body))
        #expect(try judge(line) == .same, "\(String(decoding: line, as: UTF8.self))")
      }
    }
    for entry in everyEntry where ["intent", "outcome"].contains(entry.kind) {
      #expect(try judge(sealed(unsealed(entry.body()))) == .same)
    }
  }

  @Test func spoiltLinesAreReadAlikeOrByBothRefused() throws {
    var effort = Effort("scanner", short: 4000, long: 10_000_000)
    var counts = [Agreement: Int]()
    while effort.goesOn() {
      let body =
        Bool.random(using: &effort.random) ? Drawing.record(&effort.random) : Drawing.entry(&effort.random).body()
      var line = unsealed(body)
      for _ in 0..<Int.random(in: 1...2, using: &effort.random) { spoil(&line, &effort.random) }
      let agreement = try judge(sealed(line))
      counts[agreement, default: 0] += 1
      if agreement == .different {
        Issue.record("\(String(decoding: line, as: UTF8.self)): \(effort.replay)")
      }
    }
    effort.report(
      "\(counts[.same] ?? 0) read alike, \(counts[.general] ?? 0) by the general reader alone, "
        + "\(counts[.refused] ?? 0) refused by both, \(counts[.different] ?? 0) differences")
    for agreement in [Agreement.same, .general, .refused] { #expect((counts[agreement] ?? 0) > effort.rounds / 50) }
  }

  enum Agreement { case same, general, refused, different }

  private func judge(_ line: [UInt8]) throws -> Agreement {
    guard let envelope = Envelope(line, 0..<line.count) else { return .refused }
    let general = Drawing.general(envelope, line)
    switch (LineScanner.read(envelope, line.span), general) {
    case (.other, nil): return .refused
    case (.other, _?): return .general
    case (.entry(let entry), .entry(let other)?): return entry == other ? .same : .different
    case (.record(let record), .record(let other)?): return record == other ? .same : .different
    default: return .different
    }
  }

  private func unsealed(_ body: [UInt8]) -> [UInt8] {
    Array("{\"seq\":41,\"batch\":7,\"at\":\"\(noon)\",".utf8) + body
  }

  /// With its link and the right checksum.
  private func sealed(_ line: [UInt8]) -> [UInt8] {
    var line = line + Array(",\"prev\":\"00000000\"".utf8)
    let sum = crc32c(line, 0..<line.count)
    line += Array(",\"sum\":\"".utf8)
    Hex.append(sum, to: &line)
    return line + Array("\"}".utf8)
  }

  private func spoil(_ line: inout [UInt8], _ random: inout SeededRandom) {
    let place = Int.random(in: 0..<line.count, using: &random)
    let tokens = [
      "\"", "\\", ",", ":", "{", "}", "[", "]", "null", "true", "-", "0", "00", "1.5", "1e3", " ", "\\u0041", "\\ud83d",
      "é", "\"at\":\"x\",", ",\"kind\":\"intent\"", ",\"digest\":null", ",\"sold\":true", ",\"tries\":0",
      ",\"new\":[{}]",
    ]
    switch Int.random(in: 0..<10, using: &random) {
    case 0: line[place] = UInt8.random(in: 0...255, using: &random)
    case 1: line.remove(at: place)
    case 2: line.insert(contentsOf: Array((tokens.randomElement(using: &random) ?? "").utf8), at: place)
    case 3: exchange("\"", in: &line, &random)
    case 4: exchange(",\"", in: &line, &random)
    case 7...9:
      // Another letter or digit, wherever one stands: mostly in a text or a number.
      let places = line.indices.filter { 0x30...0x39 ~= line[$0] || 0x61...0x7A ~= line[$0] }
      guard let place = places.randomElement(using: &random) else { return }
      line[place] = line[place] < 0x40 ? 0x30 + UInt8.random(in: 0...9, using: &random) : line[place] ^ 0x20
    case 5:
      // A field that only a newer hawker knows, at the end.
      line += Array(",\"new\":{\"deep\":[1,null,\"x\"]}".utf8)
    default:
      let end = min(line.count, place + Int.random(in: 1...40, using: &random))
      let piece = Array(line[place..<end])
      line.insert(contentsOf: piece, at: Int.random(in: 0...line.count, using: &random))
    }
  }

  /// Swaps two of the parts between `separator`s: mostly values or whole members.
  private func exchange(_ separator: String, in line: inout [UInt8], _ random: inout SeededRandom) {
    var parts = String(decoding: line, as: UTF8.self).split(separator: separator, omittingEmptySubsequences: false)
    guard parts.count > 2 else { return }
    let (one, other) = (
      Int.random(in: 0..<parts.count, using: &random), Int.random(in: 0..<parts.count, using: &random)
    )
    if Bool.random(using: &random) { parts.swapAt(one, other) } else { parts.insert(parts[one], at: other) }
    line = Array(parts.joined(separator: separator).utf8)
  }
}

/// Random entries and records, in every shape that can be written.
enum Drawing {
  static func general(_ envelope: Envelope, _ line: [UInt8]) -> LineContent? {
    guard let json = try? envelope.json(line) else { return nil }
    if envelope.kind == "record" { return (try? Record(json)).map { .record($0) } }
    return (try? Entry(kind: envelope.kind, json))?.map { .entry($0) } ?? nil
  }

  static func entry(_ random: inout SeededRandom) -> Entry {
    Bool.random(using: &random)
      ? .intent(intent(&random, at: noon))
      : .outcome(
        Outcome(
          op: text(&random), result: [.done, .failed, .uncertain].randomElement(using: &random) ?? .done,
          remoteID: maybe(&random, text), url: maybe(&random, text),
          attempts: Int.random(in: 0...3, using: &random), failure: maybe(&random, failure)))
  }

  static func record(_ random: inout SeededRandom) -> [UInt8] {
    let states: [Record.State] = [
      .live, .withdrawn(sold: true), .withdrawn(sold: false), .gone, .rejected, .failed(retryAt: nil),
      .failed(retryAt: time(&random)), .uncertain,
    ]
    let record = Record(
      key: PostKey(listing: text(&random), account: text(&random)), marketplace: text(&random),
      state: states.randomElement(using: &random) ?? .live, remoteID: maybe(&random, text), url: maybe(&random, text),
      content: maybe(&random, content), pending: maybe(&random) { intent(&$0, at: time(&$0)) },
      failedDigest: maybe(&random) { Digest(of: text(&$0)) }, file: text(&random),
      isProtected: Bool.random(using: &random), superseded: list(&random, text), failure: maybe(&random, failure),
      tries: Int.random(in: 0...2, using: &random), postedAt: maybe(&random, time), updatedAt: maybe(&random, time),
      since: time(&random))
    return encodeBody("record") { record.writeMembers(to: &$0) }
  }

  private static func intent(_ random: inout SeededRandom, at: Timestamp) -> Intent {
    Intent(
      op: text(&random), action: [.create, .update, .replace, .withdraw].randomElement(using: &random) ?? .create,
      key: PostKey(listing: text(&random), account: text(&random)), marketplace: text(&random),
      reference: text(&random), content: maybe(&random, content), remoteID: maybe(&random, text), file: text(&random),
      attempt: Int.random(in: 1...2, using: &random), at: at, isSale: Bool.random(using: &random),
      because: maybe(&random, text))
  }

  private static func content(_ random: inout SeededRandom) -> Content {
    let currencies = ["USD", "EUR", "JPY", "KWD"].compactMap { Currency(code: $0) }
    return Content(
      title: text(&random), description: text(&random) + text(&random),
      price: Money(
        minor: Int64.random(in: 0...99_999, using: &random), currency: currencies.randomElement(using: &random) ?? .usd),
      category: text(&random), condition: text(&random),
      location: maybe(&random) { random in
        Location(
          latitude: Coordinate(e7: Int32.random(in: -900_000_000...900_000_000, using: &random)),
          longitude: Coordinate(e7: Int32.random(in: -1_800_000_000...1_800_000_000, using: &random)),
          postalCode: maybe(&random, text))
      },
      photos: list(&random) { random in
        guard let format = PhotoFormat.allCases.randomElement(using: &random), Bool.random(using: &random) else {
          return .url("https://example.org/\(Int.random(in: 0...9, using: &random))")
        }
        return .file(Digest(of: text(&random)), format)
      })
  }

  private static func failure(_ random: inout SeededRandom) -> Failure {
    Failure(
      code: text(&random), message: text(&random),
      httpStatus: maybe(&random) { Int.random(in: 100...599, using: &$0) }, retryAt: maybe(&random, time))
  }

  private static func time(_ random: inout SeededRandom) -> Timestamp {
    Timestamp(milliseconds: Int64.random(in: -62_167_219_200_000...253_402_300_799_999, using: &random))
  }

  /// Of any length, with and without what has to be escaped.
  private static func text(_ random: inout SeededRandom) -> String {
    let parts = [
      "a", "Trek 520", "é", "\u{1F6B2}", "\"", "\\", "\n", "\u{7F}", "\u{1}", "listings/", "0123456789abcdef", " ",
    ]
    return list(&random) { parts.randomElement(using: &$0) ?? "" }.joined()
  }

  private static func list<Value>(
    _ random: inout SeededRandom, _ draw: (inout SeededRandom) -> Value
  ) -> [Value] {
    var values: [Value] = []
    for _ in 0..<Int.random(in: 0...5, using: &random) { values.append(draw(&random)) }
    return values
  }

  private static func maybe<Value>(
    _ random: inout SeededRandom, _ draw: (inout SeededRandom) -> Value
  ) -> Value? {
    Bool.random(using: &random) ? draw(&random) : nil
  }
}
