@_spi(_Unicode) import Swift

/// What a text's bytes give away in one pass, before a String is made.
struct TextInspection: Equatable {
  /// The first control character, but for line breaks.
  var control: UInt32?
  /// The first character that overrides, embeds or isolates a reading direction.
  var bidi: UInt32?
  var hasLineBreak = false
  /// Whether it may not be in NFC; only then is it worth to look closer.
  var mayNeedNormalizing = false

  init(_ bytes: Span<UInt8>) {
    bytes.withUnsafeBufferPointer { bytes in
      var index = 0
      while index < bytes.count {
        if index + 8 <= bytes.count, TextInspection.isPlain(UnsafeRawBufferPointer(bytes), index) {
          index += 8
          continue
        }
        let byte = bytes[index]
        if byte < 0x80 {
          if byte < 0x20 || byte == 0x7F { note(ascii: byte) }
          index += 1
        } else {
          index += note(scalarAt: index, in: bytes)
        }
      }
    }
  }

  /// Whether the eight bytes from `index` are printable ASCII, told by arithmetic on all of them at once.
  private static func isPlain(_ bytes: UnsafeRawBufferPointer, _ index: Int) -> Bool {
    let word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
    let ones: UInt64 = 0x0101_0101_0101_0101
    let isDelete = word ^ (ones &* 0x7F)
    let below = (word &- ones &* 0x20) & ~word
    return (word | below | ((isDelete &- ones) & ~isDelete)) & (ones &* 0x80) == 0
  }

  private mutating func note(ascii byte: UInt8) {
    if byte == 0x0A { hasLineBreak = true } else if control == nil { control = UInt32(byte) }
  }

  /// Returns the scalar's length in bytes; libyaml has checked that it is UTF-8.
  private mutating func note(scalarAt index: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Int {
    let lead = bytes[index]
    let length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
    guard index + length <= bytes.count else { return length }
    var scalar = UInt32(lead) & (0x7F >> UInt32(length))
    for offset in 1..<length { scalar = scalar << 6 | UInt32(bytes[index + offset] & 0x3F) }
    switch scalar {
    case 0x80...0x9F, 0x2028, 0x2029: control = control ?? scalar
    case 0x202A...0x202E, 0x2066...0x2069: bidi = bidi ?? scalar
    // Blocks without a single character that normalisation changes or joins to another.
    case 0xA0...0x2FF, 0x2010...0x2027, 0x2030...0x205E, 0x20A0...0x20CF, 0x2500...0x27BF, 0x4E00...0x9FFF,
      0x1F300...0x1FAFF:
      break
    default: mayNeedNormalizing = true
    }
    return length
  }
}

extension String {
  /// In Unicode's composed form. The standard library's own normaliser, which is public only by this name (Foundation's
  /// costs start-up time and size).
  var composed: String {
    var result = String.UnicodeScalarView()
    for scalar in _nfc { result.append(scalar) }
    return String(result)
  }
}
