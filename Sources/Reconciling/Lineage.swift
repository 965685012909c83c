import Journaling
import Listings
import Loading

/// Which journal a listings root belongs to, and how far that journal had come. On the sandbox the mark lies with the
/// emulated marketplaces: what they show belongs to that journal, and goes with them.
package enum Lineage {
  /// Marks the root with the shop's lineage when the journal is new and the root bears no mark. Returns why it couldn't:
  /// then nothing may be posted, since the folder could not be told from another one afterwards. A journal that nothing was
  /// recorded in is new: the program that made it may have died before it marked the root.
  package static func mark(_ shop: Shop) -> String? {
    guard let folder = shop.markFolder, shop.journal.opening.isUnused else { return nil }
    let marker = LineageMarker(root: folder)
    guard marker.read() == nil, let failure = marker.write(mark(of: shop, marker)) else { return nil }
    return "the mark of a new journal can't be written (\(failure)). Without it this folder could not be told from "
      + "another one, so nothing is posted. Let this user write there, or mount it writable, and try again"
  }

  package static func isMarked(_ shop: Shop) -> Bool {
    shop.markFolder.flatMap { LineageMarker(root: $0).read()?.lineage } == shop.journal.ledger.lineage
  }

  /// Writes how far the journal has come into a mark that is this journal's already; never makes one. A mark that can't
  /// be written only says less. The device stays what it was: only after another start of the machine it is taken anew.
  /// `disks`: those below the root that a scan has seen; one that is not seen any more stays on the mark.
  package static func advance(_ shop: Shop, disks: [String] = []) {
    guard let folder = shop.markFolder else { return }
    let marker = LineageMarker(root: folder)
    var next = mark(of: shop, marker)
    guard let mark = marker.read(), mark.lineage == next.lineage else { return }
    if let known = mark.device, known.boot == next.device?.boot { next.device = known }
    next.disks = mark.disks.union(disks)
    guard mark.sequence < next.sequence || mark.device != next.device || mark.disks != next.disks else { return }
    next.sequence = max(mark.sequence, next.sequence)
    _ = marker.write(next)
  }

  private static func mark(of shop: Shop, _ marker: LineageMarker) -> LineageMarker.Mark {
    LineageMarker.Mark(
      lineage: shop.journal.ledger.lineage, sequence: shop.journal.ledger.sequence,
      hasConfig: !shop.config.file.isEmpty, device: marker.device)
  }

  /// Whether the config file that this root's shop had is not there: what stands without one is another shop.
  package static func lostConfig(_ config: Config, markIn folder: String) -> Bool {
    config.file.isEmpty && LineageMarker(root: folder).read()?.hasConfig == true
  }

  /// Why this journal can't be the one that the root last belonged to: it ends before what the mark has seen.
  package static func rollback(_ ledger: Ledger, of config: Config, markIn folder: String) -> JournalError? {
    rollback(lineage: ledger.lineage, sequence: ledger.sequence, of: config, markIn: folder)
  }

  package static func rollback(
    lineage: String, sequence: Int, of config: Config, markIn folder: String
  ) -> JournalError? {
    guard let mark = LineageMarker(root: folder).read(), mark.lineage == lineage, mark.sequence > sequence
    else { return nil }
    return .rolledBack(file: config.state, sequence: sequence, expected: mark.sequence)
  }
}
