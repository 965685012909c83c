import Listings

// A change as a line of the ledger.
extension Change {
  var json: JSON {
    switch self {
    case .numbered(let number): .object(["numbered": .integer(number)])
    case .upload(let upload):
      .object([
        "upload": .integer(upload.number), "page": .string(upload.pageID), "photo": .string(upload.photo),
        "at": .integer(upload.uploadedAt.milliseconds), "published": .bool(upload.isPublished),
      ])
    case .post(let post): post.json
    }
  }

  init?(_ json: JSON) {
    if let number = json["numbered"]?.count {
      self = .numbered(number)
    } else if let number = json["upload"]?.count, let page = json["page"]?.text, let photo = json["photo"]?.text,
      let at = json["at"]?.integer, let isPublished = json["published"]?.flag
    {
      self = .upload(
        Upload(
          number: number, pageID: page, photo: photo, uploadedAt: Timestamp(milliseconds: at),
          isPublished: isPublished))
    } else if let post = Post(json) {
      self = .post(post)
    } else {
      return nil
    }
  }
}

extension JSON {
  /// How many there were of something: never more than can be counted on and made ids of.
  fileprivate var count: Int? { integer.flatMap { (0..<1_000_000_000_000).contains($0) ? Int($0) : nil } }
}

extension Post {
  fileprivate var json: JSON {
    .object([
      "post": .integer(number), "marketplace": .string(listing.marketplace), "account": .string(listing.account),
      "id": .string(listing.remoteID), "reference": listing.reference.map(JSON.string), "title": .string(listing.title),
      "description": .string(listing.description), "price": .integer(listing.price),
      "currency": .string(listing.currency), "category": .string(listing.category),
      "condition": .string(listing.condition), "latitude": listing.place.map { .string($0.latitude) },
      "longitude": listing.place.map { .string($0.longitude) }, "photos": .strings(listing.photos),
      "created": .integer(listing.createdAt.milliseconds), "updated": .integer(listing.updatedAt.milliseconds),
      "sold": .bool(listing.isSold), "live": .bool(listing.isLive), "message": .string(message),
      "photo_ids": .strings(photoIDs), "visible": .integer(visibleAt.milliseconds),
      "key": key.map { .string($0.name) }, "key_body": key.map { .string($0.body.hex) },
    ])
  }

  fileprivate init?(_ json: JSON) {
    func text(_ name: String) -> String? { json[name]?.text }
    func time(_ name: String) -> Timestamp? { json[name]?.integer.map(Timestamp.init(milliseconds:)) }
    func texts(_ name: String) -> [String]? { json[name]?.elements?.compactMap(\.text) }
    guard let number = json["post"]?.count, let marketplace = text("marketplace"), let account = text("account"),
      let id = text("id"), let title = text("title"), let description = text("description"),
      let price = json["price"]?.integer, let currency = text("currency"), let category = text("category"),
      let condition = text("condition"), let photos = texts("photos"), let createdAt = time("created"),
      let updatedAt = time("updated"), let isSold = json["sold"]?.flag, let isLive = json["live"]?.flag,
      let message = text("message"), let photoIDs = texts("photo_ids"), let visibleAt = time("visible")
    else { return nil }
    var place: SandboxPlace?
    if let latitude = text("latitude"), let longitude = text("longitude") {
      place = SandboxPlace(latitude: latitude, longitude: longitude)
    }
    self.number = number
    listing = SandboxListing(
      marketplace: marketplace, account: account, remoteID: id, reference: text("reference"), title: title,
      description: description, price: price, currency: currency, category: category, condition: condition,
      place: place, photos: photos, createdAt: createdAt, updatedAt: updatedAt, isSold: isSold, isLive: isLive)
    self.message = message
    self.photoIDs = photoIDs
    self.visibleAt = visibleAt
    if let name = text("key"), let body = text("key_body").flatMap({ Digest(hex: $0) }) {
      key = IdempotencyKey(name: name, body: body)
    }
  }
}
