import Executing
import Journaling
import Listings
import Loading
import Marketplaces
import Planning

/// One shop, opened: what plans and passes are made from.
package struct Shop: Sendable {
  package var loaded: LoadedConfig
  package var options: LoadingOptions
  package var accounts: [Executor.Account]
  package var journal: Journal
  package var ambient: Ambient
  /// Where the mark is that ties the journal to what it keeps: the listings root or, on the sandbox, the folder of the
  /// emulated marketplaces; nil: nowhere.
  package var markFolder: String?
  /// What a plan tells to type is for the sandbox.
  package var isSandbox = false
  /// Told of every scan.
  package var scanned: @Sendable (Wanted) -> Void
  /// Where the daemon's loop shows how it stands; nil: nobody looks.
  package var window: Window?
  /// What an earlier run made of the listing files; nil: nothing that still holds.
  package var earlier: @Sendable () -> ScanCache? = { nil }

  package init(
    loaded: LoadedConfig, options: LoadingOptions, accounts: [Executor.Account], journal: Journal, ambient: Ambient,
    markFolder: String?, scanned: @escaping @Sendable (Wanted) -> Void = { _ in }
  ) {
    self.scanned = scanned
    self.markFolder = markFolder
    self.loaded = loaded
    self.options = options
    self.accounts = accounts
    self.journal = journal
    self.ambient = ambient
  }

  package var config: Config { loaded.config }

  /// The plan of this moment, from a scan (made at `scannedAt`; nil: just now) and the journal. `underWay` is asked for
  /// before: what begins later, the executor tells from the plan.
  package func plan(
    _ wanted: Wanted, mode: PlanInput.Mode, selection: Selection = Selection(), scannedAt: Timestamp? = nil,
    underWay: UnderWay? = nil
  ) -> Plan {
    var input = PlanInput(wanted, journal.ledger, config, options.capabilities, now: ambient.now(), mode: mode)
    (input.scannedAt, input.underWay) = (scannedAt, underWay)
    input.narrow(to: selection)
    for account in accounts { input.accountCapabilities[account.name] = account.marketplace.capabilities }
    let plan = Planner.plan(input)
    return isSandbox ? plan.inSandbox() : plan
  }

  /// Whether one of its accounts is still to be swept for second posts.
  package var isUnswept: Bool {
    let unswept = journal.unswept
    return accounts.contains { unswept[$0.name] != nil }
  }

  package func executor(_ tell: @escaping @Sendable (ExecutionEvent) -> Void) -> Executor {
    Executor(
      accounts: accounts, journal: journal, ambient: ambient, absenceAfter: config.sync.absenceAfter,
      tell: { [window] event in
        window?.note(event)
        tell(event)
      })
  }
}

extension PlanInput {
  /// From a scan and what the journal says; nil: there is no journal.
  package init(
    _ wanted: Wanted, _ ledger: Ledger?, _ config: Config, _ capabilities: [String: Capabilities], now: Timestamp,
    mode: Mode
  ) {
    self.init(
      wanted: wanted, records: ledger?.records ?? [:], config: config, capabilities: capabilities, now: now, mode: mode,
      lineage: ledger?.lineage, sequence: ledger?.sequence ?? 0)
    standing = ledger?.standing ?? Standing()
    protectedListings = ledger?.protectedListings ?? []
    quantities = ledger?.quantities ?? [:]
  }

  package mutating func narrow(to selection: Selection) {
    allowedWithdrawals = selection.allowedWithdrawals
    onlyListings = selection.listings
    onlyAccount = selection.account
    enforces = selection.enforces
  }
}

/// What the command line narrows a plan to.
package struct Selection: Sendable {
  /// `--only`; empty: all.
  package var listings: Set<String> = []
  /// `--account`.
  package var account: String?
  /// `--allow-withdraw`.
  package var allowedWithdrawals: Int?
  /// `--enforce`.
  package var enforces = false
  /// `run --once`: no person sees the plan, so what vanished has its grace.
  package var givesGrace = false

  package init(listings: Set<String> = [], account: String? = nil, allowedWithdrawals: Int? = nil) {
    self.listings = listings
    self.account = account
    self.allowedWithdrawals = allowedWithdrawals
  }
}
