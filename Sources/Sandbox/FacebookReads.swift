import Listings

// Reading listings.
extension FacebookDesk {
  private static let nodeFields: Set<String> = [
    "id", "created_time", "updated_time", "message", "marketplace_listing", "permalink_url",
  ]
  private static let usualFields = ["created_time", "message", "id"]
  private static let pageSizes = 1...100

  func read(_ id: String) throws(GraphError) -> Answer {
    if FacebookPage.with(id: id) != nil { return try readPage(id) }
    let post = try post(id)
    let parameters = try parameters(["fields"])
    let fields = try fields(parameters, known: FacebookDesk.nodeFields, usual: FacebookDesk.usualFields)
    return Answer(json: object(post, fields: fields))
  }

  private func readPage(_ id: String) throws(GraphError) -> Answer {
    let page = try page(id)
    let known: Set = ["id", "name", "access_token", "business"]
    let names = try fields(try parameters(["fields"]), known: known, usual: ["name", "id"])
    let values: [String: JSON] = [
      "id": .string(page.id), "name": .string(page.name), "access_token": .string(page.token),
      "business": .object(["id": .string(SandboxCredentials.businessID), "name": "Sandbox Business"]),
    ]
    return Answer(json: .object(names.map { JSON.Member(name: $0, value: values[$0] ?? .null) }))
  }

  func list(_ page: FacebookPage) throws(GraphError) -> Answer {
    let parameters = try parameters(["fields", "limit", "after", "since"])
    var fields = try fields(parameters, known: FacebookDesk.nodeFields, usual: FacebookDesk.usualFields)
    if !fields.contains("id") { fields.append("id") }
    let limit = try limit(parameters, usual: 25)
    let cursor = try parameters["after"].map(cursor)
    let since = try parameters["since"].map(seconds)
    var (posts, more) = desk.store.page(of: page.id, before: cursor, limit: limit, at: desk.now)
    if let since {
      let before = posts.count
      posts = Array(posts.prefix { $0.listing.createdAt >= since })
      if posts.count < before { more = false }
    }
    let rows = posts.map { object($0, fields: fields) }
    let paging = paging(first: posts.first?.number, last: posts.last?.number, more: more)
    return Answer(json: .object(["data": .array(rows), "paging": paging]))
  }

  private func limit(_ parameters: [String: String], usual: Int) throws(GraphError) -> Int {
    guard let text = parameters["limit"] else { return usual }
    guard let limit = Int(text), FacebookDesk.pageSizes.contains(limit) else {
      throw .parameter("Param limit must be an integer from 1 to 100")
    }
    return limit
  }

  private func cursor(_ text: String) throws(GraphError) -> Int {
    guard let number = Cursor.number(text) else { throw .parameter("Invalid cursors values") }
    return number
  }

  private func seconds(_ text: String) throws(GraphError) -> Timestamp {
    guard let seconds = Int64(text), (0...100_000_000_000).contains(seconds) else {
      throw .parameter("Param since must be a time in seconds since 1970")
    }
    return Timestamp(seconds: seconds)
  }

  /// The last page has cursors and no `next`; an empty one has nothing.
  private func paging(first: Int?, last: Int?, more: Bool) -> JSON? {
    guard let first, let last else { return nil }
    let cursors = JSON.object(["before": .string(Cursor.text(first)), "after": .string(Cursor.text(last))])
    return .object(["cursors": cursors, "next": more ? .string(nextAddress(after: Cursor.text(last))) : nil])
  }

  private func nextAddress(after cursor: String) -> String {
    let kept = request.query.filter { $0.name != "after" && $0.name != "access_token" }
    let query = (kept + [Request.Field(name: "after", value: cursor)])
      .map { "\(FormReading.encoded($0.name))=\(FormReading.encoded($0.value))" }
    let path = request.segments.dropFirst().drop { $0.hasPrefix("v") && $0.hasSuffix(".0") }
    // The version that served, which is not always the one that was asked.
    return "\(desk.settings.origin)/facebook/\(route.version)/\(path.joined(separator: "/"))?"
      + query.joined(separator: "&")
  }

  private func object(_ post: Post, fields: [String]) -> JSON {
    .object(fields.map { JSON.Member(name: $0, value: value(of: $0, in: post)) })
  }

  private func value(of field: String, in post: Post) -> JSON {
    switch field {
    case "created_time": .string(FacebookDesk.time(post.listing.createdAt))
    case "updated_time": .string(FacebookDesk.time(post.listing.updatedAt))
    case "message": .string(post.message)
    case "marketplace_listing": goods(post)
    case "permalink_url": .string("\(desk.settings.origin)/?show=\(post.listing.remoteID)#\(post.listing.remoteID)")
    default: .string(post.listing.remoteID)
    }
  }

  private func goods(_ post: Post) -> JSON {
    let listing = post.listing
    return .object([
      "name": .string(listing.title), "description": .string(listing.description),
      "price_currency": .string(listing.currency), "price_amount": .integer(listing.price),
      "category_specific_fields": .object([
        "category": .string(listing.category), "condition": .string(listing.condition),
      ]),
      "photo_ids": .strings(post.photoIDs),
      "availability": .string(listing.isSold ? "out of stock" : "in stock"),
      "retailer_id": desk.settings.isBare ? nil : listing.reference.map(JSON.string),
    ])
  }

  /// As Facebook writes times: whole seconds, and `+0000` where others have `Z`.
  static func time(_ time: Timestamp) -> String { time.description.prefix(19) + "+0000" }

  func accounts() throws(GraphError) -> Answer {
    guard try caller() == .user else { throw .permission("/me/accounts needs a user token") }
    let parameters = try parameters(["fields", "limit", "after"])
    let known: Set = ["access_token", "category", "name", "id", "tasks"]
    let fields = try fields(parameters, known: known, usual: ["access_token", "category", "name", "id", "tasks"])
    let limit = min(try limit(parameters, usual: 25), desk.settings.listLimit)
    let start = try parameters["after"].map(cursor) ?? 0
    let pages = Array(FacebookPage.all.dropFirst(start).prefix(limit))
    let rows = pages.map { page in
      let values: [String: JSON] = [
        "access_token": .string(page.token), "category": "Shopping & Retail", "name": .string(page.name),
        "id": .string(page.id), "tasks": .strings(page.tasks),
      ]
      return JSON.object(fields.map { JSON.Member(name: $0, value: values[$0] ?? .null) })
    }
    let end = start + pages.count
    let paging = pages.isEmpty ? nil : paging(first: start + 1, last: end, more: end < FacebookPage.all.count)
    return Answer(json: .object(["data": .array(rows), "paging": paging]))
  }
}
