import Listings

/// The ids that stand in a file which can't be read as YAML, line by line: what was put into it is not gone.
enum SpokenIDs {
  private static let keys = ["id:", "moved_from:"]

  static func find(in bytes: Span<UInt8>) -> [String] {
    var found: [String] = []
    var start = 0
    while start < bytes.count {
      var end = start
      while end < bytes.count, bytes[end] != 0x0A, bytes[end] != 0x0D { end += 1 }
      if let id = identifier(in: bytes.extracting(start..<end)) { found.append(id) }
      start = end + 1
    }
    return found
  }

  private static func identifier(in line: Span<UInt8>) -> String? {
    var start = 0
    while start < line.count, [0x20, 0x09, 0x2D].contains(line[start]) { start += 1 }
    // A longer line is no id, and says nothing of one.
    guard line.count - start <= 200 else { return nil }
    let text = String(decoding: (start..<line.count).map { line[$0] }, as: UTF8.self)
    guard let key = keys.first(where: text.hasPrefix) else { return nil }
    let word = text.dropFirst(key.count).drop { $0 == " " || $0 == "\t" }.prefix { $0 != " " && $0 != "\t" }
    let id = String(word.drop { "\"'".contains($0) }.prefix { !"\"'".contains($0) })
    return Interpreter.isIdentifier(id) ? id : nil
  }
}
