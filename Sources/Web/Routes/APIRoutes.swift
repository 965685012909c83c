import Listings
import Planning

extension FrontDoor {
  func api(_ admitted: Admitted) async -> WebAnswer {
    let query = admitted.request.query
    guard admitted.request.isQueryWhole else {
      return .json(400) { $0.field("error", "the query can't be decoded: a percent sign takes two digits, and UTF-8") }
    }
    // What a script sends back with a decision.
    let headers = ["x-csrf-token": keeper.keys.csrf(of: admitted.visitor.session)]
    switch admitted.route {
    case .log: return await log.answer(query)
    case .posts:
      guard let query = PostsJSON.Query(query) else { return .json(400) { $0.field("error", LogJSON.badPlace) } }
      let snapshot = await views.current()
      return .json(200, headers: headers) { PostsJSON.write(snapshot, query, &$0) }
    case .plan: return await plan()
    default:
      let snapshot = await views.current()
      return .json(200, headers: headers) { StatusJSON.write(snapshot, version: setting.version, &$0) }
    }
  }

  private func plan() async -> WebAnswer {
    guard let plan = await views.current().view.plan else {
      return .json(503) { $0.field("error", "there is no plan yet: the files have not been looked at") }
    }
    let text = PlanJSON.render(plan, hawker: setting.version)
    return WebAnswer(200, type: "application/json", .bytes(Array((text + "\n").utf8)))
  }

  func decide(_ name: String, _ admitted: Admitted, _ body: [UInt8]) async -> WebAnswer {
    guard keeper.isOwn(admitted.visitor, admitted.request.headers["x-csrf-token"]) else {
      return .json(403) { $0.field("error", "X-CSRF-Token is missing or old: take it from GET /api/v1/status") }
    }
    guard let json = try? JSONValue(parsing: body), json.members != nil else {
      return .json(400) { $0.field("error", "the body is not a JSON object") }
    }
    guard let fields = DecisionFields(json) else {
      return .json(400) { json in
        json.field(
          "error",
          "it has a field twice, one that no decision knows, or one of another kind than text; nothing was done")
      }
    }
    guard let decision = fields.decision(name) else {
      return .json(400) { $0.field("error", DecisionFields.need(name)) }
    }
    let answer = await carryOut(decision)
    return .json(answer.code.status) { json in
      json.field("code", answer.code.rawValue)
      json.field("text", answer.text)
    }
  }

  func form(_ admitted: Admitted, _ body: [UInt8]) async -> WebAnswer {
    let form = FormText.fields(String(decoding: body, as: UTF8.self))
    guard keeper.isOwn(admitted.visitor, form["csrf"]) else {
      return .text(403, "the page is too old for its buttons: load it again")
    }
    let name = form["decision"] ?? ""
    guard let decision = DecisionFields(form).decision(name) else {
      return back(form, Answer(.refused, DecisionFields.need(name)))
    }
    return back(form, await carryOut(decision))
  }

  private func carryOut(_ decision: Decision) async -> Answer {
    let answer = await loop.decide(decision)
    views.forget()
    return answer
  }

  /// To where the form was, with what became of it.
  private func back(_ form: [String: String], _ answer: Answer) -> WebAnswer {
    let flash = flashes.keep(.init(text: answer.text, isGood: answer.code == .done))
    var path = form["back"] ?? "/"
    // A path of ours, and nothing that a browser would take for another site or another header.
    let isOurs =
      path.utf8.starts(with: "/".utf8) && !path.utf8.starts(with: "//".utf8) && path.utf8.count <= 1024
      && path.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x5C && $0 != 0x23 }
    if !isOurs { path = "/" }
    path = DecisionFields.withoutFlash(path)
    return .see(path + (path.contains("?") ? "&" : "?") + "flash=\(flash)")
  }
}

/// What a decision is made of, as a form or a script says it.
struct DecisionFields: Sendable {
  private var text: [String: String] = [:]
  private var isNotPosted = false

  private static let names = ["listing", "account", "price", "reason", "plan", "withdraw"]

  /// Nil: it has a field that no decision knows, one twice, or one of the wrong kind. Nothing is guessed: a misspelt `account` would
  /// make a sale of one account one of all.
  init?(_ json: JSONValue) {
    guard let members = json.members, Set(members.map(\.key)).count == members.count else { return nil }
    for member in members {
      let (name, value) = (member.key, member.value)
      let isKnown =
        switch name {
        case "withdraw", "not_posted": value.bool != nil
        case "posted": value == .null || value.identifier != nil
        default: DecisionFields.names.contains(name) && (value == .null || value.string != nil)
        }
      guard isKnown else { return nil }
    }
    for name in DecisionFields.names { text[name] = json[name]?.string }
    text["withdraw"] = json["withdraw"]?.bool.map { $0 ? "true" : "false" }
    text["posted"] = json["posted"]?.identifier
    isNotPosted = json["not_posted"]?.bool == true
  }

  init(_ form: [String: String]) {
    for name in DecisionFields.names { text[name] = form[name] }
    text["posted"] = form["remote"]
    isNotPosted = form["not_posted"] == "1"
  }

  private subscript(name: String) -> String? { text[name].flatMap { $0.isEmpty ? nil : $0 } }

  /// Nil when it is none of the web's decisions, or lacks what it needs.
  func decision(_ name: String) -> Decision? {
    if name == "approve" { return self["plan"].map { .approve(plan: $0) } }
    if name == "release-scope" { return self["withdraw"].flatMap(Bool.init).map { .releaseScope(withdraw: $0) } }
    guard let listing = self["listing"] else { return nil }
    let account = self["account"]
    switch name {
    case "hold": return .hold(listing: listing, account: account, reason: self["reason"])
    case "release": return .release(listing: listing, account: account)
    case "sold": return .sold(listing: listing, account: account, price: self["price"])
    case "retry": return .retry(listing: listing, account: account)
    case "resolve":
      // Never by an empty field: "not posted" makes a second post.
      guard (self["posted"] == nil) == isNotPosted else { return nil }
      return .resolve(listing: listing, account: account, posted: self["posted"])
    default: return nil
    }
  }

  static func need(_ name: String) -> String {
    switch name {
    case "approve": "approve needs `plan`"
    case "release-scope": "release-scope needs `withdraw`"
    case "resolve": "resolve needs `listing`, and either the post's id or that it was not posted"
    case "hold", "release", "sold", "retry": "\(name) needs `listing`"
    default: "there is no such decision"
    }
  }

  static func withoutFlash(_ path: String) -> String {
    guard let mark = path.firstIndex(of: "?") else { return path }
    let rest = path[path.index(after: mark)...].split(separator: "&").filter { !$0.hasPrefix("flash=") }
    return path[..<mark] + (rest.isEmpty ? "" : "?" + rest.joined(separator: "&"))
  }
}

extension Answer.Code {
  var status: Int {
    switch self {
    case .done: 200
    case .refused: 409
    case .unknown: 404
    case .malformed: 400
    case .journal: 503
    }
  }
}
