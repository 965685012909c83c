import Listings

/// What a login hands out: a code bound to the redirect address, the PKCE challenge and ten minutes; tokens bound to the
/// time at which they were made. Each carries its own proof, so that only what was used up has to be remembered.
enum LoginCode {
  static let lifetime = Duration.seconds(600)

  static func issue(redirect: String, challenge: String, state: String, at now: Timestamp) -> String {
    let nonce = Digest(of: state).hex.prefix(8)
    return
      "\(String(now.milliseconds, radix: 36))-\(nonce)-\(proof(redirect, challenge, "\(now.milliseconds)\(nonce)"))"
  }

  static func isGood(_ code: String, redirect: String, challenge: String, at now: Timestamp) -> Bool {
    let parts = code.split(separator: "-")
    guard parts.count == 3, let time = Int64(parts[0], radix: 36),
      proof(redirect, challenge, "\(time)\(parts[1])") == parts[2]
    else { return false }
    let age = now.duration(since: Timestamp(milliseconds: time))
    return age >= .zero && age <= lifetime
  }

  /// `prefix` is the kind; `parent` what it was given for, so that two of one moment differ.
  static func token(_ prefix: String, for parent: String, at now: Timestamp) -> String {
    let nonce = Digest(of: parent).hex.prefix(8)
    return
      "\(prefix)\(String(now.milliseconds, radix: 36))-\(nonce)-\(proof(prefix, "", "\(now.milliseconds)\(nonce)"))"
  }

  /// When a token of that kind was made; nil: never.
  static func issued(_ token: String, _ prefix: String) -> Timestamp? {
    guard token.hasPrefix(prefix) else { return nil }
    let parts = token.dropFirst(prefix.utf8.count).split(separator: "-")
    guard parts.count == 3, let time = Int64(parts[0], radix: 36),
      proof(prefix, "", "\(time)\(parts[1])") == parts[2]
    else { return nil }
    return Timestamp(milliseconds: time)
  }

  private static func proof(_ first: String, _ second: String, _ third: String) -> String {
    String(Digest(of: "sandbox\n\(first)\n\(second)\n\(third)").hex.prefix(32))
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
    ["https://", "http://127.0.0.1", "http://localhost", "http://[::1]"].contains { start in
      guard address.hasPrefix(start) else { return false }
      return start == "https://" || [":", "/"].contains(address.dropFirst(start.count).prefix(1))
    }
  }

  static func redirected(to address: String, _ query: [Request.Field]) -> Answer {
    let joined = query.map { "\($0.name)=\(FormReading.encoded($0.value))" }.joined(separator: "&")
    let separator = address.contains("?") ? "&" : "?"
    return Answer(status: 302, headers: [Answer.Header(name: "Location", value: address + separator + joined)])
  }
}

/// Facebook's `appsecret_proof`: HMAC-SHA256 (RFC 2104) under the app's secret, in both forms that it takes.
enum AppProof {
  static func isGood(_ proof: String, time: String?, token: String, at now: Timestamp) -> Bool {
    guard let time else { return proof == code(token) }
    guard let seconds = Int64(time),
      abs(now.milliseconds / 1000 - Timestamp(seconds: seconds).milliseconds / 1000) <= 300
    else { return false }
    return proof == code("\(token)|\(seconds)")
  }

  private static func code(_ message: String) -> String {
    let key = Array(SandboxCredentials.facebookAppSecret.utf8)
    let block = key + [UInt8](repeating: 0, count: 64 - key.count)
    let inner = Digest(of: block.map { $0 ^ 0x36 } + Array(message.utf8))
    return Digest(of: block.map { $0 ^ 0x5C } + bytes(inner)).hex
  }

  private static func bytes(_ digest: Digest) -> [UInt8] {
    let digits = Array(digest.hex.utf8).map { $0 < 0x3A ? $0 - 0x30 : $0 - 0x57 }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }
}
