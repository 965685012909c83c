import ArgumentParser
import Glibc
import Listings
import Loading
import Planning

struct Validate: AsyncParsableCommand, Formatted {
  static let configuration = CommandConfiguration(
    commandName: "validate", abstract: "Every problem in config and listings; no network, no state.")

  @OptionGroup var global: GlobalOptions

  @Argument(help: "Only problems in these files or folders.")
  var paths: [String] = []

  @Option(help: "How problems are written.")
  var format: Format = .text

  @Flag(help: "As the built-in sandbox would take them: no public_url is needed.")
  var sandbox = false

  func run() async throws {
    let loaded = ConfigReader.read(file: global.configFile, folder: Paths.current)
    let places = try paths.map { try place($0, loaded.config) }
    var problems = loaded.problems
    var count = 0
    if !loaded.problems.contains(where: { $0.severity == .error }) {
      let setting = Setting(loaded: loaded, isSandbox: sandbox)
      var loader = Loader(loaded, options: setting.loadingOptions(marker: .ignored))
      let wanted = loader.scan()
      problems += wanted.problems
      count = wanted.listings.count { covers(places, $0.file, loaded.config) }
      if case .unseen(let why) = wanted.root { throw Exit(.person, why) }
    } else {
      problems += Loader.unknownMarketplaces(loaded, Setting.capabilities)
    }
    // What is wrong with hawker.yaml is wrong with all of them.
    let file = loaded.config.file
    let shown = problems.filter { problem in
      covers(places, problem.file, loaded.config) || Paths.absolute(problem.file, from: loaded.config.shop) == file
    }
    write(shown.sorted(), listings: count)
    if shown.contains(where: { $0.severity == .error }) { throw Exit(.invalid) }
  }

  /// A path that says nothing of this shop is a slip, and not a shop without problems.
  private func place(_ path: String, _ config: Config) throws -> String {
    let place = Paths.absolute(path)
    guard access(place, F_OK) == 0 else { throw Exit(.usage, "\(path): \(String(cString: strerror(errno)))") }
    guard place == config.file || Paths.isIn(config.listings, place) || Paths.isIn(place, config.listings) else {
      throw Exit(.usage, "\(path) is neither in \(config.listings) nor this shop's hawker.yaml")
    }
    return place
  }

  private func covers(_ places: [String], _ file: String, _ config: Config) -> Bool {
    let file = Paths.absolute(file, from: config.shop)
    return places.isEmpty || places.contains { Paths.isIn($0, file) }
  }

  private func write(_ problems: [Problem], listings: Int) {
    if format == .json {
      var json = JSONWriter()
      json.object { json in
        json.field("format", "hawker.problems/1")
        json.field("listings", listings)
        PlanJSON.writeProblems(problems, to: &json)
      }
      return Console.out(json.text + "\n")
    }
    let excerpt = ProblemExcerpt(problems)
    for problem in excerpt.shown { Console.out(problem.text + "\n") }
    if let rest = excerpt.rest { Console.out(rest + "\n") }
    let errors = problems.count { $0.severity == .error }
    Console.out(
      "\(listings, of: "valid listing"), \(errors, of: "problem"), \(problems.count - errors, of: "warning").\n")
  }
}

struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema",
    abstract: "JSON Schema of a listing file or of hawker.yaml, or the rules as a Markdown table, on standard output.")

  enum Kind: String, ExpressibleByArgument, CaseIterable { case listing, config, rules }

  @OptionGroup var global: GlobalOptions

  @Argument(help: "What to write.")
  var kind: Kind = .listing

  func run() throws {
    switch kind {
    case .listing: Console.out(Schema.listing())
    case .config: Console.out(Schema.config())
    case .rules: Console.out(SchemaCommand.rules)
    }
  }

  private static var rules: String {
    Rule.allCases.reduce("| Rule | What is wrong |\n| --- | --- |\n") {
      $0 + "| `\($1.rawValue)` | \($1.explanation) |\n"
    }
  }
}

struct VersionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "version", abstract: "Prints the version.")

  @OptionGroup var global: GlobalOptions

  func run() throws { Console.out(Version.text + "\n") }
}
