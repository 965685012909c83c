import Listings

/// An intact line: its checksum matches and its frame is as the format says. Its own fields are not looked at yet.
struct Envelope {
  let sequence: Int
  let batch: Int
  let at: Timestamp
  let kind: String
  /// From `"kind"` up to the comma before `"prev"`.
  let body: Range<Int>
  /// The whole line without its line feed.
  let line: Range<Int>
  let previous: UInt32
  let sum: UInt32

  /// Nil when the line is not intact. `line` excludes the line feed.
  init?(_ bytes: [UInt8], _ line: Range<Int>) {
    guard line.count > 60, line.count < Format.checkpointLineLimit else { return nil }
    let sumStart = line.upperBound - Format.sumLength
    let previousStart = sumStart - Format.previousLength
    guard let previous = hexMember(bytes, previousStart, ",\"prev\":\"", "\""),
      let sum = hexMember(bytes, sumStart, ",\"sum\":\"", "\"}"),
      crc32c(bytes, line.lowerBound..<sumStart) == sum
    else { return nil }
    var cursor = Cursor(bytes: bytes, index: line.lowerBound, end: previousStart)
    guard cursor.skip("{\"seq\":"), let sequence = cursor.number(), cursor.skip(",\"batch\":"),
      let batch = cursor.number(), cursor.skip(",\"at\":\""), let time = cursor.text(), let at = Timestamp(time),
      cursor.skip(",")
    else { return nil }
    let bodyStart = cursor.index
    guard cursor.skip("\"kind\":\""), let kind = cursor.text() else { return nil }
    (self.sequence, self.batch, self.at, self.kind) = (sequence, batch, at, kind)
    (self.previous, self.sum, self.line) = (previous, sum, line)
    body = bodyStart..<previousStart
  }

  func json(_ bytes: [UInt8]) throws(Shortfall) -> JSONValue {
    do { return try JSONValue(parsing: bytes[line]) } catch { throw Shortfall(member: "\(error)") }
  }
}

/// `prefix`, eight hexadecimal digits, `suffix` at `start`.
private func hexMember(_ bytes: [UInt8], _ start: Int, _ prefix: StaticString, _ suffix: StaticString) -> UInt32? {
  var cursor = Cursor(bytes: bytes, index: start, end: start + prefix.utf8CodeUnitCount + 8 + suffix.utf8CodeUnitCount)
  guard cursor.skip(prefix) else { return nil }
  let value = Hex.read(bytes, at: cursor.index)
  cursor.index += 8
  return cursor.skip(suffix) ? value : nil
}

private struct Cursor {
  let bytes: [UInt8]
  var index: Int
  let end: Int

  mutating func skip(_ token: StaticString) -> Bool {
    guard index + token.utf8CodeUnitCount <= end else { return false }
    let matches = token.withUTF8Buffer { text in
      for offset in text.indices where bytes[index + offset] != text[offset] { return false }
      return true
    }
    if matches { index += token.utf8CodeUnitCount }
    return matches
  }

  mutating func number() -> Int? {
    let start = index
    var value = 0
    while index < end, index - start < 18, bytes[index] >= 0x30, bytes[index] <= 0x39 {
      value = value * 10 + Int(bytes[index] - 0x30)
      index += 1
    }
    return index > start && value < Format.numberLimit ? value : nil
  }

  /// Up to and over the closing quote; what the frame quotes has no escapes.
  mutating func text() -> String? {
    let start = index
    while index < end, bytes[index] != 0x22 { index += 1 }
    guard index < end else { return nil }
    defer { index += 1 }
    return String(decoding: bytes[start..<index], as: UTF8.self)
  }
}
