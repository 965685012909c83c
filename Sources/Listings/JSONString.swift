extension Span where Element == UInt8 {
  /// Reads the JSON string whose opening quote is at `index`, which is then behind its closing quote.
  package func jsonString(at index: inout Int) throws(JSONMalformation) -> String {
    index += 1
    let start = index
    index = plainEnd(start..<count)
    if index < count, self[index] == 0x22 {
      defer { index += 1 }
      guard let text = text(start..<index) else { throw JSONMalformation(reason: "invalid UTF-8", offset: index) }
      return text
    }
    var content: [UInt8] = []
    content.append(contentsOf: self, start..<index)
    while index < count {
      switch self[index] {
      case 0x22:
        index += 1
        guard let text = String(validating: content, as: UTF8.self) else {
          throw JSONMalformation(reason: "invalid UTF-8", offset: index)
        }
        return text
      case 0x5C: try escape(at: &index, into: &content)
      case 0..<0x20: throw JSONMalformation(reason: "a control character in a string", offset: index)
      default:
        let end = plainEnd(index..<count)
        content.append(contentsOf: self, index..<end)
        index = end
      }
    }
    throw JSONMalformation(reason: "the string is cut off", offset: index)
  }

  private func escape(at index: inout Int, into content: inout [UInt8]) throws(JSONMalformation) {
    index += 1
    guard index < count else { throw JSONMalformation(reason: "the string is cut off", offset: index) }
    let kind = self[index]
    index += 1
    switch kind {
    case 0x22, 0x5C, 0x2F: content.append(kind)
    case 0x62: content.append(0x08)
    case 0x66: content.append(0x0C)
    case 0x6E: content.append(0x0A)
    case 0x72: content.append(0x0D)
    case 0x74: content.append(0x09)
    case 0x75: content.append(contentsOf: String(try scalar(at: &index)).utf8)
    default: throw JSONMalformation(reason: "an unknown escape", offset: index)
    }
  }

  private func scalar(at index: inout Int) throws(JSONMalformation) -> Unicode.Scalar {
    let first = try hexUnit(at: &index)
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard first < 0xDC00, index + 1 < count, self[index] == 0x5C, self[index + 1] == 0x75 else {
      throw JSONMalformation(reason: "a lone surrogate", offset: index)
    }
    index += 2
    let second = try hexUnit(at: &index)
    guard (0xDC00...0xDFFF).contains(second) else {
      throw JSONMalformation(reason: "a lone surrogate", offset: index)
    }
    let value = 0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00)
    guard let scalar = Unicode.Scalar(value) else { throw JSONMalformation(reason: "a lone surrogate", offset: index) }
    return scalar
  }

  private func hexUnit(at index: inout Int) throws(JSONMalformation) -> UInt16 {
    var unit: UInt16 = 0
    for _ in 0..<4 {
      guard index < count, let digit = Character(Unicode.Scalar(self[index])).hexDigitValue else {
        throw JSONMalformation(reason: "not four hexadecimal digits", offset: index)
      }
      unit = unit << 4 | UInt16(digit)
      index += 1
    }
    return unit
  }
}

extension [UInt8] {
  fileprivate mutating func append(contentsOf bytes: Span<UInt8>, _ range: Range<Int>) {
    bytes.extracting(range).withUnsafeBufferPointer { append(contentsOf: $0) }
  }
}
