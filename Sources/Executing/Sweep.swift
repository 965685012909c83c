import Journaling
import Listings
import Marketplaces
import Planning

/// After trouble on an account: looks through all of its posts for two that carry one reference (a create that a gateway
/// or the marketplace itself did twice), keeps the one on record and takes the others off. Posts without a reference of
/// ours, and listings without a record, are never touched.
package struct Sweep: Sendable {
  private let account: Executor.Account
  private let journal: Journal
  private let ambient: Ambient

  package init(_ account: Executor.Account, journal: Journal, ambient: Ambient) {
    self.account = account
    self.journal = journal
    self.ambient = ambient
  }

  /// The duplicates that were taken off. An account that can't be asked is left alone: a partial list proves nothing.
  package func run() async throws(JournalError) -> [ActionResult] {
    guard account.marketplace.capabilities.canLookUp, let posts = await everything() else { return [] }
    let byReference = Dictionary(grouping: posts.filter { $0.reference != nil }) { $0.reference ?? "" }
    let records = journal.ledger.records
    var results: [ActionResult] = []
    for (reference, copies) in byReference.sorted(by: { $0.key < $1.key }) where copies.count > 1 {
      guard let dot = reference.lastIndex(of: "."),
        let record = records[PostKey(listing: String(reference[..<dot]), account: account.name)],
        copies.contains(where: { $0.remoteID == record.remoteID })
      else { continue }
      for copy in copies where copy.remoteID != record.remoteID {
        results.append(try await remove(copy, record))
      }
    }
    return results
  }

  private func everything() async -> [RemotePost]? {
    var posts: [RemotePost] = []
    var cursor: String?
    var tries = 0
    while true {
      do throws(MarketplaceFailure) {
        let page = try await account.marketplace.list(after: cursor)
        posts += page.posts
        tries = 0
        guard let next = page.next else { return posts }
        cursor = next
      } catch {
        tries += 1
        guard tries < Backoff.patience, !Task.isCancelled else { return nil }
        let delay = Backoff.delay(after: tries, chance: ambient.random())
        do throws(CancellationError) { try await ambient.sleep(delay) } catch { return nil }
      }
    }
  }

  private func remove(_ copy: RemotePost, _ record: Record) async throws(JournalError) -> ActionResult {
    var action = Action(
      .withdraw, key: record.key, marketplace: record.marketplace, file: record.file,
      reason: .init("duplicate", "a second post of the same create"), record: record)
    action.remoteID = copy.remoteID
    let performer = Performer(
      marketplace: account.marketplace, journal: journal, claims: Claims(journal), ambient: ambient,
      absenceAfter: .zero)
    return try await performer.perform(action, lastLookup: nil).result
  }
}
