import ArgumentParser
import Listings
import Planning

struct Release: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "release",
    abstract: "Ends what holds a listing: the seller's hold, a refusal, `gone`, a sale's claim, a price drop.",
    discussion: """
      With --scope: what hawker.yaml no longer covers (another listings root, an account that was taken out) is shown, \
      and then withdrawn or forgotten.
      """)

  @OptionGroup var options: DecisionOptions

  @Argument(help: "The listing.")
  var id: String?

  @Flag(help: "What left the config's scope.")
  var scope = false

  @Flag(help: "With --scope: takes the posts off.")
  var withdraw = false

  @Flag(help: "With --scope: leaves the posts where they are, and forgets them.")
  var forget = false

  @Flag(help: "Doesn't ask.")
  var yes = false

  func validate() throws {
    guard (id != nil) != scope else { throw ValidationError("name one listing, or give --scope") }
    if !scope, withdraw || forget { throw ValidationError("--withdraw and --forget go with --scope") }
    if withdraw, forget { throw ValidationError("--withdraw and --forget exclude each other") }
    if scope, options.account != nil { throw ValidationError("--account does not go with --scope") }
  }

  func run() async throws {
    let decisions = Decisions(options.global, sandbox: options.sandbox)
    if let id { return try await decisions.carryOut(.release(listing: id, account: options.account)) }
    let left = try await decisions.leftScope()
    for line in left { Console.note(line) }
    if left.isEmpty { throw Exit(.done, "nothing has left the scope of hawker.yaml") }
    try await decisions.carryOut(.releaseScope(withdraw: try chosen(left.count)))
  }

  /// Whether to withdraw; otherwise to forget.
  private func chosen(_ count: Int) throws -> Bool {
    guard yes || Console.isInputTerminal else {
      throw Exit(.usage, "there is no terminal to ask on; give --yes with --withdraw or --forget")
    }
    if withdraw || forget {
      let verb = withdraw ? "Withdraw" : "Forget"
      guard yes || Console.confirms("\(verb) \(count, of: "post")?") else { throw Exit(.done, "nothing was done") }
      return withdraw
    }
    if yes { throw Exit(.usage, "give --withdraw or --forget with --yes") }
    if Console.confirms("Withdraw \(count, of: "post")?") { return true }
    guard Console.confirms("Forget them, and leave them where they are?") else {
      throw Exit(.done, "nothing was done")
    }
    return false
  }
}
