import ArgumentParser
import Glibc
import Journaling
import Planning

// hawker: the program. In: a command line, the environment. Out: one result on standard output, logs and progress on
// standard error, an exit code. Wires the modules together, and is the only one that knows every adapter. It must never
// decide what to do about a post.

// Every command says its own name: made from its type's, it would cost each start half a millisecond a command.
struct Hawker: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hawker",
    abstract: "Keeps marketplace listings in step with a directory of YAML files.",
    discussion: """
      Global options may stand before the command:
        --config FILE   --log-level LEVEL   --log-format text|json   --color auto|always|never

      Exit codes: 0 done · 1 something failed or is uncertain · 2 changes pending (plan --detailed-exitcode) ·
      3 a person is needed · 4 invalid listings or config · 5 another hawker holds the state ·
      6 an account needs connecting · 7 the journal is damaged or can't be written · 64 wrong command line
      """,
    version: Version.text,
    subcommands: [
      Init.self, Validate.self, PlanCommand.self, Apply.self, Run.self, Status.self, Show.self, LogCommand.self,
      Connect.self, Sold.self, Pull.self,
      Hold.self, Release.self, Forget.self, Resolve.self, Approve.self, SandboxCommand.self, SchemaCommand.self,
      StateCommand.self, VersionCommand.self,
    ])
}

@main
enum Main {
  static func main() async {
    // A reader that went away is no reason to die in the middle of a pass.
    signal(SIGPIPE, SIG_IGN)
    // Asked by scripts before each run, and needs nothing of what follows: telling commands apart costs milliseconds.
    if CommandLine.arguments.dropFirst() == ["--version"] {
      Console.out(Version.text + "\n")
      Exit.now([])
    }
    #if DEBUG
      CrashHook.install()
    #endif
    var format = Format.text
    do {
      var command = try Hawker.parseAsRoot(CommandLineOrder.globalsLast(Array(CommandLine.arguments.dropFirst())))
      format = Main.format(of: command)
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
      Exit.now([])
    } catch let exit as Exit {
      end(exit, format)
    } catch let error as JournalError {
      end(Exit(error), format)
    } catch {
      Hawker.exit(withError: error)
    }
  }

  private static func format(of command: any ParsableCommand) -> Format {
    (command as? any Formatted)?.writesJSON == true ? .json : .text
  }

  /// What is asked for as JSON is answered as JSON, whatever comes of it.
  private static func end(_ exit: Exit, _ format: Format) -> Never {
    let isSandbox = CommandLine.arguments.contains("--sandbox")
    if let message = exit.message.map({ isSandbox ? Advice.inSandbox($0) : $0 }) {
      // Who was asked and said no has no error.
      if format == .json, exit.code != .done, !Console.hasResult { Console.out(exit.json(message)) }
      Console.error(message)
    }
    Exit.now([exit.code])
  }
}

enum Version {
  static let text = "0.1.0"

  /// Names this very program file: another build may read the same listing otherwise.
  static var build: String {
    var status = stat()
    guard stat("/proc/self/exe", &status) == 0 else { return text }
    return "\(text) \(status.st_ino) \(status.st_size) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
  }
}

/// `hawker --config FILE plan` and `hawker plan --config FILE` are the same.
enum CommandLineOrder {
  private static let globals: Set<String> = ["--config", "--log-level", "--log-format", "--color"]

  static func globalsLast(_ arguments: [String]) -> [String] {
    var moved: [String] = []
    var index = 0
    while index < arguments.count {
      let argument = arguments[index]
      if globals.contains(argument), index + 1 < arguments.count {
        moved += arguments[index...index + 1]
        index += 2
      } else if let name = argument.split(separator: "=", maxSplits: 1).first, globals.contains(String(name)) {
        moved.append(argument)
        index += 1
      } else {
        break
      }
    }
    // They stand right behind the command, so that a `--` further on keeps its meaning.
    guard index < arguments.count, !moved.isEmpty else { return arguments }
    var depth = 1
    if arguments[index] == "state", index + 1 < arguments.count, !arguments[index + 1].hasPrefix("-") { depth = 2 }
    return arguments[index..<index + depth] + moved + arguments[(index + depth)...]
  }
}
