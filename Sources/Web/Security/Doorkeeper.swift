import Listings

/// Who asks, and whether they may. Decides alone by the request's head.
struct Doorkeeper: Sendable {
  enum Visitor: Hashable, Sendable {
    /// Has the token.
    case bearer
    case session(String)
    /// From this machine, and no token is wanted there.
    case local
    case stranger

    var session: String? {
      if case .session(let id) = self { id } else { nil }
    }
  }

  private let token: Secret?
  let hosts: HostList
  private let isPublished: Bool
  let keys = Keys()
  let sessions = Sessions()

  /// `isPublished`: there is an address by which others reach it, through a proxy that may not say so.
  init(token: Secret?, hosts: HostList, isPublished: Bool = false) {
    self.isPublished = isPublished
    self.token = token
    self.hosts = hosts
  }

  static let cookie = "hawker_session"

  /// `isLocal`: it came by a name that only this machine uses. With a token set, nobody is let in without it; without
  /// one, nobody where a proxy may stand between.
  func visitor(_ request: WebRequest, isLocal: Bool, now: Timestamp) -> Visitor {
    guard let token else { return isLocal && !isPublished && !Doorkeeper.isForwarded(request) ? .local : .stranger }
    if let given = Doorkeeper.bearer(request.headers["authorization"]) {
      return Keys.isEqual(given, token.revealed) ? .bearer : .stranger
    }
    if let id = request.cookies[Doorkeeper.cookie], sessions.isOpen(id, at: now) { return .session(id) }
    return .stranger
  }

  private static func isForwarded(_ request: WebRequest) -> Bool {
    ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "via"]
      .contains { request.headers[$0] != nil }
  }

  private static func bearer(_ header: String?) -> String? {
    guard let header, header.lowercased().hasPrefix("bearer ") else { return nil }
    return String(header.dropFirst(7).drop { $0 == " " })
  }

  /// Whether another site's page may have sent it: by what browsers say of where a request comes from.
  func isForeign(_ request: WebRequest) -> Bool {
    if let site = request.headers["sec-fetch-site"], site != "same-origin", site != "none" { return true }
    guard let origin = request.headers["origin"] else { return false }
    guard let slashes = origin.firstRange(of: "://"), let host = request.host else { return true }
    return origin[slashes.upperBound...].lowercased() != host.lowercased()
  }

  /// Whether a deed is the visitor's own: `token` is what the form or the script sent. The bearer token is enough; a
  /// browser adds none by itself.
  func isOwn(_ visitor: Visitor, _ token: String?) -> Bool {
    switch visitor {
    case .bearer: true
    case .session, .local: token.map { keys.isCSRF($0, of: visitor.session) } ?? false
    case .stranger: false
    }
  }

  enum LogIn: Hashable, Sendable { case opened(String), wrong, tooOften, needless }

  func logIn(_ given: String, now: Timestamp) -> LogIn {
    guard let token else { return .needless }
    // The right token opens whatever others have tried: it can't be guessed, and they must not lock the seller out.
    guard Keys.isEqual(given, token.revealed) else {
      guard sessions.mayTry(at: now) else { return .tooOften }
      sessions.failed(at: now)
      return .wrong
    }
    return .opened(sessions.open(at: now))
  }
}
