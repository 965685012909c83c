/// What a key's value must look like.
enum Shape: Sendable {
  case title
  /// Text that may have several lines.
  case paragraph
  /// One line of text.
  case text
  case id
  case amount
  case currency
  case flag
  case integer(ClosedRange<Int>)
  case word([String])
  /// Degrees, at most so many either way.
  case coordinate(Int64)
  case postalCode
  case texts
  case map(KeySet)
  /// Account names, or a map from them to overrides.
  case accounts(KeySet)
  indirect case named(Shape)
  case duration
  case percent
  /// https, or http on loopback.
  case address
  case listen
  /// The work that brings it is still to come.
  case later

  /// Whether it is what an account has under `marketplaces`.
  var isOverride: Bool {
    if case .map(let keys) = self { keys === KeySet.override } else { false }
  }

  /// Whether a seller may write anything there.
  var isText: Bool {
    switch self {
    case .title, .paragraph, .text: true
    default: false
    }
  }
}

/// A key that a map may have: read by it, documented by it. A class, because it is looked up for every line.
final class Key: Sendable {
  let name: StaticString
  /// Its place in the vocabulary; the same in every set that has the key.
  let index: Int
  let shape: Shape
  let summary: String
  /// Whether its absence decides about a post: then a value that is not written yet is an error, and no null.
  let needsValue: Bool

  init(_ name: StaticString, _ index: Int, _ shape: Shape, _ summary: String, needsValue: Bool = false) {
    self.name = name
    self.needsValue = needsValue
    self.index = index
    self.shape = shape
    self.summary = summary
  }
}

/// The keys of one kind of map. A final class, so that handing it around costs nothing.
final class KeySet: Sendable {
  let keys: [Key]
  /// What kind of map it is, in words: `a listing`.
  let title: String
  /// Keys that exist, but not in this kind of map.
  let elsewhere: [String]
  /// Whether keys that begin with `x-` are the seller's own.
  let takesExtras: Bool
  private let heads: [UInt64]
  /// The names of the keys, beside their heads: the key itself is only looked at when it is found.
  private let texts: [StaticString]

  init(_ title: String, keys: [Key], elsewhere: [String] = [], takesExtras: Bool = false) {
    self.title = title
    self.keys = keys
    self.elsewhere = elsewhere
    self.takesExtras = takesExtras
    texts = keys.map(\.name)
    heads = keys.map { key in
      KeySet.head(key.name.utf8CodeUnitCount) { key.name.utf8Start[$0] }
    }
  }

  /// By the length and the first bytes, then by all of them: no String is made for a key.
  func find(_ name: Span<UInt8>) -> Key? {
    let head = KeySet.head(name.count) { name[$0] }
    for position in 0..<heads.count where heads[position] == head {
      let text = texts[position]
      guard text.utf8CodeUnitCount == name.count else { continue }
      var index = 7
      while index < name.count, text.utf8Start[index] == name[index] { index += 1 }
      if index >= name.count { return keys[position] }
    }
    return nil
  }

  var names: [String] { keys.map { $0.name.description } }

  @inline(__always)
  private static func head(_ count: Int, _ byte: (Int) -> UInt8) -> UInt64 {
    var head = UInt64(truncatingIfNeeded: count)
    for index in 0..<min(count, 7) { head = head << 8 | UInt64(byte(index)) }
    return head
  }
}
