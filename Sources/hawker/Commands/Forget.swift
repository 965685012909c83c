import ArgumentParser
import Planning

struct Forget: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "forget", abstract: "Takes a listing's posts out of the records, without touching the marketplace.",
    discussion: "Refused while a file asks for them: they would be posted a second time. The history stays.")

  @OptionGroup var options: DecisionOptions

  @Argument(help: "The listing.")
  var id: String

  func run() async throws {
    try await Decisions(options.global, sandbox: options.sandbox).carryOut(
      .forget(listing: id, account: options.account))
  }
}
