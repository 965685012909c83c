import Listings

/// What the server is told when it starts.
package struct WebSetting: Sendable {
  package var listen: ListenAddress
  /// `web.public_url`.
  package var publicURL: String?
  /// `HAWKER_WEB_TOKEN`.
  package var token: Secret?
  package var facebookSecret: Secret?
  package var facebookVerifyToken: Secret?
  package var offerUpSecret: Secret?
  /// Nothing real stands behind it.
  package var isSandbox = false
  /// The journal's directory, for the log.
  package var state: String
  package var version: String

  package init(listen: ListenAddress, publicURL: String? = nil, token: Secret? = nil, state: String, version: String) {
    self.listen = listen
    self.publicURL = publicURL
    self.token = token
    self.state = state
    self.version = version
  }

  /// Whether others reach it at an address of its own.
  var isPublished: Bool { !isSandbox && publicURL.flatMap { PublicURL($0) }?.isLoopback == false }

  /// Why it must not be served like this; nil: it may.
  package var refusal: String? {
    guard !listen.isLoopback, token == nil else { return nil }
    return
      "web.listen \(listen.host):\(listen.port) is reachable from other machines, and HAWKER_WEB_TOKEN is not set: "
      + "anybody there could end your listings. Set it (`openssl rand -hex 32`), or listen on 127.0.0.1:\(listen.port)"
  }

  /// What is worth a warning when it starts.
  package var warnings: [String] {
    var warnings: [String] = []
    let isSecure = publicURL.flatMap { PublicURL($0) }?.isSecure ?? false
    if !listen.isLoopback, !isSecure {
      warnings.append(
        "the web server speaks plain HTTP beyond this machine: the token can be read on the way. Put TLS in front of it "
          + "and set web.public_url to its https address")
    }
    if let token, token.revealed.utf8.count < 16 {
      warnings.append("HAWKER_WEB_TOKEN is short enough to be guessed; take `openssl rand -hex 32`")
    }
    if listen.isLoopback, token == nil, isPublished {
      warnings.append(
        "web.public_url is set and HAWKER_WEB_TOKEN is not: whoever came through a proxy could not be told from you, so the "
          + "dashboard and the API answer nobody; set it (`openssl rand -hex 32`)")
    }
    return warnings
  }
}
