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
  /// False on the sandbox: the listings root's marker is neither read nor written.
  package var marksRoot: Bool
  /// Of the config file's bytes; nil without one.
  package var configDigest: Digest?
  /// Told of every scan.
  package var scanned: @Sendable (Wanted) -> Void

  package init(
    loaded: LoadedConfig, options: LoadingOptions, accounts: [Executor.Account], journal: Journal, ambient: Ambient,
    marksRoot: Bool, scanned: @escaping @Sendable (Wanted) -> Void = { _ in }
  ) {
    self.scanned = scanned
    self.marksRoot = marksRoot
    self.loaded = loaded
    self.options = options
    self.accounts = accounts
    self.journal = journal
    self.ambient = ambient
  }

  package var config: Config { loaded.config }

  /// The plan of this moment, from a scan and the journal.
  package func plan(_ wanted: Wanted, mode: PlanInput.Mode, selection: Selection = Selection()) -> Plan {
    let ledger = journal.ledger
    return Planner.plan(
      PlanInput(
        wanted: wanted, records: ledger.records, config: config, capabilities: options.capabilities,
        now: ambient.now(), mode: mode, lineage: ledger.lineage, sequence: ledger.sequence,
        allowedWithdrawals: selection.allowedWithdrawals, onlyListings: selection.listings,
        onlyAccount: selection.account))
  }

  package func executor(_ tell: @escaping @Sendable (ExecutionEvent) -> Void) -> Executor {
    Executor(
      accounts: accounts, journal: journal, ambient: ambient, absenceAfter: config.sync.absenceAfter, tell: tell)
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

  package init(listings: Set<String> = [], account: String? = nil, allowedWithdrawals: Int? = nil) {
    self.listings = listings
    self.account = account
    self.allowedWithdrawals = allowedWithdrawals
  }
}
