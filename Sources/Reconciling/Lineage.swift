import Journaling
import Listings

/// Which journal a listings root belongs to, and how far that journal had come. On the sandbox the mark lies with the
/// emulated marketplaces: what they show belongs to that journal, and goes with them.
package enum Lineage {
  /// Marks the root with the shop's lineage when the journal is new and the root bears no mark. Returns why it couldn't.
  /// A journal that nothing was recorded in is new: the program that made it may have died before it marked the root.
  package static func mark(_ shop: Shop) -> String? {
    guard let folder = shop.markFolder, shop.journal.opening.isUnused else { return nil }
    let marker = LineageMarker(root: folder)
    guard marker.read() == nil else { return nil }
    return marker.write(mark(of: shop))
  }

  package static func isMarked(_ shop: Shop) -> Bool {
    shop.markFolder.flatMap { LineageMarker(root: $0).read()?.lineage } == shop.journal.ledger.lineage
  }

  /// Writes how far the journal has come into a mark that is this journal's already; never makes one. A mark that can't
  /// be written only says less.
  package static func advance(_ shop: Shop) {
    guard let folder = shop.markFolder else { return }
    let marker = LineageMarker(root: folder)
    let next = mark(of: shop)
    guard let mark = marker.read(), mark.lineage == next.lineage, mark.sequence < next.sequence else { return }
    _ = marker.write(next)
  }

  private static func mark(of shop: Shop) -> LineageMarker.Mark {
    LineageMarker.Mark(
      lineage: shop.journal.ledger.lineage, sequence: shop.journal.ledger.sequence,
      hasConfig: !shop.config.file.isEmpty)
  }

  /// Whether the config file that this root's shop had is not there: what stands without one is another shop.
  package static func lostConfig(_ config: Config, markIn folder: String) -> Bool {
    config.file.isEmpty && LineageMarker(root: folder).read()?.hasConfig == true
  }

  /// Why this journal can't be the one that the root last belonged to: it ends before what the mark has seen.
  package static func rollback(_ ledger: Ledger, of config: Config, markIn folder: String) -> JournalError? {
    rollback(lineage: ledger.lineage, sequence: ledger.sequence, of: config, markIn: folder)
  }

  static func rollback(
    lineage: String, sequence: Int, of config: Config, markIn folder: String
  ) -> JournalError? {
    guard let mark = LineageMarker(root: folder).read(), mark.lineage == lineage, mark.sequence > sequence
    else { return nil }
    return .rolledBack(file: config.state, sequence: sequence, expected: mark.sequence)
  }
}
