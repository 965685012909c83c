/// Writes compact JSON with its keys in the order they are given: the journal, plans and requests depend on that order.
package struct JSONWriter: Sendable {
  package private(set) var bytes: [UInt8] = []
  private var needsComma = false

  package init(reserving capacity: Int = 512) { bytes.reserveCapacity(capacity) }

  package var text: String { String(decoding: bytes, as: UTF8.self) }

  package mutating func object(_ body: (inout JSONWriter) -> Void) { nest(0x7B, 0x7D, body) }
  package mutating func array(_ body: (inout JSONWriter) -> Void) { nest(0x5B, 0x5D, body) }

  private mutating func nest(_ open: UInt8, _ close: UInt8, _ body: (inout JSONWriter) -> Void) {
    separate()
    bytes.append(open)
    needsComma = false
    body(&self)
    bytes.append(close)
    needsComma = true
  }

  package mutating func key(_ name: StaticString) {
    separate()
    bytes.append(0x22)
    name.withUTF8Buffer { bytes.append(contentsOf: $0) }
    bytes.append(0x22)
    bytes.append(0x3A)
    needsComma = false
  }

  /// A key that is not known when compiling: an account's name.
  package mutating func key(named name: String) {
    separate()
    appendQuoted(name)
    bytes.append(0x3A)
    needsComma = false
  }

  package mutating func value(_ text: String) {
    separate()
    appendQuoted(text)
    needsComma = true
  }

  /// Bytes as they are: what stands before and behind the members of an object that somebody else frames.
  package mutating func frame(_ text: [UInt8]) {
    bytes.append(contentsOf: text)
    needsComma = false
  }

  package mutating func value(_ number: some FixedWidthInteger) { raw(String(number)) }
  package mutating func value(_ flag: Bool) { raw(flag ? "true" : "false") }
  package mutating func null() { raw("null") }

  /// Text that is JSON already: a coordinate as a number, an entry kept as it was read.
  package mutating func raw(_ json: String) {
    separate()
    bytes.append(contentsOf: json.utf8)
    needsComma = true
  }

  package mutating func field(_ name: StaticString, _ text: String) {
    key(name)
    value(text)
  }

  package mutating func field(_ name: StaticString, _ text: String?) {
    key(name)
    if let text { value(text) } else { null() }
  }

  /// A time as text, nil as null.
  package mutating func field(_ name: StaticString, time: Timestamp?) {
    key(name)
    guard let time else { return null() }
    bytes.append(0x22)
    time.append(to: &bytes)
    bytes.append(0x22)
    needsComma = true
  }

  package mutating func field(_ name: StaticString, digest: Digest?) {
    key(name)
    guard let digest else { return null() }
    value(digest, ending: "")
  }

  /// `"sha256:…` with what follows the digits, as text.
  package mutating func value(_ digest: Digest, ending: StaticString) {
    separate()
    bytes.append(contentsOf: "\"sha256:".utf8)
    digest.appendHex(to: &bytes)
    ending.withUTF8Buffer { bytes.append(contentsOf: $0) }
    bytes.append(0x22)
    needsComma = true
  }

  package mutating func field(_ name: StaticString, _ number: some FixedWidthInteger) {
    key(name)
    value(number)
  }

  package mutating func field(_ name: StaticString, _ flag: Bool) {
    key(name)
    value(flag)
  }

  private mutating func separate() {
    if needsComma { bytes.append(0x2C) }
  }

  private mutating func appendQuoted(_ text: String) {
    bytes.append(0x22)
    var text = text
    text.withUTF8 { buffer in
      var start = 0
      while start < buffer.count {
        let end = JSONWriter.plainEnd(buffer, from: start)
        bytes.append(contentsOf: UnsafeBufferPointer(rebasing: buffer[start..<end]))
        start = end
        if start < buffer.count {
          appendEscaped(buffer[start])
          start += 1
        }
      }
    }
    bytes.append(0x22)
  }

  /// A delete is written as an escape, for the eyes of whoever reads the line, though JSON would take it as it is.
  private static func plainEnd(_ buffer: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    let bytes = Span(_unsafeElements: buffer)
    var index = start
    while index &+ 8 <= bytes.count {
      let word = bytes.word(at: index)
      let special = EightBytes.special(word) | EightBytes.equal(word, to: 0x7F)
      if special != 0 { return index + special.trailingZeroBitCount / 8 }
      index &+= 8
    }
    while index < bytes.count, bytes[index] != 0x22, bytes[index] != 0x5C, bytes[index] >= 0x20, bytes[index] != 0x7F {
      index &+= 1
    }
    return index
  }

  private mutating func appendEscaped(_ byte: UInt8) {
    bytes.append(0x5C)
    switch byte {
    case 0x0A: bytes.append(0x6E)
    case 0x0D: bytes.append(0x72)
    case 0x09: bytes.append(0x74)
    case 0..<0x20, 0x7F:
      bytes.append(contentsOf: [0x75, 0x30, 0x30, JSONWriter.hex(byte >> 4), JSONWriter.hex(byte & 15)])
    default: bytes.append(byte)
    }
  }

  private static func hex(_ nibble: UInt8) -> UInt8 { nibble < 10 ? 0x30 + nibble : 0x57 + nibble }
}

extension JSONValue {
  /// Compact JSON again, members in their order.
  package var text: String {
    var json = JSONWriter()
    write(to: &json)
    return json.text
  }

  package func write(to json: inout JSONWriter) {
    switch self {
    case .null: json.null()
    case .bool(let flag): json.value(flag)
    case .integer(let number): json.value(number)
    case .number(let text): json.raw(text)
    case .string(let text): json.value(text)
    case .array(let elements):
      json.array { json in
        for element in elements { element.write(to: &json) }
      }
    case .object(let members):
      json.object { json in
        for member in members {
          json.key(named: member.key)
          member.value.write(to: &json)
        }
      }
    }
  }
}
