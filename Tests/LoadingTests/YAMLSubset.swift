import Listings
import Testing

@testable import Loading
@testable import YAML

/// The table, how a row is judged, and the page that shows it.
enum YAMLSubset {
  struct Row: Sendable, CustomTestStringConvertible {
    var section: String
    var name: String
    var yaml: String
    /// What it means, as JSON whose scalars are all text, or the rule that it breaks.
    var outcome: String

    var testDescription: String { name }
  }

  static let rows = styles + structures

  static func section(_ section: String, _ rows: [(name: String, yaml: String, outcome: String)]) -> [Row] {
    rows.map { Row(section: section, name: $0.name, yaml: $0.yaml, outcome: $0.outcome) }
  }

  // MARK: Streams

  /// The meaning of a stream, documents side by side; or the first rule of the YAML layer that it breaks.
  static func outcome(of yaml: String) -> String {
    let bytes = bytes(of: yaml)
    let parsed = ListingFile(bytes.span, file: "x.yaml", keys: KeySet.listing, source: Source.own)
    let broken = parsed.problems.filter { $0.rule.hasPrefix("yaml/") }
    if let error = broken.first(where: { $0.severity == .error }) { return error.rule }
    do throws(YAMLError) {
      let meaning = try EventReader.read(bytes.span) { (events) throws(YAMLError) in
        var documents: [String] = []
        while try events.next() != .streamEnd {
          guard events.kind == .documentStart else { continue }
          try events.next()
          documents.append(try value(&events))
        }
        return documents.joined(separator: " ")
      }
      return (broken.first.map { "\($0.rule) (warning) " } ?? "") + meaning
    } catch {
      return Rule(error).rawValue
    }
  }

  private static func value(_ events: inout EventReader) throws(YAMLError) -> String {
    switch events.kind {
    case .sequenceStart:
      var items: [String] = []
      while try events.next() != .sequenceEnd { items.append(try value(&events)) }
      return "[" + items.joined(separator: ", ") + "]"
    case .mappingStart:
      var items: [String] = []
      while try events.next() != .mappingEnd {
        let key = try value(&events)
        try events.next()
        items.append("\(key): \(try value(&events))")
      }
      return "{" + items.joined(separator: ", ") + "}"
    default:
      let isNull = Interpreter(file: "", source: 0, dialect: .listing).isNull(events)
      return isNull ? "null" : JSONValue.string(events.scalarText()).text
    }
  }

  /// `‹FF›` stands for the byte, since a Swift text can't hold every one.
  private static func bytes(of yaml: String) -> [UInt8] {
    var result: [UInt8] = []
    var rest = yaml[...]
    while let open = rest.firstIndex(of: "‹"), let close = rest[open...].firstIndex(of: "›") {
      result += Array(rest[..<open].utf8)
      result.append(UInt8(rest[rest.index(after: open)..<close], radix: 16) ?? 0)
      rest = rest[rest.index(after: close)...]
    }
    return result + Array(rest.utf8)
  }

  // MARK: Values

  /// What a key of a listing gets from one line; or the rule that it breaks.
  static func value(of yaml: String) -> String {
    let bytes = bytes(of: yaml)
    let parsed = ListingFile(bytes.span, file: "x.yaml", keys: KeySet.listing, source: Source.own)
    if let problem = parsed.problems.first { return problem.rule }
    guard let entry = parsed.drafts.first?.entries.items.first else { return "nothing" }
    return describe(entry.value)
  }

  private static func describe(_ value: Value) -> String {
    switch value {
    case .null: "nothing: lower layers are hidden"
    case .text(let text): "text " + JSONValue.string(text).text
    case .amount(let amount):
      "\(amount.unscaled) with \(amount.decimals) decimals" + (amount.currency.map { " of \($0.code)" } ?? "")
    case .flag(let flag): "\(flag)"
    case .integer(let number): "number \(number)"
    case .coordinate(let coordinate): "degrees \(coordinate)"
    case .list(let list): "texts " + JSONValue.array(list.map { .string($0.text) }).text
    case .map(let entries): entries.items.map { describe($0.value) }.joined(separator: ", ")
    case .duration, .named: "something else"
    }
  }

  // MARK: The page

  static var page: String {
    var text = """
      # The YAML that hawker takes

      YAML 1.2's core, read strictly: what different programs read differently, or what hides a slip, is refused with a rule
      and a place. Every row is a test (`Tests/LoadingTests/YAMLSubset*.swift`, which also writes this page). What is taken
      is shown as JSON with every scalar as text, for that is what YAML gives; a key's own kind decides what text becomes.
      `⏎` is a line break, `→` a tab, `‹FF›` a byte.

      """
    var section = ""
    for row in rows + values {
      if row.section != section {
        section = row.section
        text += "\n## \(section)\n\n| what | written | taken as, or the rule |\n| --- | --- | --- |\n"
      }
      text += "| \(row.name) | \(code(row.yaml)) | \(code(row.outcome)) |\n"
    }
    return text
  }

  private static func code(_ text: String) -> String {
    var shown = ""
    for scalar in text.unicodeScalars.prefix(90) {
      switch scalar {
      case "\n": shown += "⏎"
      case "\r": shown += "␍"
      case "\t": shown += "→"
      case "|": shown += "\\|"
      case "\u{FEFF}": shown += "‹EF›‹BB›‹BF›"
      case _ where scalar.value < 0x20 || (0x7F...0xA0).contains(scalar.value) || scalar.value == 0x2028:
        shown += "\\u{\(String(scalar.value, radix: 16))}"
      default: shown.unicodeScalars.append(scalar)
      }
    }
    let more = text.unicodeScalars.count > 90 ? "…" : ""
    if shown.isEmpty { return "nothing" }
    return shown.contains("`") ? "`` \(shown)\(more) ``" : "`\(shown)\(more)`"
  }
}
