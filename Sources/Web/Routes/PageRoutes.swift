import Listings
import Synchronization

extension FrontDoor {
  func page(_ admitted: Admitted) async -> WebAnswer {
    let request = admitted.request
    var page = PageRequest(
      path: request.pathText, query: request.query, csrf: keeper.keys.csrf(of: admitted.visitor.session),
      isLoggedIn: admitted.visitor.session != nil)
    page.flash = request.query["flash"].flatMap { flashes[$0] }
    page.traffic = instruments.traffic(at: now())
    page.recent = recent.lines
    if request.path.count == 2, request.path[0] == "listings" {
      page.history = await log.newest(of: request.path[1], 200) ?? []
    }
    guard let answer = await pages.page(page, await views.current()) else {
      return .text(503, "too many want a page", headers: ["retry-after": "1"])
    }
    return answer
  }
}

/// Makes pages, one at a time, so that many readers leave the other processors to the loop; and makes each of them once
/// while nothing has changed.
final class PageDesk: Sendable {
  private struct Made {
    var name: String
    var snapshot: Int
    var answer: WebAnswer
  }

  private static let limit = 16

  private let gate = Gate(width: 1)
  private let made = Mutex<[Made]>([])

  /// Nil: too many wait.
  func page(_ request: PageRequest, _ snapshot: Snapshot) async -> WebAnswer? {
    let name = PageDesk.name(request)
    if let answer = find(name, snapshot) { return answer }
    guard await gate.enter() else { return nil }
    defer { gate.leave() }
    if let answer = find(name, snapshot) { return answer }
    let answer = Site.page(request, snapshot.view).map { WebAnswer($0) } ?? .text(404, "there is no such page")
    keep(name, snapshot, answer)
    return answer
  }

  /// Nil: it is not kept. What a form left and a listing's history are of one moment.
  private static func name(_ request: PageRequest) -> String? {
    guard request.flash == nil, request.history.isEmpty, request.query.count < 8 else { return nil }
    let query = request.query.sorted { $0.key < $1.key }.map { "\($0.key)\u{0}\($0.value)" }.joined(separator: "\u{0}")
    return "\(request.path)\u{0}\(request.csrf)\u{0}\(query)"
  }

  private func find(_ name: String?, _ snapshot: Snapshot) -> WebAnswer? {
    made.withLock { $0.first { $0.name == name && $0.snapshot == snapshot.number }?.answer }
  }

  private func keep(_ name: String?, _ snapshot: Snapshot, _ answer: WebAnswer) {
    guard let name, answer.status == 200 else { return }
    made.withLock { made in
      made.removeAll { $0.snapshot < snapshot.number }
      if made.count == PageDesk.limit { made.removeFirst() }
      made.append(Made(name: name, snapshot: snapshot.number, answer: answer))
    }
  }
}

/// The few pages that are not the dashboard's: plain, without a stylesheet, so that nobody needs to be let in for them.
enum SmallPage {
  static func login(_ trouble: String?) -> String {
    let words = trouble.map { "<p role=\"alert\">\(escape($0))</p>" } ?? ""
    return frame(
      "Log in",
      """
      \(words)<form method="post" action="/login">
      <p><label>Token <input type="password" name="token" required autocomplete="current-password" autofocus></label>
      <button>Log in</button></p>
      <p>It is what HAWKER_WEB_TOKEN is set to where hawker runs.</p>
      </form>
      """)
  }

  static func connected(_ page: LoginPage, account: String) -> String {
    var body = "<p\(page.isGood ? "" : " role=\"alert\"")>\(escape(page.text))</p>"
    if !page.choices.isEmpty {
      body += "<form method=\"get\" action=\"/oauth/\(escape(account))/callback\"><fieldset><legend>Page</legend>"
      if let state = page.state { body += "<input type=\"hidden\" name=\"state\" value=\"\(escape(state))\">" }
      for (index, choice) in page.choices.enumerated() {
        body += "<p><label><input type=\"radio\" name=\"page\" value=\"\(escape(choice.id))\""
        body += "\(index == 0 ? " checked" : "")> \(escape(choice.name)) (\(escape(choice.id)))</label></p>"
      }
      body += "</fieldset><p><button>Use this Page</button></p></form>"
    }
    return frame(page.title, body)
  }

  private static func frame(_ title: String, _ body: String) -> String {
    """
    <!doctype html>
    <html lang="en">
    <head><meta charset="utf-8"><title>\(escape(title)) · hawker</title>
    <meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
    </head>
    <body><main><h1>\(escape(title))</h1>
    \(body)
    </main></body>
    </html>

    """
  }

  static func escape(_ text: String) -> String {
    var safe = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": safe += "&amp;"
      case "<": safe += "&lt;"
      case ">": safe += "&gt;"
      case "\"": safe += "&quot;"
      case "'": safe += "&#39;"
      default: safe.unicodeScalars.append(scalar)
      }
    }
    return safe
  }
}
