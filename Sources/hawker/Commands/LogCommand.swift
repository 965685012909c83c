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
    var (count, last) = try show(setting, after: 0, newest: number)
    if let id, count == 0, number != 0 { try await tellOfNothing(id, setting) }
    guard follow else { return }
    for try await _ in Ticks(every: .milliseconds(500)) {
      if Console.isOutputClosed { return }
      (count, last) = try show(setting, after: last, newest: nil)
    }
  }

  /// What was forgotten still has its entries: an id without one is new, or a slip of the finger.
  private func tellOfNothing(_ id: String, _ setting: Setting) async throws {
    var loader = Loader(setting.loaded, options: setting.loadingOptions(marker: .ignored))
    let wanted = await loader.scanConcurrently()
    let names = KnownNames(config: setting.config, wanted: wanted, ledger: try setting.readLedger())
    try names.check(Selection(listings: [id]))
    Console.note("nothing is recorded of \(id) yet")
  }

  /// How many were shown, and up to which sequence was looked.
  private func show(_ setting: Setting, after last: Int, newest: Int?) throws -> (count: Int, last: Int) {
    let reading = JournalReading.log(setting.config.state, LogQuery(listing: id, after: last, newest: newest))
    let entries = reading.entries
    for entry in entries { Console.out(format == .json ? entry.json.text + "\n" : LogLine.text(entry) + "\n") }
    if let failure = reading.failure ?? setting.rollback(reading.lineage, reading.sequence) { throw Exit(failure) }
    if reading.lineage.isEmpty, let lost = setting.lostJournal { throw lost }
    return (entries.count, max(last, reading.sequence))
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
