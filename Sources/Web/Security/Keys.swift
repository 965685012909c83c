import Crypto
import Listings

/// What the checks compare with. Everything is compared by way of a digest, in constant time.
struct Keys: Sendable {
  /// New with each start: what it signs is good for this process alone.
  private let key = SymmetricKey(size: .bits256)

  /// A form's token: of its session, or, without one, of this server.
  func csrf(of session: String?) -> String {
    HMAC<SHA256>.authenticationCode(for: Array("csrf:\(session ?? "")".utf8), using: key).hex
  }

  func isCSRF(_ token: String, of session: String?) -> Bool { Keys.isEqual(token, csrf(of: session)) }

  /// Takes as long whatever the two have in common.
  static func isEqual(_ left: String, _ right: String) -> Bool {
    SHA256.hash(data: Array(left.utf8)) == SHA256.hash(data: Array(right.utf8))
  }

  /// 64 hexadecimal digits that nobody can guess.
  static func random() -> String {
    SymmetricKey(size: .bits256).withUnsafeBytes { Keys.hex($0) }
  }

  fileprivate static func hex(_ bytes: some Sequence<UInt8>) -> String {
    var text: [UInt8] = []
    for byte in bytes { text += [digit(byte >> 4), digit(byte & 15)] }
    return String(decoding: text, as: UTF8.self)
  }

  private static func digit(_ nibble: UInt8) -> UInt8 { nibble < 10 ? 0x30 + nibble : 0x57 + nibble }
}

extension HMAC<SHA256>.MAC {
  fileprivate var hex: String { Keys.hex(self) }
}

/// A webhook's `sha256=HEX` over the raw bytes of its body.
enum Signature {
  static func isGood(_ header: String?, of body: [UInt8], by secret: Secret) -> Bool {
    guard let header, header.hasPrefix("sha256="), let code = bytes(header.dropFirst(7)) else { return false }
    let key = SymmetricKey(data: Array(secret.revealed.utf8))
    return HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: body, using: key)
  }

  private static func bytes(_ hex: Substring) -> [UInt8]? {
    Digest(hex: hex).map { digest in
      let digits = Array(digest.hex.utf8)
      return stride(from: 0, to: 64, by: 2).map { value(digits[$0]) << 4 | value(digits[$0 + 1]) }
    }
  }

  private static func value(_ digit: UInt8) -> UInt8 { digit < 0x3A ? digit - 0x30 : digit - 0x57 }
}
