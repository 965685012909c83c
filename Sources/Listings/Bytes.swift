// Bytes looked at eight at a time: the journal reads and writes megabytes of text in which hardly a byte is special.
extension Span where Element == UInt8 {
  /// The eight bytes at `index`, the first one lowest.
  @inlinable
  package func word(at index: Int) -> UInt64 {
    UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self))
  }

  /// Where text stops standing for itself in JSON: the first quote, backslash or control character of `range`, or its end.
  package func plainEnd(_ range: Range<Int>) -> Int {
    var index = range.lowerBound
    while index &+ 8 <= range.upperBound {
      let special = EightBytes.special(word(at: index))
      if special != 0 { return index + special.trailingZeroBitCount / 8 }
      index &+= 8
    }
    while index < range.upperBound, self[index] != 0x22, self[index] != 0x5C, self[index] >= 0x20 { index &+= 1 }
    return index
  }

  /// The text of `range`; nil when it isn't UTF-8.
  package func text(_ range: Range<Int>) -> String? {
    guard let text = try? UTF8Span(validating: extracting(range)) else { return nil }
    return String(copying: text)
  }
}

/// Arithmetic on eight bytes in one word.
package enum EightBytes {
  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let high: UInt64 = 0x8080_8080_8080_8080

  /// The high bit of each quote, backslash and control character; of the bytes behind the first such one it says nothing.
  package static func special(_ word: UInt64) -> UInt64 {
    (zero(word ^ ones &* 0x22) | zero(word ^ ones &* 0x5C) | (word &- ones &* 0x20) & ~word) & high
  }

  /// The high bit of the first byte that is `byte`, and no lower one.
  package static func equal(_ word: UInt64, to byte: UInt8) -> UInt64 { zero(word ^ ones &* UInt64(byte)) & high }

  private static func zero(_ word: UInt64) -> UInt64 { (word &- ones) & ~word }

  /// The values of the digits of a word that looks like `shape`, which has zeros for digits and else what must stand there
  /// (`fixed` has all bits of those bytes).
  package static func digits(_ word: UInt64, like shape: UInt64, fixed: UInt64) -> UInt64? {
    let values = word ^ shape
    return (values &+ ones &* 0x76 | values) & high == 0 && values & fixed == 0 ? values : nil
  }

  /// Eight hexadecimal digits, the first one lowest, as a number; nil when they aren't.
  package static func number(hex word: UInt64) -> UInt32? {
    let letters = word & (ones &* 0x40)
    var digits = (word & (ones &* 0x0F)) &+ (letters >> 6) &* 9
    guard digits & (ones &* 0xF0) == 0, hex(digits) == word | letters >> 1 else { return nil }
    digits = digits.byteSwapped
    digits = (digits | digits >> 4) & 0x00FF_00FF_00FF_00FF
    digits = (digits | digits >> 8) & 0x0000_FFFF_0000_FFFF
    return UInt32(truncatingIfNeeded: digits | digits >> 16)
  }

  /// The eight lower-case hexadecimal digits of a number, the first one lowest.
  package static func hex(number: UInt32) -> UInt64 {
    var digits = UInt64(number)
    digits = (digits | digits << 16) & 0x0000_FFFF_0000_FFFF
    digits = (digits | digits << 8) & 0x00FF_00FF_00FF_00FF
    digits = (digits | digits << 4) & (ones &* 0x0F)
    return hex(digits.byteSwapped)
  }

  /// Numbers below 16 as digits.
  private static func hex(_ digits: UInt64) -> UInt64 {
    digits &+ ones &* 0x30 &+ ((digits &+ ones &* 6) >> 4 & ones) &* 0x27
  }
}

extension [UInt8] {
  /// Appends a word's bytes, the lowest first.
  package mutating func append(word: UInt64) {
    Swift.withUnsafeBytes(of: word.littleEndian) { append(contentsOf: $0) }
  }

  /// Replaces the eight bytes at `index`.
  package mutating func replace(at index: Int, word: UInt64) {
    precondition(index >= 0 && index + 8 <= count)
    withUnsafeMutableBytes { $0.storeBytes(of: word.littleEndian, toByteOffset: index, as: UInt64.self) }
  }
}
