import Listings
import Marketplaces

@testable import Loading

/// Short texts that are parsed: money, degrees, times, addresses, patterns, words. The first line is parsed, the second
/// is what some are held against.
enum TextProbe {
  @Sendable static func run(_ bytes: [UInt8]) throws(Finding) {
    guard bytes.count <= 4096 else { return }
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", maxSplits: 1).map(String.init)
    let (text, other) = (lines.first ?? "", lines.count > 1 ? lines[1] : "")
    try money(text)
    try times(text, other)
    if let value = Coordinate(parsing: text, limit: 180) {
      try require(value.e7.magnitude <= 1_800_000_000, "\(value)")
      try require(Coordinate(parsing: value.description, limit: 180) == value, "\(value) doesn't come back")
    }
    if let digest = Digest(hex: text) { try require(digest.hex == text.lowercased(), "\(digest)") }
    if let wait = Interpreter.duration(text) { try require(wait <= .seconds(365 * 86_400), "\(wait)") }
    if let address = WebAddress(text) { try require(text.hasPrefix(address.trimmed), address.trimmed) }
    try words(text, other)
  }

  private static func money(_ text: String) throws(Finding) {
    guard let amount = try? Amount(parsing: text) else { return }
    try require(amount.unscaled >= 0 && amount.unscaled <= Amount.limit, "\(amount)")
    for currency in [Currency.usd, Currency(code: "JPY"), Currency(code: "KWD")].compactMap(\.self) {
      guard let money = try? amount.money(in: currency) else { continue }
      let again = try? Amount(parsing: money.description).money(in: currency)
      try require(again == money, "\(money) doesn't come back")
    }
  }

  private static func times(_ text: String, _ other: String) throws(Finding) {
    if let time = Timestamp(text) {
      try require(Timestamp(time.description) == time, "\(text): \(time) doesn't come back")
    }
    let now = Timestamp(milliseconds: 1_795_363_200_000)
    if let time = RetryAfter.time(text, serverDate: other.isEmpty ? nil : other, now: now) {
      try require(time > now && time <= now.advanced(by: .seconds(6 * 3600)), "\(text): \(time)")
    }
  }

  private static func words(_ text: String, _ other: String) throws(Finding) {
    _ = Pattern(text).matches(other)
    try require(
      Pattern(other.filter { !"*?[".contains($0) }).matches(other) || Pattern.isPattern(other) || other.hasPrefix("."),
      "\(other) is not itself")
    try require(Suggestion.distance(text, other) == Suggestion.distance(other, text), "a distance that is two")
    _ = Contacts.all(in: text)
    _ = TextInspection(Array(text.utf8).span)
    try require(text.composed == text.composed.composed, "a text that is composed twice")
    try require(text.percentEncoded.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "not encoded")
    let quoted = text.quotable(hiding: [Secret(other)])
    try require(quoted.count <= 302, "\(quoted.count) characters are quoted")
    let repaired = Interpreter.repair(text)
    try require(repaired.isEmpty || Interpreter.isIdentifier(repaired), "\(repaired) is no id")
    _ = Paths.absolute(text, from: "/a/b")
  }
}
