// Values as bytes for a cache: flat, quickly read, and read again only by the very program that wrote them.

/// Writes values one behind another.
package struct Packer: Sendable {
  package private(set) var bytes: [UInt8] = []
  /// The longer texts so far: a listing's posts share most of theirs, and do so again when they are read back.
  private var texts: [String] = []

  package init(reserving capacity: Int = 256) { bytes.reserveCapacity(capacity) }

  package mutating func number(_ value: Int64) { bytes.append(word: UInt64(bitPattern: value)) }
  package mutating func number(_ value: Int) { number(Int64(value)) }
  package mutating func count(_ value: Int) { small(UInt32(clamping: value)) }
  package mutating func flag(_ value: Bool) { bytes.append(value ? 1 : 0) }
  package mutating func byte(_ value: UInt8) { bytes.append(value) }
  package mutating func digest(_ value: Digest) { value.append(to: &bytes) }

  package mutating func small(_ value: UInt32) {
    for shift in [0, 8, 16, 24] as [UInt32] { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
  }

  /// Its length twice over; an odd number is the place of a text that was there before.
  package mutating func text(_ value: String) {
    let length = value.utf8.count
    if length > Packer.shortest {
      // By bytes: to a String, texts of other bytes may be the same.
      if let place = texts.firstIndex(where: { $0.utf8.count == length && $0.utf8.elementsEqual(value.utf8) }) {
        return small(UInt32(place) << 1 | 1)
      }
      if texts.count < Packer.most { texts.append(value) }
    }
    small(UInt32(clamping: length) << 1)
    bytes.append(contentsOf: value.utf8)
  }

  package mutating func optional(_ value: String?) {
    flag(value != nil)
    if let value { text(value) }
  }

  package mutating func raw(_ more: [UInt8]) { bytes.append(contentsOf: more) }

  package mutating func list<Element>(_ values: [Element], _ body: (inout Packer, Element) -> Void) {
    count(values.count)
    for value in values { body(&self, value) }
  }

  /// Texts up to this length are not looked for.
  static let shortest = 15
  /// So many are looked through.
  static let most = 64
}

/// The bytes are not what a `Packer` of this program wrote.
package struct PackDamage: Error {
  package init() {}
}

/// Reads what a `Packer` wrote. Every length is checked: damaged bytes are an error and never a trap.
package struct Unpacker {
  private let bytes: [UInt8]
  private(set) package var place: Int
  private let end: Int
  private var texts: [String] = []

  package init(_ bytes: [UInt8]) { self.init(bytes, bytes.indices) }

  /// An empty reader when the range is not in the bytes.
  package init(_ bytes: [UInt8], _ range: Range<Int>) {
    self.bytes = bytes
    let isInside = range.lowerBound >= 0 && range.upperBound <= bytes.count
    place = isInside ? range.lowerBound : 0
    end = isInside ? range.upperBound : 0
  }

  package var isAtEnd: Bool { place == end }

  private mutating func take(_ count: Int) throws(PackDamage) -> Range<Int> {
    guard count >= 0, count <= end - place else { throw PackDamage() }
    defer { place += count }
    return place..<place + count
  }

  package mutating func number() throws(PackDamage) -> Int64 {
    let range = try take(8)
    return Int64(bitPattern: bytes.span.word(at: range.lowerBound))
  }

  package mutating func small() throws(PackDamage) -> UInt32 {
    let start = try take(4).lowerBound
    return UInt32(bytes[start]) | UInt32(bytes[start + 1]) << 8 | UInt32(bytes[start + 2]) << 16
      | UInt32(bytes[start + 3]) << 24
  }

  /// How many values follow, each at least a byte long.
  package mutating func count() throws(PackDamage) -> Int {
    let count = Int(try small())
    guard count <= end - place else { throw PackDamage() }
    return count
  }

  package mutating func byte() throws(PackDamage) -> UInt8 { bytes[try take(1).lowerBound] }

  package mutating func flag() throws(PackDamage) -> Bool {
    switch try byte() {
    case 0: false
    case 1: true
    default: throw PackDamage()
    }
  }

  package mutating func digest() throws(PackDamage) -> Digest {
    let range = try take(32)
    return Digest(raw: bytes.span.extracting(range))
  }

  package mutating func text() throws(PackDamage) -> String {
    let head = try small()
    if head & 1 == 1 {
      guard Int(head >> 1) < texts.count else { throw PackDamage() }
      return texts[Int(head >> 1)]
    }
    let range = try take(Int(head >> 1))
    guard let text = bytes.span.text(range) else { throw PackDamage() }
    if text.utf8.count > Packer.shortest, texts.count < Packer.most { texts.append(text) }
    return text
  }

  package mutating func optionalText() throws(PackDamage) -> String? { try flag() ? try text() : nil }

  package mutating func raw(_ count: Int) throws(PackDamage) -> [UInt8] { Array(bytes[try take(count)]) }

  package mutating func list<Element>(
    _ body: (inout Unpacker) throws(PackDamage) -> Element
  ) throws(PackDamage) -> [Element] {
    let count = try count()
    var values: [Element] = []
    values.reserveCapacity(count)
    for _ in 0..<count { values.append(try body(&self)) }
    return values
  }
}
