import Glibc
import Listings

/// Not the shape that this program writes; it may well be a good line of another's.
struct OtherShape: Error {}

/// A place in a line, moved over what is expected there. The bytes are handed to each step: a span can't be kept.
struct LineCursor {
  private(set) var place: Int
  let end: Int

  init(_ range: Range<Int>) { (place, end) = (range.lowerBound, range.upperBound) }

  mutating func skip(_ token: StaticString, _ bytes: Span<UInt8>) -> Bool {
    guard stands(token, at: place, bytes) else { return false }
    place &+= token.utf8CodeUnitCount
    return true
  }

  mutating func expect(_ token: StaticString, _ bytes: Span<UInt8>) throws(OtherShape) {
    guard skip(token, bytes) else { throw OtherShape() }
  }

  private func stands(_ token: StaticString, at start: Int, _ bytes: Span<UInt8>) -> Bool {
    let count = token.utf8CodeUnitCount
    guard count <= end &- start else { return false }
    return bytes.extracting(start..<start &+ count).withUnsafeBytes { found in
      found.baseAddress.map { memcmp($0, token.utf8Start, count) == 0 } ?? (count == 0)
    }
  }

  /// At most 18 digits, as a number that a frame may carry.
  mutating func frameNumber(_ bytes: Span<UInt8>) -> Int? {
    let start = place
    var value = 0
    while place < end, place - start < 18, bytes[place] >= 0x30, bytes[place] <= 0x39 {
      value = value * 10 + Int(bytes[place] - 0x30)
      place += 1
    }
    return place > start && value < Format.numberLimit ? value : nil
  }

  /// Up to and over the closing quote; what the frame quotes has no escapes.
  mutating func frameText(_ bytes: Span<UInt8>) -> Range<Int>? {
    let start = place
    while place < end, bytes[place] != 0x22 { place += 1 }
    guard place < end else { return nil }
    defer { place += 1 }
    return start..<place
  }

  // MARK: Members, each with the comma before it

  /// Whether `"name":` comes next behind a comma; then it is skipped.
  mutating func has(_ name: StaticString, _ bytes: Span<UInt8>) -> Bool {
    let count = name.utf8CodeUnitCount
    guard count &+ 4 <= end &- place, bytes[place] == 0x2C, bytes[place &+ 1] == 0x22,
      bytes[place &+ 2 &+ count] == 0x22, bytes[place &+ 3 &+ count] == 0x3A, stands(name, at: place &+ 2, bytes)
    else { return false }
    place &+= count &+ 4
    return true
  }

  mutating func member(_ name: StaticString, _ bytes: Span<UInt8>) throws(OtherShape) {
    guard has(name, bytes) else { throw OtherShape() }
  }

  mutating func text(_ name: StaticString, _ bytes: Span<UInt8>) throws(OtherShape) -> String {
    try member(name, bytes)
    return try string(bytes)
  }

  mutating func optionalText(_ name: StaticString, _ bytes: Span<UInt8>) throws(OtherShape) -> String? {
    has(name, bytes) ? try string(bytes) : nil
  }

  /// A text or null.
  mutating func nullableText(_ name: StaticString, _ bytes: Span<UInt8>) throws(OtherShape) -> String? {
    try member(name, bytes)
    return skip("null", bytes) ? nil : try string(bytes)
  }

  mutating func flag(_ name: StaticString, _ bytes: Span<UInt8>) throws(OtherShape) -> Bool {
    try member(name, bytes)
    if skip("true", bytes) { return true }
    try expect("false", bytes)
    return false
  }

  mutating func number(_ name: StaticString, _ bytes: Span<UInt8>) throws(OtherShape) -> Int {
    try member(name, bytes)
    return try number(bytes)
  }

  /// A time or null.
  mutating func nullableTime(_ name: StaticString, _ bytes: Span<UInt8>) throws(OtherShape) -> Timestamp? {
    try member(name, bytes)
    return skip("null", bytes) ? nil : try time(bytes)
  }

  mutating func optionalTime(_ name: StaticString, _ bytes: Span<UInt8>) throws(OtherShape) -> Timestamp? {
    has(name, bytes) ? try time(bytes) : nil
  }

  // MARK: Values

  mutating func string(_ bytes: Span<UInt8>) throws(OtherShape) -> String {
    guard place < end, bytes[place] == 0x22 else { throw OtherShape() }
    var index = place
    do throws(JSONMalformation) {
      let text = try bytes.jsonString(at: &index)
      place = index
      if place <= end { return text }
    } catch {}
    throw OtherShape()
  }

  /// A text without escapes in ASCII, which isn't made a String: a digest, a time, a coordinate.
  mutating func plain(_ bytes: Span<UInt8>) throws(OtherShape) -> Range<Int> {
    guard place < end, bytes[place] == 0x22 else { throw OtherShape() }
    let start = place + 1
    var index = start
    while index < end, bytes[index] != 0x22 {
      guard bytes[index] >= 0x20, bytes[index] < 0x80, bytes[index] != 0x5C else { throw OtherShape() }
      index &+= 1
    }
    guard index < end else { throw OtherShape() }
    place = index + 1
    return start..<index
  }

  mutating func time(_ bytes: Span<UInt8>) throws(OtherShape) -> Timestamp {
    guard end &- place >= 26, bytes[place] == 0x22, bytes[place &+ 25] == 0x22,
      let time = Timestamp(bytes.extracting(place &+ 1..<place &+ 25))
    else { throw OtherShape() }
    place &+= 26
    return time
  }

  /// `"sha256:` and 64 digits; the closing quote or a file's ending comes next.
  mutating func openDigest(_ bytes: Span<UInt8>) -> Digest? {
    guard place + 72 <= end, stands("\"sha256:", at: place, bytes),
      let digest = Digest(hex: bytes.extracting(place + 8..<place + 72))
    else { return nil }
    place += 72
    return digest
  }

  mutating func digest(_ bytes: Span<UInt8>) throws(OtherShape) -> Digest {
    guard let digest = openDigest(bytes) else { throw OtherShape() }
    try expect("\"", bytes)
    return digest
  }

  /// A whole number that isn't negative, as JSON has it.
  mutating func number(_ bytes: Span<UInt8>) throws(OtherShape) -> Int {
    let start = place
    guard let number = frameNumber(bytes), place == start + 1 || bytes[start] != 0x30 else { throw OtherShape() }
    return number
  }
}
