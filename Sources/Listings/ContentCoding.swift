extension Content {
  /// The canonical JSON: keys in `Field`'s order, money in minor units, coordinates as text (the journal has no floats).
  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.field("title", title)
      json.field("description", description)
      json.field("price", price.minor)
      json.field("currency", price.currency.code)
      json.field("category", category)
      json.field("condition", condition)
      if let location {
        json.key("location")
        json.object { json in
          json.field("latitude", location.latitude.description)
          json.field("longitude", location.longitude.description)
          if let postalCode = location.postalCode { json.field("postal_code", postalCode) }
        }
      }
      json.key("photos")
      json.array { json in
        for photo in photos { photo.write(to: &json) }
      }
    }
  }

  /// Bytes that it may take in a record, the path of its file among them: what a line of the journal has room for.
  package static let recordLimit = 48 * 1024

  /// How many it takes, when they are too many. A byte is at most six in JSON, which alone settles nearly every case.
  package func excess(with file: String) -> Int? {
    let words = title.utf8.count + description.utf8.count + category.utf8.count + condition.utf8.count
    let addresses = photos.reduce(0) { $0 + $1.size }
    if 6 * (words + addresses + file.utf8.count) + 512 <= Content.recordLimit { return nil }
    var json = JSONWriter()
    write(to: &json)
    json.value(file)
    return json.bytes.count > Content.recordLimit ? json.bytes.count : nil
  }

  /// The content's identity: SHA-256 of its canonical JSON.
  package var digest: Digest {
    var json = JSONWriter()
    write(to: &json)
    return Digest(of: json.bytes)
  }

  /// Reads what `write` wrote; nil when a part is missing or malformed.
  package init?(_ json: JSONValue) {
    guard let title = json["title"]?.string, let description = json["description"]?.string,
      let minor = json["price"]?.integer, minor >= 0, let code = json["currency"]?.string,
      let currency = Currency(code: code), let category = json["category"]?.string,
      let condition = json["condition"]?.string, let photos = json["photos"]?.array
    else { return nil }
    var references: [PhotoReference] = []
    for photo in photos {
      guard let text = photo.string, let reference = PhotoReference(text) else { return nil }
      references.append(reference)
    }
    var location: Location?
    if let place = json["location"] {
      guard let latitude = place["latitude"]?.string.flatMap({ Coordinate(parsing: $0, limit: 90) }),
        let longitude = place["longitude"]?.string.flatMap({ Coordinate(parsing: $0, limit: 180) })
      else { return nil }
      location = Location(latitude: latitude, longitude: longitude, postalCode: place["postal_code"]?.string)
    }
    self.init(
      title: title, description: description, price: Money(minor: minor, currency: currency), category: category,
      condition: condition, location: location, photos: references)
  }
}

extension PhotoReference {
  fileprivate var size: Int { if case .url(let address) = self { address.utf8.count } else { 80 } }

  /// Its description, as text.
  fileprivate func write(to json: inout JSONWriter) {
    switch self {
    case .file(let digest, let format): json.value(digest, ending: format.ending)
    case .url(let address): json.value(address)
    }
  }
}
