import Journaling
import Listings
import Marketplaces

/// Where something that was sold could still be bought a second time, and for how long it could: told from the journal.
package enum Exposures {
  /// So many that ended are told of.
  private static let mostEnded = 100

  /// Those that ended come first, the newest last; then those that last.
  package static func found(in ledger: Ledger, _ wanted: Wanted?) -> [Exposure] {
    var (open, ended): ([Exposure], [Exposure]) = ([], [])
    for listing in ledger.sales.keys.sorted() {
      let quantity = wanted?.listing(listing)?.quantity ?? ledger.quantities[listing] ?? 1
      for record in ledger.records(of: listing) {
        guard let exposure = exposure(of: record, ledger.standing, quantity) else { continue }
        if exposure.endedAt == nil { open.append(exposure) } else { ended.append(exposure) }
      }
    }
    ended.sort { ($0.endedAt ?? $0.soldAt, $0.key) < ($1.endedAt ?? $1.soldAt, $1.key) }
    open.sort { ($0.soldAt, $0.key) < ($1.soldAt, $1.key) }
    return ended.suffix(mostEnded) + open
  }

  private static func exposure(of record: Record, _ standing: Standing, _ quantity: Int) -> Exposure? {
    guard let claim = standing.claim(on: record.key, quantity: quantity),
      !standing.wasSoldHere(record.key, quantity: quantity)
    else {
      return nil
    }
    var exposure = Exposure(key: record.key, soldOn: claim.account, soldAt: claim.at)
    switch record.state {
    case .live, .uncertain: return exposure
    case .withdrawn, .gone:
      guard record.since >= claim.at else { return nil }
      exposure.endedAt = record.since
      return exposure
    case .rejected, .failed: return nil
    }
  }
}
