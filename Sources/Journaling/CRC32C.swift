/// CRC-32C of a part of `bytes`, eight bytes at a time ("slicing by 8"); the processor's instruction isn't reachable from
/// Swift.
func crc32c(_ bytes: [UInt8], _ range: Range<Int>) -> UInt32 {
  tables.withUnsafeBufferPointer { table in
    bytes[range].withUnsafeBytes { raw in
      var crc: UInt32 = 0xFFFF_FFFF
      var index = 0
      while index &+ 8 <= raw.count {
        let word = raw.loadUnaligned(fromByteOffset: index, as: UInt64.self).littleEndian ^ UInt64(crc)
        let first =
          table[1792 &+ Int(word & 255)] ^ table[1536 &+ Int(word >> 8 & 255)] ^ table[1280 &+ Int(word >> 16 & 255)]
          ^ table[1024 &+ Int(word >> 24 & 255)]
        let second =
          table[768 &+ Int(word >> 32 & 255)] ^ table[512 &+ Int(word >> 40 & 255)]
          ^ table[256 &+ Int(word >> 48 & 255)] ^ table[Int(word >> 56)]
        crc = first ^ second
        index &+= 8
      }
      while index < raw.count {
        crc = crc >> 8 ^ table[Int((crc ^ UInt32(raw[index])) & 255)]
        index &+= 1
      }
      return ~crc
    }
  }
}

/// Eight tables of 256: table k holds the checksum of a byte followed by k zero bytes.
private let tables: [UInt32] = {
  var tables = [UInt32](repeating: 0, count: 8 * 256)
  for byte in 0..<256 {
    var crc = UInt32(byte)
    for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0x82F6_3B78 : crc >> 1 }
    tables[byte] = crc
  }
  for index in 256..<8 * 256 {
    let shorter = tables[index - 256]
    tables[index] = shorter >> 8 ^ tables[Int(shorter & 255)]
  }
  return tables
}()
