/// A moment in UTC, in whole milliseconds since 1970. For people and for deadlines; never for ordering entries.
package struct Timestamp: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let milliseconds: Int64

  /// Of the years that RFC 3339 can say: what lies before or behind them (a server's absurd Retry-After, a broken clock)
  /// is their first or last moment, so that every time that was written can be read again.
  private static let sayable: ClosedRange<Int64> = -62_167_219_200_000...253_402_300_799_999

  package init(milliseconds: Int64) {
    self.milliseconds = min(max(milliseconds, Timestamp.sayable.lowerBound), Timestamp.sayable.upperBound)
  }

  package static func < (left: Timestamp, right: Timestamp) -> Bool { left.milliseconds < right.milliseconds }

  package func advanced(by duration: Duration) -> Timestamp {
    let (sum, isOver) = milliseconds.addingReportingOverflow(duration.milliseconds)
    return Timestamp(milliseconds: isOver ? (duration < .zero ? .min : .max) : sum)
  }

  package func duration(since earlier: Timestamp) -> Duration {
    .milliseconds(milliseconds - earlier.milliseconds)
  }

  /// RFC 3339 in UTC with milliseconds: `2026-11-22T16:00:00.000Z`.
  package var description: String {
    let (days, rest) = milliseconds.quotientAndFloorRemainder(86_400_000)
    let (year, month, day) = Timestamp.civil(days: days)
    let parts: [(Int64, Int)] = [
      (year, 4), (month, 2), (day, 2), (rest / 3_600_000, 2), (rest / 60_000 % 60, 2), (rest / 1000 % 60, 2),
      (rest % 1000, 3),
    ]
    var text = ""
    text.reserveCapacity(24)
    for (part, separator) in zip(parts, ["-", "-", "T", ":", ":", ".", "Z"]) {
      let digits = String(part.0)
      for _ in digits.utf8.count..<max(part.1, digits.utf8.count) { text += "0" }
      text += digits
      text += separator
    }
    return text
  }

  /// Reads what `description` writes, and any RFC 3339 time in UTC with or without a fraction.
  package init?(_ text: String) {
    let bytes = Array(text.utf8)
    func number(_ range: Range<Int>) -> Int64? {
      guard range.upperBound <= bytes.count else { return nil }
      var value: Int64 = 0
      for byte in bytes[range] {
        guard byte >= 0x30, byte <= 0x39 else { return nil }
        value = value * 10 + Int64(byte - 0x30)
      }
      return value
    }
    guard bytes.count >= 20, bytes.last == 0x5A, bytes[4] == 0x2D, bytes[7] == 0x2D, bytes[10] | 0x20 == 0x74,
      bytes[13] == 0x3A, bytes[16] == 0x3A,
      let year = number(0..<4), let month = number(5..<7), let day = number(8..<10), let hour = number(11..<13),
      let minute = number(14..<16), let second = number(17..<19),
      (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second <= 60
    else { return nil }
    var fraction: Int64 = 0
    if bytes.count > 20 {
      guard bytes[19] == 0x2E, bytes.count >= 22, bytes.count <= 30, number(20..<bytes.count - 1) != nil else {
        return nil
      }
      for place in 20..<23 { fraction = fraction * 10 + (place < bytes.count - 1 ? Int64(bytes[place] - 0x30) : 0) }
    }
    let seconds = Timestamp.days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second
    self.init(milliseconds: seconds * 1000 + fraction)
  }

  // Howard Hinnant's days-and-civil algorithms (howardhinnant.github.io/date_algorithms.html), era by era.
  private static func civil(days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let shifted = days + 719_468
    let (era, dayOfEra) = shifted.quotientAndFloorRemainder(146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
  }

  private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let shifted = month <= 2 ? year - 1 : year
    let (era, yearOfEra) = shifted.quotientAndFloorRemainder(400)
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }
}

extension Int64 {
  fileprivate func quotientAndFloorRemainder(_ divisor: Int64) -> (Int64, Int64) {
    let remainder = self % divisor
    return remainder < 0 ? (self / divisor - 1, remainder + divisor) : (self / divisor, remainder)
  }
}

extension Duration {
  /// Whole milliseconds, rounded towards zero; at the ends of the range, its ends.
  package var milliseconds: Int64 {
    let (seconds, fraction) = components
    let (whole, isOver) = seconds.multipliedReportingOverflow(by: 1000)
    let (sum, isPast) = whole.addingReportingOverflow(fraction / 1_000_000_000_000_000)
    return isOver || isPast ? (seconds < 0 ? .min : .max) : sum
  }

  /// In seconds, for arithmetic on rates; never for money.
  package var inSeconds: Double {
    Double(components.seconds) + Double(components.attoseconds) / 1e18
  }
}
