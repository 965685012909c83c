import Glibc

/// Reads `application/x-www-form-urlencoded` and `multipart/form-data`.
enum FormReading {
  /// Nil when a percent sign isn't followed by two digits, or the text isn't UTF-8.
  static func fields(of text: some StringProtocol) -> [Request.Field]? {
    var fields: [Request.Field] = []
    for pair in text.split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = decoded(parts[0]), let value = parts.count > 1 ? decoded(parts[1]) : "" else { return nil }
      fields.append(Request.Field(name: name, value: value))
    }
    return fields
  }

  static func decoded(_ text: some StringProtocol, plusIsSpace: Bool = true) -> String? {
    var out: [UInt8] = []
    var bytes = text.utf8.makeIterator()
    while let byte = bytes.next() {
      if byte == UInt8(ascii: "+"), plusIsSpace {
        out.append(0x20)
      } else if byte == UInt8(ascii: "%") {
        guard let high = digit(bytes.next()), let low = digit(bytes.next()) else { return nil }
        out.append(high << 4 | low)
      } else {
        out.append(byte)
      }
    }
    return String(validating: out, as: UTF8.self)
  }

  static func encoded(_ text: String) -> String {
    var out = ""
    for byte in text.utf8 {
      let scalar = Unicode.Scalar(byte)
      if byte < 0x80, Character(scalar).isLetter || Character(scalar).isNumber || "-._~".contains(Character(scalar)) {
        out.unicodeScalars.append(scalar)
      } else {
        out += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
      }
    }
    return out
  }

  private static func digit(_ byte: UInt8?) -> UInt8? {
    byte.flatMap { Character(Unicode.Scalar($0)).hexDigitValue }.map(UInt8.init)
  }
}

/// One part of a multipart body.
struct FormPart: Hashable {
  var name: String
  var isFile: Bool
  var bytes: ArraySlice<UInt8>

  static let limit = 16

  /// Nil when the body isn't well-formed.
  static func parts(of body: [UInt8], contentType: String) -> [FormPart]? {
    guard let boundary = parameter("boundary", of: contentType), !boundary.isEmpty, boundary.utf8.count <= 70
    else { return nil }
    // The first delimiter may stand at the very beginning, where no line break comes before it.
    let delimiter = Array("\r\n--\(boundary)".utf8)
    guard body.starts(with: delimiter.dropFirst(2)) else { return nil }
    var parts: [FormPart] = []
    var start = delimiter.count - 2
    while parts.count <= limit {
      if body[start...].starts(with: Array("--".utf8)) { return parts }
      guard body[start...].starts(with: Array("\r\n".utf8)),
        let end = firstIndex(of: delimiter, in: body, from: start + 2),
        let part = FormPart(body[(start + 2)..<end])
      else { return nil }
      parts.append(part)
      start = end + delimiter.count
    }
    return nil
  }

  private init?(_ bytes: ArraySlice<UInt8>) {
    let head = Array(bytes.prefix(8192))
    guard let end = FormPart.firstIndex(of: Array("\r\n\r\n".utf8), in: head, from: 0) else { return nil }
    self.init(head: String(decoding: head[..<end], as: UTF8.self), bytes: bytes[(bytes.startIndex + end + 4)...])
  }

  private init?(head: String, bytes: ArraySlice<UInt8>) {
    let lines = head.split(separator: "\r\n")
    guard
      let disposition = lines.first(where: { $0.lowercased().hasPrefix("content-disposition:") }),
      let name = FormPart.parameter("name", of: String(disposition))
    else { return nil }
    self.name = name
    isFile = FormPart.parameter("filename", of: String(disposition)) != nil
    self.bytes = bytes
  }

  private static func parameter(_ name: String, of header: String) -> String? {
    for piece in header.split(separator: ";").dropFirst() {
      let parts = piece.split(separator: "=", maxSplits: 1)
      guard parts.count == 2, String(parts[0]).trimmed.lowercased() == name else { continue }
      let value = String(parts[1]).trimmed
      return value.hasPrefix("\"") && value.hasSuffix("\"") && value.count >= 2
        ? String(value.dropFirst().dropLast()) : value
    }
    return nil
  }

  /// Jumps from one first byte to the next: a photo is megabytes.
  private static func firstIndex(of needle: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
    bytes.withUnsafeBytes { haystack in
      guard let base = haystack.baseAddress, let first = needle.first else { return nil }
      var index = start
      while index + needle.count <= haystack.count {
        guard let found = memchr(base + index, CInt(first), haystack.count - index) else { return nil }
        index = UnsafeRawPointer(found) - base
        if index + needle.count <= haystack.count, memcmp(base + index, needle, needle.count) == 0 { return index }
        index += 1
      }
      return nil
    }
  }
}
