import Listings
import Marketplaces
import Testing

@Suite struct WireTextTests {
  @Test(arguments: [("aZ9-._~", "aZ9-._~"), ("a b/c?d&e=f#g%+", "a%20b%2Fc%3Fd%26e%3Df%23g%25%2B"), ("é", "%C3%A9")])
  func percentEncoding(text: String, encoded: String) { #expect(text.percentEncoded == encoded) }

  @Test(arguments: ["", ".", "..", "a\u{0}", "a\u{85}", String(repeating: "a", count: 201)])
  func notAnID(text: String) { #expect(!text.isRemoteID) }

  @Test(arguments: ["1", "10001_7", "a/b", "é", "...", String(repeating: "a", count: 200)])
  func anID(text: String) { #expect(text.isRemoteID) }

  @Test func aQuoteIsOneShortHarmlessLine() {
    let text = "a\u{1B}[31mb\r\nc\u{202E}d TOKEN e " + String(repeating: "x", count: 400)
    let quote = text.quotable(hiding: [Secret("TOKEN"), nil, Secret("")])
    #expect(quote.hasPrefix("a [31mb  c d ‹secret› e xxx"))
    #expect(quote.count == 301)
  }

  @Test func theTokensVariable() {
    #expect(
      Config.Account(name: "facebook-anna", marketplace: "facebook").tokenVariable == "HAWKER_TOKEN_FACEBOOK_ANNA")
  }

  private let now = Timestamp(milliseconds: 1_795_000_000_000)

  /// Value, the server's date, and the seconds from now; nil: it says nothing.
  static let waits: [(String?, String?, Int?)] = [
    (nil, nil, nil), ("", nil, nil), ("-1", nil, nil), ("soon", nil, nil), ("1.5", nil, nil), ("120", nil, 120),
    ("0", nil, 1), ("99999999999999", nil, 21_600), ("Sun, 06 Nov 1994 08:49:37 GMT", nil, 1),
    ("Sun, 06 Nov 1994 08:50:00 GMT", "Sun, 06 Nov 1994 08:49:37 GMT", 23),
    ("Sun, 06 Nov 1994 08:49:00 GMT", "Sun, 06 Nov 1994 08:49:37 GMT", 1),
    ("Sun, 06 Nov 1994 08:50:00 GMT", "nonsense", 1), ("Sun, 06 Nov 1994 08:49:37 CET", nil, nil),
    ("Sun, 06 Foo 1994 08:49:37 GMT", nil, nil), ("Fri, 31 Dec 9999 23:59:59 GMT", nil, 21_600),
  ]

  @Test(arguments: waits.indices) func retryAfter(index: Int) {
    let (value, date, seconds) = Self.waits[index]
    let expected = seconds.map { now.advanced(by: .seconds($0)) }
    #expect(RetryAfter.time(value, serverDate: date, now: now) == expected)
  }
}
