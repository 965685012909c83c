import Listings

// Making, changing and withdrawing listings.
extension FacebookDesk {
  private static let goodsNames: Set<String> = [
    "name", "description", "price_currency", "price_amount", "category_specific_fields", "photo_ids", "retailer_id",
  ]

  func create(on page: FacebookPage) throws(GraphError) -> Decision {
    let number = desk.store.next
    let body = try json()
    var listing = SandboxListing(
      marketplace: "facebook", account: page.id, remoteID: "\(page.id)_\(number)", title: "", description: "", price: 0,
      currency: "", category: "", condition: "", photos: [], createdAt: desk.now, updatedAt: desk.now, isSold: false,
      isLive: true)
    var post: Post
    do throws(Refusal) {
      let fields = try ObjectReading(body, allowing: ["message", "type", "marketplace_listing"])
      _ = try fields.require("type", try fields.word("type", of: ["MARKETPLACE_LISTING"]))
      let message = try fields.require("message", try fields.text("message", length: 1...63_206))
      let goods = try fields.require(
        "marketplace_listing", try fields.object("marketplace_listing", allowing: FacebookDesk.goodsNames))
      for name in FacebookDesk.goodsNames where name != "retailer_id" && !goods.has(name) {
        throw goods.refuse(name, "is required")
      }
      listing.reference = try goods.text("retailer_id", length: 1...100)
      post = Post(
        number: number, listing: listing, message: message, visibleAt: desk.now.advanced(by: desk.settings.hiddenFor))
      try change(&post, to: goods, isNew: true)
    } catch { throw .refused(error) }
    if desk.settings.refusesRepeats, desk.store.latest(of: page.id)?.message == post.message {
      throw GraphError(code: 506, message: "(#506) Duplicate status message")
    }
    let answer = Answer(json: .object(["id": .string(post.listing.remoteID)]))
    return Decision(answer, changes: [.post(post)])
  }

  func update(_ old: Post) throws(GraphError) -> Decision {
    let body = try json()
    var post = old
    do throws(Refusal) {
      let fields = try ObjectReading(body, allowing: ["message", "marketplace_listing"])
      if fields.isEmpty { throw Refusal(field: "", message: "nothing to change") }
      if let message = try fields.text("message", length: 1...63_206) { post.message = message }
      if let goods = try fields.object("marketplace_listing", allowing: FacebookDesk.goodsNames) {
        if goods.has("retailer_id"), try goods.text("retailer_id", length: 1...100) != post.listing.reference {
          throw goods.refuse("retailer_id", "can't be changed")
        }
        try change(&post, to: goods, isNew: false)
      }
    } catch { throw .refused(error) }
    post.listing.updatedAt = desk.now
    return Decision(Answer(json: .object(["success": true])), changes: [.post(post)])
  }

  func withdraw(_ old: Post) throws(GraphError) -> Decision {
    guard request.body.isEmpty else { throw .parameter("A DELETE has no body") }
    var post = old
    post.listing.isLive = false
    post.listing.updatedAt = desk.now
    return Decision(Answer(json: .object(["success": true])), changes: [.post(post)])
  }

  private func change(_ post: inout Post, to goods: ObjectReading, isNew: Bool) throws(Refusal) {
    post.listing.title = try goods.text("name", length: 1...100) ?? post.listing.title
    post.listing.description = try goods.text("description", length: 0...5000) ?? post.listing.description
    post.listing.price = try goods.amount("price_amount") ?? post.listing.price
    if let code = try goods.text("price_currency", length: 3...3) {
      guard Currency(code: code) != nil else { throw goods.refuse("price_currency", "is not an ISO 4217 code") }
      post.listing.currency = code
    }
    let specifics = try goods.object("category_specific_fields", allowing: ["category", "condition"])
    if let specifics {
      if isNew || specifics.isEmpty {
        for name in ["category", "condition"] where !specifics.has(name) {
          throw specifics.refuse(name, "is required")
        }
      }
      post.listing.category = try specifics.text("category", length: 1...200) ?? post.listing.category
      let words = ["NEW", "LIKE_NEW", "USED"]
      post.listing.condition = try specifics.word("condition", of: words) ?? post.listing.condition
    }
    if let ids = try goods.strings("photo_ids", count: 1...20) { try attach(ids, to: &post, goods: goods) }
  }

  /// A photo that the listing already shows stays usable; any other must be an unpublished upload of the last day.
  private func attach(_ ids: [String], to post: inout Post, goods: ObjectReading) throws(Refusal) {
    let shown = Dictionary(zip(post.photoIDs, post.listing.photos)) { first, _ in first }
    var photos: [String] = []
    for id in ids {
      if let photo = shown[id] {
        photos.append(photo)
        continue
      }
      guard let upload = desk.store.uploads[id], upload.pageID == post.listing.account,
        !upload.isExpired(at: desk.now)
      else { throw goods.refuse("photo_ids", "names \(id), which is no photo of this Page, or is older than 24 hours") }
      guard !upload.isPublished else {
        throw goods.refuse("photo_ids", "names \(id), which was published; upload it with published=false")
      }
      photos.append(upload.photo)
    }
    post.photoIDs = ids
    post.listing.photos = photos
  }

  private func json() throws(GraphError) -> JSON {
    guard request.mediaType == "application/json", request.charsetProblem == nil else {
      throw .parameter(
        "The Content-Type must be application/json in UTF-8, is '\(request.headers["content-type"] ?? "")'")
    }
    do { return try JSONReading.value(of: request.body) } catch {
      throw .parameter("Invalid JSON: \(error.message)")
    }
  }
}
