/// A whole answer.
package struct Response: Sendable {
  package enum Version: Sendable { case http1, http2, other }

  package let status: Int
  package let version: Version
  package let headers: Headers
  package let body: [UInt8]

  package init(status: Int, version: Version = .http1, headers: Headers = Headers(raw: []), body: [UInt8]) {
    self.status = status
    self.version = version
    self.headers = headers
    self.body = body
  }
}

/// An answer's header fields, kept as they came: most are never looked at.
package struct Headers: Sendable {
  private let raw: [UInt8]

  /// Lines of `name: value`, each with its line break; a status line is passed over.
  package init(raw: [UInt8]) { self.raw = raw }

  /// The first field of that name, in whatever case, without the space around its value.
  package subscript(name: String) -> String? {
    let wanted = Array(name.utf8)
    for line in raw.split(separator: 0x0A) {
      guard line.count > wanted.count, line[line.startIndex + wanted.count] == 0x3A,
        line.prefix(wanted.count).elementsEqual(wanted, by: Headers.equalIgnoringCase)
      else { continue }
      return Headers.trimmed(line.dropFirst(wanted.count + 1))
    }
    return nil
  }

  private static func equalIgnoringCase(_ left: UInt8, _ right: UInt8) -> Bool { lower(left) == lower(right) }

  private static func lower(_ byte: UInt8) -> UInt8 { byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte }

  private static func trimmed(_ value: ArraySlice<UInt8>) -> String {
    let start = value.drop { isSpace($0) }
    let end = start.lastIndex { !isSpace($0) }.map { $0 + 1 } ?? start.startIndex
    return String(decoding: start[start.startIndex..<end], as: UTF8.self)
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }
}
