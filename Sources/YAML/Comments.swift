/// The places where ` #` stands in a text: what cuts a plain scalar short. Found before parsing, by bytes, because
/// libyaml drops comments without a word; matched with the end marks of plain scalars, which come in order.
struct Comments {
  private struct Candidate {
    /// Of the first blank before `#`, in characters, as libyaml counts.
    var gapStart: Int
    var kind: TrailingComment
  }

  private var candidates: [Candidate] = []
  private var position = 0

  init(in text: UnsafeBufferPointer<UInt8>) {
    guard !text.isEmpty else { return }
    var characters = 0
    var counted = 0
    var index = 1
    while let hash = text[index...].firstIndexOfHash {
      defer { index = hash + 1 }
      var gap = hash
      while gap > 0, text[gap - 1] == 0x20 || text[gap - 1] == 0x09 { gap -= 1 }
      guard gap < hash, gap > 0, text[gap - 1] != 0x0A else { continue }
      for byte in text[counted..<gap] where byte & 0xC0 != 0x80 { characters += 1 }
      counted = gap
      let next = hash + 1 < text.count ? text[hash + 1] : 0x0A
      let isAttached = hash - gap == 1 && next != 0x20 && next != 0x09 && next != 0x0A && next != 0x0D
      candidates.append(Candidate(gapStart: characters, kind: isAttached ? .attached : .apart))
    }
  }

  /// What follows a plain scalar that ends before the character `end`.
  mutating func trailing(_ end: Int) -> TrailingComment {
    while position < candidates.count, candidates[position].gapStart < end { position += 1 }
    guard position < candidates.count, candidates[position].gapStart == end else { return .none }
    return candidates[position].kind
  }
}
