import Curl
import Listings
import Marketplaces

/// The Page that posts go to, with its own token.
struct Page: Hashable, Sendable {
  let id: String
  let name: String?
  let token: Secret
  /// Whether the person behind the token may post there; nil: not told.
  var maySell: Bool?
}

/// Finds the Page: the seller's token may be the Page's already, or the user's, of which the Page's is asked. Once per
/// token and process, and again after Facebook has refused it.
struct Pages: Sendable {
  private let graph: Graph
  private let tokens: any TokenSource
  private let known: Memo<Secret, Page>

  init(graph: Graph, tokens: any TokenSource) {
    self.graph = graph
    self.tokens = tokens
    known = Memo(lasting: .seconds(365 * 86_400), ambient: graph.ambient)
  }

  /// The Page, and the seller's token that led to it.
  func page(_ urgency: Urgency) async throws(MarketplaceFailure) -> (page: Page, by: Secret) {
    let token = try await tokens.token()
    let page = try await known.value(of: token) { () throws(MarketplaceFailure) in try await resolve(token, urgency) }
    return (page, token)
  }

  /// The same, asked anew.
  func freshPage() async throws(MarketplaceFailure) -> Page {
    known.forget(try await tokens.token())
    return try await page(.normal).page
  }

  func forget(_ page: Page, by token: Secret) { known.forget(token) { $0 == page } }

  private var account: Config.Account { graph.account }

  private func resolve(_ token: Secret, _ urgency: Urgency) async throws(MarketplaceFailure) -> Page {
    let me = try await graph.call(
      GraphCall(.get, ["me"], query: [("fields", "id,name")], urgency: urgency), as: token)
    guard let id = me["id"]?.identifier else {
      throw .unexpected(.init("Facebook did not say whom the token belongs to", httpStatus: 200))
    }
    let own = Page(id: id, name: me["name"]?.string, token: token)
    if id == account.pageID { return own }
    do throws(MarketplaceFailure) {
      return try choose(try await graph.pages(token, urgency))
    } catch .rejected(let detail) where account.pageID == nil && detail.code?.hasPrefix("100") == true {
      // A Page has no accounts: the token is a Page's own.
      return own
    } catch .unauthorized(let detail) where account.pageID == nil && detail.code?.hasPrefix("2") == true {
      return own
    }
  }

  private func choose(_ pages: [Page]) throws(MarketplaceFailure) -> Page {
    let seen = pages.map { "\($0.id) (\(($0.name ?? "without a name").quotable(hiding: [])))" }.joined(separator: ", ")
    if let wanted = account.pageID {
      if let page = pages.first(where: { $0.id == wanted }) { return page }
      let sight = pages.isEmpty ? "no page" : "only \(seen)"
      throw .unauthorized(
        .init(
          "the token of account \(account.name) sees \(sight), not page \(wanted): mend accounts.\(account.name).page_id "
            + "in hawker.yaml, or connect with somebody who has a role on that page"))
    }
    guard let page = pages.first else {
      throw .unauthorized(
        .init("the token of account \(account.name) sees no page: connect with somebody who has a role on one"))
    }
    guard pages.count == 1 else {
      throw .unauthorized(
        .init("the token sees several pages: \(seen); set accounts.\(account.name).page_id in hawker.yaml to one"))
    }
    return page
  }
}

extension Graph {
  /// Every page that the person behind the token has a role on and may act for.
  func pages(_ token: Secret, _ urgency: Urgency = .normal) async throws(MarketplaceFailure) -> [Page] {
    var pages: [Page] = []
    var trail = PageTrail("Facebook's list of pages")
    repeat {
      var query = [("fields", "id,name,access_token,tasks"), ("limit", "100")]
      if let cursor = trail.cursor { query.append(("after", cursor)) }
      let answer = try await call(GraphCall(.get, ["me", "accounts"], query: query, urgency: urgency), as: token)
      guard let data = answer["data"]?.array else {
        throw .unexpected(.init("Facebook's list of pages has no data", httpStatus: 200))
      }
      for entry in data {
        // An entry without a token is a page that this person may not act for. A list that shifts repeats one.
        guard let id = entry["id"]?.identifier, id.isRemoteID, let secret = entry["access_token"]?.string,
          !pages.contains(where: { $0.id == id })
        else { continue }
        let tasks = entry["tasks"]?.array?.compactMap(\.string)
        let maySell = tasks.map { $0.contains("CREATE_CONTENT") || $0.contains("MANAGE") }
        pages.append(Page(id: id, name: entry["name"]?.string, token: Secret(secret), maySell: maySell))
      }
      try trail.goOn(to: try answer.nextCursor())
    } while trail.cursor != nil
    return pages
  }
}
