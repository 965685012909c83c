import Executing
import Journaling
import Listings
import Loading
import Marketplaces
import Planning
import Reconciling
import Sandbox
import Synchronization

/// Looks at what the marketplaces show now, for commands that ask for it.
enum LiveCopies {
  /// Looks at every live post of these accounts and hands what was seen to `record`. Says what could not be looked at.
  static func look(
    at accounts: [Executor.Account], _ config: Config, records: @escaping @Sendable (String) -> [Record],
    record: @escaping @Sendable ([Look]) async -> Bool
  ) async -> [MarketplaceFailure] {
    var failures: [MarketplaceFailure] = []
    let young = Atomic(0)
    for account in accounts {
      if !account.marketplace.capabilities.canRead {
        Console.note("hawker: \(account.name) can't be looked at: its marketplace shows no live copies")
        continue
      }
      var refresh = Refresh(account, .system, absenceAfter: config.sync.absenceAfter, record: record)
      refresh.undecided = { count in young.add(count, ordering: .relaxed) }
      guard case .cut(let failure) = await refresh.all({ records(account.name) }) else { continue }
      let why = failure?.detail.message ?? "it was cut off"
      Console.error("\(account.name) could not be looked at: \(why); of it, what is recorded counts")
      if let failure { failures.append(failure) }
    }
    tell(young: young.load(ordering: .relaxed), absenceAfter: config.sync.absenceAfter)
    return failures
  }

  /// A look that failed says nothing: it is not taken for one that found nothing.
  static func codes(_ failures: [MarketplaceFailure]) -> Set<ExitCode> {
    Set(failures.map { $0.code == "unauthorized" ? .connect : .failed })
  }

  /// On standard error: nothing of it is the plan's.
  private static func tell(young count: Int, absenceAfter: Duration) {
    guard count > 0 else { return }
    let (subject, verb) = count == 1 ? ("1 post that is", "is") : ("\(count) posts that are", "are")
    Console.note(
      "hawker: \(subject) not shown there \(verb) younger than sync.absence_after (\(DurationText.render(absenceAfter))): "
        + "too young to be called gone, so what is recorded counts")
  }

  /// What the ledger would be after a look: nothing is recorded.
  static func refreshed(
    _ ledger: Ledger, _ accounts: [Executor.Account], _ config: Config, _ wanted: Wanted
  ) async -> (ledger: Ledger, failures: [MarketplaceFailure]) {
    let sketch = Sketch(ledger)
    let failures = await look(
      at: accounts, config, records: { sketch.ledger.settled(on: $0, config) },
      record: { looks in
        sketch.take(looks, wanted)
        return true
      })
    return (sketch.ledger, failures)
  }

  /// A ledger of one's own.
  private final class Sketch: Sendable {
    private let state: Mutex<Ledger>
    init(_ ledger: Ledger) { state = Mutex(ledger) }
    var ledger: Ledger { state.withLock { $0 } }

    func take(_ looks: [Look], _ wanted: Wanted) {
      state.withLock { ledger in
        for look in looks {
          for entry in look.entries(ledger, wanted) { ledger.apply(entry, at: Ambient.system.now()) }
        }
      }
    }
  }
}

extension Shop {
  /// Looks at every live copy and records what it shows.
  func refresh(_ wanted: Wanted, only account: String? = nil) async -> [MarketplaceFailure] {
    await LiveCopies.look(
      at: accounts.filter { account == nil || $0.name == account }, config,
      records: { [journal, config] in journal.ledger.settled(on: $0, config) },
      record: { [journal] looks in
        let ledger = journal.ledger
        do throws(JournalError) { try await journal.append(looks.flatMap { $0.entries(ledger, wanted) }) } catch {
          return false
        }
        return true
      })
  }
}

/// Accounts to look with, without the journal's lock: the real ones, or the sandbox's.
struct LiveAccounts {
  let accounts: [Executor.Account]
  private let server: SandboxServer?

  init(_ setting: Setting) async throws {
    var connections = Connections()
    var server: SandboxServer?
    if setting.isSandbox {
      let started = try await OpenShop.startSandbox(setting, PhotoIndex())
      (server, connections.sandbox) = (started.0, started.1)
    }
    self.server = server
    accounts = connections.accounts(of: setting.config)
  }

  func close() async { await server?.stop() }
}
