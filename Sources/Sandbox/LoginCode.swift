import Listings

/// The code that an OAuth dialog gives: bound to the redirect address, the PKCE challenge and ten minutes. It carries
/// its own proof, so nothing is remembered; that it could be used twice is the one thing where it is laxer than a real one.
enum LoginCode {
  static let lifetime = Duration.seconds(600)

  static func issue(redirect: String, challenge: String, at now: Timestamp) -> String {
    "\(String(now.milliseconds, radix: 36))-\(proof(redirect, challenge, now.milliseconds))"
  }

  static func isGood(_ code: String, redirect: String, challenge: String, at now: Timestamp) -> Bool {
    let parts = code.split(separator: "-")
    guard parts.count == 2, let time = Int64(parts[0], radix: 36), proof(redirect, challenge, time) == parts[1] else {
      return false
    }
    let age = now.duration(since: Timestamp(milliseconds: time))
    return age >= .zero && age <= lifetime
  }

  private static func proof(_ redirect: String, _ challenge: String, _ time: Int64) -> String {
    String(Digest(of: "sandbox\n\(redirect)\n\(challenge)\n\(time)").hex.prefix(32))
  }

  /// PKCE S256: base64url of the SHA-256, without padding.
  static func challenge(of verifier: String) -> String {
    let hex = Array(Digest(of: verifier).hex.utf8)
    var bits: [UInt8] = []
    for digit in hex {
      let value = digit < 0x3A ? digit - 0x30 : digit - 0x57
      for shift in stride(from: 3, through: 0, by: -1) { bits.append(value >> shift & 1) }
    }
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    var text = ""
    for start in stride(from: 0, to: bits.count, by: 6) {
      let group = bits[start..<min(start + 6, bits.count)]
      let value = group.reduce(0) { $0 << 1 | Int($1) } << (6 - group.count)
      text.append(alphabet[value])
    }
    return text
  }

  static func isRedirect(_ address: String) -> Bool {
    address.hasPrefix("https://") || address.hasPrefix("http://127.0.0.1") || address.hasPrefix("http://localhost")
      || address.hasPrefix("http://[::1]")
  }

  static func redirected(to address: String, _ query: [Request.Field]) -> Answer {
    let joined = query.map { "\($0.name)=\(FormReading.encoded($0.value))" }.joined(separator: "&")
    let separator = address.contains("?") ? "&" : "?"
    return Answer(status: 302, headers: [Answer.Header(name: "Location", value: address + separator + joined)])
  }
}
