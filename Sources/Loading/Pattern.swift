/// A pattern for one component of a path: `*`, `?`, `[a-z]`, `[!a-z]`. Matched in time bounded by the product of the
/// lengths: a star is tried again only from the last one.
struct Pattern {
  private let pattern: [UInt32]
  /// What every match ends with, in UTF-8: most names differ there, and need no closer look.
  private let suffix: [UInt8]

  init(_ text: some StringProtocol) {
    pattern = text.unicodeScalars.map(\.value)
    suffix = Array(text.utf8.reversed().prefix { $0 != 0x2A && $0 != 0x3F && $0 != 0x5B && $0 != 0x5D }.reversed())
  }

  /// What every match begins with, in UTF-8.
  var prefix: [UInt8] {
    var scalars = String.UnicodeScalarView()
    for value in pattern.prefix(while: { $0 != 0x2A && $0 != 0x3F && $0 != 0x5B }) {
      if let scalar = UnicodeScalar(value) { scalars.append(scalar) }
    }
    return Array(String(scalars).utf8)
  }

  static func isPattern(_ text: some StringProtocol) -> Bool {
    text.utf8.contains { $0 == 0x2A || $0 == 0x3F || $0 == 0x5B }
  }

  func matches(_ text: String) -> Bool {
    guard text.utf8.count >= suffix.count, text.utf8.suffix(suffix.count).elementsEqual(suffix) else { return false }
    let name = text.unicodeScalars.map(\.value)
    // Hidden names are meant only when the pattern says so.
    if name.first == 0x2E, pattern.first != 0x2E { return false }
    var (index, position) = (0, 0)
    var star: (pattern: Int, name: Int)?
    while position < name.count {
      if index < pattern.count, pattern[index] == 0x2A {
        star = (index, position)
        index += 1
      } else if let next = step(index, name[position]) {
        (index, position) = (next, position + 1)
      } else if let last = star {
        star = (last.pattern, last.name + 1)
        (index, position) = (last.pattern + 1, last.name + 1)
      } else {
        return false
      }
    }
    while index < pattern.count, pattern[index] == 0x2A { index += 1 }
    return index == pattern.count
  }

  /// The pattern's index behind what matched `scalar`; nil when nothing does.
  private func step(_ index: Int, _ scalar: UInt32) -> Int? {
    guard index < pattern.count else { return nil }
    switch pattern[index] {
    case 0x3F: return index + 1
    case 0x5B:
      guard let end = pattern[(index + 1)...].dropFirst().firstIndex(of: 0x5D) else {
        return scalar == 0x5B ? index + 1 : nil
      }
      return contains(scalar, in: pattern[(index + 1)..<end]) ? end + 1 : nil
    default: return pattern[index] == scalar ? index + 1 : nil
    }
  }

  private func contains(_ scalar: UInt32, in set: ArraySlice<UInt32>) -> Bool {
    var set = set
    let isNegated = set.first == 0x21 || set.first == 0x5E
    if isNegated { set = set.dropFirst() }
    while let low = set.popFirst() {
      var high = low
      if set.first == 0x2D, set.count > 1 {
        high = set[set.startIndex + 1]
        set = set.dropFirst(2)
      }
      if low <= scalar, scalar <= high { return !isNegated }
    }
    return isNegated
  }
}

extension [String] {
  /// The first index from which `isBehind` holds, in a list in which it holds for all behind the first.
  func firstIndex(sortedBy isBehind: (String) -> Bool) -> Int {
    var (low, high) = (startIndex, endIndex)
    while low < high {
      let middle = low + (high - low) / 2
      if isBehind(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

extension ArraySlice<String> {
  /// The elements up to the first that isn't one, found by halving.
  func prefixRange(_ belongs: (String) -> Bool) -> ArraySlice<String> {
    var (low, high) = (startIndex, endIndex)
    while low < high {
      let middle = low + (high - low) / 2
      if belongs(self[middle]) { low = middle + 1 } else { high = middle }
    }
    return self[startIndex..<low]
  }
}
