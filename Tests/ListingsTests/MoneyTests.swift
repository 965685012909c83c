import Listings
import Testing

@Suite struct MoneyTests {
  @Test(arguments: [
    ("450", 45_000), ("450.00", 45_000), ("19.99", 1999), ("0.1", 10), ("0", 0), ("free", 0), ("FREE", 0),
    ("007", 700), ("1.10 USD", 110), ("10000000000000.00", 1_000_000_000_000_000),
  ])
  func amountsAreCents(_ text: String, _ cents: Int64) throws {
    #expect(try Amount(parsing: text).money(in: .usd).minor == cents)
  }

  @Test(arguments: [
    ("", Amount.Malformation.empty), ("-1", .notDecimal), ("+1", .notDecimal), ("1e3", .notDecimal),
    (".5", .notDecimal),
    ("5.", .notDecimal), ("1,299.00", .notDecimal), ("1.2.3", .notDecimal), ("$5", .notDecimal), ("5USD", .notDecimal),
    ("5 ", .notDecimal), (" 5", .notDecimal), ("٤٥", .notDecimal), ("0x10", .notDecimal), ("1_000", .notDecimal),
    ("5 USDOLLARS", .notDecimal), ("5 usd", .unknownCurrency("usd")), ("5 XYZ", .unknownCurrency("XYZ")),
    ("1000000000000001", .tooLarge), ("99999999999999999999999", .tooLarge),
  ])
  func whatIsNoAmountSaysWhy(_ text: String, _ why: Amount.Malformation) {
    #expect(throws: why) { try Amount(parsing: text) }
  }

  @Test func decimalsAreTheCurrencysOwn() throws {
    let yen = try #require(Currency(code: "JPY"))
    let dinar = try #require(Currency(code: "KWD"))
    #expect(try Amount(parsing: "1200").money(in: yen).description == "1200 JPY")
    #expect(try Amount(parsing: "1.5").money(in: dinar).description == "1.500 KWD")
    #expect(throws: Amount.Mismatch.tooManyDecimals(allowed: 0)) { try Amount(parsing: "12.0").money(in: yen) }
    #expect(throws: Amount.Mismatch.tooManyDecimals(allowed: 2)) { try Amount(parsing: "1.999").money(in: .usd) }
    #expect(throws: Amount.Mismatch.tooLarge) { try Amount(parsing: "999999999999999").money(in: dinar) }
    #expect(try Amount(parsing: "5 JPY").money(in: .usd) == Money(minor: 5, currency: yen))
  }

  @Test func onlyListedCurrenciesAreSome() {
    for code in ["USD", "EUR", "GBP", "JPY", "KWD", "ZWG", "XAF"] { #expect(Currency(code: code)?.code == code) }
    for code in ["usd", "US", "USDX", "XAU", "XXX", "ÄÄÄ", "", "DEM"] { #expect(Currency(code: code) == nil) }
    #expect(Currency(code: "JPY")?.scale == 1 && Currency.usd.scale == 100 && Currency(code: "TND")?.scale == 1000)
  }
}
