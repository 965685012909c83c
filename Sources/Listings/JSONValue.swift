/// JSON as it was received: a marketplace's answer, a journal entry. Numbers that aren't whole stay text, so that no
/// value passes through floating point.
package enum JSONValue: Hashable, Sendable {
  case null
  case bool(Bool)
  case integer(Int64)
  /// A number with a fraction or an exponent, or out of range, as it was written.
  case number(String)
  case string(String)
  case array([JSONValue])
  /// Members in their order; of repeated keys the first counts.
  case object([Member])

  package struct Member: Hashable, Sendable {
    package let key: String
    package let value: JSONValue

    package init(key: String, value: JSONValue) {
      self.key = key
      self.value = value
    }
  }

  package subscript(key: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.key == key }?.value
  }

  package var string: String? {
    if case .string(let text) = self { text } else { nil }
  }

  package var integer: Int64? {
    if case .integer(let number) = self { number } else { nil }
  }

  package var bool: Bool? {
    if case .bool(let flag) = self { flag } else { nil }
  }

  package var array: [JSONValue]? {
    if case .array(let elements) = self { elements } else { nil }
  }

  package var members: [Member]? {
    if case .object(let members) = self { members } else { nil }
  }

  /// A string, or a whole number as text: ids come as either.
  package var identifier: String? {
    switch self {
    case .string(let text): text.isEmpty ? nil : text
    case .integer(let number): String(number)
    default: nil
    }
  }
}

/// Why bytes are not JSON, and where (a byte offset from 0).
package struct JSONMalformation: Error, Hashable, Sendable, CustomStringConvertible {
  package let reason: String
  package let offset: Int

  package var description: String { "\(reason) at byte \(offset)" }
}

extension JSONValue {
  /// Reads one JSON value that fills `bytes`. Nesting deeper than 64 and invalid UTF-8 are refused.
  package init(parsing bytes: [UInt8]) throws(JSONMalformation) {
    var reader = JSONReader(bytes: bytes[...])
    self = try reader.document()
  }

  package init(parsing text: String) throws(JSONMalformation) { self = try JSONValue(parsing: Array(text.utf8)) }

  package init(parsing bytes: ArraySlice<UInt8>) throws(JSONMalformation) {
    var reader = JSONReader(bytes: bytes)
    self = try reader.document()
  }
}

/// A strict reader of RFC 8259 JSON.
struct JSONReader {
  private let bytes: ArraySlice<UInt8>
  private var index: Int
  private var depth = 0

  init(bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    index = bytes.startIndex
  }

  mutating func document() throws(JSONMalformation) -> JSONValue {
    let value = try value()
    skipSpace()
    guard index == bytes.endIndex else { throw malformed("text after the value") }
    return value
  }

  private func malformed(_ reason: String) -> JSONMalformation {
    JSONMalformation(reason: reason, offset: index - bytes.startIndex)
  }

  private var byte: UInt8? { index < bytes.endIndex ? bytes[index] : nil }

  private mutating func skipSpace() {
    while let next = byte, next == 0x20 || next == 0x0A || next == 0x0D || next == 0x09 { index += 1 }
  }

  private mutating func value() throws(JSONMalformation) -> JSONValue {
    skipSpace()
    switch byte {
    case 0x7B: return try nested { (reader) throws(JSONMalformation) in .object(try reader.members()) }
    case 0x5B: return try nested { (reader) throws(JSONMalformation) in .array(try reader.elements()) }
    case 0x22: return .string(try string())
    case 0x74: return try literal("true", .bool(true))
    case 0x66: return try literal("false", .bool(false))
    case 0x6E: return try literal("null", .null)
    case 0x2D, 0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39: return try number()
    case nil: throw malformed("the value is cut off")
    default: throw malformed("not a JSON value")
    }
  }

  private mutating func nested(
    _ body: (inout JSONReader) throws(JSONMalformation) -> JSONValue
  ) throws(JSONMalformation) -> JSONValue {
    guard depth < 64 else { throw malformed("nested deeper than 64") }
    depth += 1
    index += 1
    let value = try body(&self)
    depth -= 1
    return value
  }

  private mutating func members() throws(JSONMalformation) -> [JSONValue.Member] {
    var members: [JSONValue.Member] = []
    skipSpace()
    if byte == 0x7D {
      index += 1
      return members
    }
    while true {
      skipSpace()
      guard byte == 0x22 else { throw malformed("a key is expected") }
      let key = try string()
      skipSpace()
      guard byte == 0x3A else { throw malformed("a colon is expected") }
      index += 1
      members.append(JSONValue.Member(key: key, value: try value()))
      if try closes(0x7D) { return members }
    }
  }

  private mutating func elements() throws(JSONMalformation) -> [JSONValue] {
    var elements: [JSONValue] = []
    skipSpace()
    if byte == 0x5D {
      index += 1
      return elements
    }
    while true {
      elements.append(try value())
      if try closes(0x5D) { return elements }
    }
  }

  private mutating func closes(_ end: UInt8) throws(JSONMalformation) -> Bool {
    skipSpace()
    guard let next = byte, next == end || next == 0x2C else { throw malformed("a comma or an end is expected") }
    index += 1
    return next == end
  }

  private mutating func literal(_ word: StaticString, _ value: JSONValue) throws(JSONMalformation) -> JSONValue {
    let matches = word.withUTF8Buffer { bytes[index...].starts(with: $0) }
    guard matches else { throw malformed("not a JSON value") }
    index += word.utf8CodeUnitCount
    return value
  }

  private mutating func number() throws(JSONMalformation) -> JSONValue {
    let start = index
    if byte == 0x2D { index += 1 }
    let leadingZero = byte == 0x30
    let whole = digits()
    guard whole > 0, !(leadingZero && whole > 1) else { throw malformed("not a number") }
    var isWhole = true
    if byte == 0x2E {
      index += 1
      isWhole = false
      guard digits() > 0 else { throw malformed("not a number") }
    }
    if byte == 0x65 || byte == 0x45 {
      index += 1
      isWhole = false
      if byte == 0x2B || byte == 0x2D { index += 1 }
      guard digits() > 0 else { throw malformed("not a number") }
    }
    let text = String(decoding: bytes[start..<index], as: UTF8.self)
    if isWhole, let integer = Int64(text) { return .integer(integer) }
    return .number(text)
  }

  private mutating func digits() -> Int {
    let start = index
    while let next = byte, next >= 0x30, next <= 0x39 { index += 1 }
    return index - start
  }

  private mutating func string() throws(JSONMalformation) -> String {
    var place = index - bytes.startIndex
    defer { index = place + bytes.startIndex }
    return try bytes.span.jsonString(at: &place)
  }
}
