import ArgumentParser
import Glibc
import Loading
import Logging
import Reconciling

enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }
/// `plan` writes for pull requests, too: a comment, or GitHub's annotations.
enum PlanFormat: String, ExpressibleByArgument, CaseIterable { case text, json, markdown, github }
/// A command whose result can be had as JSON.
protocol Formatted {
  associatedtype Choice: RawRepresentable<String>
  var format: Choice { get }
}

extension Formatted {
  var writesJSON: Bool { format.rawValue == Format.json.rawValue }
}

enum ColorChoice: String, ExpressibleByArgument, CaseIterable { case auto, always, never }
extension Logger.Level: @retroactive ExpressibleByArgument {}

/// What every command takes.
struct GlobalOptions: ParsableArguments {
  @Option(help: "The shop's config (default: ./hawker.yaml, or $HAWKER_CONFIG).")
  var config: String?

  @Option(help: "trace, debug, info, notice, warning, error or critical.")
  var logLevel: Logger.Level = .notice

  @Option(help: "How logs are written to standard error.")
  var logFormat: Format = .text

  @Option(help: "Colour: on a terminal, always or never ($NO_COLOR is honoured).")
  var color: ColorChoice = .auto

  var isColoured: Bool { color.applies(to: Console.isOutputTerminal) }

  var logger: Logger {
    let isColoured = color.applies(to: Console.isErrorTerminal)
    var logger = Logger(label: "hawker") { [logFormat] _ in LineLogHandler(format: logFormat, isColoured: isColoured) }
    logger.logLevel = logLevel
    return logger
  }

  /// The config file that is asked for by name.
  var namedConfig: String? {
    if let config { return Paths.absolute(config) }
    return Environment["HAWKER_CONFIG"].flatMap { $0.isEmpty ? nil : Paths.absolute($0) }
  }

  /// The config file that is asked for: named, or found; nil when there is none and the defaults stand.
  var configFile: String? {
    if let namedConfig { return namedConfig }
    let here = Paths.absolute("hawker.yaml")
    return access(here, F_OK) == 0 ? here : nil
  }
}

extension ColorChoice {
  func applies(to isTerminal: Bool) -> Bool {
    switch self {
    case .always: true
    case .never: false
    case .auto: isTerminal && (Environment["NO_COLOR"] ?? "").isEmpty && Environment["TERM"] != "dumb"
    }
  }
}

/// What narrows a plan.
struct SelectionOptions: ParsableArguments {
  @Option(help: "Only this listing (repeatable).")
  var only: [String] = []

  @Option(help: "Only this account.")
  var account: String?

  func selection(allowing count: Int? = nil) -> Selection {
    Selection(listings: Set(only), account: account, allowedWithdrawals: count)
  }
}

enum Environment {
  static subscript(name: String) -> String? { getenv(name).map { String(cString: $0) } }
}
