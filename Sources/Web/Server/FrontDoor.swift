import Journaling
import Listings
import Marketplaces
import Planning

/// The server without its sockets: a request's head is screened, its body is read by whoever holds the connection, and
/// the answer is made by asking the loop.
struct FrontDoor: Sendable {
  let setting: WebSetting
  let loop: any Loop
  let instruments: Instruments
  let keeper: Doorkeeper
  let views: Views
  let log: LogJSON
  let flashes = Flashes()
  let recent = Recent()
  let pages = PageDesk()
  let photos = PhotoCheck()
  let now: @Sendable () -> Timestamp

  init(
    _ setting: WebSetting, loop: any Loop, instruments: Instruments, now: @escaping @Sendable () -> Timestamp,
    uptime: @escaping @Sendable () -> Duration
  ) {
    self.setting = setting
    self.loop = loop
    self.instruments = instruments
    self.now = now
    let hosts = HostList(setting.listen, publicURL: setting.publicURL.flatMap { PublicURL($0) })
    keeper = Doorkeeper(token: setting.token, hosts: hosts, isPublished: setting.isPublished)
    views = Views(loop, uptime: uptime)
    log = LogJSON(state: setting.state)
  }

  /// A request that was let in.
  struct Admitted: Sendable {
    var request: WebRequest
    var route: Route
    var visitor: Doorkeeper.Visitor
  }

  enum Screening: Sendable {
    case admitted(Admitted)
    case refused(WebAnswer)
  }

  /// By the head alone: whom it is meant for, where it goes, and whether its sender may go there. `port`: the one that is
  /// listened on.
  func screen(_ request: WebRequest, port: Int) -> Screening {
    let verdict = keeper.hosts.verdict(on: request.host, port: port, localAddress: request.localAddress)
    guard verdict != .unknown else {
      return .refused(.text(421, "this is not \(hostText(request.host)): ask for \(keeper.hosts.names(port: port))"))
    }
    let route = Route(request)
    let visitor = keeper.visitor(request, isLocal: verdict == .local && setting.listen.isLoopback, now: now())
    if visitor == .stranger, !route.isOpen { return .refused(stop(request)) }
    switch route {
    case .wrongMethod(let allowed): return .refused(.text(405, "it takes \(allowed)", headers: ["allow": allowed]))
    case .nowhere: return .refused(.text(404, "there is nothing here"))
    default: break
    }
    if (route.isDeed && visitor != .bearer) || route == .logIn, keeper.isForeign(request) {
      return .refused(.text(403, "it comes from another site"))
    }
    return .admitted(Admitted(request: request, route: route, visitor: visitor))
  }

  private func hostText(_ host: String?) -> String { Escaping.line(String((host ?? "(no Host header)").prefix(100))) }

  /// A person gets the form, a program a word.
  private func stop(_ request: WebRequest) -> WebAnswer {
    let headers = ["www-authenticate": "Bearer realm=\"hawker\""]
    guard setting.token != nil else {
      // A proxy on this machine may hand strangers on under our own name, with no header that tells.
      let why =
        setting.isPublished
        ? "with web.public_url set, strangers behind a proxy can't be told from this machine: nobody is let in without a "
          + "token. Set HAWKER_WEB_TOKEN (openssl rand -hex 32 makes one), start hawker again, and log in"
        : "set HAWKER_WEB_TOKEN to use the dashboard through a proxy; without it, open it on this machine itself"
      return .text(401, why, headers: headers)
    }
    guard request.headers["accept"]?.contains("text/html") == true else {
      return .text(401, "the token is missing or wrong: Authorization: Bearer …", headers: headers)
    }
    return .small(401, SmallPage.login(nil), headers: headers)
  }

  func answer(_ admitted: Admitted, body: [UInt8] = []) async -> WebAnswer {
    let request = admitted.request
    switch admitted.route {
    case .page: return await page(admitted)
    case .healthz: return .text(200, "alive")
    case .readyz: return await Readiness(views.current().view).answer
    case .metrics:
      let text = ShopMetrics.render(await views.current(), instruments.registry, version: setting.version)
      return WebAnswer(200, type: PrometheusText.contentType, .bytes(Array(text.utf8)))
    case .status, .plan, .posts, .log: return await api(admitted)
    case .decide(let name): return await decide(name, admitted, body)
    case .form: return await form(admitted, body)
    case .events: return WebAnswer(200, type: "text/event-stream", .events)
    case .photo(let name): return await photo(name, request)
    case .callback(let account): return await callback(account, request)
    case .challenge: return challenge(request)
    case .facebook, .offerup: return await take(admitted, body)
    case .login: return .small(200, SmallPage.login(nil))
    case .logIn: return logIn(body, request)
    case .logOut: return logOut(admitted, body)
    case .wrongMethod, .nowhere: return .text(404, "there is nothing here")
    }
  }
}
