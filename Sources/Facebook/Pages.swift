import Curl
import Listings
import Marketplaces

/// The Page that posts go to, with its own token.
struct Page: Hashable, Sendable {
  let id: String
  let name: String?
  let token: Secret
}

/// Finds the Page: the seller's token may be the Page's already, or the user's, of which the Page's is asked. Once per
/// process, and again after Facebook has refused it.
struct Pages: Sendable {
  private let graph: Graph
  private let userToken: Secret?
  // One question, so one key.
  private let known: Memo<Bool, Page>

  init(graph: Graph, userToken: Secret?) {
    self.graph = graph
    self.userToken = userToken
    known = Memo(lasting: .seconds(365 * 86_400), ambient: graph.ambient)
  }

  func page(_ urgency: Urgency) async throws(MarketplaceFailure) -> Page {
    guard let userToken else {
      throw .unauthorized(
        .init("account \(account.name) has no token: run `hawker connect \(account.name)`, or set \(variable)"))
    }
    return try await known.value(of: true) { () throws(MarketplaceFailure) in
      try await resolve(userToken, urgency)
    }
  }

  func forget(_ page: Page? = nil) { known.forget(true) { page == nil || $0 == page } }

  private var account: Config.Account { graph.account }
  private var variable: String { account.tokenVariable }

  private func resolve(_ token: Secret, _ urgency: Urgency) async throws(MarketplaceFailure) -> Page {
    let me = try await graph.call(
      GraphCall(.get, ["me"], query: [("fields", "id,name")], urgency: urgency), as: token)
    guard let id = me["id"]?.identifier else {
      throw .unexpected(.init("Facebook did not say whom the token belongs to", httpStatus: 200))
    }
    let own = Page(id: id, name: me["name"]?.string, token: token)
    if id == account.pageID { return own }
    do throws(MarketplaceFailure) {
      return try choose(try await all(token, urgency))
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

  private func all(_ token: Secret, _ urgency: Urgency) async throws(MarketplaceFailure) -> [Page] {
    var pages: [Page] = []
    var trail = PageTrail("Facebook's list of pages")
    repeat {
      var query = [("fields", "id,name,access_token"), ("limit", "100")]
      if let cursor = trail.cursor { query.append(("after", cursor)) }
      let answer = try await graph.call(
        GraphCall(.get, ["me", "accounts"], query: query, urgency: urgency), as: token)
      guard let data = answer["data"]?.array else {
        throw .unexpected(.init("Facebook's list of pages has no data", httpStatus: 200))
      }
      for entry in data {
        // An entry without a token is a page that this person may not post to.
        guard let id = entry["id"]?.identifier, let secret = entry["access_token"]?.string else { continue }
        pages.append(Page(id: id, name: entry["name"]?.string, token: Secret(secret)))
      }
      try trail.goOn(to: try answer.nextCursor())
    } while trail.cursor != nil
    return pages
  }
}
