import Listings

/// OfferUp's error, a shape of our own: OfferUp publishes none.
struct OfferUpError: Error, Hashable {
  var status: Int
  var code: String
  var message: String
  var field: String?
  var headers: [Answer.Header] = []

  var answer: Answer {
    let error = JSON.object(["code": .string(code), "message": .string(message), "field": field.map(JSON.string)])
    var answer = Answer(status, json: .object(["error": error]))
    answer.headers += headers
    return answer
  }

  static func refused(_ refusal: Refusal) -> OfferUpError {
    let message = refusal.field.isEmpty ? refusal.message : "\(refusal.field) \(refusal.message)"
    return OfferUpError(status: 422, code: "invalid_listing", message: message, field: refusal.field)
  }

  static func missing(_ id: String) -> OfferUpError {
    OfferUpError(status: 404, code: "not_found", message: "There is no listing \(id).")
  }

  static func unsupported(_ method: String, allow: String) -> OfferUpError {
    OfferUpError(
      status: 405, code: "method_not_allowed", message: "\(method) is not allowed here.",
      headers: [Answer.Header(name: "Allow", value: allow)])
  }

  static func bad(_ message: String) -> OfferUpError {
    OfferUpError(status: 400, code: "bad_request", message: message)
  }

  static let unknownPath = OfferUpError(status: 404, code: "not_found", message: "There is nothing at this path.")

  static let throttled = OfferUpError(
    status: 429, code: "too_many_requests", message: "Too many requests.",
    headers: [Answer.Header(name: "Retry-After", value: "1")])

  static let unauthorized = OfferUpError(
    status: 401, code: "unauthorized", message: "The access token is missing, wrong or no longer valid.",
    headers: [Answer.Header(name: "WWW-Authenticate", value: "Bearer")])
}

/// Where a request to the emulated OfferUp goes.
enum OfferUpRoute: Hashable {
  case listings, listing(String), authorize, token, unknown

  /// `segments` without the leading `offerup`.
  init(_ segments: ArraySlice<String>) {
    switch Array(segments) {
    case ["v1", "listings"]: self = .listings
    case ["oauth", "authorize"]: self = .authorize
    case ["oauth", "token"]: self = .token
    case let path where path.count == 3 && path[0] == "v1" && path[1] == "listings": self = .listing(path[2])
    default: self = .unknown
    }
  }

  func operation(_ method: String) -> SandboxOperation {
    switch (method, self) {
    case ("POST", .listings): .create
    case ("GET", .listings): .list
    case ("GET", .listing): .read
    case ("PATCH", .listing): .update
    case ("DELETE", .listing): .withdraw
    case (_, .authorize), (_, .token): .login
    default: .other
    }
  }
}

/// The emulated OfferUp: one request in, a decision out. What the brief doesn't say is invented, and switched off by
/// `isBare`: reading, listing, `external_id`, `Idempotency-Key`.
struct OfferUpDesk {
  static let account = "seller"

  let desk: Desk
  let request: Request
  let route: OfferUpRoute

  static func decide(_ request: Request, route: OfferUpRoute, desk: Desk) -> Decision {
    let offerUp = OfferUpDesk(desk: desk, request: request, route: route)
    do { return try offerUp.decision() } catch { return Decision(error.answer) }
  }

  private func decision() throws(OfferUpError) -> Decision {
    let reads = desk.settings.isBare ? "" : "GET, "
    switch route {
    case .unknown: throw .unknownPath
    case .authorize:
      guard ["GET", "POST"].contains(request.method) else { throw .unsupported(request.method, allow: "GET, POST") }
      return Decision(try authorize())
    case .token:
      guard request.method == "POST" else { throw .unsupported(request.method, allow: "POST") }
      return try token()
    case .listings:
      try authenticate()
      switch request.method {
      case "POST": return try create()
      case "GET" where !desk.settings.isBare: return Decision(try list())
      default: throw .unsupported(request.method, allow: reads + "POST")
      }
    case .listing(let id):
      try authenticate()
      switch request.method {
      case "PATCH": return try update(try post(id))
      case "DELETE": return try withdraw(try post(id))
      case "GET" where !desk.settings.isBare: return Decision(Answer(json: object(try post(id))))
      default: throw .unsupported(request.method, allow: reads + "PATCH, DELETE")
      }
    }
  }

  private func post(_ id: String) throws(OfferUpError) -> Post {
    if let extra = request.query.first { throw .bad("\(extra.name) is not a known parameter.") }
    guard id.hasPrefix("ou"), let number = Int(id.dropFirst(2)),
      let post = desk.store.livePost(number, of: OfferUpDesk.account), post.listing.remoteID == id
    else { throw .missing(id) }
    return post
  }

  // Reading.

  private func list() throws(OfferUpError) -> Answer {
    var values: [String: String] = [:]
    for field in request.query {
      guard ["external_id", "limit", "cursor"].contains(field.name) else {
        throw .bad("\(field.name) is not a known parameter.")
      }
      guard values.updateValue(field.value, forKey: field.name) == nil else { throw .bad("\(field.name) twice.") }
    }
    let limit = values["limit"].map { Int($0) ?? 0 } ?? 25
    guard (1...100).contains(limit) else {
      throw .bad("limit must be an integer from 1 to 100.")
    }
    var cursor: Int?
    if let text = values["cursor"] {
      guard let number = Cursor.number(text) else { throw .bad("This cursor is not one of ours.") }
      cursor = number
    }
    let found: (posts: [Post], more: Bool)
    if let reference = values["external_id"] {
      let all = desk.store.posts(reference: reference, of: OfferUpDesk.account, at: desk.now)
        .filter { $0.number < cursor ?? .max }.reversed()
      found = (Array(all.prefix(limit)), all.count > limit)
    } else {
      found = desk.store.page(of: OfferUpDesk.account, before: cursor, limit: limit, at: desk.now)
    }
    let next = found.more ? found.posts.last.map { JSON.string(Cursor.text($0.number)) } : nil
    return Answer(json: .object(["data": .array(found.posts.map(object)), "next_cursor": next ?? .null]))
  }

  func object(_ post: Post) -> JSON {
    let listing = post.listing
    let location = listing.place.map { place in
      JSON.object(["latitude": .number(place.latitude), "longitude": .number(place.longitude)])
    }
    return .object([
      "id": .string(listing.remoteID), "external_id": listing.reference.map(JSON.string),
      "title": .string(listing.title), "description": .string(listing.description),
      "price_cents": .integer(listing.price), "photos": .strings(listing.photos.map(address)),
      "category": .string(listing.category), "location": location, "condition": .string(listing.condition),
      "status": listing.isSold ? "sold" : "active", "url": .string(url(of: listing.remoteID)),
      "created_at": .string(listing.createdAt.description), "updated_at": .string(listing.updatedAt.description),
    ])
  }

  func url(of id: String) -> String { "\(desk.settings.origin)/?show=\(id)#\(id)" }

  private func address(_ photo: String) -> String {
    PhotoName(photo) == nil ? photo : "\(desk.settings.origin)/photos/\(photo)"
  }
}
