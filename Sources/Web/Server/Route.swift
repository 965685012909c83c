/// Every place the server has, as spec/web.md lists them. Anything else below `/` is the dashboard's.
enum Route: Hashable, Sendable {
  case page
  case healthz, readyz, metrics
  case status, plan, posts, log
  case decide(String)
  case form
  case events
  case photo(String)
  case callback(account: String)
  case challenge
  case facebook, offerup
  case login, logIn, logOut
  /// There is such a place, for other methods: these.
  case wrongMethod(allowed: String)
  case nowhere

  static let decisions: Set<String> = ["hold", "release", "sold", "retry", "resolve", "approve"]

  init(_ request: WebRequest) {
    let isGet = request.method == "GET" || request.method == "HEAD"
    let isPost = request.method == "POST"
    func get(_ route: Route) -> Route { isGet ? route : .wrongMethod(allowed: "GET, HEAD") }
    func post(_ route: Route) -> Route { isPost ? route : .wrongMethod(allowed: "POST") }
    let path = request.path
    switch (path.first, path.count) {
    case ("healthz", 1): self = get(.healthz)
    case ("readyz", 1): self = get(.readyz)
    case ("metrics", 1): self = get(.metrics)
    case ("events", 1): self = get(.events)
    case ("decisions", 1): self = post(.form)
    case ("logout", 1): self = post(.logOut)
    case ("login", 1): self = isGet ? .login : isPost ? .logIn : .wrongMethod(allowed: "GET, HEAD, POST")
    case ("photos", 2): self = get(.photo(path[1]))
    case ("webhooks", 2) where path[1] == "facebook":
      self = isGet ? .challenge : isPost ? .facebook : .wrongMethod(allowed: "GET, HEAD, POST")
    case ("webhooks", 2) where path[1] == "offerup": self = post(.offerup)
    case ("oauth", 3) where path[2] == "callback": self = get(.callback(account: path[1]))
    case ("api", _): self = Route.api(Array(path.dropFirst()), get, post)
    case ("photos", _), ("webhooks", _), ("oauth", _): self = .nowhere
    default: self = isGet || Route.isPage(path) ? get(.page) : .nowhere
    }
  }

  private static func isPage(_ path: [String]) -> Bool {
    switch path.count {
    case 0: true
    case 1: ["needs", "plan", "problems"].contains(path[0])
    default: path.count == 2 && path[0] == "listings"
    }
  }

  private static func api(_ path: [String], _ get: (Route) -> Route, _ post: (Route) -> Route) -> Route {
    guard path.count == 2, path[0] == "v1" else { return .nowhere }
    switch path[1] {
    case "status": return get(.status)
    case "plan": return get(.plan)
    case "posts": return get(.posts)
    case "log": return get(.log)
    default: return decisions.contains(path[1]) ? post(.decide(path[1])) : .nowhere
    }
  }

  /// Whether it may be reached without the token, beyond loopback: the table of spec/web.md, and the login form.
  var isOpen: Bool {
    switch self {
    case .healthz, .readyz, .photo, .callback, .challenge, .facebook, .offerup, .login, .logIn: true
    case .page, .metrics, .status, .plan, .posts, .log, .decide, .form, .events, .logOut, .wrongMethod, .nowhere: false
    }
  }

  /// Whether it changes something in the seller's name, so that another site must not be able to send it.
  var isDeed: Bool {
    switch self {
    case .decide, .form, .logOut: true
    default: false
    }
  }

  /// The longest body that is read, in bytes.
  var bodyLimit: Int {
    switch self {
    case .facebook, .offerup: 256 * 1024
    case .decide, .form, .logIn, .logOut: 16 * 1024
    default: 0
    }
  }
}
