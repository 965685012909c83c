/// An ISO 4217 currency: its code and how many decimals its minor unit has.
package struct Currency: Hashable, Sendable, CustomStringConvertible {
  /// Three upper-case letters.
  package let code: String
  /// 2 for USD (cents), 0 for JPY, 3 for KWD.
  package let decimals: Int

  /// Nil when `code` is not a currency that ISO 4217 lists.
  package init?(code: String) {
    guard code.utf8.count == 3, code.utf8.allSatisfy({ $0 >= 0x41 && $0 <= 0x5A }) else { return nil }
    if code == "USD" {
      self = .usd
    } else if Currency.whole.contains(code) {
      self.init(code: code, decimals: 0)
    } else if Currency.thousandths.contains(code) {
      self.init(code: code, decimals: 3)
    } else if Currency.hundredths.contains(code) {
      self.init(code: code, decimals: 2)
    } else {
      return nil
    }
  }

  private init(code: String, decimals: Int) {
    self.code = code
    self.decimals = decimals
  }

  package static let usd = Currency(code: "USD", decimals: 2)

  package var description: String { code }

  /// How many minor units make one: 100 for USD.
  package var scale: Int64 { Currency.powers[decimals] }

  static let powers: [Int64] = [1, 10, 100, 1000, 10_000]

  // ISO 4217 list one, read 2026-11; funds codes and metals are left out.
  private static let whole: Set<String> = [
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF",
    "XPF",
  ]
  private static let thousandths: Set<String> = ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"]
  private static let hundredths: Set<String> = [
    "AED", "AFN", "ALL", "AMD", "ANG", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT", "BGN", "BMD", "BND",
    "BOB", "BRL", "BSD", "BTN", "BWP", "BYN", "BZD", "CAD", "CDF", "CHF", "CNY", "COP", "CRC", "CUP", "CVE", "CZK",
    "DKK", "DOP", "DZD", "EGP", "ERN", "ETB", "EUR", "FJD", "FKP", "GBP", "GEL", "GHS", "GIP", "GMD", "GTQ", "GYD",
    "HKD", "HNL", "HTG", "HUF", "IDR", "ILS", "INR", "IRR", "JMD", "KES", "KGS", "KHR", "KPW", "KYD", "KZT", "LAK",
    "LBP", "LKR", "LRD", "LSL", "MAD", "MDL", "MGA", "MKD", "MMK", "MNT", "MOP", "MRU", "MUR", "MVR", "MWK", "MXN",
    "MYR", "MZN", "NAD", "NGN", "NIO", "NOK", "NPR", "NZD", "PAB", "PEN", "PGK", "PHP", "PKR", "PLN", "QAR", "RON",
    "RSD", "RUB", "SAR", "SBD", "SCR", "SDG", "SEK", "SGD", "SHP", "SLE", "SOS", "SRD", "SSP", "STN", "SVC", "SYP",
    "SZL", "THB", "TJS", "TMT", "TOP", "TRY", "TTD", "TWD", "TZS", "UAH", "USD", "UYU", "UZS", "VED", "VES", "WST",
    "XCD", "YER", "ZAR", "ZMW", "ZWG",
  ]
}
