import Journaling
import Listings
import Marketplaces
import Planning

/// How a shop stands at one moment. A value: pages, the API and the metrics are made from it.
package struct ShopView: Sendable {
  package var now: Timestamp
  package var config: Config
  /// Nil: the files have not been looked at yet.
  package var wanted: Wanted?
  /// What would be done next, as the daemon sees it.
  package var plan: Plan?
  /// Tells plans apart, so that what is told from one is told once; nil: not known.
  package var planNumber: Int?
  /// The same of looks at the files.
  package var scanNumber: Int?
  package var ledger: Ledger
  package var accounts: [AccountHealth]
  package var watch: Watch
  package var lastScan: Timestamp?
  /// Requests under way, and actions that wait for their turn.
  package var inFlight: Int
  package var queued: Int
  /// Sold on one marketplace and still live on another; also those that ended, the newest last.
  package var exposures: [Exposure]
  /// Errors of hawker.yaml, while the last good one is in force.
  package var configProblems: [Problem]

  package enum Watch: Hashable, Sendable {
    case watching
    /// Looks from time to time instead: why.
    case polling(String)
  }

  package init(
    now: Timestamp, config: Config, wanted: Wanted? = nil, plan: Plan? = nil, ledger: Ledger,
    accounts: [AccountHealth] = [], watch: Watch = .watching, lastScan: Timestamp? = nil, inFlight: Int = 0,
    queued: Int = 0, exposures: [Exposure] = [], configProblems: [Problem] = [], planNumber: Int? = nil,
    scanNumber: Int? = nil
  ) {
    self.scanNumber = scanNumber
    self.planNumber = planNumber
    self.now = now
    self.config = config
    self.wanted = wanted
    self.plan = plan
    self.ledger = ledger
    self.accounts = accounts
    self.watch = watch
    self.lastScan = lastScan
    self.inFlight = inFlight
    self.queued = queued
    self.exposures = exposures
    self.configProblems = configProblems
  }
}
