import Listings
import Logging
import Marketplaces
import Planning
import Sandbox
import Synchronization

/// What the daemon does for its accounts: the care for their tokens, and logins that its web server ends.
struct DaemonAccounts: Sendable {
  let care: TokenCare
  let desk: LoginDesk
  /// In force now.
  let config: ConfigInForce

  init(_ config: ConfigInForce, sandbox: SandboxAddress?, logger: Logger, retry: @escaping @Sendable () async -> Void) {
    self.config = config
    let connections = Connections(sandbox: sandbox)
    care = TokenCare(connections: connections, logger: logger, config: config, retry: retry)
    desk = LoginDesk(
      store: sandbox == nil ? .standard(for: config.value) : nil, ambient: .system,
      find: connections.finding { config.value })
  }

  /// Begins a login for `hawker connect --print-url`: the answer's text is where the browser goes.
  func begin(_ command: LoginCommand) async -> Answer {
    guard let base = config.value.web.publicURL else {
      return Answer(.refused, "the daemon has no web.public_url for the browser to come back to")
    }
    let redirect = (base.hasSuffix("/") ? String(base.dropLast()) : base) + "/oauth/\(command.account)/callback"
    do throws(CredentialError) {
      return Answer(.done, try await desk.begin(account: command.account, redirect: redirect, page: command.page))
    } catch {
      return Answer(.refused, error.message)
    }
  }
}

/// The config that the daemon works with now: another one after the file changed.
final class ConfigInForce: Sendable {
  private let state: Mutex<Config>
  /// One element for any number of changes; one task may read it.
  let changes: AsyncStream<Void>
  private let bell: AsyncStream<Void>.Continuation

  init(_ config: Config) {
    state = Mutex(config)
    (changes, bell) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  var value: Config { state.withLock { $0 } }

  func change(to config: Config) {
    state.withLock { $0 = config }
    bell.yield()
  }
}
