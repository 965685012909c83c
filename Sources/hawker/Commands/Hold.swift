import ArgumentParser
import Planning

/// What every decision about one listing takes.
struct DecisionOptions: ParsableArguments {
  @OptionGroup var global: GlobalOptions

  @Option(help: "Only this account.")
  var account: String?

  @Flag(help: "In the sandbox's journal.")
  var sandbox = false
}

struct Hold: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hold", abstract: "Leaves a listing's posts alone until `release`.",
    discussion: "Reaches a running daemon, or writes into the journal when none runs.")

  @OptionGroup var options: DecisionOptions

  @Argument(help: "The listing.")
  var id: String

  @Option(help: "Why, for whoever looks at it later.")
  var reason: String?

  func run() async throws {
    try await Decisions(options.global, sandbox: options.sandbox).carryOut(
      .hold(listing: id, account: options.account, reason: reason))
  }
}
