/// An exact amount: whole minor units and their currency. Never a floating-point number: 19.99 is 1999.
package struct Money: Hashable, Sendable, CustomStringConvertible {
  /// Cents for USD, yen for JPY; never negative.
  package let minor: Int64
  package let currency: Currency

  package init(minor: Int64, currency: Currency) {
    precondition(minor >= 0, "a price is never negative")
    self.minor = minor
    self.currency = currency
  }

  /// `450.00 USD`, `1200 JPY`.
  package var description: String {
    var text = decimal
    text += " "
    text += currency.code
    return text
  }

  /// The amount alone, with all of the currency's decimals: `450.00`.
  package var decimal: String {
    guard currency.decimals > 0 else { return String(minor) }
    // Digit by digit: so short a text needs no memory of its own.
    var text = String(minor / currency.scale)
    text += "."
    var scale = currency.scale / 10
    while scale > 0 {
      text.unicodeScalars.append(Unicode.Scalar(UInt8(0x30 + minor / scale % 10)))
      scale /= 10
    }
    return text
  }
}

/// A decimal as the seller wrote it, before its currency is known: `450`, `450.00`, `450.00 USD`, `free`.
package struct Amount: Hashable, Sendable {
  /// The digits without the point.
  package let unscaled: Int64
  /// How many of the digits stand behind the point.
  package let decimals: Int
  /// The currency written behind it, if one was.
  package let currency: Currency?

  package enum Malformation: Error, Hashable, Sendable {
    case empty
    case notDecimal
    case tooLarge
    case unknownCurrency(String)
  }

  package enum Mismatch: Error, Hashable, Sendable {
    case tooManyDecimals(allowed: Int)
    case tooLarge
    case otherCurrency(Currency)
  }

  /// The largest amount: 10^15 minor units, far above any listing and far below overflow.
  package static let limit: Int64 = 1_000_000_000_000_000

  /// Reads digits, at most one point with digits on both sides, and an optional currency after spaces.
  /// No sign, exponent, separator or non-ASCII digit is taken.
  package init(parsing text: Span<UInt8>) throws(Malformation) {
    var index = 0
    let count = text.count
    guard count > 0 else { throw .empty }
    if count == 4, text[0] | 0x20 == 0x66, text[1] | 0x20 == 0x72, text[2] | 0x20 == 0x65, text[3] | 0x20 == 0x65 {
      (unscaled, decimals, currency) = (0, 0, nil)
      return
    }
    var value: Int64 = 0
    var fraction = -1
    while index < count {
      let byte = text[index]
      if byte >= 0x30, byte <= 0x39 {
        value = value * 10 + Int64(byte - 0x30)
        if value > Amount.limit { throw .tooLarge }
        if fraction >= 0 { fraction += 1 }
      } else if byte == 0x2E, fraction < 0, index > 0 {
        fraction = 0
      } else {
        break
      }
      index += 1
    }
    guard index > 0, fraction != 0 else { throw .notDecimal }
    var spaces = 0
    while index < count, text[index] == 0x20 {
      index += 1
      spaces += 1
    }
    unscaled = value
    decimals = max(fraction, 0)
    if index == count {
      guard spaces == 0 else { throw .notDecimal }
      currency = nil
      return
    }
    guard spaces > 0, count - index <= 8 else { throw .notDecimal }
    let word = String(decoding: (index..<count).map { text[$0] }, as: UTF8.self)
    guard word.utf8.allSatisfy({ $0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A }) else { throw .notDecimal }
    guard let named = Currency(code: word) else { throw .unknownCurrency(word) }
    currency = named
  }

  package init(parsing text: String) throws(Malformation) {
    let bytes = Array(text.utf8)
    self = try Amount(parsing: bytes.span)
  }

  package init(unscaled: Int64, decimals: Int, currency: Currency? = nil) {
    self.unscaled = unscaled
    self.decimals = decimals
    self.currency = currency
  }

  /// The exact money in `defaultCurrency`, or in the currency that was written with the amount.
  /// More decimals than the currency has is a mismatch, even when they are zeros.
  package func money(in defaultCurrency: Currency) throws(Mismatch) -> Money {
    let unit = currency ?? defaultCurrency
    guard decimals <= unit.decimals else { throw .tooManyDecimals(allowed: unit.decimals) }
    let (minor, overflow) = unscaled.multipliedReportingOverflow(by: Currency.powers[unit.decimals - decimals])
    guard !overflow, minor <= Amount.limit else { throw .tooLarge }
    return Money(minor: minor, currency: unit)
  }
}
