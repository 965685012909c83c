// OfferUp: the adapter. In: drafts and remote ids. Out: requests of the brief's contract and, unless the account turns
// them off, of its extensions (reference, look-up, reading); what OfferUp answered, or a failure of the contract's closed
// set. It must never send a create twice, guess that a create failed, or put a token into an address or a message.
//
// OfferUp publishes no listing API: the contract is the original brief's (marketplaces.md).

import Curl
import Listings
import Marketplaces

package struct OfferUp: Marketplace {
  let account: Config.Account
  private let publicURL: String?
  private let wire: Wire

  /// `publicURL` is `web.public_url`, where hawker serves photos.
  package init(
    account: Config.Account, tokens: any TokenSource, publicURL: String?, pace: Pace, client: Client = .shared,
    ambient: Ambient
  ) {
    self.account = account
    self.publicURL = publicURL
    wire = Wire(account: account, tokens: tokens, client: client, pace: pace, ambient: ambient)
  }

  /// With one token for ever; nil makes every call fail with what to do.
  package init(
    account: Config.Account, token: Secret?, publicURL: String?, pace: Pace, client: Client = .shared, ambient: Ambient
  ) {
    self.init(
      account: account, tokens: FixedToken(token, account: account), publicURL: publicURL, pace: pace, client: client,
      ambient: ambient)
  }

  package func create(_ draft: Draft) async throws(MarketplaceFailure) -> Posted {
    let body = try ListingWriting(account: account, publicURL: publicURL).create(draft)
    var call = WireCall(.post, ["listings"], body: body, about: .creation)
    if account.extensions { call.headers.append(("Idempotency-Key", draft.op)) }
    let answer = try await wire.json(call)
    guard let id = answer["id"]?.identifier, id.isRemoteID else {
      throw .uncertain(.init("OfferUp took the listing but did not say its id", httpStatus: 200))
    }
    return Posted(remoteID: id, url: ListingReading.url(answer, id: id))
  }

  package func update(
    _ remoteID: String, to draft: Draft, changed: Set<Content.Field>
  ) async throws(MarketplaceFailure) {
    try check(remoteID)
    guard !changed.isEmpty else { return }
    let body = try ListingWriting(account: account, publicURL: publicURL).update(draft, changed: changed)
    try await wire.confirm(WireCall(.patch, ["listings", remoteID], body: body, about: .listing))
  }

  package func withdraw(_ remoteID: String, urgency: Urgency) async throws(MarketplaceFailure) {
    try check(remoteID)
    do throws(MarketplaceFailure) {
      try await wire.confirm(WireCall(.delete, ["listings", remoteID], about: .listing, urgency: urgency))
    } catch .gone {
      return
    }
  }

  package func read(_ remoteID: String) async throws(MarketplaceFailure) -> RemotePost? {
    try await read(remoteID, urgency: .normal)
  }

  package func read(_ remoteID: String, urgency: Urgency) async throws(MarketplaceFailure) -> RemotePost? {
    try check(remoteID)
    try needsExtensions("Reading a listing")
    let answer: JSONValue
    do throws(MarketplaceFailure) {
      answer = try await wire.json(WireCall(.get, ["listings", remoteID], about: .listing, urgency: urgency))
    } catch .gone {
      return nil
    }
    guard let post = ListingReading.post(answer), post.remoteID == remoteID else {
      throw .unexpected(.init("OfferUp's answer about listing \(remoteID) is not that listing", httpStatus: 200))
    }
    return post
  }

  package func lookUp(_ draft: Draft, since: Timestamp) async throws(MarketplaceFailure) -> [RemotePost] {
    try needsExtensions("Looking a listing up")
    var posts: [RemotePost] = []
    var trail = PageTrail("OfferUp's list of listings")
    repeat {
      let page = try await list([("external_id", draft.reference)], after: trail.cursor)
      // A service that doesn't know the filter answers with everything; a page that shifts shows a listing twice.
      for post in page.posts where post.reference == draft.reference {
        if !posts.contains(where: { $0.remoteID == post.remoteID }) { posts.append(post) }
      }
      try trail.goOn(to: page.next)
    } while trail.cursor != nil
    return posts
  }

  package func list(after cursor: String?) async throws(MarketplaceFailure) -> RemotePage {
    try needsExtensions("Listing what is there")
    return try await list([("limit", "100")], after: cursor)
  }

  package func verify() async throws(MarketplaceFailure) -> Identity {
    try needsExtensions("Checking the token")
    _ = try await wire.json(WireCall(.get, ["listings"], query: [("limit", "1")]))
    // The contract has no call that names the token's owner.
    return Identity(id: account.name)
  }
}

extension OfferUp {
  private func list(
    _ query: [(String, String)], after cursor: String?
  ) async throws(MarketplaceFailure) -> RemotePage {
    let answer = try await wire.json(
      WireCall(.get, ["listings"], query: query + (cursor.map { [("cursor", $0)] } ?? [])))
    guard let data = answer["data"]?.array else {
      throw .unexpected(.init("OfferUp's list of listings has no data", httpStatus: 200))
    }
    let posts = data.compactMap(ListingReading.post)
    guard posts.count == data.count else {
      throw .unexpected(.init("OfferUp's list of listings holds something that is not a listing", httpStatus: 200))
    }
    let next = answer["next_cursor"] ?? .null
    guard next == .null || next.string != nil || next.integer != nil else {
      throw .unexpected(.init("OfferUp's list does not say whether it goes on", httpStatus: 200))
    }
    return RemotePage(posts: posts, next: next.identifier)
  }

  private func check(_ remoteID: String) throws(MarketplaceFailure) {
    guard remoteID.isRemoteID else {
      throw .rejected(.init("“\(remoteID.quotable(hiding: []))” can't be the id of an OfferUp listing"))
    }
  }

  private func needsExtensions(_ what: String) throws(MarketplaceFailure) {
    guard !account.extensions else { return }
    throw .unexpected(
      .init("\(what) is not part of OfferUp's bare contract, and accounts.\(account.name).extensions is false"))
  }
}
