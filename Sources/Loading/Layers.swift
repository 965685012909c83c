import Listings

/// Where marks point to.
struct Source: Hashable, Sendable {
  var layer: Origin.Layer
  /// Relative to the shop; empty for built-in values.
  var file: String
  /// Where its photos' paths start, relative to the listings root; nil: from the shop.
  var folder: String?

  // The first three of every loader's sources.
  static let own: Int32 = 0
  static let builtIn: Int32 = 1
  static let config: Int32 = 2
}

/// Everything below a listing: built-in ← config ← `_defaults.yaml` from the root down, merged.
struct Foundation {
  /// Another number, other values: what was resolved on it must be resolved again.
  var generation: Int
  var entries: Entries
  /// One of its files has an error: everything on it is frozen.
  var isBroken: Bool
  /// Of all that it was made from beyond hawker.yaml; nil when some of it could not be read.
  var print: Digest?

  /// What a listing has that no file says. `accounts`: every one there is.
  static func builtIn(accounts: [String]) -> Entries {
    let mark = Mark(source: Source.builtIn)
    var entries = Entries(reserving: 8)
    func add(_ key: ListingKey, _ value: Value) {
      entries.add(Entry(key: key.rawValue, mark: mark, value: value))
    }
    add(.currency, .text("USD"))
    add(.condition, .text(Condition.good.rawValue))
    add(.quantity, .integer(1))
    add(.status, .text(Listing.Status.available.rawValue))
    add(.protect, .flag(false))
    add(.marketplaces, .list(accounts.map { MarkedText(text: $0, mark: mark) }))
    return entries
  }
}

/// A listing's layers, looked through from the top, without merging them for each listing.
struct LayerStack {
  let own: Entries
  let below: Entries

  /// The topmost entry that isn't a null.
  func find(_ key: ListingKey) -> Entry? {
    let entry = own.find(key) ?? below.find(key)
    if case .null = entry?.value { return nil }
    return entry
  }

  /// Whether any file says something of it, be it null.
  func isSaid(_ key: ListingKey) -> Bool {
    (own.find(key) ?? below.find(key)).map { $0.mark.source != Source.builtIn } ?? false
  }

  /// What the listing's own file says of its accounts: whether it says all of it, and which it leaves out of a map.
  var ownAccounts: (isAll: Bool, leftOut: Set<String>) {
    guard let entry = own.find(.marketplaces) else { return (false, []) }
    guard case .named(let named) = entry.value else { return (true, []) }
    let leftOut = named.filter { entry in
      guard case .map(let overrides) = entry.value else { return true }
      return overrides.find(ListingKey.enabled)?.value == Value.flag(false)
    }
    return (false, Set(leftOut.map { $0.name }))
  }

  /// Whether the key's value is known to be unusable: that was told, and is not "missing".
  func isSpoilt(_ key: ListingKey) -> Bool { own.isInvalid(key.rawValue) }

  /// The accounts that the listing names, with its own overrides first and those of lower layers behind.
  var accounts: [Selection] {
    let lower = below.find(.marketplaces)
    guard let upper = own.find(.marketplaces) else { return Selection.all(of: lower, isBelow: true) }
    guard case .named(let named) = upper.value else { return Selection.all(of: upper, isBelow: false) }
    // What nobody said, every account, is no selection to add overrides to.
    var result = Selection.all(of: lower, isBelow: true).filter { $0.mark.source != Source.builtIn }
    for entry in named {
      let index = result.firstIndex { $0.name == entry.name }
      guard case .map(let overrides) = entry.value else {
        if let index { result.remove(at: index) }
        continue
      }
      if let index {
        result[index].own = overrides
        result[index].mark = entry.mark
      } else {
        result.append(Selection(name: entry.name, mark: entry.mark, own: overrides))
      }
    }
    return result
  }

  struct Selection {
    var name: String
    var mark: Mark
    var own = Entries()
    var below = Entries()

    static func all(of entry: Entry?, isBelow: Bool) -> [Selection] {
      var result: [Selection] = []
      switch entry?.value {
      case .list(let names):
        for name in names where !result.contains(where: { $0.name == name.text }) {
          result.append(Selection(name: name.text, mark: name.mark))
        }
      case .named(let named):
        for entry in named {
          guard case .map(let overrides) = entry.value else { continue }
          var selection = Selection(name: entry.name, mark: entry.mark)
          if isBelow { selection.below = overrides } else { selection.own = overrides }
          result.append(selection)
        }
      default: break
      }
      return result
    }

    /// The topmost entry of the overrides; its null hides the listing's value too.
    func find(_ key: ListingKey) -> Entry? { own.find(key) ?? below.find(key) }
    var isEmpty: Bool { own.isEmpty && below.isEmpty }

    var isEnabled: Bool {
      if case .flag(let flag) = find(.enabled)?.value { flag } else { true }
    }
  }
}
