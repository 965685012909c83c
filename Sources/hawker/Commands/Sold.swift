import ArgumentParser
import Planning

struct Sold: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sold", abstract: "It was sold: takes it off everywhere else, ahead of everything.",
    discussion: """
      With --account: sold there, where its post stays as the marketplace shows it. Of several (`quantity`) one is \
      counted off, and the posts stay while there is one left. A running daemon acts at once; without one, `apply` does.
      """)

  @OptionGroup var options: DecisionOptions

  @Argument(help: "The listing.")
  var id: String

  @Option(help: "For how much: 430, or \"430.00 USD\".")
  var price: String?

  func run() async throws {
    try await Decisions(options.global, sandbox: options.sandbox).carryOut(
      .sold(listing: id, account: options.account, price: price))
  }
}
