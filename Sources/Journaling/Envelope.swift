import Listings

/// An intact line: its checksum matches and its frame is as the format says. Its own fields are not looked at yet.
struct Envelope: Sendable {
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
  init?(_ bytes: [UInt8], _ line: Range<Int>) { self.init(bytes.span, line) }

  /// `isChecked`: the checksum of these very bytes was looked at before.
  init?(_ bytes: Span<UInt8>, _ line: Range<Int>, isChecked: Bool = false) {
    guard line.count > 60, line.count < Format.checkpointLineLimit else { return nil }
    let sumStart = line.upperBound - Format.sumLength
    let previousStart = sumStart - Format.previousLength
    guard let previous = hexMember(bytes, previousStart, ",\"prev\":\"", "\""),
      let sum = hexMember(bytes, sumStart, ",\"sum\":\"", "\"}")
    else { return nil }
    if !isChecked {
      var check = CRC32C()
      check.update(bytes, line.lowerBound..<sumStart)
      guard check.value == sum else { return nil }
    }
    var cursor = LineCursor(line.lowerBound..<previousStart)
    guard cursor.skip("{\"seq\":", bytes), let sequence = cursor.frameNumber(bytes), cursor.skip(",\"batch\":", bytes),
      let batch = cursor.frameNumber(bytes), cursor.skip(",\"at\":\"", bytes), let time = cursor.frameText(bytes),
      let at = Timestamp(bytes.extracting(time)), cursor.skip(",", bytes)
    else { return nil }
    let bodyStart = cursor.place
    guard cursor.skip("\"kind\":\"", bytes), let kind = cursor.frameText(bytes) else { return nil }
    (self.sequence, self.batch, self.at) = (sequence, batch, at)
    self.kind = bytes.extracting(kind).withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    (self.previous, self.sum, self.line) = (previous, sum, line)
    body = bodyStart..<previousStart
  }

  func json(_ bytes: [UInt8]) throws(Shortfall) -> JSONValue {
    do { return try JSONValue(parsing: bytes[line]) } catch { throw Shortfall(member: "\(error)") }
  }
}

/// `prefix`, eight hexadecimal digits, `suffix` at `start`.
private func hexMember(
  _ bytes: Span<UInt8>, _ start: Int, _ prefix: StaticString, _ suffix: StaticString
) -> UInt32? {
  let digits = start + prefix.utf8CodeUnitCount
  var cursor = LineCursor(start..<digits)
  guard cursor.skip(prefix, bytes) else { return nil }
  cursor = LineCursor(digits + 8..<digits + 8 + suffix.utf8CodeUnitCount)
  return cursor.skip(suffix, bytes) ? Hex.read(bytes, at: digits) : nil
}
