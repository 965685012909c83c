import YAML

/// How a text is written in the place of an old scalar: in the old one's manner where that can say it.
struct ScalarWriting {
  private let bytes: [UInt8]
  private let style: ScalarStyle
  private let old: SourceTree.Node
  private let parent: SourceTree.Node
  private let oldText: String

  init(_ bytes: [UInt8], _ old: SourceTree.Node, parent: SourceTree.Node) {
    (self.bytes, self.old, self.parent) = (bytes, old, parent)
    if case .scalar(let text, let style) = old.kind {
      (oldText, self.style) = (text, style)
    } else {
      (oldText, style) = ("", .plain)
    }
  }

  private var isBlock: Bool { style == .literal || style == .folded }
  private var isInFlow: Bool { parent.bytes.map { bytes[$0.lowerBound] == 0x7B } ?? false }
  private var indent: Int { parent.first?.column ?? 0 }

  /// The bytes to replace: of a block, without the blank lines behind it.
  func span(_ range: Range<Int>) -> Range<Int> {
    guard isBlock else { return range }
    var end = min(range.upperBound, bytes.count)
    while end > range.lowerBound, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[end - 1]) { end -= 1 }
    // What stands behind the last line's text belongs to it.
    while end < bytes.count, bytes[end] == 0x20 || bytes[end] == 0x09 { end += 1 }
    return range.lowerBound..<end
  }

  func text(_ text: String) -> String {
    let isLong = isBlock || text.contains("\n") && !isInFlow
    if isLong, let block = block(text) { return block }
    switch style {
    case .singleQuoted where !text.contains("\n"): return "'" + text.replacing("'", with: "''") + "'"
    case .doubleQuoted: return ScalarWriting.quoted(text)
    default: return ScalarWriting.plainOrQuoted(text, inFlow: isInFlow)
    }
  }

  /// Nil where a block can't say it.
  private func block(_ text: String) -> String? {
    var body = text
    var chomping = "-"
    if body.hasSuffix("\n") {
      body.removeLast()
      chomping = ""
    }
    let lines = body.split(separator: "\n", omittingEmptySubsequences: false)
    guard let first = lines.first, !first.isEmpty, first.first != " ", first.first != "\t",
      lines.last?.isEmpty == false,
      !text.contains("\r"), !isKept
    else { return nil }
    let space = String(repeating: " ", count: bodyIndent)
    return "|\(chomping)\(comment)\n" + lines.map { $0.isEmpty ? "" : space + $0 }.joined(separator: "\n")
  }

  /// `|+` keeps what stands behind it.
  private var isKept: Bool { header.prefix(3).contains("+") }

  /// The first line of a block.
  private var header: String {
    guard isBlock, let start = old.bytes?.lowerBound else { return "" }
    let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.endIndex
    return String(decoding: bytes[start..<end], as: UTF8.self)
  }

  private var comment: String {
    let parts = header.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
    return parts.count == 2 ? " #\(parts[1])" : ""
  }

  private var bodyIndent: Int {
    guard isBlock, let start = old.bytes?.lowerBound, let line = bytes[start...].firstIndex(of: 0x0A) else {
      return indent + 2
    }
    var index = line + 1
    while index < bytes.count {
      let end = bytes[index...].firstIndex(of: 0x0A) ?? bytes.endIndex
      let content = bytes[index..<end].firstIndex { $0 != 0x20 }
      if let content, bytes[content] != 0x0D { return content - index > indent ? content - index : indent + 2 }
      index = end + 1
    }
    return indent + 2
  }

  // MARK: On one line

  static func plainOrQuoted(_ text: String, inFlow: Bool) -> String {
    isPlain(text, inFlow: inFlow) ? text : quoted(text)
  }

  /// Told apart carefully: what is in doubt is quoted.
  private static func isPlain(_ text: String, inFlow: Bool) -> Bool {
    guard let first = text.unicodeScalars.first, let last = text.unicodeScalars.last else { return false }
    guard first.properties.isAlphabetic || ("0"..."9").contains(first), last != ":", last != " " else { return false }
    if ["null", "true", "false", "yes", "no", "on", "off"].contains(text.lowercased()) { return false }
    if text.contains(": ") || text.contains(" #") { return false }
    return text.unicodeScalars.allSatisfy { scalar in
      scalar.value >= 0x20 && scalar.value != 0x7F && scalar.value != 0x85
        && !(inFlow && [",", "[", "]", "{", "}"].contains(scalar))
    }
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
