import Curl
import Listings
import Marketplaces

/// A marketplace's answer out of a fuzzer's bytes, and what must hold of whatever is made of one.
struct Answer {
  let status: Int
  let headers: Headers
  let body: [UInt8]

  init(_ bytes: [UInt8]) {
    status = bytes.count < 2 ? 200 : 100 + (Int(bytes[0]) << 8 | Int(bytes[1])) % 500
    let rest = bytes.dropFirst(2)
    var end = rest.startIndex
    while end + 1 < rest.endIndex, !(rest[end] == 0x0A && rest[end + 1] == 0x0A) { end += 1 }
    headers = Headers(raw: Array(rest[..<end]))
    body = Array(rest[min(end + 2, rest.endIndex)...])
  }

  static let now = Timestamp(milliseconds: 1_795_363_200_000)
  static let token = Secret("a-token-that-nobody-may-see")
  static let account = Config.Account(name: "anna", marketplace: "facebook")
  static let draft = Draft(
    listing: "desk", op: "01JD", reference: "hawker-desk",
    content: Content(
      title: "Desk", description: "Oak.", price: Money(minor: 45_000, currency: .usd), category: "FURNITURE",
      condition: "USED", location: nil, photos: []),
    photos: [])

  static func check(_ detail: MarketplaceFailure.Detail) throws(Finding) {
    try require(!detail.message.isEmpty && detail.message.utf8.count < 8192, "a message of no use")
    for text in [detail.message, detail.code ?? ""] {
      try require(!text.contains(token.revealed), "a secret in a message")
      try require(
        text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }, "a control character in a message"
      )
    }
  }

  static func check(_ post: RemotePost) throws(Finding) {
    try require(post.remoteID.isRemoteID, "the id \(post.remoteID.debugDescription)")
    try require(
      post.url.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } && post.url.hasPrefix("http"), "the address \(post.url)")
  }

  /// JSON that was read is the same when it is written and read again.
  static func checkRoundTrip(_ json: JSONValue) throws(Finding) {
    let again = try? JSONValue(parsing: json.text)
    try require(again == json, "JSON that doesn't come back: \(json.text)")
  }
}
