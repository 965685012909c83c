import YAML

/// Lists, and maps whose keys are names of the seller's own.
extension Interpreter {
  mutating func texts(_ name: StaticString, _ events: inout EventReader) throws(YAMLError) -> Value? {
    guard events.kind == .sequenceStart else {
      return try mismatch("\(name) must be a list: [a, b], or a line - VALUE for each", &events)
    }
    var list: [MarkedText] = []
    var isUsable = true
    while try events.next() != .sequenceEnd {
      let mark = mark(events)
      guard list.count < Interpreter.entryLimit else {
        if isUsable {
          note(.yamlTooMany, events, "\(name) has more than \(Interpreter.entryLimit) entries; write fewer")
        }
        isUsable = false
        try skip(&events)
        continue
      }
      if events.kind == .scalar, !isNull(events) {
        if let text = text(name, events, allowsLines: false) {
          list.append(MarkedText(text: text, mark: mark))
        } else {
          isUsable = false
        }
      } else {
        _ = try mismatch("an entry of \(name) must be text", &events)
        isUsable = false
      }
    }
    return isUsable ? .list(list) : nil
  }

  mutating func named(
    _ shape: Shape, _ name: StaticString, _ events: inout EventReader
  ) throws(YAMLError) -> Value? {
    guard events.kind == .mappingStart else {
      return try mismatch("\(name) must be a map from names to values", &events)
    }
    var list: [NamedValue] = []
    var lines = NameLines()
    var isUsable = true
    while try events.next() != .mappingEnd {
      guard isTakable(name, list.count, &isUsable, &events) else {
        try skip(&events)
        try events.next()
        try skip(&events)
        continue
      }
      let entryName = events.scalarText()
      let mark = mark(events)
      if let first = lines.add(entryName, events.line) {
        note(
          .yamlDuplicateKey, events,
          "\(quoted(entryName)) stands here again (first on line \(first)); keep one of them")
        try events.next()
        try skip(&events)
        continue
      }
      try events.next()
      if shape.isOverride, isEmpty(events) {
        note(
          .valueEmpty, line: Int(mark.line), column: Int(mark.column),
          "\(name).\(quoted(entryName)) has no value; write {} for no overrides, or { enabled: false } to leave it out")
        isUsable = false
        continue
      }
      let first = problems.count
      let isFlag = events.kind == .scalar && events.scalarText() == "false"
      if let value = try read(shape, of: name, &events) {
        list.append(NamedValue(name: entryName, mark: mark, value: value))
      } else {
        isUsable = false
        let hint =
          isFlag && shape.isOverride ? "; to leave \(entryName) out, write \(entryName): { enabled: false }" : ""
        address(from: first, name, quoted(entryName), hint)
      }
    }
    return isUsable ? .named(list) : nil
  }

  /// Whether the key under the reader can be taken as one more name.
  private mutating func isTakable(
    _ name: StaticString, _ count: Int, _ isUsable: inout Bool, _ events: inout EventReader
  ) -> Bool {
    if events.kind != .scalar {
      note(.yamlComplexKey, events, "a key is a list or map; write a word and a colon")
      return false
    }
    guard count >= Interpreter.entryLimit else { return true }
    if isUsable {
      note(.yamlTooMany, events, "\(name) has more than \(Interpreter.entryLimit) entries; write fewer")
    }
    isUsable = false
    return false
  }
}

/// The names of a map so far, with their lines: a few are looked through, many are hashed.
private struct NameLines {
  private var few: [(name: String, line: Int)] = []
  private var many: [String: Int] = [:]

  /// The line on which the name stands already; nil when it is new.
  mutating func add(_ name: String, _ line: Int) -> Int? {
    if many.isEmpty {
      for index in few.indices where few[index].name == name { return few[index].line }
      few.append((name, line))
      if few.count == 8 { for entry in few { many[entry.name] = entry.line } }
      return nil
    }
    if let first = many[name] { return first }
    many[name] = line
    return nil
  }
}
