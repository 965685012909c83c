import Crypto

/// The SHA-256 of some bytes: a photo's identity, a content's identity.
package struct Digest: Hashable, Sendable, Comparable, CustomStringConvertible {
  // Four words instead of an array: no allocation for each photo and record.
  private let words: (UInt64, UInt64, UInt64, UInt64)

  fileprivate init(_ digest: SHA256.Digest) {
    words = digest.withUnsafeBytes { bytes in
      func word(_ index: Int) -> UInt64 {
        UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self))
      }
      return (word(0), word(1), word(2), word(3))
    }
  }

  package init(of bytes: ArraySlice<UInt8>) {
    var hash = SHA256()
    bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
    self.init(hash.finalize())
  }

  package init(of bytes: [UInt8]) { self.init(of: bytes[...]) }
  package init(of text: String) { self.init(of: Array(text.utf8)) }

  /// Reads 64 hexadecimal digits.
  package init?(hex: some StringProtocol) {
    guard hex.utf8.count == 64 else { return nil }
    let digits = Array(hex.utf8)
    self.init(hex: digits.span)
  }

  package init?(hex: Span<UInt8>) {
    guard hex.count == 64 else { return nil }
    var values: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    for place in 0..<4 {
      guard let first = EightBytes.number(hex: hex.word(at: 16 * place)),
        let second = EightBytes.number(hex: hex.word(at: 16 * place + 8))
      else { return nil }
      let value = UInt64(first) << 32 | UInt64(second)
      switch place {
      case 0: values.0 = value
      case 1: values.1 = value
      case 2: values.2 = value
      default: values.3 = value
      }
    }
    words = values
  }

  /// The 32 bytes themselves, word by word, as `append(to:)` writes them.
  package init(raw bytes: Span<UInt8>) {
    precondition(bytes.count == 32)
    words = (bytes.word(at: 0), bytes.word(at: 8), bytes.word(at: 16), bytes.word(at: 24))
  }

  package func append(to bytes: inout [UInt8]) {
    for word in [words.0, words.1, words.2, words.3] { bytes.append(word: word) }
  }

  /// 64 lower-case hexadecimal digits.
  package var hex: String {
    var digits: [UInt8] = []
    digits.reserveCapacity(64)
    appendHex(to: &digits)
    return String(decoding: digits, as: UTF8.self)
  }

  package func appendHex(to bytes: inout [UInt8]) {
    for word in [words.0, words.1, words.2, words.3] {
      bytes.append(word: EightBytes.hex(number: UInt32(word >> 32)))
      bytes.append(word: EightBytes.hex(number: UInt32(truncatingIfNeeded: word)))
    }
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
  package mutating func update(_ bytes: ArraySlice<UInt8>) {
    bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
  }
  package consuming func finish() -> Digest { Digest(hash.finalize()) }
}
