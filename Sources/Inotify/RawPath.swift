/// An absolute path as the kernel knows it: bytes, which need not be UTF-8. Two spellings of one character are two paths.
package struct RawPath: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
  /// Begins with `/`; no `/` at the end, except of the root itself; no NUL.
  package let bytes: [UInt8]

  private init(bytes: [UInt8]) { self.bytes = bytes }

  /// Repeated slashes, `.` and a slash at the end are dropped; `..` stays, because links decide what it means.
  package init(_ text: String) {
    var bytes: [UInt8] = []
    for part in text.utf8.split(separator: UInt8(ascii: "/")) where !part.elementsEqual([UInt8(ascii: ".")]) {
      bytes.append(UInt8(ascii: "/"))
      bytes.append(contentsOf: part)
    }
    self.bytes = bytes.isEmpty ? [UInt8(ascii: "/")] : bytes
  }

  package init(stringLiteral text: String) { self.init(text) }

  package func appending(_ name: [UInt8]) -> RawPath {
    RawPath(bytes: (bytes.count == 1 ? [] : bytes) + [UInt8(ascii: "/")] + name)
  }

  /// Nil for the root.
  package var parent: RawPath? {
    guard bytes.count > 1, let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else { return nil }
    return RawPath(bytes: slash == 0 ? [UInt8(ascii: "/")] : Array(bytes[..<slash]))
  }

  /// The last component; empty for the root.
  package var name: [UInt8] {
    guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else { return [] }
    return Array(bytes[(slash + 1)...])
  }

  /// True for the folder itself and for everything below it.
  package func isInside(_ folder: RawPath) -> Bool {
    guard folder.bytes.count > 1 else { return true }
    return bytes.starts(with: folder.bytes)
      && (bytes.count == folder.bytes.count || bytes[folder.bytes.count] == UInt8(ascii: "/"))
  }

  /// Nil when the bytes aren't UTF-8.
  package var string: String? { String(validating: bytes, as: UTF8.self) }

  /// For messages: bytes that aren't UTF-8 are replaced, control characters are escaped.
  package var description: String {
    String(decoding: bytes, as: UTF8.self).unicodeScalars.reduce(into: "") { text, scalar in
      if scalar.properties.generalCategory == .control {
        text += "\\u{" + String(scalar.value, radix: 16) + "}"
      } else {
        text.unicodeScalars.append(scalar)
      }
    }
  }
}
