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
      let report = JournalReading.verify(setting.config.state)
      if report.files == 0, report.isIntact {
        throw Exit(.done, "\(setting.config.state): there is no journal yet (--sandbox checks the sandbox's)")
      }
      for note in report.notes { Console.out("note: \(note)\n") }
      for problem in report.problems { Console.out("\(problem.message)\n") }
      Console.out(
        "\(setting.config.state): \(report.files) files, \(report.entries) entries, "
          + (report.isIntact ? "all intact.\n" : "\(report.problems.count) damaged places.\n"))
      if !report.isIntact { throw Exit(.journal) }
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
      do throws(JournalError) {
        guard let text = try JournalReading.export(setting.config.state) else {
          throw JournalError.unreadable(path: setting.config.state, reason: "there is no journal yet")
        }
        Console.out(text + "\n")
      } catch {
        throw Exit(error)
      }
    }
  }
}
