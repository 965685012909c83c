import Listings

/// What a marketplace sees when it decides about a request: what it remembers, the time, and the photos.
struct Desk {
  let store: Store
  let settings: Settings
  let now: Timestamp
  let photos: PhotoAccess

  struct Settings: Sendable {
    /// This server's own address: `http://127.0.0.1:8081`.
    var origin = ""
    var isBare = false
    /// How long a new listing stays out of look-ups and lists.
    var hiddenFor: Duration = .zero
    var refusesRepeats = false
    /// Facebook tokens that no longer work, each with the subcode that says why.
    var deadTokens: [String: Int] = SandboxCredentials.deadTokens
    /// Every token counts as revoked.
    var revokes = false
    /// The consent page sends a state back that nobody gave it.
    var wrongState = false
    /// Every code counts as too old.
    var staleCodes = false
    /// Codes and refresh tokens that were used.
    var spent: Set<String> = []
    /// How long an access token of OfferUp's is good.
    var tokenLifetime: Duration = .seconds(3600)
    /// No page of the list of Pages has more rows.
    var listLimit = 100
    /// Whether Facebook wants `appsecret_proof` with each call.
    var requiresProof = false
  }

  /// A photo's address → what a listing keeps of it: the name of our copy, or the address itself when it isn't ours.
  /// Nil: it is one of ours, and there is no such picture.
  func copied(_ address: String) -> (kept: String, bytes: PhotoBytes?)? {
    let prefix = settings.origin + "/photos/"
    guard address.hasPrefix(settings.origin + "/") else { return (address, nil) }
    guard address.hasPrefix(prefix), let name = PhotoName(address.dropFirst(prefix.utf8.count)) else { return nil }
    if photos.has(name) { return (name.description, nil) }
    guard let bytes = photos.fetch(name) else { return nil }
    return (name.description, bytes)
  }

  func isAddress(_ text: String) -> Bool {
    text.utf8.count <= 2048 && (text.hasPrefix("https://") || text.hasPrefix("http://"))
      && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } && text.split(separator: "/").count >= 2
  }
}

/// The photos that the sandbox keeps, and those that hawker would serve.
struct PhotoAccess: Sendable {
  var has: @Sendable (PhotoName) -> Bool
  /// The bytes, when they are what the name says.
  var fetch: @Sendable (PhotoName) -> PhotoBytes?

  static let none = PhotoAccess(has: { _ in false }, fetch: { _ in nil })
}
