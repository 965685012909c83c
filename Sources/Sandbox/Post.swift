import Listings

/// A listing with what only its marketplace knows of it.
struct Post: Hashable, Sendable {
  /// Unique over both marketplaces and over restarts; remote ids are made of it.
  var number: Int
  var listing: SandboxListing
  /// Facebook: the text of the post, and the uploads that it shows.
  var message = ""
  var photoIDs: [String] = []
  /// Look-ups and lists don't show it before.
  var visibleAt: Timestamp
  /// OfferUp: the idempotency key of its create, and the digest of that body.
  var key: IdempotencyKey?
}

struct IdempotencyKey: Hashable, Sendable {
  var name: String
  var body: Digest
}

/// A photo that was uploaded to Facebook and may be used in a listing, for a day.
struct Upload: Hashable, Sendable {
  static let lifetime = Duration.seconds(24 * 3600)

  var number: Int
  var pageID: String
  /// `<hex>.<ext>`, or an address that was not fetched.
  var photo: String
  var uploadedAt: Timestamp
  var isPublished: Bool

  var id: String { String(500_000_000 + number) }

  func isExpired(at now: Timestamp) -> Bool { now.duration(since: uploadedAt) > Upload.lifetime }
}

/// A photo by its bytes: `<64 hexadecimal digits>.<ext>`.
struct PhotoName: Hashable, Sendable, CustomStringConvertible {
  let digest: Digest
  let format: PhotoFormat

  init(digest: Digest, format: PhotoFormat) {
    self.digest = digest
    self.format = format
  }

  init?(_ text: some StringProtocol) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].utf8.allSatisfy({ !(0x41...0x5A).contains($0) }),
      let digest = Digest(hex: parts[0]),
      let format = PhotoFormat(rawValue: String(parts[1]))
    else { return nil }
    self.init(digest: digest, format: format)
  }

  var description: String { "\(digest.hex).\(format.rawValue)" }
}

struct PhotoBytes: Hashable, Sendable {
  let name: PhotoName
  let bytes: [UInt8]

  /// Nil when the bytes aren't a picture.
  init?(_ bytes: [UInt8]) {
    guard let format = PhotoFormat(sniffing: bytes.prefix(16)) else { return nil }
    name = PhotoName(digest: Digest(of: bytes), format: format)
    self.bytes = bytes
  }
}

/// Something that happened, as the ledger keeps it. A post or an upload is kept whole: the last word counts.
enum Change: Hashable, Sendable {
  case post(Post)
  case upload(Upload)
  /// Numbers below this one were given out.
  case numbered(Int)
}
