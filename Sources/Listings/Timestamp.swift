/// A moment in UTC, in whole milliseconds since 1970. For people and for deadlines; never for ordering entries.
package struct Timestamp: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let milliseconds: Int64

  /// Of the years that RFC 3339 can say: what lies before or behind them (a server's absurd Retry-After, a broken clock)
  /// is their first or last moment, so that every time that was written can be read again.
  private static let sayable: ClosedRange<Int64> = -62_167_219_200_000...253_402_300_799_999

  package init(milliseconds: Int64) {
    self.milliseconds = min(max(milliseconds, Timestamp.sayable.lowerBound), Timestamp.sayable.upperBound)
  }

  /// As the system's clocks, its files and the marketplaces tell it: whatever they say, there is such a moment.
  package init(seconds: Int64, nanoseconds: Int64 = 0) {
    let (whole, isOver) = seconds.multipliedReportingOverflow(by: 1000)
    let (sum, isPast) = whole.addingReportingOverflow(nanoseconds / 1_000_000)
    self.init(milliseconds: isOver || isPast ? (seconds < 0 ? .min : .max) : sum)
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
    var text: [UInt8] = []
    text.reserveCapacity(24)
    append(to: &text)
    return String(decoding: text, as: UTF8.self)
  }

  package func append(to bytes: inout [UInt8]) {
    let (days, rest) = milliseconds.quotientAndFloorRemainder(86_400_000)
    let (year, month, day) = Timestamp.civil(days: days)
    let start = bytes.count
    bytes.append(contentsOf: "0000-00-00T00:00:00.000Z".utf8)
    func write(_ number: Int64, endingAt end: Int) {
      var (rest, place) = (number, start + end)
      while rest > 0 {
        bytes[place] = 0x30 + UInt8(truncatingIfNeeded: rest % 10)
        rest /= 10
        place -= 1
      }
    }
    write(year, endingAt: 3)
    write(month, endingAt: 6)
    write(day, endingAt: 9)
    write(rest / 3_600_000, endingAt: 12)
    write(rest / 60_000 % 60, endingAt: 15)
    write(rest / 1000 % 60, endingAt: 18)
    write(rest % 1000, endingAt: 22)
  }

  /// Reads what `description` writes, and any RFC 3339 time in UTC with or without a fraction.
  package init?(_ text: String) {
    let bytes = Array(text.utf8)
    self.init(bytes.span)
  }

  package init?(_ text: Span<UInt8>) {
    if text.count == 24, let time = Timestamp(usual: text) {
      self = time
      return
    }
    guard text.count >= 20, text.count <= 30, text[text.count - 1] == 0x5A, text[4] == 0x2D, text[7] == 0x2D,
      text[10] | 0x20 == 0x74, text[13] == 0x3A, text[16] == 0x3A,
      let year = Timestamp.number(text, 0..<4), let month = Timestamp.number(text, 5..<7),
      let day = Timestamp.number(text, 8..<10), let hour = Timestamp.number(text, 11..<13),
      let minute = Timestamp.number(text, 14..<16), let second = Timestamp.number(text, 17..<19),
      (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second <= 60
    else { return nil }
    var fraction: Int64 = 0
    if text.count > 20 {
      guard text[19] == 0x2E, text.count >= 22, Timestamp.number(text, 20..<text.count - 1) != nil else { return nil }
      for place in 20..<23 { fraction = fraction * 10 + (place < text.count - 1 ? Int64(text[place] - 0x30) : 0) }
    }
    let seconds = Timestamp.days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second
    self.init(milliseconds: seconds * 1000 + fraction)
  }

  /// What `description` writes, with its digits checked eight at a time: a journal has several times on each line.
  private init?(usual text: Span<UInt8>) {
    guard let date = EightBytes.digits(text.word(at: 0), like: 0x2D30_302D_3030_3030, fixed: 0xFF00_00FF_0000_0000),
      let hours = EightBytes.digits(text.word(at: 8), like: 0x3030_3A30_3054_3030, fixed: 0x0000_FF00_00FF_0000),
      let rest = EightBytes.digits(text.word(at: 16), like: 0x5A30_3030_2E30_303A, fixed: 0xFF00_0000_FF00_00FF)
    else { return nil }
    func digit(_ word: UInt64, _ place: UInt64) -> Int64 { Int64(truncatingIfNeeded: word >> (8 * place) & 15) }
    func two(_ word: UInt64, _ place: UInt64) -> Int64 { digit(word, place) * 10 + digit(word, place + 1) }
    let (month, day, hour, minute, second) = (two(date, 5), two(hours, 0), two(hours, 3), two(hours, 6), two(rest, 1))
    guard (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second <= 60 else { return nil }
    let days = Timestamp.days(two(date, 0) * 100 + two(date, 2), month, day)
    let seconds = days * 86_400 + hour * 3600 + minute * 60 + second
    self.init(milliseconds: seconds * 1000 + digit(rest, 4) * 100 + two(rest, 5))
  }

  private static func number(_ text: Span<UInt8>, _ range: Range<Int>) -> Int64? {
    var value: Int64 = 0
    for place in range {
      let byte = text[place]
      guard byte >= 0x30, byte <= 0x39 else { return nil }
      value = value * 10 + Int64(byte - 0x30)
    }
    return value
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
