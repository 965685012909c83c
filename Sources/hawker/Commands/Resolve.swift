import ArgumentParser
import Planning

struct Resolve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resolve", abstract: "Says what became of a post that hawker can't settle by asking.",
    discussion: "Look at the marketplace first: what is said not to be posted is posted again.")

  @OptionGroup var options: DecisionOptions

  @Argument(help: "The listing.")
  var id: String

  @Option(help: "It is there, and this is its id.")
  var posted: String?

  @Flag(help: "It is not there.")
  var notPosted = false

  func validate() throws {
    guard (posted != nil) != notPosted else { throw ValidationError("give --posted REMOTE_ID or --not-posted") }
  }

  func run() async throws {
    try await Decisions(options.global, sandbox: options.sandbox).carryOut(
      .resolve(listing: id, account: options.account, posted: posted))
  }
}
