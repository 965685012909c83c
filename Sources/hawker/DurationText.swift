import Listings

/// Durations as config and command line write them.
enum DurationText {
  private static let units: [(String, Int64)] = [
    ("ms", 1), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000),
  ]

  static func parse(_ text: String) -> Duration? {
    guard let (unit, milliseconds) = units.first(where: { text.hasSuffix($0.0) }) else { return nil }
    let digits = text.dropLast(unit.count)
    guard !digits.isEmpty, digits.utf8.count <= 9, digits.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
      let count = Int64(digits)
    else { return nil }
    return .milliseconds(count * milliseconds)
  }

  /// The largest unit that divides it.
  static func render(_ duration: Duration) -> String {
    let total = duration.milliseconds
    for (unit, milliseconds) in units.dropFirst() where total > 0 && total % milliseconds == 0 {
      return "\(total / milliseconds)\(unit)"
    }
    return "\(total)ms"
  }

  /// For people: `3 min`, `2 h`, `45 s`.
  static func about(_ duration: Duration) -> String {
    let seconds = max(0, duration.milliseconds / 1000)
    if seconds < 90 { return "\(seconds) s" }
    if seconds < 5400 { return "\((seconds + 30) / 60) min" }
    if seconds < 129_600 { return "\((seconds + 1800) / 3600) h" }
    return "\((seconds + 43_200) / 86_400) d"
  }
}
