import ArgumentParser
import Journaling
import Listings
import Logging
import Reconciling
import Sandbox
import ServiceLifecycle
import Synchronization
import UnixSignals

struct Run: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "The daemon: watches the files, plans and applies, for ever.",
    discussion: "Stopped by SIGINT or SIGTERM: running requests finish (10 s), nothing new starts.")

  @OptionGroup var global: GlobalOptions

  @Flag(help: "Against the built-in sandbox: no account, no credentials.")
  var sandbox = false

  @Flag(help: "A single settled pass, then ends.")
  var once = false

  func run() async throws {
    if once { return try await runOnce() }
    try Descriptors.ready()
    let setting = try Setting.read(global, sandbox: sandbox)
    let web = try WebWiring.setting(setting)
    let observation = Observation()
    let logger = observation.feeding(global)
    let opened = try await OpenShop.open(setting, observation)
    greet(opened)
    let failure = Mutex<JournalError?>(nil)
    let config = ConfigInForce(opened.shop.config)
    let reconciler = Reconciler(opened.shop, logger: logger) { _ in
      let shop = opened.reopened()
      if case .success(let shop) = shop { config.change(to: shop.config) }
      return shop
    }
    let accounts = DaemonAccounts(config, sandbox: opened.address, logger: logger) {
      await reconciler.retryStopped()
    }
    let control = ControlServer(
      socket: ControlSocket(state: setting.config.state), logger: global.logger,
      decide: { decision in await reconciler.decide(decision) },
      connect: { command in await accounts.begin(command) })
    let daemon = Daemon(
      reconciler: reconciler,
      fail: { error in failure.withLock { $0 = error } })
    let loop = LoopAdapter(reconciler: reconciler, opened: opened, observation: observation, accounts: accounts)
    let others: [any Service] = [control, accounts.care] + WebWiring.services(web, loop, observation, logger)
    let group = ServiceGroup(
      configuration: .init(
        services: [
          .init(
            service: daemon, successTerminationBehavior: .gracefullyShutdownGroup)
        ]
          + others.map {
            .init(service: $0, successTerminationBehavior: .ignore, failureTerminationBehavior: .ignore)
          }, gracefulShutdownSignals: [.sigint, .sigterm],
        logger: Logger(label: "services") { _ in SwiftLogNoOpLogHandler() }))
    // Whatever becomes of the services, the journal is closed.
    var fault: (any Error)?
    do { try await group.run() } catch { fault = error }
    let lost = await opened.close()
    if let error = failure.withLock({ $0 }) ?? lost { throw Exit(error) }
    if let fault { throw fault }
    global.logger.notice("stopped: every request that was started is recorded")
  }

  private func runOnce() async throws {
    var apply = try Apply.parse(["--yes"])
    apply.global = global
    apply.sandbox = sandbox
    try await apply.run(givesGrace: true)
  }

  private func greet(_ opened: OpenShop) {
    let config = opened.shop.config
    Console.note("hawker \(Version.text) keeps \(config.listings) in step with \(names(config)). Ctrl-C ends it.")
    if let address = opened.address {
      Console.note("The sandbox shows what buyers would see:  \(address.page)")
      Console.note("Now change a price in a file below \(config.listings), save it, and look.")
    }
  }

  private func names(_ config: Config) -> String {
    config.accounts.filter(\.isEnabled).map(\.name).joined(separator: " and ")
  }
}

/// The loop as a service: ends gracefully with its group.
private struct Daemon: Service {
  let reconciler: Reconciler
  let fail: @Sendable (JournalError) -> Void

  func run() async throws {
    await withGracefulShutdownHandler {
      // Ended either way, and the group with it: what it failed of, the command says.
      do throws(JournalError) { try await reconciler.run() } catch { fail(error) }
    } onGracefulShutdown: {
      reconciler.stop()
    }
  }
}
