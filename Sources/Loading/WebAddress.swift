/// The parts of an http or https address, as far as hawker must judge them.
struct WebAddress {
  let isSecure: Bool
  /// With its brackets, for IPv6; lower-case.
  let host: String
  private let rest: Substring
  private let text: String

  /// Nil when it isn't http or https, has no host, or holds blanks or characters that don't belong into an address.
  init?(_ text: String) {
    guard text.utf8.count <= 2048, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !Self.isRefused($0) }) else {
      return nil
    }
    let lowered = text.lowercased()
    let scheme = lowered.hasPrefix("https://") ? 8 : lowered.hasPrefix("http://") ? 7 : 0
    guard scheme > 0 else { return nil }
    isSecure = scheme == 8
    let body = lowered.dropFirst(scheme)
    let authority = body.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    var name = authority
    if let bracket = authority.lastIndex(of: "]") {
      name = authority[...bracket]
    } else if let colon = authority.lastIndex(of: ":") {
      name = authority[..<colon]
    }
    let port = authority[name.endIndex...]
    guard Self.isHost(name), port.isEmpty || port.first == ":" && UInt16(port.dropFirst()) != nil else { return nil }
    host = String(name)
    rest = body[authority.endIndex...]
    self.text = text
  }

  /// `" < > \ ^ { | }` and the backtick.
  private static func isRefused(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x22, 0x3C, 0x3E, 0x5C, 0x5E, 0x60, 0x7B, 0x7C, 0x7D: true
    default: false
    }
  }

  private static func isHostByte(_ byte: UInt8) -> Bool {
    byte >= 0x30 && byte <= 0x39 || byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A || byte == 0x2D || byte == 0x2E
  }

  /// Whether it is an address. The usual form is told by its bytes alone: a scan judges tens of thousands of them.
  static func isAddress(_ text: String) -> Bool {
    var text = text
    let isUsual = text.withUTF8 { bytes in
      let scheme: StaticString = bytes.count > 7 && bytes[4] == 0x73 ? "https://" : "http://"
      let start = scheme.utf8CodeUnitCount
      guard bytes.count > start, bytes.count <= 2048 else { return false }
      for index in 0..<start where bytes[index] != scheme.utf8Start[index] { return false }
      var index = start
      while index < bytes.count, bytes[index] != 0x2F {
        guard isHostByte(bytes[index]) else { return false }
        index += 1
      }
      guard index > start, index - start <= 253 else { return false }
      for byte in bytes[index...] where byte <= 0x20 || byte >= 0x7F || isRefused(byte) { return false }
      return true
    }
    return isUsual || WebAddress(text) != nil
  }

  /// Whether paths can be put behind it.
  var isBase: Bool { !rest.contains("?") && !rest.contains("#") }

  var isLoopback: Bool {
    if host == "localhost" || host == "[::1]" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }

  /// Without slashes at the end.
  var trimmed: String {
    var result = text[...]
    while result.hasSuffix("/") { result = result.dropLast() }
    return String(result)
  }

  static func isHost(_ name: some StringProtocol) -> Bool {
    guard !name.isEmpty, name.utf8.count <= 253 else { return false }
    if name.hasPrefix("["), name.hasSuffix("]") {
      return name.dropFirst().dropLast().utf8.allSatisfy { $0 == 0x3A || Character(UnicodeScalar($0)).isHexDigit }
    }
    return name.utf8.allSatisfy(isHostByte)
  }
}
