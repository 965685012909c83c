import Listings

/// The vocabulary of a listing; the raw value is the key's index.
enum ListingKey: Int, CaseIterable {
  case id, title, description, price, currency, category, condition, quantity, photos, location, tags, status, protect
  case marketplaces, replace, movedFrom, adopt, hold, priceRule, publishAt, withdrawAt, enabled
  case latitude, longitude, postalCode

  /// As it is written.
  var name: String {
    switch self {
    case .movedFrom: "moved_from"
    case .priceRule: "price_rule"
    case .publishAt: "publish_at"
    case .withdrawAt: "withdraw_at"
    case .postalCode: "postal_code"
    default: "\(self)"
    }
  }
}

extension Entries {
  func find(_ key: ListingKey) -> Entry? { find(key.rawValue) }
  func mentions(_ key: ListingKey) -> Bool { mentions(key.rawValue) }
}

extension KeySet {
  /// The keys whose absence takes something off, posts it, or has it count as another listing.
  private static let deciding: Set<ListingKey> = [
    .id, .movedFrom, .price, .quantity, .status, .protect, .marketplaces, .enabled, .adopt, .hold,
  ]

  private static func key(_ name: StaticString, _ key: ListingKey, _ shape: Shape, _ summary: String) -> Key {
    Key(name, key.rawValue, shape, summary, needsValue: deciding.contains(key))
  }

  static let location = KeySet(
    "a location",
    keys: [
      key("latitude", .latitude, .coordinate(90), "Degrees north, a plain decimal: 45.5898."),
      key("longitude", .longitude, .coordinate(180), "Degrees east, a plain decimal: -122.7536."),
      key("postal_code", .postalCode, .postalCode, "In quotes, so that it stays text: \"97203\"."),
    ],
    takesExtras: true)

  private static let content: [Key] = [
    key("title", .title, .title, "One line; each marketplace limits its length."),
    key("description", .description, .paragraph, "Any number of lines."),
    key("price", .price, .amount, "An exact decimal, 450.00 or \"450.00 USD\"; 0 or free."),
    key("currency", .currency, .currency, "ISO 4217, in capitals. USD when nothing says otherwise."),
    key("category", .category, .text, "Your word; `categories` in hawker.yaml maps it for each marketplace."),
    key("condition", .condition, .word(Condition.allCases.map(\.rawValue)), "The thing's state."),
    key(
      "photos", .photos, .texts,
      "The first is the cover. Paths relative to this file, patterns (*, ?, [a-z]), addresses."),
    key("location", .location, .map(location), "Where it can be picked up."),
  ]

  static let override = KeySet(
    "an account's overrides",
    keys: [key("enabled", .enabled, .flag, "false leaves this account out.")] + content,
    elsewhere: [
      "id", "quantity", "tags", "status", "protect", "marketplaces", "replace", "moved_from", "adopt", "hold",
    ],
    takesExtras: true)

  private static let shared: [Key] =
    content + [
      key("quantity", .quantity, .integer(0...1_000_000), "How many there are."),
      key("tags", .tags, .texts, "Words of your own."),
      key("status", .status, .word(Listing.Status.allCases.map(\.rawValue)), "draft and sold are not shown."),
      key("protect", .protect, .flag, "true: never withdrawn because its file went away."),
      key(
        "marketplaces", .marketplaces, .accounts(override),
        "A list of account names: these alone. Or a map of accounts with overrides: these, and those of the defaults; "
          + "`enabled: false` leaves one out."),
      key("replace", .replace, .word(["allow"]), "allow: an immutable field may cost the post its id."),
      key("hold", .hold, .text, "Why its posts are left alone for now."),
      key("price_rule", .priceRule, .later, "Not supported yet."),
      key("publish_at", .publishAt, .later, "Not supported yet."),
      key("withdraw_at", .withdrawAt, .later, "Not supported yet."),
    ]

  private static let own: [Key] = [
    key("id", .id, .id, "Permanent. The file's name without its ending when absent."),
    key("moved_from", .movedFrom, .id, "The id that this listing had before."),
    key("adopt", .adopt, .named(.text), "Account to remote id: a post that is taken over."),
  ]

  static let listing = KeySet(
    "a listing", keys: own + shared, elsewhere: ["enabled", "latitude", "longitude", "postal_code"], takesExtras: true)

  /// `_defaults.yaml`, and `defaults` in hawker.yaml: everything but what belongs to one thing alone.
  static let defaults = KeySet(
    "defaults", keys: shared, elsewhere: ["id", "moved_from", "adopt", "enabled"], takesExtras: true)
}
