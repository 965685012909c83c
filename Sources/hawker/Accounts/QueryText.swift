/// The query of an address that a browser was sent back to.
enum QueryText {
  /// Of a whole address, or of what stands behind its question mark. A name that comes twice counts for nothing: two
  /// readers might take a different one.
  static func values(_ text: some StringProtocol) -> [String: String] {
    var query = Substring(text)
    if let mark = query.firstIndex(of: "?") { query = query[query.index(after: mark)...] }
    // Facebook adds `#_=_`.
    query = query.prefix { $0 != "#" }
    var values: [String: String] = [:]
    var twice: Set<String> = []
    for pair in query.split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = decoded(parts[0]), let value = decoded(parts.count > 1 ? parts[1] : "") else { continue }
      if values.updateValue(value, forKey: name) != nil { twice.insert(name) }
    }
    return values.filter { !twice.contains($0.key) }
  }

  private static func decoded(_ text: Substring) -> String? {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "+"): bytes.append(0x20)
      case UInt8(ascii: "%"):
        guard let high = digit(rest.popFirst()), let low = digit(rest.popFirst()) else { return nil }
        bytes.append(high << 4 | low)
      default: bytes.append(byte)
      }
    }
    return String(validating: bytes, as: UTF8.self)
  }

  private static func digit(_ byte: UInt8?) -> UInt8? {
    byte.flatMap { Character(Unicode.Scalar($0)).hexDigitValue }.map(UInt8.init)
  }
}
