import Listings

/// CRC-32C of a part of `bytes`; the processor's instruction isn't reachable from Swift.
func crc32c(_ bytes: [UInt8], _ range: Range<Int>) -> UInt32 {
  var sum = CRC32C()
  sum.update(bytes.span, range)
  return sum.value
}

/// A checksum that grows with the bytes it is of, sixteen at a time ("slicing by 16").
struct CRC32C: Hashable, Sendable {
  private var state: UInt32 = 0xFFFF_FFFF

  var value: UInt32 { ~state }

  mutating func update(_ bytes: Span<UInt8>, _ range: Range<Int>) {
    precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
    state = tables.withUnsafeBufferPointer { table in
      var crc = state
      var index = range.lowerBound
      while index &+ 16 <= range.upperBound {
        let low = CRC32C.slice(bytes.word(at: index) ^ UInt64(crc), 2048, table)
        crc = low ^ CRC32C.slice(bytes.word(at: index &+ 8), 0, table)
        index &+= 16
      }
      while index < range.upperBound {
        crc = crc >> 8 ^ table[Int((crc ^ UInt32(bytes[index])) & 255)]
        index &+= 1
      }
      return crc
    }
  }

  /// What eight bytes add, with as many bytes behind them as `base` has tables.
  @inline(__always)
  private static func slice(_ word: UInt64, _ base: Int, _ table: UnsafeBufferPointer<UInt32>) -> UInt32 {
    let first =
      table[base &+ 1792 &+ Int(word & 255)] ^ table[base &+ 1536 &+ Int(word >> 8 & 255)]
      ^ table[base &+ 1280 &+ Int(word >> 16 & 255)] ^ table[base &+ 1024 &+ Int(word >> 24 & 255)]
    let second =
      table[base &+ 768 &+ Int(word >> 32 & 255)] ^ table[base &+ 512 &+ Int(word >> 40 & 255)]
      ^ table[base &+ 256 &+ Int(word >> 48 & 255)] ^ table[base &+ Int(word >> 56)]
    return first ^ second
  }
}

/// Sixteen tables of 256: table k holds the checksum of a byte followed by k zero bytes.
private let tables: [UInt32] = {
  var tables = [UInt32](repeating: 0, count: 16 * 256)
  for byte in 0..<256 {
    var crc = UInt32(byte)
    for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0x82F6_3B78 : crc >> 1 }
    tables[byte] = crc
  }
  for index in 256..<16 * 256 {
    let shorter = tables[index - 256]
    tables[index] = shorter >> 8 ^ tables[Int(shorter & 255)]
  }
  return tables
}()
