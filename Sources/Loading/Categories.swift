import Listings

/// The seller's word → one marketplace's own, with where the mapping stands.
struct CategoryMap {
  struct Target: Hashable {
    var word: String
    var origin: Origin
  }

  private var targets: [String: Target] = [:]
  /// The seller's words, sorted.
  private(set) var words: [String] = []

  init(marketplace: String, config: LoadedConfig) {
    for row in CategoryMap.common {
      let word = marketplace == "facebook" ? row.facebook : marketplace == "offerup" ? row.offerUp : nil
      if let word { targets[row.word] = Target(word: word, origin: Origin(layer: .mapping)) }
    }
    for (word, row) in config.config.categories {
      guard let own = row[marketplace] else { continue }
      let line = Int(config.categoryMarks[word]?[marketplace]?.line ?? 0)
      targets[word] = Target(word: own, origin: Origin(layer: .mapping, file: config.configName, line: line))
    }
    words = targets.keys.sorted()
  }

  subscript(word: String) -> Target? { targets[word] }

  /// Common words. Facebook's are the item types of Meta's public Commerce reference (read 2026-11), and the one word of
  /// the contract's own example; nil where neither has one: a guess would be refused. OfferUp publishes none, so these
  /// follow the form of the one that is known.
  static let common: [(word: String, facebook: String?, offerUp: String)] = [
    ("appliances", "APPLIANCES", "home-garden.appliances"),
    ("auto-parts", nil, "vehicles.auto-parts"),
    ("baby", "BABY_TRANSPORT", "baby-kids"),
    ("bicycles", "SPORTING_GOODS", "sports-outdoors.bicycles"),
    ("books", nil, "movies-books-music.books"),
    ("cameras", "CAMERAS", "electronics-media.cameras"),
    ("clothing", "CLOTHING", "clothing-shoes"),
    ("computers", "COMPUTERS_AND_TABLETS", "electronics-media.computers"),
    ("electronics", "ELECTRONICS_ACCESSORIES", "electronics-media"),
    ("furniture", "FURNITURE", "home-garden.furniture"),
    ("garden", "HOME_GOODS", "home-garden.garden"),
    ("home", "HOME_GOODS", "home-garden"),
    ("jewelry", "JEWELRY", "clothing-shoes.jewelry"),
    ("kitchen", "HOME_GOODS", "home-garden.kitchen"),
    ("music", nil, "electronics-media.musical-instruments"),
    ("phones", "CELL_PHONES_AND_SMART_WATCHES", "electronics-media.cell-phones"),
    ("shoes", "SHOES_AND_FOOTWEAR", "clothing-shoes.shoes"),
    ("sporting-goods", "SPORTING_GOODS", "sports-outdoors"),
    ("tools", "HOME_GOODS", "home-garden.tools"),
    ("toys", "TOYS", "toys-games"),
    ("video-games", "VIDEO_GAME_CONSOLES_AND_VIDEO_GAMES", "electronics-media.video-games"),
    ("watches", "WATCHES", "clothing-shoes.watches"),
  ]
}
