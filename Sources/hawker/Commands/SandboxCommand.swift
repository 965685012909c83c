import ArgumentParser
import Loading
import Sandbox
import UnixSignals

struct SandboxCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sandbox",
    abstract: "Emulated marketplaces on loopback, with a page to look at them.",
    discussion: "Kinds of --fault, each as KIND[@SCOPE][:RATE] (drop-after@create:5%):\n" + Fault.help)

  @OptionGroup var global: GlobalOptions

  @Option(help: "0: any free one.")
  var port = 8585

  @Option(help: "Where listings and photos are kept (default: in memory).")
  var directory: String?

  @Option(help: "Added to every answer.")
  var latency = DurationArgument(.zero)

  @Option(help: "A misbehaviour, as KIND[@SCOPE][:RATE] (repeatable).")
  var fault: [String] = []

  @Flag(help: "Only the bare contract: no reads, references or idempotency keys on OfferUp.")
  var bare = false

  @Option(help: "Enforces a rate limit, with the marketplaces' headers.")
  var requestsPerSecond: Int?

  @Option(help: "How long OfferUp's access tokens are good.")
  var tokenLifetime = DurationArgument(.seconds(3600))

  @Flag(help: "A line for each request on standard error.")
  var verbose = false

  func validate() throws {
    guard (0...65_535).contains(port) else {
      throw ValidationError("--port \(port) is no port: give a number from 1 to 65535, or 0 for any free one")
    }
    if let requestsPerSecond, requestsPerSecond < 1 {
      throw ValidationError("--requests-per-second takes a number from 1")
    }
  }

  func run() async throws {
    try Descriptors.ready()
    var options = SandboxOptions()
    options.port = port
    options.directory = directory.map { Paths.absolute($0) }
    options.latency = latency.duration
    options.faults = try fault.map(SandboxFaults.parse)
    options.isBare = bare
    options.requestsPerSecond = requestsPerSecond
    options.quiet = !verbose
    options.tokenLifetime = tokenLifetime.duration
    let server: SandboxServer
    let address: SandboxAddress
    do {
      server = try SandboxServer(options)
      address = try await server.start()
    } catch {
      throw Exit(.failed, "the sandbox can't start: \(error)")
    }
    Console.out(SandboxCommand.greeting(address, bare: bare))
    for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) { break }
    await server.stop()
  }

  private static func greeting(_ address: SandboxAddress, bare: Bool) -> String {
    """
    What buyers would see: \(address.page)

    To point a shop at it, in hawker.yaml:
      accounts:
        facebook: { marketplace: facebook, page_id: "\(address.pageID)", graph_url: \(address.facebookURL), login_url: \(address.facebookURL) }
        offerup:  { marketplace: offerup, api_url: \(address.offerUpURL), login_url: \(address.offerUpLoginURL)\(bare ? ", extensions: false" : "") }
    and in the environment, for `hawker connect`:
      FACEBOOK_APP_ID=\(SandboxCredentials.facebookAppID) FACEBOOK_APP_SECRET=\(SandboxCredentials.facebookAppSecret)
      OFFERUP_CLIENT_ID=\(SandboxCredentials.offerUpClientID) OFFERUP_CLIENT_SECRET=\(SandboxCredentials.offerUpClientSecret)
    or, without it:
      HAWKER_TOKEN_FACEBOOK=\(address.userToken)
      HAWKER_TOKEN_OFFERUP=\(address.offerUpToken)

    Ctrl-C ends it.

    """
  }
}
