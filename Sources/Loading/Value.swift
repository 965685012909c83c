import Listings

/// Where a value was written. `source` is an index into the loader's sources; 0 is the file that is being read.
struct Mark: Hashable, Sendable {
  var line: Int32 = 0
  var column: Int32 = 0
  var source: Int32 = 0
}

struct MarkedText: Hashable, Sendable {
  var text: String
  var mark: Mark
}

/// A value of one layer, typed by its key's shape.
enum Value: Hashable, Sendable {
  /// Removes what lower layers say.
  case null
  case text(String)
  /// In a box of its own: it would make every value twice as large.
  indirect case amount(Amount)
  case flag(Bool)
  case integer(Int)
  case coordinate(Coordinate)
  case duration(Duration)
  case list([MarkedText])
  case map(Entries)
  case named([NamedValue])
}

/// A map's entry under a name of the seller's own: an account, a category.
struct NamedValue: Hashable, Sendable {
  var name: String
  var mark: Mark
  var value: Value
}

struct Entry: Hashable, Sendable {
  private let index: UInt8
  var mark: Mark
  var value: Value

  init(key: Int, mark: Mark, value: Value) {
    index = UInt8(truncatingIfNeeded: key)
    self.mark = mark
    self.value = value
  }

  /// The key's index in its vocabulary.
  var key: Int { Int(index) }
}

/// The entries of one map, at most one per key. A linear list: a listing has a dozen.
struct Entries: Hashable, Sendable {
  private(set) var items: [Entry] = []
  private var present: UInt64 = 0
  /// Keys that stand there with a value that can't be used: they are not missing.
  private var invalid: UInt64 = 0

  var isEmpty: Bool { items.isEmpty }

  init() {}

  init(reserving capacity: Int) { items.reserveCapacity(capacity) }

  func find(_ key: Int) -> Entry? {
    guard present & (1 << UInt64(key)) != 0 else { return nil }
    // By index: going through the items would copy, and so count, every value on the way.
    for index in items.indices where items[index].key == key { return items[index] }
    return nil
  }

  /// Whether the key was written, well or badly.
  func mentions(_ key: Int) -> Bool { (present | invalid) & (1 << UInt64(key)) != 0 }
  var hasInvalid: Bool { invalid != 0 }
  func isInvalid(_ key: Int) -> Bool { invalid & (1 << UInt64(key)) != 0 }

  mutating func add(_ entry: Entry) {
    present |= 1 << UInt64(entry.key)
    items.append(entry)
  }

  mutating func spoil(_ key: Int) { invalid |= 1 << UInt64(key) }

  /// Maps merge, lists replace; a null stays, so that it also hides what is still further down.
  func merged(over lower: Entries) -> Entries {
    var result = Entries(reserving: items.count + lower.items.count)
    for item in lower.items where !mentions(item.key) { result.add(item) }
    for item in items {
      var item = item
      if let below = lower.find(item.key) { item.value = item.value.merged(over: below.value) }
      result.add(item)
    }
    result.invalid = invalid | (lower.invalid & ~present)
    return result
  }
}

extension Value {
  func merged(over lower: Value) -> Value {
    switch (self, lower) {
    case (.map(let upper), .map(let below)): return .map(upper.merged(over: below))
    case (.named(let upper), .named(let below)):
      var result = below
      for entry in upper {
        if let index = result.firstIndex(where: { $0.name == entry.name }) {
          let value = entry.value.merged(over: result[index].value)
          result[index] = NamedValue(name: entry.name, mark: entry.mark, value: value)
        } else {
          result.append(entry)
        }
      }
      return .named(result)
    case (.named(let upper), .list(let below)):
      // A list of accounts is a map of them without overrides; the built-in one stands only alone.
      let names = below.filter { $0.mark.source != Source.builtIn }.map {
        NamedValue(name: $0.text, mark: $0.mark, value: .map(Entries()))
      }
      return Value.named(upper).merged(over: .named(names))
    default: return self
    }
  }
}
