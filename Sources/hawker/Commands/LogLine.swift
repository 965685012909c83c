import Journaling
import Listings
import Planning

/// An entry in a line of words.
struct LogLine {
  private let entry: LogEntry
  private let post: String

  static func text(_ entry: LogEntry) -> String {
    let time = entry.at.description.replacing("T", with: " ").dropLast(5)
    let words = LogLine(entry).words
    return Escaping.line("\(time)  \(pad(String(entry.sequence), 6))  \(pad(entry.kind, 9))  \(words)")
  }

  private init(_ entry: LogEntry) {
    self.entry = entry
    post = [entry.listing, entry.account].compactMap { $0 }.joined(separator: " on ")
  }

  private static func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  private func string(_ key: String) -> String? { entry.json[key]?.identifier }

  private var words: String {
    switch entry.kind {
    case "opened": "journal \(string("lineage") ?? "") by hawker \(string("hawker") ?? "")"
    case "intent": intent
    case "outcome": outcome
    case "sold":
      "\(entry.listing ?? "") \(entry.account.map { "on \($0)" } ?? "elsewhere")\(price.map { " for \($0)" } ?? "")"
    case "held": "\(post) by \(string("by") ?? "?")\(until)\(string("text").map { ": \($0)" } ?? "")"
    case "released" where entry.json["permit"] != nil:
      "\(post): what \(string("by") ?? "?") holds is let through\(until)"
    case "released": "\(post)\(string("by").map { " from \($0)" } ?? "")"
    case "moved":
      "\(entry.listing ?? "")\(string("from").map { ", which was \($0)," } ?? "") to \(string("file") ?? "?")"
    case "protected": "\(entry.listing ?? "")\(entry.json["protected"]?.bool == false ? " no more" : "")"
    case "adopted": "\(post) as \(string("remote_id") ?? "?"), \(string("file") ?? "?")"
    case "forgotten": post
    case "observed": "\(post): \(observation)"
    default: other
    }
  }

  private var intent: String {
    let again = (entry.json["attempt"]?.integer ?? 1) > 1 ? " (again: it had not arrived)" : ""
    let remote = string("remote_id").map { " \($0)" } ?? ""
    return "\(string("action") ?? "?") \(post)\(remote)\(again), op \(string("op")?.prefix(8) ?? "")"
  }

  private var outcome: String {
    let error = entry.json["error"]?["message"]?.string.map { ": \($0)" } ?? ""
    let remote = string("remote_id").map { " as \($0)" } ?? ""
    let words = post.isEmpty ? "" : " \(post)"
    return "\(string("result") ?? "?")\(words)\(remote)\(error), op \(string("op")?.prefix(8) ?? "")"
  }

  private var observation: String {
    switch string("saw") {
    case "live": "live as \(string("remote_id") ?? "?")"
    case "gone": "not there any more"
    case "sold": "sold there\(price.map { " for \($0)" } ?? "")"
    case "hint": "something told to look at it"
    case "drift": drift.isEmpty ? "again as it was sent" : "changed there: \(drift)"
    default: other
    }
  }

  private var drift: String {
    let values = entry.json["values"]
    let fields = (entry.json["fields"]?.array ?? []).compactMap(\.string)
    return fields.map { field in field + (values?[field]?.string.map { " is \($0)" } ?? "") }.joined(separator: ", ")
  }

  private var until: String { string("until").map { " until \($0)" } ?? "" }

  private var price: String? {
    guard let minor = entry.json["price"]?.integer, let code = string("currency"), let currency = Currency(code: code)
    else { return nil }
    return Money(minor: minor, currency: currency).description
  }

  /// Of a newer hawker's kinds, and of what was seen: each member as it stands.
  private var other: String {
    let known: Set<String> = ["seq", "batch", "at", "kind", "listing", "account", "prev", "sum", "marketplace"]
    let rest = (entry.json.members ?? []).filter { !known.contains($0.key) }
    return post + rest.map { " \($0.key) \($0.value.text)" }.joined()
  }
}
