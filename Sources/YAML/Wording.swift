import CLibYAML

/// Turns libyaml's words into what a seller can mend.
enum Wording {
  static func error(of parser: yaml_parser_t, in input: UnsafeBufferPointer<UInt8>) -> YAMLError {
    let problem = parser.problem.map { String(cString: $0) } ?? "it can't be read"
    if parser.error == YAML_READER_ERROR { return readerError(problem, offset: parser.problem_offset, in: input) }
    if parser.error == YAML_MEMORY_ERROR { return YAMLError(.syntax, line: 1, column: 1, message: "out of memory") }
    let context = parser.context.map { String(cString: $0) } ?? ""
    let mark = parser.problem_mark
    let site = Site(
      input: input, line: Int(mark.line) + 1, column: Int(mark.column) + 1,
      contextLine: Int(parser.context_mark.line) + 1)
    let (kind, message) = words(problem, context, site)
    // The end of a text that never ends tells nothing; its beginning does.
    if kind == .colon, problem.contains("mapping values"), let bare = site.bareLine {
      return YAMLError(kind, line: bare, column: 1, message: Wording.bare)
    }
    if problem.contains("expected node content"), let open = site.openBracket {
      return YAMLError(
        .syntax, line: open.line, column: open.column,
        message:
          "the \(open.what) that begins here is never closed; add the bracket at its end, or put a text in quotes")
    }
    let isAtStart = kind == .quote || problem.contains("expected ':'")
    let place = isAtStart ? (Int(parser.context_mark.line) + 1, Int(parser.context_mark.column) + 1) : nil
    return YAMLError(kind, line: place?.0 ?? site.line, column: place?.1 ?? site.column, message: message)
  }

  /// The place of an error and the lines around it.
  private struct Site {
    let input: UnsafeBufferPointer<UInt8>
    let line: Int
    let column: Int
    let contextLine: Int

    func text(ofLine number: Int) -> String {
      var start = 0
      for _ in 1..<max(number, 1) {
        guard let end = input[start...].firstIndex(of: 0x0A) else { return "" }
        start = end + 1
      }
      let end = input[start...].firstIndex(of: 0x0A) ?? input.count
      return String(decoding: input[start..<min(end, start + 400)], as: UTF8.self)
    }

    var character: Character? {
      Array(text(ofLine: line)).dropFirst(column - 1).first
    }

    /// What stands on this line before the place.
    var before: String { String(text(ofLine: line).prefix(column - 1)) }

    /// The line before, when it should have been a key of the document's map and has no colon.
    var bareLine: Int? {
      let text = text(ofLine: line - 1)
      guard line > 1, gluedKey == nil, !Site.isIndented(self.text(ofLine: line)), !Site.isIndented(text),
        !text.contains(":"), !text.isEmpty, !text.hasPrefix("-"), !text.hasPrefix("#")
      else { return nil }
      return line - 1
    }

    /// The bracket that is still open where the text ends.
    var openBracket: (line: Int, column: Int, what: String)? {
      guard text(ofLine: line).dropFirst(column - 1).isEmpty else { return nil }
      var depth = 0
      for number in stride(from: line, through: max(line - 50, 1), by: -1) {
        for (index, character) in Array(text(ofLine: number)).enumerated().reversed() {
          if "]}".contains(character) { depth += 1 }
          guard "[{".contains(character) else { continue }
          if depth == 0 { return (number, index + 1, character == "[" ? "list in [ ]" : "map in { }") }
          depth -= 1
        }
      }
      return nil
    }

    /// Whether the document's keys begin further in than this line.
    var isLeftOfKeys: Bool {
      (1..<max(min(line, 50), 1)).lazy.map(text).first { !$0.allSatisfy(\.isWhitespace) && !$0.hasPrefix("#") }
        .map(Site.isIndented) ?? false
    }

    private static func isIndented(_ text: String) -> Bool { text.hasPrefix(" ") }

    /// `title:Desk` on this line or the one before: a colon that lacks its space.
    var gluedKey: (line: Int, key: String)? {
      for number in [line, line - 1, contextLine] where number > 0 {
        let text = text(ofLine: number).drop { $0 == " " || $0 == "-" }
        guard let colon = text.firstIndex(of: ":") else { continue }
        let key = text[..<colon]
        let after = text[text.index(after: colon)...]
        guard !key.isEmpty, key.allSatisfy({ $0.isLetter || $0 == "_" || $0 == "-" }), let next = after.first,
          next != " ", !after.hasPrefix("//")
        else { continue }
        return (number, String(key))
      }
      return nil
    }
  }

  private static let bare =
    "this line is neither KEY: VALUE nor part of the text before it; add the colon and a space, or put the text in "
    + "quotes"

  /// What a message can't hold is named by its number.
  private static func shown(_ character: Character) -> String {
    let scalars = character.unicodeScalars
    if scalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) { return String(character) }
    let numbers = scalars.map { CodePoint.name($0.value) }
    return numbers.joined(separator: " ")
  }

  private static func words(_ problem: String, _ context: String, _ site: Site) -> (YAMLError.Kind, String) {
    if context.contains("quoted scalar") { return quoted(problem) }
    if context.contains("block scalar"), problem.contains("comment or line break") {
      return (.syntax, "behind | or > a text begins on the next line, indented; put a text of one line in quotes")
    }
    if problem.contains("tab character") || site.character == "\t" {
      return (.tab, "a tab stands where YAML wants spaces; indent with spaces only")
    }
    if problem.contains("mapping values are not allowed") || problem.contains("could not find expected ':'") {
      return colon(problem, site)
    }
    if problem.contains("cannot start any token") {
      let what = site.character.map { "a value can't begin with \(shown($0))" } ?? "a value can't begin here"
      return (.syntax, "\(what); put the value in quotes")
    }
    if context.contains("directive") || problem.contains("directive") || problem.contains("incompatible YAML") {
      return (.directive, "directives (lines that begin with %) are not taken; remove the line")
    }
    if context.contains("tag") || problem.contains("tag handle") {
      return (.tag, "tags are not taken; put text that begins with ! in quotes")
    }
    if context.contains("an alias") || context.contains("an anchor") {
      return (.alias, "a value that begins with * or & is read as an alias or anchor; put the text in quotes")
    }
    return (.syntax, structure(problem, site))
  }

  private static func quoted(_ problem: String) -> (YAMLError.Kind, String) {
    if problem.contains("escape") || problem.contains("hexdecimal") || problem.contains("Unicode") {
      return (
        .quote, "a backslash in double quotes begins an escape that YAML doesn't know; write \\\\ or use single quotes"
      )
    }
    return (.quote, "the quote that opens here is never closed; add the closing quote at the end of the text")
  }

  private static func colon(_ problem: String, _ site: Site) -> (YAMLError.Kind, String) {
    if let glued = site.gluedKey {
      return (
        .colon, "a space is missing after the colon of \(glued.key) on line \(glued.line); write \(glued.key): VALUE"
      )
    }
    if problem.contains("mapping values") {
      return (
        .colon,
        "a second \": \" stands in one value, or the line is indented too far; put a text with a colon in quotes"
      )
    }
    return (.colon, bare)
  }

  private static func structure(_ problem: String, _ site: Site) -> String {
    if problem.contains("',' or ']'") {
      return "the list in [ ] that begins on line \(site.contextLine) lacks a comma or its ]"
    }
    if problem.contains("',' or '}'") {
      return "the map in { } that begins on line \(site.contextLine) lacks a comma or its }"
    }
    if problem.contains("expected key"), let last = site.before.last(where: { $0 != " " }), last != "-" {
      return "something stands behind a closing quote or bracket; put the whole text in double quotes"
    }
    if problem.contains("expected key") {
      return "this is not KEY: VALUE at the indentation of the map that begins on line \(site.contextLine); "
        + "align the keys, and put nothing behind a closing quote"
    }
    if problem.contains("'-' indicator") {
      return
        "the list that begins on line \(site.contextLine) goes on with something else than `- VALUE`; align the dashes"
    }
    if problem.contains("document start") {
      return site.isLeftOfKeys
        ? "the keys above are indented, and this line is not; begin all of them in the same column"
        : "something follows the end of the document; begin a further listing with a line ---"
    }
    if problem.contains("not allowed in this context") {
      return "a list or map can't begin here; put it on a line of its own, indented with spaces, or a text in quotes"
    }
    return "it is not YAML: \(problem); compare the line with the ones around it"
  }

  private static func readerError(
    _ problem: String, offset: Int, in input: UnsafeBufferPointer<UInt8>
  ) -> YAMLError {
    let (line, column) = place(of: min(offset, input.count), in: input)
    if problem.contains("control characters") {
      return YAMLError(.character, line: line, column: column, message: "a control character stands here; remove it")
    }
    return YAMLError(
      .encoding, line: line, column: column, message: "the bytes here are not UTF-8; save the file as UTF-8")
  }

  private static func place(of offset: Int, in input: UnsafeBufferPointer<UInt8>) -> (line: Int, column: Int) {
    var line = 1
    var column = 1
    for byte in input[..<offset] {
      if byte == 0x0A {
        line += 1
        column = 1
      } else if byte & 0xC0 != 0x80 {
        column += 1
      }
    }
    return (line, column)
  }
}
