import Foundation
import Listings
import Support
import Testing

/// Money never loses a cent: every cent value comes back exactly, and what is an amount is what a recogniser written
/// from the contract's words alone says.
@Suite struct MoneyProofs {
  @Test func everyCentValueIsExact() throws {
    var effort = Effort("money, cent values", short: 100_000, long: 1_000_000)
    let yen = try #require(Currency(code: "JPY"))
    let dinar = try #require(Currency(code: "KWD"))
    // In the short run a tenth of them, another one each time.
    let step = Effort.isLong ? 1 : 10
    let start = Effort.isLong ? 0 : Int.random(in: 0..<10, using: &effort.random)
    var wrong = 0
    while effort.goesOn() {
      let cents = start + (effort.rounds - 1) * step
      // Written by hand, digit by digit, with no arithmetic of the code under test.
      let digits = String(cents)
      let padded = String(repeating: "0", count: max(0, 3 - digits.count)) + digits
      let text = padded.dropLast(2) + "." + padded.suffix(2)
      guard let amount = try? Amount(parsing: String(text)), let money = try? amount.money(in: .usd) else {
        wrong += 1
        Issue.record("\(text) is not taken; \(effort.replay)")
        break
      }
      if money.minor != Int64(cents) || money.decimal != text || money.description != "\(text) USD" { wrong += 1 }
      if (try? Amount(parsing: digits).money(in: yen).minor) != Int64(cents) { wrong += 1 }
      if (try? Amount(parsing: "\(text)0").money(in: dinar).minor) != Int64(cents) * 10 { wrong += 1 }
      if (try? Amount(parsing: "\(text)0").money(in: .usd)) != nil { wrong += 1 }
    }
    #expect(wrong == 0, "\(effort.replay)")
    // A long run ends with its time.
    #expect(Effort.isLong || effort.rounds == 100_000)
    let all = effort.rounds == 1_000_000 ? "all cent values up to 9,999.99 tried, " : ""
    effort.report("\(all)\(wrong) of them inexact")
  }

  @Test func randomStringsAgreeWithTheReference() {
    var effort = Effort("money, random strings", short: 50_000, long: 10_000_000)
    var taken = 0
    while effort.goesOn() {
      let bytes = Self.text(&effort.random)
      let result = Result { () throws(Amount.Malformation) in try Amount(parsing: bytes.span) }
      let expected = Reference.read(bytes)
      guard Self.agree(result, expected) else {
        Issue.record(
          "\(String(decoding: bytes, as: UTF8.self).debugDescription): \(result), not \(expected); \(effort.replay)")
        return
      }
      if case .success = result { taken += 1 }
    }
    // A generator that makes only nonsense would prove nothing.
    #expect(taken > effort.rounds / 10 && taken < effort.rounds * 9 / 10)
    effort.report("\(taken) of them amounts, all as the reference says")
  }

  private static func agree(_ result: Result<Amount, Amount.Malformation>, _ expected: Reference.Reading) -> Bool {
    switch (result, expected) {
    case (.success(let amount), .amount(let unscaled, let decimals, let code)):
      amount.unscaled == unscaled && amount.decimals == decimals && amount.currency?.code == code
    case (.failure(.tooLarge), .tooLarge), (.failure(.notDecimal), .malformed), (.failure(.empty), .malformed),
      (.failure(.unknownCurrency), .unknownCurrency):
      true
    // Which of two mistakes is told first is not the contract's.
    case (.failure(.notDecimal), .unknownCurrency), (.failure(.tooLarge), .malformed),
      (.failure(.tooLarge), .unknownCurrency):
      true
    default: false
    }
  }

  /// Near amounts: digits, points, spaces and currencies, now and then something else.
  private static func text(_ random: inout SeededRandom) -> [UInt8] {
    let roll = random.next() % 20
    if roll == 0 {
      return (0..<Int.random(in: 0...12, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
    }
    var bytes = digits(Int.random(in: roll == 1 ? 14...18 : 0...7, using: &random), &random)
    if random.next() % 2 == 0 { bytes += [0x2E] + digits(Int.random(in: 0...4, using: &random), &random) }
    if random.next() % 3 == 0 {
      bytes += Array(repeating: 0x20, count: Int.random(in: 0...2, using: &random))
      bytes += Array(words[Int(random.next() % UInt64(words.count))].utf8)
    }
    if random.next() % 10 == 0, !bytes.isEmpty {
      bytes[Int(random.next() % UInt64(bytes.count))] = odd[Int(random.next() % UInt64(odd.count))]
    }
    return bytes
  }

  private static func digits(_ count: Int, _ random: inout SeededRandom) -> [UInt8] {
    (0..<count).map { _ in UInt8(0x30 + random.next() % 10) }
  }

  private static let words = ["USD", "EUR", "JPY", "KWD", "usd", "Eur", "ABC", "US", "free", "$", "USD ", "EURO", "€"]
  private static let odd = Array("+-,.eE _\u{0}'$%xX".utf8) + [0xD9, 0xA0]
}

/// What an amount is, from listing.md's words: a plain decimal, `free`, perhaps a currency behind spaces. Written as a
/// pattern over text, with none of the code that it judges.
private enum Reference {
  enum Reading {
    case amount(Int64, decimals: Int, code: String?)
    case tooLarge
    case unknownCurrency
    case malformed
  }

  static func read(_ bytes: [UInt8]) -> Reading {
    guard let text = String(validating: bytes, as: UTF8.self), bytes.allSatisfy({ $0 < 0x80 }) else {
      return .malformed
    }
    if text.lowercased() == "free" { return .amount(0, decimals: 0, code: nil) }
    // ^(\d+)(\.(\d+))?( +([A-Za-z]{1,8}))?$
    let characters = Array(text)
    var position = 0
    func run(_ belongs: (Character) -> Bool) -> String {
      let start = position
      while position < characters.count, belongs(characters[position]) { position += 1 }
      return String(characters[start..<position])
    }
    let isDigit: (Character) -> Bool = { "0123456789".contains($0) }
    let whole = run(isDigit)
    var fraction = ""
    guard !whole.isEmpty else { return .malformed }
    if position < characters.count, characters[position] == "." {
      position += 1
      fraction = run(isDigit)
      guard !fraction.isEmpty else { return .malformed }
    }
    let spaces = run { $0 == " " }
    let word = run { $0.isLetter }
    guard position == characters.count, spaces.isEmpty == word.isEmpty, word.count <= 8 else { return .malformed }
    guard word.isEmpty || currencies.contains(word) else { return .unknownCurrency }
    guard let value = Decimal(string: whole + fraction), value <= 1_000_000_000_000_000 else { return .tooLarge }
    let unscaled = Int64(whole + fraction) ?? -1
    return .amount(unscaled, decimals: fraction.count, code: word.isEmpty ? nil : word)
  }

  private static let currencies: Set = ["USD", "EUR", "JPY", "KWD"]
}
