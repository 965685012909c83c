import Listings
import YAML

/// Reads values out of YAML's events as a key set describes them, and notes what is wrong. Each `read` begins with the
/// reader on the value's first event and ends on its last.
struct Interpreter {
  /// Which vocabulary's rules an error falls under.
  enum Dialect { case listing, config }

  let file: String
  /// What marks point to.
  let source: Int32
  var dialect: Dialect
  private(set) var problems: [Problem] = []
  private(set) var hasErrors = false
  /// The ids that were read, also of a document that breaks off further down.
  private(set) var identifiers: [String] = []
  /// An id stands twice in one document: a line `---` got lost, or another file was put into this one, and which listings
  /// it holds can't be told.
  private(set) var hidesListings = false

  /// More problems than this in one file help nobody, and hostile input must not cost memory.
  static let problemLimit = 100
  static let more = "there are more problems in this file; mend the ones above first"
  /// In a list, or in a map with names of the seller's own.
  static let entryLimit = 2000

  init(file: String, source: Int32, dialect: Dialect) {
    self.file = file
    self.source = source
    self.dialect = dialect
  }

  // MARK: Maps

  mutating func map(_ keys: KeySet, _ events: inout EventReader) throws(YAMLError) -> Entries {
    var entries = Entries(reserving: keys.keys.count > 12 ? 14 : 3)
    var extras: [String: Int] = [:]
    // Keys that were meant, as it seems: they are not told as missing besides.
    var meant: Set<Int> = []
    while try events.next() != .mappingEnd {
      guard events.kind == .scalar else {
        note(.yamlComplexKey, events, "a key is a list or map; write a word and a colon")
        try skip(&events)
        try events.next()
        try skip(&events)
        continue
      }
      let found = events.withScalar { keys.find($0) }
      guard let key = found else {
        try extra(keys, &extras, &meant, &events)
        continue
      }
      if entries.mentions(key.index) {
        let first = entries.find(key.index).map { " (first on line \($0.mark.line))" } ?? ""
        let isID = if case .id = key.shape { true } else { false }
        let hint = isID ? ", or put a line --- in front of it if another listing begins there" : ""
        note(.yamlDuplicateKey, events, "\(key.name) stands here again\(first); keep one of them\(hint)")
        try events.next()
        if isID { takeAnother(events) }
        try skip(&events)
        continue
      }
      try entry(of: key, into: &entries, &events)
    }
    for key in meant where !entries.mentions(key) { entries.spoil(key) }
    return entries
  }

  private mutating func takeAnother(_ events: borrowing EventReader) {
    hidesListings = true
    guard events.kind == .scalar else { return }
    let id = events.scalarText()
    if Interpreter.isIdentifier(id) { identifiers.append(id) }
  }

  private mutating func entry(
    of key: Key, into entries: inout Entries, _ events: inout EventReader
  ) throws(YAMLError) {
    let place = (line: events.line, column: events.column)
    try events.next()
    // Half-written, as it seems: what it would remove is not removed for that.
    if key.needsValue, isEmpty(events), !key.shape.isText || events.trailing != .attached {
      note(
        .valueEmpty, line: place.line, column: place.column,
        "\(key.name) has no value; write one, or remove the line to take the default (a written `null` hides it)")
      entries.spoil(key.index)
      return
    }
    let mark = mark(events)
    let outer = dialect
    if dialect == .config, key.index == ConfigKey.defaults.rawValue, case .map(let inner) = key.shape,
      inner === KeySet.defaults
    {
      dialect = .listing
    }
    defer { dialect = outer }
    if let value = try read(key.shape, of: key.name, &events) {
      if case .id = key.shape, case .text(let id) = value { identifiers.append(id) }
      entries.add(Entry(key: key.index, mark: mark, value: value))
    } else {
      entries.spoil(key.index)
    }
  }

  /// A key that the set doesn't have.
  private mutating func extra(
    _ keys: KeySet, _ seen: inout [String: Int], _ meant: inout Set<Int>, _ events: inout EventReader
  ) throws(YAMLError) {
    let name = events.scalarText()
    if let first = seen.updateValue(events.line, forKey: name) {
      note(.yamlDuplicateKey, events, "\(quoted(name)) stands here again (first on line \(first)); keep one of them")
    } else if name == "<<" {
      note(
        .yamlMergeKey, events, "merge keys (<<) are not taken; write the values out, or put them into _defaults.yaml")
    } else if keys.takesExtras, name.hasPrefix("x-") {
      // The seller's own.
    } else if keys.elsewhere.contains(name) {
      note(
        dialect == .config ? .configUnknownKey : .keyPlace, events,
        "\(name) can't stand in \(keys.title); it belongs to \(place(of: name))")
    } else {
      // Past the limit nobody would read it, and looking for what was meant takes time.
      let isTold = problems.count <= Interpreter.problemLimit
      let near = isTold ? Suggestion.nearest(to: name, among: keys.names + keys.elsewhere) : nil
      if let near, let key = keys.keys.first(where: { $0.name.description == near }) { meant.insert(key.index) }
      let hint = near.map { "; did you mean \($0)?" } ?? ""
      note(
        dialect == .config ? .configUnknownKey : .unknownKey, events,
        "\(keys.title) has no key \(quoted(name))\(hint)")
    }
    try events.next()
    try skip(&events)
  }

  private func place(of name: String) -> String {
    switch name {
    case "enabled": "an account under marketplaces"
    case "latitude", "longitude", "postal_code": "location"
    default: "the listing itself"
    }
  }

  /// Passes over a value; still, keys may not stand twice in it.
  mutating func skip(_ events: inout EventReader) throws(YAMLError) {
    if events.kind == .sequenceStart {
      while try events.next() != .sequenceEnd { try skip(&events) }
    } else if events.kind == .mappingStart {
      var names: Set<String> = []
      while try events.next() != .mappingEnd {
        if events.kind == .scalar {
          let name = events.scalarText()
          if !names.insert(name).inserted {
            note(.yamlDuplicateKey, events, "\(quoted(name)) stands twice in this map; keep one of them")
          }
        } else {
          try skip(&events)
        }
        try events.next()
        try skip(&events)
      }
    }
  }

  // MARK: Values

  /// Nil when the value can't be used; the reason is noted.
  mutating func read(
    _ shape: Shape, of name: StaticString, _ events: inout EventReader
  ) throws(YAMLError) -> Value? {
    if isNull(events) {
      guard shape.isText, events.trailing == .attached, isEmpty(events) else { return .null }
      note(
        .yamlCutShort, events,
        "\(name) is empty, for `#` begins a comment; put the text in quotes, or a blank behind `#`")
      return nil
    }
    switch shape {
    case .map(let keys):
      guard events.kind == .mappingStart else {
        return try mismatch("\(name) must be a map, keys with their values", &events)
      }
      return .map(try map(keys, &events))
    case .texts: return try texts(name, &events)
    case .accounts(let overrides):
      if events.kind == .sequenceStart { return try texts(name, &events) }
      return try named(.map(overrides), name, &events)
    case .named(let shape): return try named(shape, name, &events)
    case .later:
      note(.notSupported, events, "\(name) is not supported by this version of hawker yet; remove it")
      try skip(&events)
      return nil
    default:
      guard events.kind == .scalar else {
        return try mismatch("\(name) must be one value, not a list or map", &events)
      }
      return scalar(shape, name, events)
    }
  }

  mutating func mismatch(_ message: String, _ events: inout EventReader) throws(YAMLError) -> Value? {
    note(dialect == .config ? .configType : .type, events, message)
    try skip(&events)
    return nil
  }

  // MARK: Notes

  func mark(_ events: borrowing EventReader) -> Mark {
    Mark(line: Int32(truncatingIfNeeded: events.line), column: Int32(truncatingIfNeeded: events.column), source: source)
  }

  /// Nothing at all is written there.
  func isEmpty(_ events: borrowing EventReader) -> Bool {
    events.kind == .scalar && events.style == .plain && events.withScalar { $0.count == 0 }
  }

  /// YAML 1.2's nulls; in quotes they are text.
  func isNull(_ events: borrowing EventReader) -> Bool {
    guard events.kind == .scalar, events.style == .plain else { return false }
    return events.withScalar { text in
      switch text.count {
      case 0: return true
      case 1: return text[0] == 0x7E
      case 4: break
      default: return false
      }
      return events.scalarEquals("null") || events.scalarEquals("Null") || events.scalarEquals("NULL")
    }
  }

  mutating func note(_ rule: Rule, _ events: borrowing EventReader, _ message: String) {
    note(rule, line: events.line, column: events.column, message)
  }

  mutating func note(
    _ rule: Rule, line: Int, column: Int, severity: Problem.Severity = .error, _ message: String
  ) {
    if severity == .error { hasErrors = true }
    guard problems.count <= Interpreter.problemLimit else { return }
    let isLast = problems.count == Interpreter.problemLimit
    problems.append(
      Problem(
        isLast ? .error : severity, rule: isLast ? Rule.yamlTooMany.rawValue : rule.rawValue, file: file, line: line,
        column: column,
        message: isLast ? Interpreter.more : message))
  }

  mutating func note(_ error: YAMLError) {
    note(Rule(error), line: error.line, column: error.column, error.message)
  }

  /// Where YAML breaks off, what was read just before is not what was meant: one mistake, one problem.
  mutating func dropEchoes(of error: YAMLError, from root: Mark?) {
    problems.removeAll { problem in
      let isRoot = root.map { problem.line == Int($0.line) && problem.column == Int($0.column) } ?? false
      return isRoot && problem.rule == Rule.type.rawValue || (error.line - 1...error.line).contains(problem.line)
    }
  }

  /// Names the entry that the problems from `index` on are about: it was read without knowing its name.
  mutating func address(from index: Int, _ map: StaticString, _ entry: String, _ hint: String) {
    for position in problems.indices.dropFirst(index) {
      let message = problems[position].message
      guard message.hasPrefix(map.description) else { continue }
      let rest = message.dropFirst(map.utf8CodeUnitCount)
      guard rest.first == " " || rest.first == "." else { continue }
      problems[position].message = "\(map).\(entry)\(rest)\(hint)"
    }
  }

  /// Says which listing the problems from `index` on belong to.
  mutating func attribute(from index: Int, to listing: String) {
    for position in problems.indices.dropFirst(index) { problems[position].listing = listing }
  }

  mutating func clearErrors() { hasErrors = false }

  func quoted(_ word: String) -> String { Interpreter.shown(word) }

  /// A seller's word in a message: short, and nothing in it that a terminal obeys.
  static func shown(_ word: String) -> String {
    guard !word.isEmpty else { return "\"\"" }
    var result = String.UnicodeScalarView()
    for scalar in word.unicodeScalars.prefix(60) {
      let kind = scalar.properties.generalCategory
      result.append(kind == .control || kind == .format || kind == .lineSeparator ? "?" : scalar)
    }
    return String(result)
  }
}

extension Rule {
  init(_ error: YAMLError) {
    self =
      switch error.kind {
      case .syntax: .yamlSyntax
      case .tab: .yamlTab
      case .colon: .yamlColon
      case .quote: .yamlQuote
      case .depth: .yamlDepth
      case .alias: .yamlAlias
      case .expansion: .yamlExpansion
      case .tag: .yamlTag
      case .directive: .yamlDirective
      case .encoding: .yamlEncoding
      case .character: .yamlCharacter
      }
  }
}
