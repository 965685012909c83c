import Listings
import Logging
import Marketplaces
import ServiceLifecycle
import Synchronization

/// The daemon's care for tokens: asks about each at the start and daily, says once what a person has to do, and takes a
/// token that `hawker connect` stored meanwhile. Another process writes the store, so it is looked at every second: that
/// costs one `stat`.
final class TokenCare: Service {
  private struct State {
    var reports: [String: TokenReport] = [:]
    var due: [String: Timestamp] = [:]
    /// One more each time that the store has changed.
    var round = 0
    /// What was said of an account last.
    var told: [String: String] = [:]
  }

  private let config: @Sendable () -> Config
  private let connections: Connections
  private let logger: Logger
  /// Accounts that stopped may try again.
  private let retry: @Sendable () async -> Void
  private let ambient: Ambient
  private let state = Mutex(State())

  init(
    connections: Connections, ambient: Ambient = .system, logger: Logger, config: @escaping @Sendable () -> Config,
    retry: @escaping @Sendable () async -> Void
  ) {
    self.connections = connections
    self.ambient = ambient
    self.logger = logger
    self.config = config
    self.retry = retry
  }

  /// How the accounts stood when they were asked about last; one that was not yet is unknown.
  var accounts: [AccountHealth] {
    let reports = state.withLock(\.reports)
    return config().accounts.map { account in
      reports[account.name]?.health
        ?? AccountHealth(name: account.name, marketplace: account.marketplace, isEnabled: account.isEnabled)
    }
  }

  func run() async throws {
    await cancelWhenGracefulShutdown {
      // A marketplace that doesn't answer keeps no new token waiting.
      await withDiscardingTaskGroup { group in
        group.addTask { await self.check() }
        group.addTask { await self.watch() }
      }
    }
  }

  private func check() async {
    while !Task.isCancelled {
      await checkDue()
      do throws(CancellationError) { try await ambient.sleep(.seconds(1)) } catch { return }
    }
  }

  private func watch() async {
    var stamp = CredentialStore.standard(for: config()).stamp
    while true {
      do throws(CancellationError) { try await ambient.sleep(.seconds(1)) } catch { return }
      let now = CredentialStore.standard(for: config()).stamp
      guard now != stamp else { continue }
      stamp = now
      state.withLock { ($0.due, $0.round) = ([:], $0.round + 1) }
      await retry()
    }
  }

  /// Asks about those whose time has come.
  private func checkDue() async {
    let config = config()
    let check = TokenCheck(connections: connections, config: config, ambient: ambient)
    for account in config.accounts where account.isEnabled {
      let due = state.withLock { $0.due[account.name] }
      if let due, due > ambient.now() { continue }
      let round = state.withLock(\.round)
      let report = await check.report(account)
      let now = ambient.now()
      // The store changed meanwhile: that was another token's answer.
      guard state.withLock(\.round) == round else { continue }
      state.withLock { state in
        state.reports[account.name] = report
        state.due[account.name] = TokenSchedule.next(after: report, at: now)
      }
      tell(report, at: now)
    }
  }

  /// Once for each change.
  private func tell(_ report: TokenReport, at now: Timestamp) {
    let name = report.health.name
    var words: String?
    switch report.health.token {
    case .missing: words = "account \(name) is not connected: run `hawker connect \(name)`"
    case .dead(let why): words = "account \(name) needs connecting: \(why)"
    case .unknown, .good: break
    }
    if words == nil, let end = TokenSchedule.isEnding(report, renews: report.renews, at: now) {
      words = "the token of account \(name) ends on \(end.description.prefix(10)): run `hawker connect \(name)` before"
    }
    let before = state.withLock { state in
      defer { state.told[name] = words }
      return state.told[name]
    }
    if let words, words != before { logger.warning("\(words)") }
    if words == nil, before != nil { logger.notice("account \(name): its token is good again") }
  }
}
