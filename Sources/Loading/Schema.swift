import Listings

/// JSON Schema 2020-12 for editors, made from the key descriptions that the loader reads by.
package enum Schema {
  package static func listing() -> String {
    document("hawker listing", KeySet.listing)
  }

  package static func config() -> String {
    document("hawker.yaml", KeySet.config)
  }

  private static func document(_ title: String, _ keys: KeySet) -> String {
    var members: [(String, SchemaNode)] = [
      ("$schema", .text("https://json-schema.org/draft/2020-12/schema")), ("title", .text(title)),
    ]
    members += map(keys)
    return SchemaNode.object(members).written(indentation: 0) + "\n"
  }

  private static func map(_ keys: KeySet) -> [(String, SchemaNode)] {
    var members: [(String, SchemaNode)] = [
      ("type", .text("object")),
      ("properties", .object(keys.keys.map { ($0.name.description, property($0)) })),
    ]
    if keys.takesExtras { members.append(("patternProperties", .object([("^x-", .flag(true))]))) }
    members.append(("additionalProperties", .flag(false)))
    return members
  }

  private static func property(_ key: Key) -> SchemaNode {
    if case .later = key.shape { return .object([("description", .text(key.summary)), ("not", .object([]))]) }
    return .object(
      [("description", .text(key.summary)), ("anyOf", .list([.object(shape(key.shape)), kind("null")]))])
  }

  private static func kind(_ name: String) -> SchemaNode { .object([("type", .text(name))]) }

  private static func matching(_ pattern: String) -> [(String, SchemaNode)] {
    [("type", .text("string")), ("pattern", .text(pattern))]
  }

  private static func either(_ alternatives: [(String, SchemaNode)]...) -> [(String, SchemaNode)] {
    [("anyOf", .list(alternatives.map { .object($0) }))]
  }

  private static func shape(_ shape: Shape) -> [(String, SchemaNode)] {
    switch shape {
    // Plain scalars are text to hawker whatever an editor takes them for.
    case .title, .paragraph, .text:
      [("type", .list([.text("string"), .text("number"), .text("boolean")])), ("minLength", .number(1))]
    case .postalCode: [("type", .text("string")), ("minLength", .number(1))]
    case .id:
      either(matching("^[a-z0-9][a-z0-9-]{0,63}$"), [("type", .text("integer")), ("minimum", .number(0))])
    case .amount:
      either(
        [("type", .text("number")), ("minimum", .number(0))],
        matching("^([0-9]+(\\.[0-9]+)?( +[A-Z]{3})?|[Ff][Rr][Ee][Ee])$"))
    case .currency: matching("^[A-Z]{3}$")
    case .flag: [("type", .text("boolean"))]
    case .integer(let range):
      [("type", .text("integer")), ("minimum", .number(range.lowerBound)), ("maximum", .number(range.upperBound))]
    case .word(let words): [("enum", .list(words.map { .text($0) }))]
    case .coordinate(let limit):
      either(
        [("type", .text("number")), ("minimum", .number(-Int(limit))), ("maximum", .number(Int(limit)))],
        matching("^[+-]?[0-9]+(\\.[0-9]+)?$"))
    case .texts: [("type", .text("array")), ("items", .object(self.shape(.text)))]
    case .map(let keys): map(keys)
    case .accounts(let keys):
      either(self.shape(.texts), named(.object(either(map(keys), [("type", .text("null"))]))))
    case .named(let inner): named(.object(self.shape(inner)))
    case .duration: matching("^[0-9]{1,9}(ms|s|m|h|d)$")
    case .percent: matching("^(100|[0-9]{1,2})%$")
    case .address: matching("^https?://")
    case .listen: matching("^(off|.+:[0-9]+)$")
    case .later: []
    }
  }

  private static func named(_ value: SchemaNode) -> [(String, SchemaNode)] {
    [("type", .text("object")), ("additionalProperties", value)]
  }
}

/// JSON that is read by people: two blanks for each level, members in the order they are given.
private indirect enum SchemaNode {
  case text(String)
  case number(Int)
  case flag(Bool)
  case list([SchemaNode])
  case object([(String, SchemaNode)])

  func written(indentation: Int) -> String {
    let outer = String(repeating: " ", count: indentation)
    let inner = outer + "  "
    switch self {
    case .text(let text): return SchemaNode.quoted(text)
    case .number(let number): return String(number)
    case .flag(let flag): return flag ? "true" : "false"
    case .list(let nodes):
      if nodes.isEmpty { return "[]" }
      let lines = nodes.map { inner + $0.written(indentation: indentation + 2) }
      return "[\n" + lines.joined(separator: ",\n") + "\n\(outer)]"
    case .object(let members):
      if members.isEmpty { return "{}" }
      let lines = members.map { inner + SchemaNode.quoted($0) + ": " + $1.written(indentation: indentation + 2) }
      return "{\n" + lines.joined(separator: ",\n") + "\n\(outer)}"
    }
  }

  private static func quoted(_ text: String) -> String {
    var json = JSONWriter(reserving: text.utf8.count + 2)
    json.value(text)
    return json.text
  }
}
