import Listings

// Making, changing and withdrawing listings.
extension OfferUpDesk {
  private static let names: Set<String> = [
    "title", "description", "price_cents", "photos", "category", "location", "condition",
  ]

  func create() throws(OfferUpError) -> Decision {
    if let extra = request.query.first { throw .bad("\(extra.name) is not a known parameter.") }
    let key = try idempotencyKey()
    if let key, let earlier = desk.store.post(key: key.name) { return Decision(try answer(again: earlier, key)) }
    let number = desk.store.next
    let listing = SandboxListing(
      marketplace: "offerup", account: OfferUpDesk.account, remoteID: "ou\(number)", title: "", description: "",
      price: 0, currency: "USD", category: "", condition: "", photos: [], createdAt: desk.now, updatedAt: desk.now,
      isSold: false, isLive: true)
    var post = Post(
      number: number, listing: listing, visibleAt: desk.now.advanced(by: desk.settings.hiddenFor), key: key)
    let body = try json()
    var photos: [PhotoBytes] = []
    do throws(Refusal) {
      let fields = try ObjectReading(body, allowing: OfferUpDesk.names.union(["external_id"]))
      for name in OfferUpDesk.names.sorted() where !fields.has(name) { throw fields.refuse(name, "is required") }
      let reference = try fields.text("external_id", length: 1...128)
      if !desk.settings.isBare { post.listing.reference = reference }
      photos = try change(&post, to: fields)
    } catch { throw .refused(error) }
    return Decision(created(post), changes: [.post(post)], photos: photos)
  }

  private func created(_ post: Post) -> Answer {
    Answer(
      201,
      json: .object(["id": .string(post.listing.remoteID), "url": .string(url(of: post.listing.remoteID))]))
  }

  private func idempotencyKey() throws(OfferUpError) -> IdempotencyKey? {
    guard !desk.settings.isBare, let name = request.headers["idempotency-key"] else { return nil }
    guard (1...255).contains(name.utf8.count) else { throw .bad("Idempotency-Key must have 1 to 255 characters.") }
    return IdempotencyKey(name: name, body: Digest(of: request.body))
  }

  private func answer(again post: Post, _ key: IdempotencyKey) throws(OfferUpError) -> Answer {
    guard post.key == key else {
      throw OfferUpError(
        status: 422, code: "idempotency_key_reused", message: "This Idempotency-Key came with another body before.")
    }
    return created(post).with("Idempotent-Replayed", "true")
  }

  func update(_ old: Post) throws(OfferUpError) -> Decision {
    var post = old
    let body = try json()
    var photos: [PhotoBytes] = []
    do throws(Refusal) {
      let fields = try ObjectReading(body, allowing: OfferUpDesk.names)
      if fields.isEmpty { throw Refusal(field: "", message: "there is nothing to change") }
      photos = try change(&post, to: fields)
    } catch { throw .refused(error) }
    post.listing.updatedAt = desk.now
    let answer = desk.settings.isBare ? JSON.object(["id": .string(post.listing.remoteID)]) : object(post)
    return Decision(Answer(json: answer), changes: [.post(post)], photos: photos)
  }

  func withdraw(_ old: Post) throws(OfferUpError) -> Decision {
    guard request.body.isEmpty else { throw .bad("A DELETE has no body.") }
    var post = old
    post.listing.isLive = false
    post.listing.updatedAt = desk.now
    return Decision(Answer(status: 204), changes: [.post(post)])
  }

  private func change(_ post: inout Post, to fields: ObjectReading) throws(Refusal) -> [PhotoBytes] {
    post.listing.title = try fields.text("title", length: 1...122) ?? post.listing.title
    post.listing.description = try fields.text("description", length: 0...5000) ?? post.listing.description
    post.listing.price = try fields.amount("price_cents") ?? post.listing.price
    post.listing.category = try fields.text("category", length: 1...200) ?? post.listing.category
    let words = ["new", "like_new", "used"]
    post.listing.condition = try fields.word("condition", of: words) ?? post.listing.condition
    if let location = try fields.object("location", allowing: ["latitude", "longitude"]) {
      post.listing.place = SandboxPlace(
        latitude: try location.degrees("latitude", limit: 90), longitude: try location.degrees("longitude", limit: 180))
    }
    guard let addresses = try fields.strings("photos", count: 1...12) else { return [] }
    return try copy(addresses, to: &post, fields: fields)
  }

  /// Takes a copy of each of hawker's photos, as a marketplace does; others stay addresses.
  private func copy(_ addresses: [String], to post: inout Post, fields: ObjectReading) throws(Refusal) -> [PhotoBytes] {
    var photos: [PhotoBytes] = []
    var kept: [String] = []
    for address in addresses {
      guard desk.isAddress(address) else { throw fields.refuse("photos", "has ‘\(address)’, which is no http address") }
      guard let copy = desk.copied(address) else {
        throw fields.refuse("photos", "has \(address), where there is no such picture")
      }
      kept.append(copy.kept)
      if let bytes = copy.bytes { photos.append(bytes) }
    }
    post.listing.photos = kept
    return photos
  }

  func json() throws(OfferUpError) -> JSON {
    guard request.mediaType == "application/json", request.charsetProblem == nil else {
      throw OfferUpError(
        status: 415, code: "unsupported_media_type", message: "The Content-Type must be application/json in UTF-8.")
    }
    do { return try JSONReading.value(of: request.body) } catch {
      throw .bad("The body is not JSON: \(error.message).")
    }
  }
}
