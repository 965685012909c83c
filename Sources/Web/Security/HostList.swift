/// The names that the server answers to. A page of another site that had its name point here (DNS rebinding) sends its own
/// name, which is none of these.
struct HostList: Sendable {
  private let listen: ListenAddress
  private let publicURL: PublicURL?

  init(_ listen: ListenAddress, publicURL: PublicURL?) {
    self.listen = listen
    self.publicURL = publicURL
  }

  enum Verdict: Hashable, Sendable {
    /// By a name that only this machine uses.
    case local
    /// By the name, or the address, that others reach it by.
    case known
    case unknown
  }

  /// `port`: the one that is listened on, which a listen address with port 0 does not say. `localAddress`: that of the
  /// connection; a server on all addresses answers to each.
  func verdict(on host: String?, port: Int, localAddress: String?) -> Verdict {
    guard let host, let named = HostName(host.lowercased()) else { return .unknown }
    if let publicURL, named.host == publicURL.host, named.port ?? publicURL.usualPort == publicURL.port {
      return publicURL.isLoopback ? .local : .known
    }
    guard named.port ?? 80 == port else { return .unknown }
    if named.host == "localhost" { return .local }
    if named.host == listen.host { return listen.isLoopback ? .local : .known }
    // A literal address needs no name server, so nobody can turn it around.
    if listen.isEverything, let localAddress, named.host == HostName.literal(localAddress) { return .known }
    return .unknown
  }

  /// For the message of a 421.
  func names(port: Int) -> String {
    ([listen.text(port: port), "localhost:\(port)"] + [publicURL.map(\.authority)].compactMap { $0 })
      .joined(separator: ", ")
  }
}

/// `web.listen`, which the config reader has found to be HOST:PORT.
package struct ListenAddress: Hashable, Sendable {
  /// Lower-case; with its brackets, for IPv6.
  package let host: String
  package let port: Int

  package init?(_ text: String) {
    guard let named = HostName(text.lowercased()), let port = named.port else { return nil }
    host = named.host
    self.port = port
  }

  /// Whether only this machine can reach it.
  package var isLoopback: Bool { HostName.isLoopback(host) }

  /// All addresses of the machine.
  var isEverything: Bool { host == "0.0.0.0" || host == "[::]" }

  /// For the socket: without brackets.
  var bareHost: String { host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host }

  func text(port: Int) -> String { "\(host):\(port)" }
}

/// `web.public_url`, as far as the server goes by it.
struct PublicURL: Hashable, Sendable {
  let isSecure: Bool
  let host: String
  let port: Int

  init?(_ text: String) {
    let text = text.lowercased()
    isSecure = text.hasPrefix("https://")
    guard isSecure || text.hasPrefix("http://") else { return nil }
    let rest = text.dropFirst(isSecure ? 8 : 7)
    guard let named = HostName(String(rest.prefix { $0 != "/" })) else { return nil }
    host = named.host
    port = named.port ?? (isSecure ? 443 : 80)
  }

  var usualPort: Int { isSecure ? 443 : 80 }
  var isLoopback: Bool { HostName.isLoopback(host) }
  var authority: String { port == usualPort ? host : "\(host):\(port)" }
}

/// `HOST` or `HOST:PORT`.
struct HostName: Hashable, Sendable {
  let host: String
  let port: Int?

  init?(_ text: String) {
    let bracket = text.lastIndex(of: "]")
    let colon = text.lastIndex(of: ":").flatMap { colon in bracket.map { colon > $0 } ?? true ? colon : nil }
    host = String(text[..<(colon ?? text.endIndex)])
    if let colon {
      let digits = text[text.index(after: colon)...]
      guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = UInt16(digits) else {
        return nil
      }
      port = Int(number)
    } else {
      port = nil
    }
    guard !host.isEmpty, host.utf8.count <= 253 else { return nil }
  }

  static func isLoopback(_ host: String) -> Bool {
    if host == "localhost" || host == "[::1]" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }

  /// An address as a `Host` header says it.
  static func literal(_ address: String) -> String { address.contains(":") ? "[\(address)]" : address }
}
