// Facebook: the adapter for posts on a Page. In: drafts and remote ids. Out: Graph requests; what Facebook answered, or
// a failure of the contract's closed set. It must never send a create twice, guess that a create failed, put a token
// into an address or a message, or create a post before all its photos are there.
//
// The call it makes is the original brief's; Meta's public reference does not have it (marketplaces.md).

import Curl
import Listings
import Marketplaces

package struct Facebook: Marketplace {
  private let graph: Graph
  private let pages: Pages
  private let photos: PhotoUploads

  /// What `tokens` gives is the user's token or the Page's own.
  package init(
    account: Config.Account, tokens: any TokenSource, appSecret: Secret?, pace: Pace, client: Client = .shared,
    ambient: Ambient, uploads: UploadStore = .none, hiding secrets: [Secret] = []
  ) {
    graph = Graph(
      account: account, client: client, pace: pace, ambient: ambient, appSecret: appSecret,
      secrets: secrets + [appSecret].compactMap(\.self))
    pages = Pages(graph: graph, tokens: tokens)
    photos = PhotoUploads(graph: graph, store: uploads)
  }

  /// With one token for ever; nil makes every call fail with what to do.
  package init(
    account: Config.Account, token: Secret?, appSecret: Secret?, pace: Pace, client: Client = .shared,
    ambient: Ambient, uploads: UploadStore = .none
  ) {
    self.init(
      account: account, tokens: FixedToken(token, account: account), appSecret: appSecret, pace: pace, client: client,
      ambient: ambient, uploads: uploads, hiding: [token].compactMap(\.self))
  }

  package func create(_ draft: Draft) async throws(MarketplaceFailure) -> Posted {
    let (answer, pageID) = try await onPage { (page) throws(MarketplaceFailure) in
      let ids = try await photos.ids(for: draft.photos, on: page)
      CrashPoint.reach("photos-ready")
      let body = PostWriting.create(draft, photos: ids)
      let path = [page.id, "feed"]
      let answer = try await dropping(draft.photos, on: page) { () throws(MarketplaceFailure) in
        try await graph.call(GraphCall(.post, path, body: .json(body), about: .creation), as: page.token)
      }
      return (answer, page.id)
    }
    // The page itself has an address like a post's, and a later withdrawal would go there.
    guard let id = answer["id"]?.identifier, id.isRemoteID, id != pageID, id != "me" else {
      throw .uncertain(.init("Facebook took the post but did not say its id", httpStatus: 200))
    }
    return Posted(remoteID: id, url: PostReading.url(of: id))
  }

  package func update(
    _ remoteID: String, to draft: Draft, changed: Set<Content.Field>
  ) async throws(MarketplaceFailure) {
    try check(remoteID)
    guard !changed.subtracting([.location]).isEmpty else { return }
    let answer = try await onPage { (page) throws(MarketplaceFailure) in
      let ids = changed.contains(.photos) ? try await photos.ids(for: draft.photos, on: page) : []
      let body = PostWriting.update(draft, changed: changed, photos: ids)
      return try await dropping(changed.contains(.photos) ? draft.photos : [], on: page) {
        () throws(MarketplaceFailure) in
        try await onPost(GraphCall(.post, [remoteID], body: .json(body), about: .post), page)
      }
    }
    try confirm(answer, "the change")
  }

  package func withdraw(_ remoteID: String, urgency: Urgency) async throws(MarketplaceFailure) {
    try check(remoteID)
    let answer: JSONValue
    do throws(MarketplaceFailure) {
      answer = try await onPage(urgency) { (page) throws(MarketplaceFailure) in
        try await onPost(GraphCall(.delete, [remoteID], about: .post, urgency: urgency), page)
      }
    } catch .gone {
      return
    }
    try confirm(answer, "the withdrawal")
  }

  package func read(_ remoteID: String) async throws(MarketplaceFailure) -> RemotePost? {
    try await read(remoteID, urgency: .normal)
  }

  package func read(_ remoteID: String, urgency: Urgency) async throws(MarketplaceFailure) -> RemotePost? {
    try check(remoteID)
    let answer: JSONValue
    do throws(MarketplaceFailure) {
      answer = try await onPage(urgency) { (page) throws(MarketplaceFailure) in
        let fields = [("fields", "id,created_time,message,marketplace_listing")]
        let call = GraphCall(.get, [remoteID], query: fields, about: .post, urgency: urgency)
        return try await onPost(call, page)
      }
    } catch .gone {
      return nil
    }
    // Asked by a post's own number, Facebook answers with the page's in front of it.
    guard let post = PostReading(answer)?.post,
      post.remoteID == remoteID || post.remoteID.hasSuffix("_" + remoteID) || remoteID.hasSuffix("_" + post.remoteID)
    else {
      throw .unexpected(.init("Facebook's answer about post \(remoteID) is not that post", httpStatus: 200))
    }
    return post
  }

  package func lookUp(_ draft: Draft, since: Timestamp) async throws(MarketplaceFailure) -> [RemotePost] {
    var posts: [PostReading] = []
    var trail = PageTrail("Facebook's list of posts")
    repeat {
      let page = try await feed(after: trail.cursor)
      // A page that shifts while it is read shows a post twice.
      for reading in page.posts where reading.mayBe(draft) {
        if !posts.contains(where: { $0.post.remoteID == reading.post.remoteID }) { posts.append(reading) }
      }
      try trail.goOn(to: page.next)
    } while trail.cursor != nil
    return PostReading.matches(of: draft, since: since, among: posts)
  }

  package func list(after cursor: String?) async throws(MarketplaceFailure) -> RemotePage {
    let page = try await feed(after: cursor)
    return RemotePage(posts: page.posts.map(\.post), next: page.next)
  }

  package func verify() async throws(MarketplaceFailure) -> Identity {
    let page = try await pages.freshPage()
    return Identity(id: page.id, name: page.name)
  }
}

extension Facebook {
  /// Runs `body` with the Page and its token. When Facebook refuses them, the next call finds out anew.
  private func onPage<Value: Sendable>(
    _ urgency: Urgency = .normal, _ body: (Page) async throws(MarketplaceFailure) -> Value
  ) async throws(MarketplaceFailure) -> Value {
    let (page, token) = try await pages.page(urgency)
    CrashPoint.reach("page-known")
    do throws(MarketplaceFailure) {
      return try await body(page)
    } catch {
      if case .unauthorized = error { pages.forget(page, by: token) }
      throw error
    }
  }

  /// A call about one post. "Not there" may also mean "not for this token": it counts once the token has proved good, and
  /// to be that of the post's own Page.
  private func onPost(_ call: GraphCall, _ page: Page) async throws(MarketplaceFailure) -> JSONValue {
    do throws(MarketplaceFailure) {
      return try await graph.call(call, as: page.token)
    } catch .gone(let detail) {
      let me = try await graph.call(
        GraphCall(.get, ["me"], query: [("fields", "id")], urgency: call.urgency), as: page.token)
      guard me["id"]?.identifier == page.id else {
        throw .unexpected(.init("Facebook says that the token belongs to another page than before", httpStatus: 200))
      }
      if let owner = Config.Account.page(ofPost: call.path.first ?? ""), owner != page.id {
        throw .unauthorized(
          .init(
            "post \(call.path.first ?? "") stands on page \(owner), and account \(graph.account.name) is connected to page "
              + "\(page.id): it can't be seen from there; connect to page \(owner) again, or write page_id: "
              + "\"\(page.id)\" for this account in hawker.yaml: its posts elsewhere are then held, and hawker release "
              + "--scope forgets them"))
      }
      throw .gone(detail)
    }
  }

  /// Photos that a refused post named may be why: uploads that Facebook dropped early. They are uploaded anew next time.
  private func dropping(
    _ used: [Photo], on page: Page, _ body: () async throws(MarketplaceFailure) -> JSONValue
  ) async throws(MarketplaceFailure) -> JSONValue {
    do throws(MarketplaceFailure) {
      return try await body()
    } catch {
      if case .rejected = error { photos.forget(used, on: page) }
      throw error
    }
  }

  private func feed(after cursor: String?) async throws(MarketplaceFailure) -> (posts: [PostReading], next: String?) {
    let answer = try await onPage { (page) throws(MarketplaceFailure) in
      var query = [("fields", "id,created_time,message,marketplace_listing"), ("limit", "100")]
      if let cursor { query.append(("after", cursor)) }
      return try await graph.call(GraphCall(.get, [page.id, "feed"], query: query), as: page.token)
    }
    guard let data = answer["data"]?.array else {
      throw .unexpected(.init("Facebook's list of posts has no data", httpStatus: 200))
    }
    let posts = data.compactMap(PostReading.init)
    guard posts.count == data.count else {
      throw .unexpected(.init("Facebook's list of posts holds something that is not a post", httpStatus: 200))
    }
    return (posts, try answer.nextCursor())
  }

  private func check(_ remoteID: String) throws(MarketplaceFailure) {
    guard remoteID.isRemoteID else {
      throw .rejected(.init("“\(remoteID.quotable(hiding: []))” can't be the id of a Facebook post"))
    }
  }

  private func confirm(_ answer: JSONValue, _ what: String) throws(MarketplaceFailure) {
    guard answer["success"]?.bool == true else {
      throw .unexpected(.init("Facebook did not confirm \(what)", httpStatus: 200))
    }
  }
}

extension JSONValue {
  /// Where the next page of a list begins; nil on the last. Only the cursor is followed: the address in `next` may
  /// name another version or host.
  func nextCursor() throws(MarketplaceFailure) -> String? {
    guard let paging = self["paging"], paging != .null else { return nil }
    guard paging.members != nil else {
      throw .unexpected(.init("Facebook's list does not say whether it goes on", httpStatus: 200))
    }
    guard let next = paging["next"], next != .null else { return nil }
    guard let cursor = paging["cursors"]?["after"]?.string, !cursor.isEmpty else {
      throw .unexpected(.init("Facebook's list goes on but does not say where", httpStatus: 200))
    }
    return cursor
  }
}
