import Journaling
import Listings
import Marketplaces
import Planning
import Synchronization

@testable import Web

/// A loop that remembers what it was asked, and answers as the test says.
final class FakeLoop: Loop {
  struct State {
    var view = Given.view()
    var decisions: [Decision] = []
    var notices: [[Notice]] = []
    var takes = true
    var answer = Answer(.done, "done")
    var photos: [String: String] = [:]
    var login = LoginPage(title: "Nothing", text: "No login is under way.", isGood: false)
    var views = 0
  }

  let state = Mutex(State())
  private let readers = Mutex<[AsyncStream<Activity>.Continuation]>([])

  func view() async -> ShopView {
    state.withLock { state in
      state.views += 1
      return state.view
    }
  }

  func decide(_ decision: Decision) async -> Answer {
    state.withLock { state in
      state.decisions.append(decision)
      return state.answer
    }
  }

  func take(_ notices: [Notice]) async -> Bool {
    state.withLock { state in
      if state.takes { state.notices.append(notices) }
      return state.takes
    }
  }

  func login(account: String, query: [String: String]) async -> LoginPage { state.withLock { $0.login } }
  func photo(_ name: String) async -> String? { state.withLock { $0.photos[name] } }

  func activity() -> AsyncStream<Activity> {
    let (stream, reader) = AsyncStream.makeStream(of: Activity.self, bufferingPolicy: .bufferingNewest(64))
    readers.withLock { $0.append(reader) }
    return stream
  }

  func tell(_ activity: Activity) { for reader in readers.withLock({ $0 }) { reader.yield(activity) } }

  var decisions: [Decision] { state.withLock { $0.decisions } }
  var notices: [[Notice]] { state.withLock { $0.notices } }
}

/// Small shops, and requests to their server.
enum Given {
  static let now = Timestamp(milliseconds: 1_795_000_000_000)
  static let token = "0123456789abcdef0123456789abcdef"

  static let config: Config = {
    var config = Config(
      shop: "/s", listings: "/s/listings", state: "/nowhere",
      accounts: [
        Config.Account(name: "facebook", marketplace: "facebook"),
        Config.Account(name: "offerup", marketplace: "offerup"),
      ])
    config.web.publicURL = "https://shop.example.com"
    return config
  }()

  static func record(_ listing: String, _ account: String = "facebook", title: String = "Lamp") -> Record {
    let content = Content(
      title: title, description: "d", price: Money(minor: 100, currency: .usd), category: "X", condition: "USED")
    return Record(
      key: PostKey(listing: listing, account: account), marketplace: account, state: .live, remoteID: "r-\(listing)",
      url: "https://example.com/\(listing)", content: content, file: "listings/\(listing).yaml", since: now)
  }

  static func view(_ records: [Record] = [], plan: Plan? = nil) -> ShopView {
    ShopView(
      now: now, config: config, wanted: Wanted(), plan: plan ?? Plan(actions: [], createdAt: now),
      ledger: Ledger(
        lineage: "l", sequence: 7, records: Dictionary(uniqueKeysWithValues: records.map { ($0.key, $0) })),
      accounts: config.accounts.map { AccountHealth(name: $0.name, marketplace: $0.marketplace) })
  }

  static func setting(listen: String = "127.0.0.1:8484", token: String? = nil, publicURL: String? = nil) -> WebSetting {
    var setting = WebSetting(
      listen: ListenAddress(listen) ?? ListenAddress("127.0.0.1:1")!, publicURL: publicURL,
      token: token.map { Secret($0) }, state: "/nowhere", version: "1.2.3")
    setting.facebookSecret = Secret("app secret")
    setting.facebookVerifyToken = Secret("verify me")
    setting.offerUpSecret = Secret("client secret")
    return setting
  }
}

/// The server without its sockets.
struct Bench {
  let loop = FakeLoop()
  let door: FrontDoor
  private let port: Int

  init(_ setting: WebSetting = Given.setting()) {
    let clock = ContinuousClock()
    let start = clock.now
    // Each look is a new one.
    door = FrontDoor(
      setting, loop: loop, instruments: Instruments(), now: { Given.now }, uptime: { (clock.now - start) * 1000 })
    port = setting.listen.port
  }

  /// Beyond loopback, with a token.
  static var exposed: Bench {
    Bench(Given.setting(listen: "0.0.0.0:8484", token: Given.token, publicURL: "https://shop.example.com"))
  }

  func ask(
    _ method: String, _ target: String, host: String? = "127.0.0.1:8484", _ headers: [String: String] = [:],
    body: String = "", localAddress: String? = "127.0.0.1"
  ) async -> WebAnswer {
    guard
      let request = WebRequest(
        method: method, target: target, host: host, headers: headers.map { ($0.key, $0.value) },
        localAddress: localAddress)
    else { return .text(400, "") }
    switch door.screen(request, port: port) {
    case .refused(let answer): return answer
    case .admitted(let admitted): return await door.answer(admitted, body: Array(body.utf8))
    }
  }

  func status(
    _ method: String, _ target: String, host: String? = "127.0.0.1:8484", _ headers: [String: String] = [:],
    body: String = ""
  ) async -> Int { await ask(method, target, host: host, headers, body: body).status }

  var csrf: String { door.keeper.keys.csrf(of: nil) }
}

extension WebAnswer {
  var text: String {
    if case .bytes(let bytes) = body { String(decoding: bytes, as: UTF8.self) } else { "" }
  }

  var json: JSONValue? { try? JSONValue(parsing: text) }
}
