import Listings

/// A Page as the emulated Facebook knows it.
struct FacebookPage: Sendable {
  let id: String
  let name: String
  let token: String
  let tasks: [String]

  var maySell: Bool { tasks.contains("CREATE_CONTENT") || tasks.contains("MANAGE") }

  static let all = [
    FacebookPage(
      id: "10002", name: "Second Sandbox Shop", token: "sandbox-page-token-10002",
      tasks: ["MODERATE", "CREATE_CONTENT"]),
    FacebookPage(
      id: SandboxCredentials.pageID, name: "Sandbox Shop", token: SandboxCredentials.pageToken,
      tasks: ["ADVERTISE", "ANALYZE", "CREATE_CONTENT", "MODERATE", "MANAGE"]),
    FacebookPage(
      id: SandboxCredentials.foreignPageID, name: "Somebody Else’s Café", token: SandboxCredentials.foreignPageToken,
      tasks: ["ANALYZE"]),
  ]

  static func with(id: String) -> FacebookPage? { all.first { $0.id == id } }
}

/// Where a request to the emulated Facebook goes.
struct FacebookRoute {
  enum Target: Hashable {
    case feed(String), photos(String), node(String), me, accounts, debugToken, exchange, dialog, unknown
  }

  /// The version that serves it; an old one is served by the oldest living one, as Facebook does.
  let version: String
  let target: Target

  static let newest = 26
  static let oldest = 21

  /// `segments` without the leading `facebook`.
  init(_ segments: ArraySlice<String>) {
    var rest = segments
    var major = FacebookRoute.newest
    if let asked = segments.first.flatMap(FacebookRoute.major) {
      major = max(asked, FacebookRoute.oldest)
      rest = segments.dropFirst()
    }
    version = "v\(major).0"
    target = major > FacebookRoute.newest ? .unknown : FacebookRoute.target(Array(rest))
  }

  private static func major(_ text: String) -> Int? {
    guard text.hasPrefix("v"), text.hasSuffix(".0") else { return nil }
    return Int(text.dropFirst().dropLast(2)).flatMap { (1...99).contains($0) ? $0 : nil }
  }

  private static func target(_ path: [String]) -> Target {
    switch path.count {
    case 1 where path[0] == "me": .me
    case 1 where path[0] == "debug_token": .debugToken
    case 1 where path[0].utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x5F }): .node(path[0])
    case 2 where path == ["me", "accounts"]: .accounts
    case 2 where path == ["oauth", "access_token"]: .exchange
    case 2 where path == ["dialog", "oauth"]: .dialog
    case 2 where path[1] == "feed": .feed(path[0])
    case 2 where path[1] == "photos": .photos(path[0])
    default: .unknown
    }
  }

  func operation(_ method: String) -> SandboxOperation {
    switch (method, target) {
    case ("POST", .feed): .create
    case ("GET", .feed): .list
    case ("POST", .photos): .upload
    case ("GET", .node(let id)): FacebookPage.with(id: id) == nil ? .read : .verify
    case ("POST", .node): .update
    case ("DELETE", .node): .withdraw
    case ("GET", .me), ("GET", .accounts), ("GET", .debugToken): .verify
    case (_, .exchange), (_, .dialog): .login
    default: .other
    }
  }
}

/// The emulated Facebook: one request in, a decision out.
struct FacebookDesk {
  let desk: Desk
  let request: Request
  let route: FacebookRoute

  static func decide(_ request: Request, route: FacebookRoute, desk: Desk) -> Decision {
    // A proof may come with any call.
    let proofs = request.query.filter { ["appsecret_proof", "appsecret_time"].contains($0.name) }
    var plain = request
    plain.query.removeAll { proofs.contains($0) }
    let facebook = FacebookDesk(desk: desk, request: plain, route: route)
    var decision: Decision
    do {
      try facebook.check(proofs)
      decision = try facebook.decision()
    } catch { decision = Decision(error.answer(at: desk.now)) }
    decision.answer.set("facebook-api-version", route.version)
    return decision
  }

  private func decision() throws(GraphError) -> Decision {
    switch (request.method, route.target) {
    case (_, .unknown): throw .unknownPath(request.path)
    case ("GET", .me): Decision(try me())
    case ("GET", .accounts): Decision(try accounts())
    case ("GET", .debugToken): Decision(try debugToken())
    case ("GET", .dialog), ("POST", .dialog): Decision(try dialog())
    case ("GET", .exchange): try exchange()
    case ("POST", .photos(let id)): try upload(to: try pageForWriting(id))
    case ("POST", .feed(let id)): try create(on: try pageForWriting(id))
    case ("GET", .feed(let id)): Decision(try list(try page(id)))
    case ("GET", .node(let id)): Decision(try read(id))
    case ("POST", .node(let id)): try update(try post(id))
    case ("DELETE", .node(let id)): try withdraw(try post(id))
    default: throw .unsupported(request.method)
    }
  }
}

// Who is asking.
extension FacebookDesk {
  private func check(_ proofs: [Request.Field]) throws(GraphError) {
    let proof = proofs.first { $0.name == "appsecret_proof" }?.value
    guard let proof else {
      guard desk.settings.requiresProof, let token = request.bearer, !token.contains("|") else { return }
      throw .parameter("API calls from the server require an appsecret_proof argument")
    }
    let time = proofs.first { $0.name == "appsecret_time" }?.value
    guard AppProof.isGood(proof, time: time, token: request.bearer ?? "", at: desk.now) else {
      throw .parameter("Invalid appsecret_proof provided in the API argument")
    }
  }

  enum Caller: Hashable {
    case user
    case page(String)
  }

  static func caller(_ token: String) -> Caller? {
    if token == SandboxCredentials.userToken { return .user }
    return FacebookPage.all.first { $0.token == token }.map { .page($0.id) }
  }

  func caller() throws(GraphError) -> Caller {
    guard let token = request.bearer else {
      throw GraphError(status: 401, code: 190, message: "An access token is required to request this resource.")
    }
    if desk.settings.revokes { throw .token(460) }
    if let subcode = desk.settings.deadTokens[token] { throw .token(subcode) }
    guard let caller = FacebookDesk.caller(token) else { throw .token(nil) }
    return caller
  }

  /// The Page that a call goes to, when the caller may speak for it: its own token, not the user's.
  func page(_ id: String) throws(GraphError) -> FacebookPage {
    let caller = try caller()
    guard let page = FacebookPage.with(id: id) else { throw .missing(id, for: request.method) }
    guard caller == .page(id) else {
      throw .permission(
        "If posting to a page, requires both pages_read_engagement and pages_manage_posts as an admin with sufficient "
          + "administrative permission; use the Page's own access token")
    }
    return page
  }

  private func pageForWriting(_ id: String) throws(GraphError) -> FacebookPage {
    let page = try page(id)
    guard page.maySell else { throw .permission("The user lacks the task CREATE_CONTENT on this Page") }
    try refuseQuery()
    return page
  }

  private func refuseQuery() throws(GraphError) {
    if let extra = request.query.first { throw .parameter("Param \(extra.name) is not a known parameter") }
  }

  /// A live post whose Page the caller speaks for.
  func post(_ id: String) throws(GraphError) -> Post {
    let caller = try caller()
    let parts = id.split(separator: "_", omittingEmptySubsequences: false)
    guard parts.count == 2, let number = Int(parts[1]), String(number) == parts[1],
      let post = desk.store.livePost(number, of: String(parts[0])), post.listing.remoteID == id
    else { throw .missing(id, for: request.method) }
    guard caller != .user else { throw .permission("Use the Page's own access token, not the user's") }
    // Another Page's token doesn't see it.
    guard caller == .page(post.listing.account) else { throw .missing(id, for: request.method) }
    if request.method != "GET" { try refuseQuery() }
    return post
  }

  /// The query of a read, when it holds nothing but these parameters, each once.
  func parameters(_ allowed: Set<String>) throws(GraphError) -> [String: String] {
    var found: [String: String] = [:]
    for field in request.query {
      guard allowed.contains(field.name) else { throw .parameter("Param \(field.name) is not a known parameter") }
      guard found.updateValue(field.value, forKey: field.name) == nil else {
        throw .parameter("Param \(field.name) is given twice")
      }
    }
    return found
  }

  /// The `fields` of a read; an unknown one is an error, as on Facebook.
  func fields(
    _ parameters: [String: String], known: Set<String>, usual: [String]
  ) throws(GraphError) -> [String] {
    guard let text = parameters["fields"] else { return usual }
    let names = text.split(separator: ",").map(String.init)
    for name in names where !known.contains(name) {
      throw .parameter("Tried accessing nonexisting field (\(name))")
    }
    return names
  }
}
