import Journaling
import Listings

/// Which journal a listings root belongs to.
package enum Lineage {
  /// Marks the root with the shop's lineage when the journal is new and the root bears no mark. Returns why it couldn't.
  package static func mark(_ shop: Shop) -> String? {
    guard shop.marksRoot, shop.journal.opening.state == .created else { return nil }
    let marker = LineageMarker(root: shop.config.listings)
    guard marker.read() == nil else { return nil }
    return marker.write(shop.journal.ledger.lineage)
  }
}
