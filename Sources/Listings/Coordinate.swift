/// An angle in degrees, exact to seven decimals (about a centimetre); never a floating-point number.
package struct Coordinate: Hashable, Sendable, CustomStringConvertible {
  /// Degrees times ten million.
  package let e7: Int32

  package init(e7: Int32) { self.e7 = e7 }

  /// Reads `-122.7536`. Decimals past the seventh are cut. Nil when it isn't a plain decimal or lies outside ±`limit`.
  package init?(parsing text: Span<UInt8>, limit: Int64) {
    var index = 0
    let negative = text.count > 0 && text[0] == 0x2D
    if negative || (text.count > 0 && text[0] == 0x2B) { index += 1 }
    var value: Int64 = 0
    var fraction = -1
    var digits = 0
    while index < text.count {
      let byte = text[index]
      if byte >= 0x30, byte <= 0x39 {
        digits += 1
        if fraction < 7 {
          value = value * 10 + Int64(byte - 0x30)
          if fraction >= 0 { fraction += 1 }
        }
        if value > 10_000_000_000 { return nil }
      } else if byte == 0x2E, fraction < 0, digits > 0 {
        fraction = 0
      } else {
        return nil
      }
      index += 1
    }
    guard digits > 0, fraction != 0 else { return nil }
    for _ in max(fraction, 0)..<7 { value *= 10 }
    guard value <= limit * 10_000_000 else { return nil }
    e7 = Int32(negative ? -value : value)
  }

  package init?(parsing text: String, limit: Int64) {
    let bytes = Array(text.utf8)
    self.init(parsing: bytes.span, limit: limit)
  }

  /// The shortest decimal: `45.5898`, `-122.7536`, `45.0`. It is also a JSON number.
  package var description: String {
    let magnitude = e7.magnitude
    var fraction = magnitude % 10_000_000
    var places = 7
    while places > 1, fraction % 10 == 0 {
      fraction /= 10
      places -= 1
    }
    let digits = String(fraction)
    let zeros = String(repeating: "0", count: places - digits.utf8.count)
    return "\(e7 < 0 ? "-" : "")\(magnitude / 10_000_000).\(zeros)\(digits)"
  }
}

/// Where a thing can be picked up.
package struct Location: Hashable, Sendable {
  package var latitude: Coordinate
  package var longitude: Coordinate
  package var postalCode: String?

  package init(latitude: Coordinate, longitude: Coordinate, postalCode: String? = nil) {
    self.latitude = latitude
    self.longitude = longitude
    self.postalCode = postalCode
  }
}
