import Glibc
import Journaling
import Listings
import Planning

/// The exit codes of spec/cli.md.
enum ExitCode: Int32 {
  case done = 0
  case failed = 1
  case pending = 2
  case person = 3
  case invalid = 4
  case locked = 5
  case connect = 6
  case journal = 7
  case usage = 64

  /// Several at once: the first of these that applies.
  private static let precedence: [ExitCode] = [
    .usage, .locked, .journal, .connect, .failed, .person, .invalid, .pending,
  ]

  static func first(of codes: Set<ExitCode>) -> ExitCode { precedence.first(where: codes.contains) ?? .done }
}

/// Ends the program with a code, and with a message on standard error.
struct Exit: Error {
  let code: ExitCode
  let message: String?
  /// What it is because of, file by file.
  let problems: [Problem]

  init(_ code: ExitCode, _ message: String? = nil, because problems: [Problem] = []) {
    self.code = code
    self.message = message
    self.problems = problems
  }

  init(_ error: JournalError) {
    if case .locked = error { self.init(.locked, error.message) } else { self.init(.journal, error.message) }
  }

  /// Ends the process at once.
  static func now(_ codes: Set<ExitCode>) -> Never {
    var codes = codes
    if let failure = Console.outputFailure {
      Console.error(failure)
      codes.insert(.failed)
    }
    Glibc.exit(ExitCode.first(of: codes).rawValue)
  }

  /// Ends well when `codes` is empty.
  static func finish(_ codes: Set<ExitCode>) throws {
    let code = ExitCode.first(of: codes)
    if code != .done { throw Exit(code) }
  }
}

extension Plan {
  /// What a plan says by itself, before anything is done.
  var exitCodes: Set<ExitCode> {
    var codes: Set<ExitCode> = []
    if needsPerson { codes.insert(.person) }
    if hasErrors { codes.insert(.invalid) }
    return codes
  }
}

extension Exit {
  /// `hawker.error/1`: the one document of a command with `--format json` that has no other result to show.
  func json(_ message: String) -> String {
    var json = JSONWriter()
    json.object { json in
      json.field("format", "hawker.error/1")
      json.field("exit", Int(code.rawValue))
      json.field("message", message)
      PlanJSON.writeProblems(problems, to: &json)
    }
    return json.text + "\n"
  }
}
