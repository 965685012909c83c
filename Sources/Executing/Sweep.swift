import Journaling
import Listings
import Marketplaces
import Planning

/// After trouble on an account: looks through all of its posts for two that carry one reference (a create that a gateway
/// or the marketplace itself did twice), keeps the one on record and takes the others off. Posts without a reference of
/// ours, and listings without a record, are never touched.
package struct Sweep: Sendable {
  private let account: Executor.Account
  package var accountName: String { account.name }
  private let journal: Journal
  private let ambient: Ambient

  package init(_ account: Executor.Account, journal: Journal, ambient: Ambient) {
    self.account = account
    self.journal = journal
    self.ambient = ambient
  }

  /// Posts that carry one reference.
  package struct Copies: Hashable, Sendable {
    fileprivate var listing: String
    fileprivate var posts: [RemotePost]

    fileprivate func hold(_ remoteID: String?) -> Bool { posts.contains { $0.remoteID == remoteID } }
  }

  /// Asks for everything, again and again as long as `patience` lasts; zero: once. Nil when it can't be asked now: a
  /// partial list proves nothing.
  package func find(within patience: Duration) async -> [Copies]? {
    guard account.marketplace.capabilities.canLookUp else { return [] }
    CrashPoint.reach("sweep-before")
    guard let posts = await everything(patience) else { return nil }
    CrashPoint.reach("sweep-listed")
    let byReference = Dictionary(grouping: posts.filter { $0.reference != nil }) { $0.reference ?? "" }
    return byReference.sorted { $0.key < $1.key }.compactMap { reference, posts in
      guard posts.count > 1, let dot = reference.lastIndex(of: ".") else { return nil }
      return Copies(listing: String(reference[..<dot]), posts: posts)
    }
  }

  /// Takes off what is not on record, each while `executor` keeps everything else from its post: two operations of one
  /// post at once would be recorded as one. The results of what was taken off, and whether that was all: a post of which
  /// something is in flight or still open is left for later.
  package func remove(
    _ found: [Copies], claiming executor: Executor
  ) async throws(JournalError) -> (results: [ActionResult], isWhole: Bool) {
    var results: [ActionResult] = []
    var isWhole = true
    for copies in found {
      guard let key = owner(of: copies) else { continue }
      guard await executor.claim(key) else {
        isWhole = false
        continue
      }
      let outcome = await remove(copies, of: key)
      await executor.release(key)
      let (taken, isAll) = try outcome.get()
      results += taken
      isWhole = isWhole && isAll
    }
    return (results, isWhole)
  }

  /// Who has one of them on record: the listing that the reference names or, since it has another id by now, another one.
  private func owner(of copies: Copies) -> PostKey? {
    let named = PostKey(listing: copies.listing, account: account.name)
    if let record = journal.record(of: named), copies.hold(record.remoteID) { return named }
    return journal.ledger.records.values.first { $0.key.account == account.name && copies.hold($0.remoteID) }?.key
  }

  private func remove(
    _ copies: Copies, of key: PostKey
  ) async -> Result<(results: [ActionResult], isWhole: Bool), JournalError> {
    var results: [ActionResult] = []
    // As it is now that nothing else changes it: what was found may be yesterday's.
    guard let record = journal.record(of: key), copies.hold(record.remoteID) else {
      return .success(([], true))
    }
    for copy in copies.posts where copy.remoteID != record.remoteID {
      // Taking off a copy would be recorded in place of an operation that is open.
      guard let now = journal.record(of: key), now.pending == nil, now.state == record.state else {
        return .success((results, false))
      }
      CrashPoint.reach("sweep-found")
      do throws(JournalError) { results.append(try await remove(copy, record)) } catch { return .failure(error) }
      CrashPoint.reach("sweep-removed")
    }
    return .success((results, journal.record(of: key)?.pending == nil))
  }

  private func everything(_ patience: Duration) async -> [RemotePost]? {
    let end = ambient.uptime() + patience
    var posts: [RemotePost] = []
    var trail = PageTrail("the list of \(account.name)'s posts")
    var tries = 0
    while true {
      let page: RemotePage
      do throws(MarketplaceFailure) {
        page = try await account.marketplace.list(after: trail.cursor)
      } catch {
        tries += 1
        if case .unauthorized = error { return nil }
        // It doesn't take the question: it never will show what it has.
        if case .rejected = error { return [] }
        let delay = Backoff.delay(after: tries, chance: ambient.random())
        guard ambient.uptime() + delay <= end, !Task.isCancelled else { return nil }
        do throws(CancellationError) { try await ambient.sleep(delay) } catch { return nil }
        continue
      }
      posts += page.posts
      tries = 0
      do throws(MarketplaceFailure) { try trail.goOn(to: page.next) } catch { return nil }
      if trail.cursor == nil { return posts }
    }
  }

  private func remove(_ copy: RemotePost, _ record: Record) async throws(JournalError) -> ActionResult {
    var action = Action(
      .withdraw, key: record.key, marketplace: record.marketplace, file: record.file,
      reason: .init("duplicate", "a second post of the same create"), record: record)
    action.remoteID = copy.remoteID
    let performer = Performer(
      marketplace: account.marketplace, journal: journal, claims: Claims(journal), pace: account.pace,
      ambient: ambient)
    return try await performer.perform(action).result
  }
}
