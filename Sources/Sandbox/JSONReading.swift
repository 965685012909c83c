/// Reads exactly RFC 8259, and refuses what is legal but a mistake: a name twice in one object, text that isn't UTF-8.
struct JSONReading {
  struct Failure: Error, Hashable { var message: String }

  static let depthLimit = 64

  private let bytes: [UInt8]
  private var index = 0

  static func value(of bytes: [UInt8]) throws(Failure) -> JSON {
    var reading = JSONReading(bytes: bytes)
    let value = try reading.value(depth: 0)
    reading.skipSpace()
    guard reading.index == bytes.count else { throw reading.failure("something follows the value") }
    return value
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private func failure(_ what: String) -> Failure { Failure(message: "\(what) at byte \(index)") }

  private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { index += 1 }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard next == byte else { return false }
    index += 1
    return true
  }

  private mutating func value(depth: Int) throws(Failure) -> JSON {
    guard depth < JSONReading.depthLimit else { throw failure("nested too deeply") }
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }

  private mutating func word(_ word: String, _ value: JSON) throws(Failure) -> JSON {
    guard bytes[index...].starts(with: word.utf8) else { throw failure("no JSON value") }
    index += word.utf8.count
    return value
  }

  private mutating func object(depth: Int) throws(Failure) -> JSON {
    index += 1
    var members: [JSON.Member] = []
    var names: Set<String> = []
    skipSpace()
    if take(UInt8(ascii: "}")) { return .object([]) }
    repeat {
      skipSpace()
      guard next == UInt8(ascii: "\"") else { throw failure("no name") }
      let name = try string()
      guard names.insert(name).inserted else { throw failure("the name ‘\(name)’ twice") }
      skipSpace()
      guard take(UInt8(ascii: ":")) else { throw failure("no colon") }
      members.append(JSON.Member(name: name, value: try value(depth: depth + 1)))
      skipSpace()
    } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "}")) else { throw failure("an unclosed object") }
    return .object(members)
  }

  private mutating func array(depth: Int) throws(Failure) -> JSON {
    index += 1
    var elements: [JSON] = []
    skipSpace()
    if take(UInt8(ascii: "]")) { return .array([]) }
    repeat {
      elements.append(try value(depth: depth + 1))
      skipSpace()
    } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "]")) else { throw failure("an unclosed array") }
    return .array(elements)
  }

  private mutating func digits() -> Int {
    let start = index
    while let byte = next, byte >= 0x30, byte <= 0x39 { index += 1 }
    return index - start
  }

  private mutating func number() throws(Failure) -> JSON {
    let start = index
    _ = take(UInt8(ascii: "-"))
    let leadsWithZero = next == UInt8(ascii: "0")
    let whole = digits()
    guard whole > 0 else { throw failure("no JSON value") }
    guard !leadsWithZero || whole == 1 else { throw failure("a number that begins with 0") }
    if take(UInt8(ascii: ".")), digits() == 0 { throw failure("a number without decimals") }
    if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
      if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
      guard digits() > 0 else { throw failure("a number without an exponent") }
    }
    return .number(String(decoding: bytes[start..<index], as: UTF8.self))
  }

  private mutating func string() throws(Failure) -> String {
    index += 1
    var out: [UInt8] = []
    while let byte = next {
      index += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let text = String(validating: out, as: UTF8.self) else { throw failure("text that isn't UTF-8") }
        return text
      case UInt8(ascii: "\\"): try escape(into: &out)
      case 0..<0x20: throw failure("a control character in a string")
      default: out.append(byte)
      }
    }
    throw failure("an unclosed string")
  }

  private mutating func escape(into out: inout [UInt8]) throws(Failure) {
    guard let byte = next else { throw failure("an unclosed string") }
    index += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): out.append(byte)
    case UInt8(ascii: "b"): out.append(0x08)
    case UInt8(ascii: "f"): out.append(0x0C)
    case UInt8(ascii: "n"): out.append(0x0A)
    case UInt8(ascii: "r"): out.append(0x0D)
    case UInt8(ascii: "t"): out.append(0x09)
    case UInt8(ascii: "u"):
      guard let scalar = Unicode.Scalar(try codePoint()) else { throw failure("half a surrogate pair") }
      out += Array(String(scalar).utf8)
    default: throw failure("an unknown escape")
    }
  }

  /// After `\u`: one unit, or two that make a pair.
  private mutating func codePoint() throws(Failure) -> UInt32 {
    let unit = try hex()
    guard (0xD800..<0xDC00).contains(unit) else { return unit }
    guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else { throw failure("half a surrogate pair") }
    let low = try hex()
    guard (0xDC00..<0xE000).contains(low) else { throw failure("half a surrogate pair") }
    return 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
  }

  private mutating func hex() throws(Failure) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw failure("an unfinished escape")
      }
      value = value << 4 | UInt32(digit)
      index += 1
    }
    return value
  }
}
