import Listings

/// When a marketplace wants to be asked again, from its answer's `Retry-After`.
package enum RetryAfter {
  /// The value is seconds or a date; a date counts from the answer's own `Date`, not from our clock. Never sooner than
  /// a second, and never more than six hours away: after that it may say so again. Nil when it says nothing readable.
  package static func time(_ value: String?, serverDate: String?, now: Timestamp) -> Timestamp? {
    guard let value else { return nil }
    if let seconds = Int64(value), seconds >= 0 { return time(after: .seconds(min(seconds, 86_400)), now: now) }
    // More seconds than there are numbers for.
    if !value.isEmpty, value.utf8.allSatisfy({ (0x30...0x39).contains($0) }) { return time(after: longest, now: now) }
    guard let date = httpDate(value) else { return nil }
    let reference = serverDate.flatMap(httpDate) ?? now
    return time(after: date.duration(since: reference), now: now)
  }

  private static let longest = Duration.seconds(6 * 3600)

  package static func time(after wait: Duration, now: Timestamp) -> Timestamp {
    now.advanced(by: min(max(wait, .seconds(1)), longest))
  }

  /// `Sun, 06 Nov 1994 08:49:37 GMT`, the form that RFC 9110 wants; the two old forms are not read.
  static func httpDate(_ text: String) -> Timestamp? {
    let words = text.split(separator: " ")
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    guard words.count == 6, words[5] == "GMT", let month = months.firstIndex(of: String(words[2])) else { return nil }
    let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
    return Timestamp("\(words[3])-\(number)-\(words[1])T\(words[4])Z")
  }
}
