import Listings
import Logging
import Marketplaces
import ServiceLifecycle
import Synchronization
import Watching

/// The daemon's care for tokens: asks about each at the start and daily, says once what a person has to do, and takes a
/// token that `hawker connect` stored meanwhile. Another process writes the store, so its file is watched; where that can't
/// be, it is looked at every second.
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
  /// Told when there may be something to ask about: another config.
  private let changes: AsyncStream<Void>
  private let (rings, bell) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

  init(
    connections: Connections, ambient: Ambient = .system, logger: Logger, config: ConfigInForce,
    retry: @escaping @Sendable () async -> Void
  ) {
    self.connections = connections
    self.ambient = ambient
    self.logger = logger
    self.config = { config.value }
    changes = config.changes
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
        group.addTask { for await _ in self.changes { self.bell.yield() } }
      }
    }
  }

  private func check() async {
    while !Task.isCancelled {
      await checkDue()
      let pause = untilDue
      let timer = Task(executorPreference: ambient.executor) { [ambient, bell] in
        do throws(CancellationError) { try await ambient.sleep(pause) } catch { return }
        bell.yield()
      }
      for await _ in rings { break }
      timer.cancel()
    }
  }

  /// At most an hour, for the clock may be put forward meanwhile.
  private var untilDue: Duration {
    let now = ambient.now()
    let accounts = config().accounts.filter(\.isEnabled)
    let times = state.withLock { state in accounts.map { state.due[$0.name] ?? now } }
    let next = times.min()?.duration(since: now) ?? .seconds(3600)
    return min(max(next, .milliseconds(1)), .seconds(3600))
  }

  private func watch() async {
    let store = CredentialStore.standard(for: config())
    guard store.directory != nil else { return }
    var stamp = store.stamp
    // The way to a store that is not there yet is watched as well: the looks between are for what no event tells.
    let watcher = Watcher(WatchOptions(roots: [], files: [store.path], settle: .zero, poll: .seconds(600)))
    if (try? watcher.start()) != nil {
      for await signal in watcher.signals {
        if case .degraded = signal { break }
        await look(store, &stamp)
      }
    }
    watcher.stop()
    while !Task.isCancelled {
      do throws(CancellationError) { try await ambient.sleep(.seconds(1)) } catch { return }
      await look(store, &stamp)
    }
  }

  private func look(_ store: CredentialStore, _ stamp: inout CredentialStore.Stamp?) async {
    let now = store.stamp
    guard now != stamp else { return }
    stamp = now
    state.withLock { ($0.due, $0.round) = ([:], $0.round + 1) }
    bell.yield()
    await retry()
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
