import Listings
import Marketplaces

/// A post in Facebook's JSON.
enum PostWriting {
  static func create(_ draft: Draft, photos: [String]) -> [UInt8] {
    var json = JSONWriter(reserving: 1024)
    json.object { json in
      json.field("message", message(of: draft.content))
      json.field("type", "MARKETPLACE_LISTING")
      json.key("marketplace_listing")
      json.object { json in
        write(draft.content, Set(Content.Field.allCases), photos, to: &json)
        json.field("retailer_id", draft.reference)
      }
    }
    return json.bytes
  }

  /// Only what changed.
  static func update(_ draft: Draft, changed: Set<Content.Field>, photos: [String]) -> [UInt8] {
    var json = JSONWriter(reserving: 1024)
    json.object { json in
      if !changed.isDisjoint(with: [.title, .description]) { json.field("message", message(of: draft.content)) }
      json.key("marketplace_listing")
      json.object { write(draft.content, changed, photos, to: &$0) }
    }
    return json.bytes
  }

  static func message(of content: Content) -> String { "\(content.title)\n\n\(content.description)" }

  private static func write(
    _ content: Content, _ fields: Set<Content.Field>, _ photos: [String], to json: inout JSONWriter
  ) {
    if fields.contains(.title) { json.field("name", content.title) }
    if fields.contains(.description) { json.field("description", content.description) }
    if fields.contains(.price) {
      json.field("price_currency", content.price.currency.code)
      json.field("price_amount", content.price.minor)
    }
    // One value for Facebook: half of it could replace the whole.
    if !fields.isDisjoint(with: [.category, .condition]) {
      json.key("category_specific_fields")
      json.object { json in
        json.field("category", content.category)
        json.field("condition", content.condition)
      }
    }
    guard fields.contains(.photos) else { return }
    json.key("photo_ids")
    json.array { json in
      for id in photos { json.value(id) }
    }
  }
}
