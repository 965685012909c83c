import ArgumentParser
import Journaling
import Listings
import Loading
import Planning
import Reconciling
import UnixSignals

struct LogCommand: AsyncParsableCommand, Formatted {
  static let configuration = CommandConfiguration(
    commandName: "log", abstract: "The journal as a person reads it.")

  @OptionGroup var global: GlobalOptions

  @Argument(help: "Only this listing.")
  var id: String?

  @Flag(help: "Goes on as entries are added.")
  var follow = false

  @Option(name: .shortAndLong, help: "Only the newest N entries.")
  var number: Int?

  @Option(help: "json: the entries as they stand in the journal, one a line.")
  var format: Format = .text

  @Flag(help: "The sandbox's journal.")
  var sandbox = false

  func run() async throws {
    let setting = try Setting.read(global, sandbox: sandbox)
    var last = try show(setting, after: 0, newest: number)
    if let id, last == 0 { try await tellOfNothing(id, setting) }
    guard follow else { return }
    for try await _ in Ticks(every: .milliseconds(500)) { last = try show(setting, after: last, newest: nil) }
  }

  /// What was forgotten still has its entries: an id without one is new, or a slip of the finger.
  private func tellOfNothing(_ id: String, _ setting: Setting) async throws {
    var loader = Loader(setting.loaded, options: setting.loadingOptions(marker: .ignored))
    let wanted = await loader.scanConcurrently()
    let names = KnownNames(config: setting.config, wanted: wanted, ledger: try setting.readLedger())
    try names.check(Selection(listings: [id]))
    Console.note("nothing is recorded of \(id) yet")
  }

  /// Returns the last sequence that was shown.
  private func show(_ setting: Setting, after last: Int, newest: Int?) throws -> Int {
    let reading = JournalReading.log(setting.config.state, LogQuery(listing: id, after: last, newest: newest))
    let entries = reading.entries
    for entry in entries { Console.out(format == .json ? entry.json.text + "\n" : LogLine.text(entry) + "\n") }
    if let failure = reading.failure ?? setting.rollback(reading.lineage, reading.sequence) { throw Exit(failure) }
    if reading.lineage.isEmpty, let lost = setting.lostJournal { throw lost }
    return entries.last?.sequence ?? last
  }
}

/// An entry in a line of words.
enum LogLine {
  static func text(_ entry: LogEntry) -> String {
    let time = entry.at.description.replacing("T", with: " ").dropLast(5)
    let post = [entry.listing, entry.account].compactMap { $0 }.joined(separator: " on ")
    return Escaping.line("\(time)  \(pad(String(entry.sequence), 6))  \(pad(entry.kind, 9))  \(words(entry, post))")
  }

  private static func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  private static func words(_ entry: LogEntry, _ post: String) -> String {
    func string(_ key: String) -> String? { entry.json[key]?.identifier }
    switch entry.kind {
    case "opened": return "journal \(string("lineage") ?? "") by hawker \(string("hawker") ?? "")"
    case "intent":
      let again = (entry.json["attempt"]?.integer ?? 1) > 1 ? " (again: it had not arrived)" : ""
      let remote = string("remote_id").map { " \($0)" } ?? ""
      return "\(string("action") ?? "?") \(post)\(remote)\(again), op \(string("op")?.prefix(8) ?? "")"
    case "outcome":
      let error = entry.json["error"]?["message"]?.string.map { ": \($0)" } ?? ""
      let remote = string("remote_id").map { " as \($0)" } ?? ""
      return
        "\(string("result") ?? "?")\(post.isEmpty ? "" : " \(post)")\(remote)\(error), op \(string("op")?.prefix(8) ?? "")"
    default:
      let known: Set<String> = ["seq", "batch", "at", "kind", "listing", "account", "prev", "sum", "marketplace"]
      let rest = (entry.json.members ?? []).filter { !known.contains($0.key) }
      return post + rest.map { " \($0.key) \($0.value.text)" }.joined()
    }
  }
}

/// A beat, for `--follow` and `--watch`; ends with the process.
struct Ticks: AsyncSequence {
  let every: Duration

  struct Iterator: AsyncIteratorProtocol {
    let every: Duration
    mutating func next() async throws -> Void? {
      try await Task.sleep(for: every)
      return ()
    }
  }

  func makeAsyncIterator() -> Iterator { Iterator(every: every) }
}
