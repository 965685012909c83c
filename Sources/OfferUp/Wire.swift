import Curl
import Listings
import Marketplaces

/// One request to OfferUp.
struct WireCall {
  /// What a failure means for whoever asked.
  enum Subject {
    /// Makes a listing: sent once, and uncertain when the answer is missing.
    case creation
    /// One listing, which may be gone.
    case listing
    /// The account's listings as a whole.
    case account
  }

  var method: Request.Method
  /// Segments, not encoded.
  var path: [String]
  var query: [(String, String)]
  var headers: [(name: String, value: String)] = []
  /// JSON.
  var body: [UInt8]?
  var subject: Subject
  var urgency: Urgency

  init(
    _ method: Request.Method, _ path: [String], query: [(String, String)] = [], body: [UInt8]? = nil,
    about subject: Subject = .account, urgency: Urgency = .normal
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
struct Wire: Sendable {
  let account: Config.Account
  let tokens: any TokenSource
  let client: Client
  let pace: Pace
  let ambient: Ambient

  /// A call whose answer is needed.
  func json(_ call: WireCall) async throws(MarketplaceFailure) -> JSONValue {
    let response = try await send(call)
    if let json = try? JSONValue(parsing: response.body) { return json }
    let detail = MarketplaceFailure.Detail("OfferUp's answer is not JSON", httpStatus: response.status)
    throw call.subject == .creation ? .uncertain(detail) : .unexpected(detail)
  }

  /// A call whose success alone matters. The contract leaves the body open, but a web page is no answer of an API: it is
  /// a login or a notice of something in between.
  func confirm(_ call: WireCall) async throws(MarketplaceFailure) {
    let response = try await send(call)
    let type = response.headers["Content-Type"]?.lowercased() ?? ""
    guard type.contains("html") || response.body.first == UInt8(ascii: "<") else { return }
    throw .unexpected(.init("OfferUp answered with a web page", httpStatus: response.status))
  }

  /// The answer, if it is a success. A token that OfferUp refuses is renewed once: nothing was done with it.
  func send(_ call: WireCall) async throws(MarketplaceFailure) -> Response {
    let token = try await tokens.token()
    do throws(MarketplaceFailure) {
      return try await send(call, as: token)
    } catch .unauthorized(let detail) where detail.httpStatus == 401 {
      guard let other = try await tokens.replacement(for: token) else { throw .unauthorized(detail) }
      return try await send(call, as: other)
    }
  }

  private func send(_ call: WireCall, as token: Secret) async throws(MarketplaceFailure) -> Response {
    try await pace.turn(call.urgency)
    let response: Response
    CrashPoint.reach("wire-before")
    do throws(CurlFailure) {
      response = try await client.send(request(call, token))
      CrashPoint.reach("wire-answered")
    } catch {
      throw unanswered(error, call.subject)
    }
    let retryAt = RetryAfter.time(
      response.headers["Retry-After"], serverDate: response.headers["Date"], now: ambient.now())
    if let retryAt { pace.pause(until: retryAt) }
    guard (200..<300).contains(response.status) else {
      throw Refusal(response, account: account, token: token).failure(about: call.subject, retryAt: retryAt)
    }
    return response
  }

  private func request(_ call: WireCall, _ token: Secret) -> Request {
    let path = call.path.map { "/" + $0.percentEncoded }.joined()
    let query = call.query.map { "\($0.0)=\($0.1.percentEncoded)" }.joined(separator: "&")
    var request = Request(
      call.method, account.apiURL + path + (query.isEmpty ? "" : "?" + query),
      headers: [("Authorization", "Bearer " + token.revealed)] + call.headers)
    request.isRepeatable = call.subject != .creation
    if let body = call.body {
      request.headers.append(("Content-Type", "application/json"))
      request.body = .bytes(body)
    }
    return request
  }

  private func unanswered(_ failure: CurlFailure, _ subject: WireCall.Subject) -> MarketplaceFailure {
    if failure.wasSent, subject == .creation {
      return .uncertain(.init("the listing was sent, but OfferUp's answer is missing: \(failure.message)"))
    }
    if failure.kind == .cancelled, !failure.wasSent { return .stopped }
    guard failure.kind == .badURL else { return .unavailable(.init("OfferUp can't be reached: \(failure.message)")) }
    return .rejected(.init("api_url of account \(account.name) in hawker.yaml: \(failure.message)"))
  }
}
