import Glibc

/// The complete lines of a file, one after another.
struct LineReader {
  let bytes: [UInt8]
  /// Behind the last line that was given out.
  private(set) var offset = 0
  /// Of the last line that was given out, from 1.
  private(set) var number = 0

  init(bytes: [UInt8], offset: Int = 0) {
    self.bytes = bytes
    self.offset = offset
  }

  /// Behind the line feed at `index` or the next one; the end when there is none.
  static func end(of bytes: [UInt8], behind index: Int) -> Int {
    LineReader(bytes: bytes, offset: index).lineFeed().map { $0 + 1 } ?? bytes.count
  }

  /// Nil at the end, or when only a piece without a line feed is left.
  mutating func next() -> Range<Int>? {
    guard let end = lineFeed() else { return nil }
    defer {
      offset = end + 1
      number += 1
    }
    return offset..<end
  }

  private func lineFeed() -> Int? {
    bytes.withUnsafeBytes { raw in
      guard offset < raw.count, let base = raw.baseAddress, let found = memchr(base + offset, 0x0A, raw.count - offset)
      else { return nil }
      return UnsafeRawPointer(found) - base
    }
  }
}
