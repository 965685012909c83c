import Crypto
import Curl
import Listings
import Marketplaces

/// One request to the Graph API.
struct GraphCall {
  /// What a failure means for whoever asked.
  enum Subject {
    /// Makes a post: sent once, and uncertain when the answer is missing.
    case creation
    /// One post, which may be gone.
    case post
    /// A picture for a post: its data may be refused.
    case photo
    /// The account as a whole: the Page, its token, its list.
    case page
    /// A login that is under way.
    case login
  }

  enum Body {
    case none
    case json([UInt8])
    case form([(String, String)])
    case file(fields: [(name: String, value: String)], Request.File)
  }

  var method: Request.Method
  /// Segments, not encoded.
  var path: [String]
  var query: [(String, String)]
  var body: Body
  var subject: Subject
  var urgency: Urgency

  init(
    _ method: Request.Method, _ path: [String], query: [(String, String)] = [], body: Body = .none,
    about subject: Subject = .page, urgency: Urgency = .normal
  ) {
    self.method = method
    self.path = path
    self.query = query
    self.body = body
    self.subject = subject
    self.urgency = urgency
  }
}

/// Sends calls at the account's pace and reads the answers' outcome.
struct Graph: Sendable {
  let account: Config.Account
  let client: Client
  let pace: Pace
  let ambient: Ambient
  /// Proves that calls come from the app; nil: they go without.
  let appSecret: Secret?
  /// Never to be quoted.
  let secrets: [Secret]

  /// The answer's JSON, or the failure that Facebook's answer, or its absence, means. `token` nil: a call that carries
  /// its own proof of who asks.
  func call(_ call: GraphCall, as token: Secret?) async throws(MarketplaceFailure) -> JSONValue {
    if let token, !token.isPrintable { throw .unauthorized(.init(badToken)) }
    try await pace.turn(call.urgency)
    let response: Response
    CrashPoint.reach("graph-before")
    do throws(CurlFailure) {
      response = try await client.send(request(call, token))
      CrashPoint.reach("graph-answered")
    } catch {
      throw unanswered(error, call.subject)
    }
    let usage = GraphUsage(response.headers, now: ambient.now())
    usage.apply(to: pace)
    let json = try? JSONValue(parsing: response.body)
    if let error = json?["error"], error.members != nil || !(200..<300).contains(response.status) {
      throw refusal(GraphError(error, status: response.status), call, token, usage.retryAt)
    }
    guard (200..<300).contains(response.status) else {
      throw refusal(GraphError(.null, status: response.status), call, token, usage.retryAt)
    }
    guard let json else { throw unreadable(response.status, call.subject) }
    return json
  }

  private func request(_ call: GraphCall, _ token: Secret?) -> Request {
    let path = ([account.apiVersion] + call.path).map { "/" + $0.percentEncoded }.joined()
    let parameters = call.query + proof(of: token)
    let query = parameters.isEmpty ? "" : "?" + Graph.pairs(parameters)
    var request = Request(call.method, account.graphURL + path + query)
    if let token { request.headers.append(("Authorization", "Bearer " + token.revealed)) }
    request.isRepeatable = call.subject != .creation
    switch call.body {
    case .none: break
    case .json(let bytes):
      request.headers.append(("Content-Type", "application/json"))
      request.body = .bytes(bytes)
    case .form(let fields):
      request.headers.append(("Content-Type", "application/x-www-form-urlencoded"))
      request.body = .bytes(Array(Graph.pairs(fields).utf8))
      // Facebook fetches the picture meanwhile.
      request.timeout = .seconds(120)
    case .file(let fields, let file):
      request.body = .multipart(fields: fields, file: file)
      request.timeout = .seconds(120)
    }
    return request
  }

  /// Good for five minutes, so made for each call. The app's own token is its proof itself.
  private func proof(of token: Secret?) -> [(String, String)] {
    guard let appSecret, let token, !token.revealed.hasSuffix("|" + appSecret.revealed) else { return [] }
    let seconds = ambient.now().milliseconds / 1000
    let code = HMAC<SHA256>.authenticationCode(
      for: Array("\(token.revealed)|\(seconds)".utf8), using: SymmetricKey(data: Array(appSecret.revealed.utf8)))
    let digits = Array("0123456789abcdef")
    let hex = String(code.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    return [("appsecret_proof", hex), ("appsecret_time", String(seconds))]
  }

  static func pairs(_ pairs: [(String, String)]) -> String {
    pairs.map { "\($0.0.percentEncoded)=\($0.1.percentEncoded)" }.joined(separator: "&")
  }

  private func unanswered(_ failure: CurlFailure, _ subject: GraphCall.Subject) -> MarketplaceFailure {
    let detail = MarketplaceFailure.Detail("Facebook can't be reached: \(failure.message)")
    if failure.wasSent, subject == .creation {
      return .uncertain(.init("the post was sent, but Facebook's answer is missing: \(failure.message)"))
    }
    // What came before the post's own request changes nothing there.
    if failure.kind == .cancelled, !failure.wasSent || subject != .post { return .stopped }
    guard failure.kind == .badURL else { return .unavailable(detail) }
    return .rejected(.init("graph_url of account \(account.name) in hawker.yaml: \(failure.message)"))
  }

  private func unreadable(_ status: Int, _ subject: GraphCall.Subject) -> MarketplaceFailure {
    let detail = MarketplaceFailure.Detail("Facebook's answer is not JSON", httpStatus: status)
    return subject == .creation ? .uncertain(detail) : .unexpected(detail)
  }

  private func refusal(
    _ error: GraphError, _ call: GraphCall, _ token: Secret?, _ retryAt: Timestamp?
  ) -> MarketplaceFailure {
    let hidden = secrets + [token].compactMap(\.self) + call.secrets
    return error.failure(about: call.subject, account: account, hiding: hidden, retryAt: retryAt)
  }

  private var badToken: String {
    "the token of account \(account.name) holds spaces or line breaks: set \(account.tokenVariable) to the token alone"
  }
}

extension GraphCall {
  private static let secretFields: Set<String> = ["input_token", "code", "fb_exchange_token", "client_secret"]

  /// What its query gives away, as it is and as it is sent: Facebook may repeat either in its answer.
  fileprivate var secrets: [Secret] {
    query.filter { GraphCall.secretFields.contains($0.0) }.flatMap { [Secret($0.1), Secret($0.1.percentEncoded)] }
  }
}
