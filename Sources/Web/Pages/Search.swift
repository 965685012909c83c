/// What a seller typed: every word has to be somewhere in the listing.
struct Search {
  private let words: [[UInt8]]

  init(_ text: String) {
    words = text.prefix(200).split(whereSeparator: \.isWhitespace).prefix(8).map { Search.folded(String($0)) }
  }

  var isEmpty: Bool { words.isEmpty }

  func finds(_ row: Catalogue.Row) -> Bool {
    words.allSatisfy { Search.contains(row.words, $0) || Search.contains(row.recorded, $0) }
  }

  /// Lower case, as UTF-8.
  static func folded(_ text: String) -> [UInt8] {
    var bytes = Array(text.utf8)
    for index in bytes.indices {
      if bytes[index] >= 0x80 { return Array(text.lowercased().utf8) }
      if bytes[index] >= 0x41, bytes[index] <= 0x5A { bytes[index] |= 0x20 }
    }
    return bytes
  }

  /// O(N) in all words of all listings: some megabytes of 10,000.
  private static func contains(_ bytes: [UInt8], _ word: [UInt8]) -> Bool {
    guard let first = word.first else { return true }
    let text = bytes.span
    var start = 0
    while start <= text.count - word.count {
      if text[start] == first {
        var length = 1
        while length < word.count, text[start + length] == word[length] { length += 1 }
        if length == word.count { return true }
      }
      start += 1
    }
    return false
  }
}

/// A part of a list, and the way to the others.
struct Paging {
  let total: Int
  let size: Int
  /// From 1.
  let page: Int

  init(total: Int, size: Int, asked: String?) {
    self.total = total
    self.size = size
    page = min(max(1, asked.flatMap { Int($0) } ?? 1), max(1, (total + size - 1) / size))
  }

  var pages: Int { max(1, (total + size - 1) / size) }
  var range: Range<Int> { min(total, (page - 1) * size)..<min(total, page * size) }
}
