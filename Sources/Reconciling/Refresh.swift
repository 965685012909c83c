import Executing
import Journaling
import Listings
import Marketplaces

/// Looks at an account's live copies: all of them, page by page, or single ones. One request at a time, and only when
/// `turn` lets it. A list that is cut off, or that may not show everything yet, never says that a post is gone: only the
/// post itself, asked for by its id, does.
package struct Refresh: Sendable {
  private let account: Executor.Account
  private let ambient: Ambient
  private let absenceAfter: Duration
  /// Waits for a moment at which a request hurts nobody; false: there will be none.
  private let turn: @Sendable () async -> Bool
  /// Records what was seen; false: it can't be.
  private let record: @Sendable ([Look]) async -> Bool

  /// Told how many posts were not shown, and are too young for that to mean anything.
  package var undecided: @Sendable (Int) -> Void = { _ in }

  package enum Outcome: Sendable {
    case done
    /// Something could not be asked; what was seen until then stands.
    case cut(MarketplaceFailure?)
  }

  package init(
    _ account: Executor.Account, _ ambient: Ambient, absenceAfter: Duration,
    turn: @escaping @Sendable () async -> Bool = { true }, record: @escaping @Sendable ([Look]) async -> Bool
  ) {
    (self.account, self.ambient, self.absenceAfter) = (account, ambient, absenceAfter)
    (self.turn, self.record) = (turn, record)
  }

  /// Every live post of the account. `records` gives them as they are recorded at that moment.
  package func all(_ records: @Sendable () -> [Record]) async -> Outcome {
    guard account.marketplace.capabilities.canRead else { return .done }
    let begun = ambient.now()
    var unseen = Set(records().map(\.key))
    var trail = PageTrail("the list of \(account.name)'s posts")
    repeat {
      guard await turn() else { return .cut(nil) }
      let before = Dictionary(records().compactMap { record in record.remoteID.map { ($0, record) } }) { first, _ in
        first
      }
      let page: RemotePage
      CrashPoint.reach("refresh-before")
      do throws(MarketplaceFailure) {
        page = try await account.marketplace.list(after: trail.cursor)
        try trail.goOn(to: page.next)
      } catch { return .cut(error) }
      CrashPoint.reach("refresh-listed")
      var looks: [Look] = []
      for post in page.posts {
        guard let record = before[post.remoteID] else { continue }
        unseen.remove(record.key)
        looks.append(Look(record, .shown(post)))
      }
      guard await record(looks) else { return .cut(nil) }
    } while trail.cursor != nil
    // What was made or changed while the list was read, or shortly before, it need not show.
    let missing = records().filter { unseen.contains($0.key) }
    let old = missing.filter { $0.isOlder(than: absenceAfter, at: begun) }
    if old.count < missing.count { undecided(missing.count - old.count) }
    return await single(old)
  }

  /// These posts, each by its id.
  package func single(_ records: [Record]) async -> Outcome {
    guard account.marketplace.capabilities.canRead else { return .done }
    for record in records {
      guard let id = record.remoteID else { continue }
      guard await turn() else { return .cut(nil) }
      let post: RemotePost?
      CrashPoint.reach("look-before")
      do throws(MarketplaceFailure) { post = try await account.marketplace.read(id) } catch { return .cut(error) }
      CrashPoint.reach("look-answered")
      // So young a post the marketplace may just not show yet.
      if post == nil, !record.isOlder(than: absenceAfter, at: ambient.now()) {
        undecided(1)
        continue
      }
      guard await self.record([Look(record, post.map(Look.Sight.shown) ?? .absent)]) else { return .cut(nil) }
    }
    return .done
  }
}

extension Record {
  fileprivate func isOlder(than age: Duration, at now: Timestamp) -> Bool {
    [since, postedAt, updatedAt].compactMap { $0 }.allSatisfy { now.duration(since: $0) >= age }
  }
}

extension Ledger {
  /// The account's posts of which no request is open, in the order of their keys. Not what stands where the account does not
  /// reach: the first of them would end each look.
  package func settled(on account: String, _ config: Config) -> [Record] {
    let now = config.account(account)
    let settled = records.values.filter {
      $0.key.account == account && $0.isLive && $0.pending == nil && $0.remoteID != nil && now?.whereElse($0) == nil
    }
    return settled.sorted { $0.key < $1.key }
  }
}
