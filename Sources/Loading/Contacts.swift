/// Finds what a marketplace doesn't like to see in a description.
enum Contacts {
  private struct Found {
    var phone = false
    var mail = false
    var link = false
  }

  /// Which of `a phone number`, `an e-mail address`, `a link` there are.
  static func all(in text: String) -> [String] {
    let found = found(in: text)
    guard found.phone || found.mail || found.link else { return [] }
    return [(found.phone, "a phone number"), (found.mail, "an e-mail address"), (found.link, "a link")]
      .filter(\.0).map(\.1)
  }

  private static func found(in text: String) -> Found {
    var text = text
    return text.withUTF8 { bytes in
      var found = Found()
      var digits = 0
      var index = 0
      while index < bytes.count {
        let byte = bytes[index]
        // Most of a text are letters, of which only a w can begin something.
        if byte | 0x20 >= 0x61, byte | 0x20 <= 0x7A, byte | 0x20 != 0x77 {
          digits = 0
          index += 1
          continue
        }
        if byte >= 0x30, byte <= 0x39 {
          digits += 1
          if digits == 10, isPhone(bytes, endingAt: index) { found.phone = true }
        } else if !(digits > 0 && joins(byte)) {
          digits = 0
          if byte == 0x40, isMail(bytes, at: index) { found.mail = true }
          if byte == 0x3A, follows(bytes, index, "//") { found.link = true }
          if byte | 0x20 == 0x77, index == 0 || !isWord(bytes[index - 1]), isWWW(bytes, at: index) { found.link = true }
        }
        index += 1
      }
      return found
    }
  }

  /// What stands between the groups of a phone number: blank ( ) + - .
  private static func joins(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x28 || byte == 0x29 || byte == 0x2B || byte == 0x2D || byte == 0x2E
  }

  /// Ten digits in groups of two or more; `1 2 3 4 …` and a lone long number (a serial number) are something else.
  private static func isPhone(_ bytes: UnsafeBufferPointer<UInt8>, endingAt end: Int) -> Bool {
    var groups = 0
    var size = 0
    var digits = 0
    var index = end
    while index >= 0, digits < 10 {
      if bytes[index] >= 0x30, bytes[index] <= 0x39 {
        digits += 1
        size += 1
      } else if joins(bytes[index]) {
        if size == 1 { return false }
        if size > 0 { groups += 1 }
        size = 0
      } else {
        return false
      }
      index -= 1
    }
    let isAlone = index < 0 || !(bytes[index] >= 0x30 && bytes[index] <= 0x39)
    let next = end + 1 < bytes.count ? bytes[end + 1] : 0x20
    return groups >= 1 || (isAlone && !(next >= 0x30 && next <= 0x39))
  }

  private static func isMail(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> Bool {
    guard index > 0, isWord(bytes[index - 1]), index + 1 < bytes.count, isWord(bytes[index + 1]) else { return false }
    var next = index + 1
    while next < bytes.count, isWord(bytes[next]) || bytes[next] == 0x2D { next += 1 }
    return next + 1 < bytes.count && bytes[next] == 0x2E && isWord(bytes[next + 1])
  }

  private static func isWWW(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> Bool {
    follows(bytes, index, "ww.") || follows(bytes, index, "WW.")
  }

  private static func follows(_ bytes: UnsafeBufferPointer<UInt8>, _ index: Int, _ text: StaticString) -> Bool {
    guard index + text.utf8CodeUnitCount < bytes.count else { return false }
    for offset in 0..<text.utf8CodeUnitCount where bytes[index + 1 + offset] != text.utf8Start[offset] { return false }
    return true
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    byte >= 0x30 && byte <= 0x39 || byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A
  }
}
