import ArgumentParser
import Glibc
import Journaling
import Listings
import Loading
import Marketplaces
import Planning
import Reconciling

struct Init: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "A new shop: hawker.yaml, listings/, state/, schema/, .gitignore, CI workflow; never overwrites.")

  enum CI: String, ExpressibleByArgument, CaseIterable { case github, gitlab }

  @OptionGroup var global: GlobalOptions

  @Argument(help: "Where (default: here).")
  var directory = "."

  @Option(help: "Also a workflow that checks pull requests.")
  var ci: CI?

  @Flag(help: "Marks the listings root as this journal's, after showing counts and asking.")
  var adoptRoot = false

  @Flag(help: "Starts a new journal for a listings root whose old one is lost, after asking.")
  var newJournal = false

  @Flag(help: "Doesn't ask.")
  var yes = false

  func validate() throws {
    if adoptRoot && newJournal { throw ValidationError("--adopt-root and --new-journal exclude each other") }
    if global.config != nil && !adoptRoot && !newJournal {
      throw ValidationError(
        "--config names the hawker.yaml of a shop that is there; say where the new one goes: init DIR")
    }
    if directory.isEmpty { throw ValidationError("say where: init DIR") }
  }

  func run() async throws {
    if adoptRoot { return try adopt() }
    if newJournal { return try await startAnew() }
    try create(Paths.absolute(directory))
  }

  // MARK: A new shop

  private func create(_ root: String) throws {
    try Files.makeDirectory(root)
    for (folder, mode) in [("listings", 0o755), ("listings/photos", 0o755), ("schema", 0o755), ("state", 0o700)] {
      try Files.makeDirectory("\(root)/\(folder)", mode: mode_t(mode))
    }
    var made: [String] = []
    var kept: [String] = []
    for (name, text) in try files() {
      if try Files.create("\(root)/\(name)", text) { made.append(name) } else { kept.append(name) }
    }
    // The journal and its mark belong to this machine: a list of the seller's own gets what is missing of ours.
    if kept.contains(".gitignore"), try Files.add(Template.ignored, to: "\(root)/.gitignore") {
      kept.removeAll { $0 == ".gitignore" }
      made.append("\(Template.ignored.joined(separator: " and ")) in .gitignore")
    }
    if made.contains("listings/desk-lamp.yaml") {
      try Files.create("\(root)/listings/photos/desk-lamp.png", Base64.decode(Template.photo))
    }
    Console.out(report(made: made, kept: kept))
  }

  private func files() throws -> [(String, String)] {
    var files = [
      ("hawker.yaml", Template.config), ("listings/desk-lamp.yaml", Template.listing),
      ("schema/hawker.schema.json", Schema.config()), ("schema/listing.schema.json", Schema.listing()),
      (".gitignore", Template.ignore),
    ]
    switch ci {
    case .github:
      try Files.makeDirectory(Paths.absolute(directory) + "/.github")
      try Files.makeDirectory(Paths.absolute(directory) + "/.github/workflows")
      files.append((".github/workflows/listings.yml", Template.github))
    case .gitlab: files.append((".gitlab-ci.yml", Template.gitlab))
    case nil: break
    }
    return files
  }

  private func report(made: [String], kept: [String]) -> String {
    var text = made.map { "made   \($0)\n" }.joined() + kept.map { "kept   \($0) (it was there)\n" }.joined()
    let prefix = directory == "." ? "" : "cd \(Shell.quoted(directory)) && "
    text += """

      Next:
        \(prefix)hawker plan --sandbox     what would happen; nothing does
        hawker run --sandbox      try it all without an account; then say status: available in listings/desk-lamp.yaml

      """
    return text
  }

  // MARK: The root and its journal

  private func adopt() throws {
    let setting = try Setting.read(global, in: Paths.absolute(directory))
    guard let ledger = try setting.readLedger() else {
      throw Exit(.journal, "\(setting.config.state): there is no journal whose root this could be; nothing was done")
    }
    let marker = LineageMarker(root: setting.config.listings)
    let (wanted, live) = (scan(setting), ledger.records.values.count(where: \.isLive))
    if case .unseen(let why) = wanted.root { throw Exit(.person, why) }
    Console.note(
      "\(setting.config.listings) holds \(wanted.listings.count, of: "valid listing"); this journal has \(live, of: "post") live."
    )
    if let other = marker.read()?.lineage, other != ledger.lineage {
      Console.note(
        "It bears the mark of another journal, \(other): with this one's mark, a hawker that keeps that journal will refuse "
          + "the folder.")
    }
    try confirm("Does it belong to this journal?")
    let hasConfig = !setting.config.file.isEmpty
    var mark = LineageMarker.Mark(
      lineage: ledger.lineage, sequence: ledger.sequence, hasConfig: hasConfig, device: marker.device)
    mark.disks = Set(wanted.disks)
    if let failure = marker.write(mark) {
      throw Exit(.failed, failure)
    }
    Console.out("\(marker.path): marked.\n")
  }

  private func startAnew() async throws {
    let setting = try Setting.read(global, in: Paths.absolute(directory))
    guard try setting.readLedger(mayBeLost: true) == nil else {
      throw Exit(.person, "\(setting.config.state) has a journal already; nothing was done")
    }
    let wanted = scan(setting)
    if case .unseen(let why) = wanted.root { throw Exit(.person, why) }
    Console.note(
      "A new journal knows of no posts: the next apply makes the posts of \(wanted.listings.count, of: "listing"), also those "
        + "that are on the marketplaces already.")
    try confirm("Are the old posts gone?")
    do throws(JournalError) {
      let journal = try Journal.open(setting.config.state, program: Version.text, now: Ambient.system.now)
      let marker = LineageMarker(root: setting.config.listings)
      let failure = marker.write(
        .init(
          lineage: journal.ledger.lineage, sequence: journal.ledger.sequence,
          hasConfig: !setting.config.file.isEmpty, device: marker.device))
      await journal.close()
      if let failure { throw JournalError.unwritable(path: setting.config.listings, reason: failure) }
    } catch {
      throw Exit(error)
    }
    Console.out("\(setting.config.state): a new journal.\n")
  }

  private func scan(_ setting: Setting) -> Wanted {
    var loader = Loader(setting.loaded, options: setting.loadingOptions(marker: .ignored))
    return loader.scan()
  }

  private func confirm(_ question: String) throws {
    if yes { return }
    guard Console.isInputTerminal else { throw Exit(.usage, "there is no terminal to ask on; give --yes") }
    guard Console.confirms(question) else { throw Exit(.done, "nothing was done") }
  }
}

/// Words as a POSIX shell takes them.
enum Shell {
  static func quoted(_ word: String) -> String {
    let isPlain = word.utf8.allSatisfy { byte in
      byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A || byte >= 0x2B && byte <= 0x39 && byte != 0x2C || byte == 0x5F
    }
    return isPlain && !word.isEmpty ? word : "'" + word.replacing("'", with: #"'\''"#) + "'"
  }
}
