import Curl
import Facebook
import Listings
import Marketplaces
import OfferUp
import Support
import Testing

/// One call of one adapter to one hostile server.
struct Trial: Sendable {
  enum Adapter: String, CaseIterable, Sendable { case facebook, offerUp }

  let behaviour: Behaviour
  let adapter: Adapter
  let call: Behaviour.Call
  let isSecure: Bool
  /// On a kept connection, or on one of its own.
  let isKept: Bool

  var expected: String? {
    adapter == .facebook ? behaviour.meaning.facebook[call] : behaviour.meaning.offerUp[call]
  }

  var name: String {
    "\(adapter) \(call), \(isSecure ? "TLS" : "plain"), \(isKept ? "kept" : "fresh") connection: a server that "
      + behaviour.name
  }

  /// What ended the call, and what the server saw.
  struct Result: Sendable {
    let outcome: String
    let requests: [ScriptedServer.Received]

    /// How often the create reached it whole.
    var creates: Int {
      requests.count { $0.method == "POST" && ($0.target.hasSuffix("/feed") || $0.target.hasSuffix("/listings")) }
    }
  }

  /// A server that only the client's patience ends gets little of it; if the machine was too busy to get there in time,
  /// it gets more. A wrong answer stays wrong.
  func run() async -> Result {
    let patience: [Duration] =
      behaviour.isSlow ? [.milliseconds(60), .milliseconds(600), .seconds(6)] : [.seconds(20)]
    var result = await run(patience: patience[0])
    for more in patience.dropFirst() where !isRight(result) { result = await run(patience: more) }
    return result
  }

  func isRight(_ result: Result) -> Bool {
    guard let expected else { return false }
    var right = expected.split(separator: "|").map(String.init)
    // The post goes out on the connection that brought the photo's id, and that one may be closing.
    if call == .upload, expected == "done", !behaviour.endsWithAnAnswer { right.append("uncertain") }
    guard right.contains(result.outcome) else { return false }
    // Nobody is asked for compressed answers, so nobody can send a small one that grows.
    guard result.requests.allSatisfy({ $0.header("accept-encoding") == nil && $0.header("expect") == nil }) else {
      return false
    }
    switch call {
    case .create where behaviour.readsRequests: return result.creates == 1
    // The photo's trouble comes first.
    case .upload where result.outcome != "done": return result.creates == 0
    default: return result.creates <= 1
    }
  }

  private func run(patience: Duration) async -> Result {
    let isArmed = Flag()
    let server = server(isArmed)
    defer { server.stop() }
    let time = VirtualTime()
    let marketplace = marketplace(at: server, patience, time)
    if isPrimed { _ = try? await marketplace.verify() }
    isArmed.raise()
    if case .gone = behaviour.start { server.stop() }
    let failure = await failure { () throws(MarketplaceFailure) in try await perform(on: marketplace) }
    return Result(outcome: Trial.word(failure, time.ambient.now()), requests: server.received)
  }

  private static func word(_ failure: MarketplaceFailure?, _ now: Timestamp) -> String {
    guard case .throttled(_, let until?)? = failure else { return failure?.code ?? "done" }
    return "throttled+\(until.duration(since: now).components.seconds)"
  }

  private func perform(on marketplace: any Marketplace) async throws(MarketplaceFailure) {
    switch call {
    case .create: _ = try await marketplace.create(Bench.draft())
    case .upload: _ = try await marketplace.create(Bench.draft(photos: [Bench.address("a")]))
    case .update: try await marketplace.update("7", to: Bench.draft(), changed: [.price])
    case .withdraw: try await marketplace.withdraw("7", urgency: .normal)
    case .read: _ = try await marketplace.read("7")
    case .lookUp: _ = try await marketplace.lookUp(Bench.draft(), since: Timestamp(milliseconds: 0))
    }
  }
}

extension Trial {
  private var isPrimed: Bool {
    switch behaviour.start {
    case .afterReading, .atOnce, .gone: true
    case .handshake, .withoutTLS: false
    }
  }

  private func server(_ isArmed: Flag) -> ScriptedServer {
    switch behaviour.start {
    case .handshake(let kind): ScriptedServer(as: TestIdentity(kind)) { _ in [.serve { calm($0) }] }
    case .withoutTLS: ScriptedServer { _ in behaviour.steps }
    case .atOnce:
      ScriptedServer(as: identity) { _ in isArmed.isUp ? behaviour.steps : [.serve { calm($0, keeps: false) }] }
    case .afterReading, .gone:
      ScriptedServer(as: identity) { _ in
        [.serveUntil { isArmed.isUp && isMeant($0) ? nil : calm($0, keeps: isKept) }] + behaviour.steps + rest
      }
    }
  }

  /// After a whole answer the connection stays; after anything else it ends.
  private var rest: [ScriptedServer.Step] { behaviour.endsWithAnAnswer ? [.serve { calm($0) }] : [] }

  private var identity: TestIdentity? { isSecure ? Trial.identity : nil }
  private static let identity = TestIdentity()

  /// Whether the server is to be hostile to this request.
  private func isMeant(_ request: ScriptedServer.Received) -> Bool {
    if request.target.contains("/me?") { return false }
    return request.target.hasSuffix("/photos") == (call == .upload)
  }

  private func calm(_ request: ScriptedServer.Received, keeps: Bool = true) -> ScriptedServer.Answer {
    let headers = keeps ? [] : [("Connection", "close")]
    return request.target.contains("/me?")
      ? .init(200, headers: headers, #"{"id":"10001","name":"Shop"}"#) : .init(200, headers: headers, Behaviour.good)
  }

  private func marketplace(at server: ScriptedServer, _ patience: Duration, _ time: VirtualTime) -> any Marketplace {
    var limits = Client.Limits()
    limits.longest = patience
    limits.authorities = TestAuthority.shared.path
    var account = Config.Account(name: adapter.rawValue.lowercased(), marketplace: adapter.rawValue.lowercased())
    var address = server.url
    if case .withoutTLS = behaviour.start { address = "https://127.0.0.1:\(server.port)" }
    (account.graphURL, account.apiURL, account.pageID) = (address, address + "/v1", "10001")
    let (client, pace) = (Client(limits: limits), Pace(requestsPerSecond: 0, ambient: time.ambient))
    return adapter == .facebook
      ? Facebook(
        account: account, token: Secret("t"), appSecret: nil, pace: pace, client: client, ambient: time.ambient)
      : OfferUp(
        account: account, token: Secret("t"), publicURL: nil, pace: pace, client: client, ambient: time.ambient)
  }
}
