import Listings

/// What a line says, as far as it could be read ahead.
enum LineContent: Sendable {
  case record(Record)
  case entry(Entry)
  /// Of another kind or shape, or without something that it needs: `Entry(kind:_:)` and `Record(_:)` have the word.
  case other
}

/// Reads the kinds that fill a journal in exactly the shape in which this program writes them, key by key, without a tree
/// of values. Whatever looks otherwise (another order, a field that only a newer hawker knows) is left to `JSONValue`,
/// which gives the same for every line that is read here: `ScannerTests` holds the two against each other.
struct LineScanner {
  private var cursor: LineCursor

  static func read(_ envelope: Envelope, _ bytes: Span<UInt8>) -> LineContent {
    var scanner = LineScanner(cursor: LineCursor(envelope.line.lowerBound..<envelope.body.upperBound))
    do throws(OtherShape) {
      switch envelope.kind {
      case "record":
        try scanner.frame(",\"kind\":\"record\"", bytes)
        return .record(try scanner.record(bytes))
      case "intent":
        try scanner.frame(",\"kind\":\"intent\"", bytes)
        let intent = try scanner.intent(at: envelope.at, bytes)
        try scanner.end()
        return .entry(.intent(intent))
      case "outcome":
        try scanner.frame(",\"kind\":\"outcome\"", bytes)
        return .entry(.outcome(try scanner.outcome(bytes)))
      default: return .other
      }
    } catch { return .other }
  }

  /// The envelope has read it too, and is less strict about numbers than JSON is.
  private mutating func frame(_ kind: StaticString, _ bytes: Span<UInt8>) throws(OtherShape) {
    try cursor.expect("{\"seq\":", bytes)
    _ = try cursor.number(bytes)
    _ = try cursor.number("batch", bytes)
    try cursor.member("at", bytes)
    _ = try cursor.plain(bytes)
    try cursor.expect(kind, bytes)
  }

  private func end() throws(OtherShape) {
    guard cursor.place == cursor.end else { throw OtherShape() }
  }
}

extension LineScanner {
  private mutating func record(_ bytes: Span<UInt8>) throws(OtherShape) -> Record {
    let key = try key(bytes)
    var record = Record(
      key: key, marketplace: try cursor.text("marketplace", bytes), state: try state(bytes),
      remoteID: try cursor.nullableText("remote_id", bytes), url: try cursor.nullableText("url", bytes),
      content: try content(bytes))
    if cursor.has("pending", bytes) {
      try cursor.expect("{\"at\":", bytes)
      record.pending = try intent(at: try cursor.time(bytes), bytes)
      try cursor.expect("}", bytes)
    }
    if cursor.has("failed_digest", bytes) { record.failedDigest = try cursor.digest(bytes) }
    record.file = try cursor.text("file", bytes)
    record.isProtected = try cursor.flag("protected", bytes)
    record.superseded = try texts("superseded", bytes)
    record.failure = try failure(bytes)
    if cursor.has("tries", bytes) { record.tries = min(try cursor.number(bytes), 1_000_000) }
    record.postedAt = try cursor.nullableTime("posted_at", bytes)
    record.updatedAt = try cursor.nullableTime("last_updated_at", bytes)
    try cursor.member("since", bytes)
    record.since = try cursor.time(bytes)
    try end()
    return record
  }

  private mutating func key(_ bytes: Span<UInt8>) throws(OtherShape) -> PostKey {
    PostKey(listing: try cursor.text("listing", bytes), account: try cursor.text("account", bytes))
  }

  private mutating func state(_ bytes: Span<UInt8>) throws(OtherShape) -> Record.State {
    try cursor.member("state", bytes)
    if cursor.skip("\"live\"", bytes) { return .live }
    if cursor.skip("\"withdrawn\"", bytes) {
      guard cursor.has("sold", bytes) else { return .withdrawn(sold: false) }
      try cursor.expect("true", bytes)
      return .withdrawn(sold: true)
    }
    if cursor.skip("\"failed\"", bytes) { return .failed(retryAt: try cursor.optionalTime("retry_at", bytes)) }
    if cursor.skip("\"gone\"", bytes) { return .gone }
    if cursor.skip("\"rejected\"", bytes) { return .rejected }
    try cursor.expect("\"uncertain\"", bytes)
    return .uncertain
  }

  private mutating func texts(_ name: StaticString, _ bytes: Span<UInt8>) throws(OtherShape) -> [String] {
    try cursor.member(name, bytes)
    if cursor.skip("[]", bytes) { return [] }
    try cursor.expect("[", bytes)
    var texts = [try cursor.string(bytes)]
    while cursor.skip(",", bytes) { texts.append(try cursor.string(bytes)) }
    try cursor.expect("]", bytes)
    return texts
  }

  private mutating func failure(_ bytes: Span<UInt8>) throws(OtherShape) -> Failure? {
    guard cursor.has("error", bytes) else { return nil }
    try cursor.expect("{\"code\":", bytes)
    var failure = Failure(code: try cursor.string(bytes), message: try cursor.text("message", bytes))
    if cursor.has("http_status", bytes) { failure.httpStatus = try cursor.number(bytes) }
    failure.retryAt = try cursor.optionalTime("retry_at", bytes)
    try cursor.expect("}", bytes)
    return failure
  }

  private mutating func intent(at: Timestamp, _ bytes: Span<UInt8>) throws(OtherShape) -> Intent {
    let op = try cursor.text("op", bytes)
    guard let action = Intent.Action(rawValue: try cursor.text("action", bytes)) else { throw OtherShape() }
    return Intent(
      op: op, action: action, key: try key(bytes), marketplace: try cursor.text("marketplace", bytes),
      reference: try cursor.text("reference", bytes), content: try content(bytes),
      remoteID: try cursor.optionalText("remote_id", bytes), file: try cursor.text("file", bytes),
      attempt: cursor.has("attempt", bytes) ? min(try cursor.number(bytes), 1_000_000) : 1, at: at,
      isSale: cursor.has("sale", bytes) ? try flag(bytes) : false, because: try cursor.optionalText("because", bytes))
  }

  private mutating func flag(_ bytes: Span<UInt8>) throws(OtherShape) -> Bool {
    if cursor.skip("true", bytes) { return true }
    try cursor.expect("false", bytes)
    return false
  }

  private mutating func outcome(_ bytes: Span<UInt8>) throws(OtherShape) -> Outcome {
    let op = try cursor.text("op", bytes)
    // Whose it is stands there for people.
    if cursor.has("listing", bytes) {
      _ = try cursor.string(bytes)
      _ = try cursor.text("account", bytes)
    }
    guard let result = Outcome.Result(rawValue: try cursor.text("result", bytes)) else { throw OtherShape() }
    let outcome = Outcome(
      op: op, result: result, remoteID: try cursor.optionalText("remote_id", bytes),
      url: try cursor.optionalText("url", bytes), attempts: min(try cursor.number("attempts", bytes), 1_000_000),
      failure: try failure(bytes))
    try end()
    return outcome
  }
}

extension LineScanner {
  /// The content and its digest, which says nothing new.
  private mutating func content(_ bytes: Span<UInt8>) throws(OtherShape) -> Content? {
    try cursor.member("content", bytes)
    if cursor.skip("null,\"digest\":null", bytes) { return nil }
    try cursor.expect("{\"title\":", bytes)
    let (title, description) = (try cursor.string(bytes), try cursor.text("description", bytes))
    let minor = try cursor.number("price", bytes)
    guard let currency = Currency(code: try cursor.text("currency", bytes)) else { throw OtherShape() }
    let content = Content(
      title: title, description: description, price: Money(minor: Int64(minor), currency: currency),
      category: try cursor.text("category", bytes), condition: try cursor.text("condition", bytes),
      location: try location(bytes), photos: try photos(bytes))
    try cursor.expect("},\"digest\":", bytes)
    _ = try cursor.digest(bytes)
    return content
  }

  private mutating func location(_ bytes: Span<UInt8>) throws(OtherShape) -> Location? {
    guard cursor.has("location", bytes) else { return nil }
    try cursor.expect("{\"latitude\":", bytes)
    let latitude = try cursor.plain(bytes)
    try cursor.member("longitude", bytes)
    let longitude = try cursor.plain(bytes)
    guard let latitude = Coordinate(parsing: bytes.extracting(latitude), limit: 90),
      let longitude = Coordinate(parsing: bytes.extracting(longitude), limit: 180)
    else { throw OtherShape() }
    let location = Location(
      latitude: latitude, longitude: longitude, postalCode: try cursor.optionalText("postal_code", bytes))
    try cursor.expect("}", bytes)
    return location
  }

  private mutating func photos(_ bytes: Span<UInt8>) throws(OtherShape) -> [PhotoReference] {
    try cursor.member("photos", bytes)
    if cursor.skip("[]", bytes) { return [] }
    try cursor.expect("[", bytes)
    var photos = [try photo(bytes)]
    while cursor.skip(",", bytes) { photos.append(try photo(bytes)) }
    try cursor.expect("]", bytes)
    return photos
  }

  private mutating func photo(_ bytes: Span<UInt8>) throws(OtherShape) -> PhotoReference {
    if let digest = cursor.openDigest(bytes) {
      let format = PhotoFormat.allCases.first { cursor.skip($0.ending, bytes) }
      try cursor.expect("\"", bytes)
      guard let format else { throw OtherShape() }
      return .file(digest, format)
    }
    guard let photo = PhotoReference(try cursor.string(bytes)) else { throw OtherShape() }
    return photo
  }
}
