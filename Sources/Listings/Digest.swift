import Crypto

/// The SHA-256 of some bytes: a photo's identity, a content's identity.
package struct Digest: Hashable, Sendable, Comparable, CustomStringConvertible {
  // Four words instead of an array: no allocation for each photo and record.
  private let words: (UInt64, UInt64, UInt64, UInt64)

  fileprivate init(_ digest: SHA256.Digest) {
    var values: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    var index = 0
    for byte in digest {
      switch index / 8 {
      case 0: values.0 = values.0 << 8 | UInt64(byte)
      case 1: values.1 = values.1 << 8 | UInt64(byte)
      case 2: values.2 = values.2 << 8 | UInt64(byte)
      default: values.3 = values.3 << 8 | UInt64(byte)
      }
      index += 1
    }
    words = values
  }

  package init(of bytes: [UInt8]) { self.init(SHA256.hash(data: bytes)) }
  package init(of text: String) { self.init(SHA256.hash(data: Array(text.utf8))) }

  /// Reads 64 hexadecimal digits.
  package init?(hex: some StringProtocol) {
    guard hex.utf8.count == 64 else { return nil }
    var values: [UInt64] = [0, 0, 0, 0]
    for (index, byte) in hex.utf8.enumerated() {
      guard let digit = Character(UnicodeScalar(byte)).hexDigitValue else { return nil }
      values[index / 16] = values[index / 16] << 4 | UInt64(digit)
    }
    words = (values[0], values[1], values[2], values[3])
  }

  /// 64 lower-case hexadecimal digits.
  package var hex: String {
    var digits: [UInt8] = []
    digits.reserveCapacity(64)
    for word in [words.0, words.1, words.2, words.3] {
      for shift in stride(from: UInt64(60), through: 0, by: -4) {
        let digit = UInt8(truncatingIfNeeded: word >> shift & 15)
        digits.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
      }
    }
    return String(decoding: digits, as: UTF8.self)
  }

  /// `sha256:` and the digits.
  package var description: String { "sha256:" + hex }

  package static func == (left: Digest, right: Digest) -> Bool { left.words == right.words }
  package static func < (left: Digest, right: Digest) -> Bool { left.words < right.words }
  package func hash(into hasher: inout Hasher) {
    hasher.combine(words.0)
    hasher.combine(words.1)
  }

  /// The first word: what a stable choice (a roll-out's bucket) is made of.
  package var prefix: UInt64 { words.0 }
}

/// A digest of bytes that come in pieces: a photo is hashed without being held in memory.
package struct DigestStream {
  private var hash = SHA256()

  package init() {}
  package mutating func update(_ bytes: ArraySlice<UInt8>) { hash.update(data: bytes) }
  package consuming func finish() -> Digest { Digest(hash.finalize()) }
}
