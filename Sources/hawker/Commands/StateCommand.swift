import ArgumentParser
import Journaling
import Listings
import Marketplaces

struct StateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "state", abstract: "Checks the journal, compacts it, exports its records.",
    subcommands: [Verify.self, Compact.self, Export.self])

  struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "verify", abstract: "Checks every entry of every kept file.")

    @OptionGroup var global: GlobalOptions

    @Flag(help: "The sandbox's journal.")
    var sandbox = false

    func run() async throws {
      let setting = try Setting.read(global, sandbox: sandbox)
      var report = JournalReading.verify(setting.config.state)
      if report.files == 0, report.isIntact {
        if let lost = setting.lostJournal { throw lost }
        throw Exit(.done, "\(setting.config.state): there is no journal yet (--sandbox checks the sandbox's)")
      }
      if let end = report.end, let rollback = setting.rollback(end.lineage, end.sequence) {
        report.problems.append(rollback)
      }
      for note in report.notes { Console.out("note: \(note)\n") }
      for problem in report.problems { Console.out("\(problem.message)\n") }
      Console.out(
        "\(setting.config.state): \(report.files) files, \(report.entries) entries, "
          + verdict(report))
      if !report.isIntact { throw Exit(.journal) }
    }

    private func verdict(_ report: Verification) -> String {
      report.problems.isEmpty ? "all intact.\n" : "\(report.problems.count, of: "problem").\n"
    }
  }

  struct Compact: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "compact", abstract: "Folds the entries into a checkpoint and starts a new segment.")

    @OptionGroup var global: GlobalOptions

    @Flag(help: "The sandbox's journal.")
    var sandbox = false

    func run() async throws {
      let setting = try Setting.read(global, sandbox: sandbox)
      guard try setting.readLedger() != nil else {
        throw Exit(.done, "\(setting.config.state): there is no journal yet")
      }
      do throws(JournalError) {
        let journal = try Journal.open(setting.config.state, program: Version.text, now: Ambient.system.now)
        try await journal.compact()
        let records = journal.ledger.records.count
        if let lost = await journal.close() { throw lost }
        Console.out("\(setting.config.state): compacted to \(records) records.\n")
      } catch {
        throw Exit(error)
      }
    }
  }

  struct Export: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "export", abstract: "Every post's record, as JSON on standard output.")

    @OptionGroup var global: GlobalOptions

    @Flag(help: "The sandbox's journal.")
    var sandbox = false

    func run() async throws {
      let setting = try Setting.read(global, sandbox: sandbox)
      let text: String?
      do throws(JournalError) { text = try JournalReading.export(setting.config.state) } catch { throw Exit(error) }
      guard let text else {
        throw setting.lostJournal
          ?? Exit(.journal, "\(setting.config.state): there is no journal yet; `hawker apply` makes it")
      }
      Console.out(text + "\n")
    }
  }
}
