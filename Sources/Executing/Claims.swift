import Journaling
import Listings
import Marketplaces
import Synchronization

/// Which remote id belongs to which post. An answer that names another listing's post is not believed: recorded, it
/// would have two listings change and withdraw one post.
final class Claims: Sendable {
  /// By the post's own number: an answer may name the page in front of it, or leave that out.
  private struct Place: Hashable {
    let account: String
    let number: Substring
  }

  private struct State {
    /// Posts that had the number when they were asked about last; nil until the first claim.
    var holders: [Place: [PostKey]]?
    /// Claims whose outcome is on its way to the journal: nothing there speaks of them yet.
    var underWay: [PostKey: String] = [:]
  }

  private let journal: Journal
  private let state = Mutex(State())

  init(_ journal: Journal) { self.journal = journal }

  /// Takes the id for `key`; until `ended` the journal need not know of it. Gives the post that has it already, if another one does.
  func claim(_ remoteID: String, for key: PostKey) -> PostKey? {
    let place = Place(account: key.account, number: remoteID.postNumber)
    return state.withLock { state in
      if state.holders == nil { state.holders = load() }
      let others = (state.holders?[place] ?? []).filter { $0 != key }
      if let owner = others.first(where: { has($0, remoteID, state.underWay[$0]) }) { return owner }
      state.holders?[place] = others + [key]
      state.underWay[key] = remoteID
      return nil
    }
  }

  /// What was done about the post is recorded: from here on the journal says whether it has what it claimed.
  func ended(_ key: PostKey) { state.withLock { $0.underWay[key] = nil } }

  /// It may have been withdrawn, forgotten or given another key since.
  private func has(_ key: PostKey, _ remoteID: String, _ underWay: String?) -> Bool {
    if underWay?.namesPost(of: remoteID) == true { return true }
    guard let record = journal.record(of: key), record.isLive else { return false }
    return record.remoteID?.namesPost(of: remoteID) == true
  }

  private func load() -> [Place: [PostKey]] {
    var holders: [Place: [PostKey]] = [:]
    for record in journal.ledger.records.values where record.isLive {
      guard let id = record.remoteID else { continue }
      holders[Place(account: record.key.account, number: id.postNumber), default: []].append(record.key)
    }
    return holders
  }
}
