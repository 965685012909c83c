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
    page.isSandbox = setting.isSandbox
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
