import Listings

extension FrontDoor {
  func logIn(_ body: [UInt8], _ request: WebRequest) -> WebAnswer {
    let form = FormText.fields(String(decoding: body, as: UTF8.self))
    switch keeper.logIn(form["token"] ?? "", now: now()) {
    case .needless: return .see("/")
    case .wrong: return .small(401, SmallPage.login("That is not the token."))
    case .tooOften:
      return .small(
        429, SmallPage.login("Too many wrong tokens. Wait a minute."), headers: ["retry-after": "60"])
    case .opened(let id): return .see("/", headers: ["set-cookie": cookie(id, lasts: Sessions.lasts, request)])
    }
  }

  func logOut(_ admitted: Admitted, _ body: [UInt8]) -> WebAnswer {
    let form = FormText.fields(String(decoding: body, as: UTF8.self))
    guard keeper.isOwn(admitted.visitor, form["csrf"]) else { return .text(403, "the page is too old: load it again") }
    if let id = admitted.visitor.session { keeper.sessions.close(id) }
    return .see("/login", headers: ["set-cookie": cookie("", lasts: .zero, admitted.request)])
  }

  private func cookie(_ id: String, lasts: Duration, _ request: WebRequest) -> String {
    // Over TLS, when it came by the public name and that one has it.
    let url = setting.publicURL.flatMap { PublicURL($0) }
    let isSecure = url?.isSecure == true && request.host?.lowercased() == url?.authority
    return "\(Doorkeeper.cookie)=\(id); Path=/; Max-Age=\(lasts.components.seconds); HttpOnly; SameSite=Strict"
      + (isSecure ? "; Secure" : "")
  }

  /// The end of a `connect`, or its choice among several Pages.
  func callback(_ account: String, _ request: WebRequest) async -> WebAnswer {
    let page = await loop.login(account: account, query: request.query)
    let isUnderWay = page.isGood || !page.choices.isEmpty
    return .small(isUnderWay ? 200 : 400, SmallPage.connected(page))
  }
}
