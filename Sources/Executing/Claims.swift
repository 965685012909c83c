import Journaling
import Listings
import Synchronization

/// Which remote id belongs to which post. An answer that names another listing's post is not believed: recorded, it
/// would have two listings change and withdraw one post.
final class Claims: Sendable {
  private struct Place: Hashable {
    let account: String
    let remoteID: String
  }

  private struct State {
    /// Nil until the first claim.
    var owners: [Place: PostKey]?
    /// Claims whose outcome is on its way to the journal: nothing there speaks of them yet.
    var underWay: [PostKey: Place] = [:]
  }

  private let journal: Journal
  private let state = Mutex(State())

  init(_ journal: Journal) { self.journal = journal }

  /// Takes the id for `key`; until `ended` the journal need not know of it. Gives the post that has it already, if another one does.
  func claim(_ remoteID: String, for key: PostKey) -> PostKey? {
    let place = Place(account: key.account, remoteID: remoteID)
    return state.withLock { state in
      if state.owners == nil { state.owners = load() }
      if let owner = state.owners?[place], owner != key, state.underWay[owner] == place || isRecorded(place, owner) {
        return owner
      }
      state.owners?[place] = key
      state.underWay[key] = place
      return nil
    }
  }

  /// What was done about the post is recorded: from here on the journal says whether it has what it claimed.
  func ended(_ key: PostKey) { state.withLock { $0.underWay[key] = nil } }

  /// It may have been withdrawn, forgotten or given another key since.
  private func isRecorded(_ place: Place, _ owner: PostKey) -> Bool {
    guard let record = journal.record(of: owner) else { return false }
    return record.isLive && record.remoteID == place.remoteID
  }

  private func load() -> [Place: PostKey] {
    var owners: [Place: PostKey] = [:]
    for record in journal.ledger.records.values where record.isLive {
      if let id = record.remoteID { owners[Place(account: record.key.account, remoteID: id)] = record.key }
    }
    return owners
  }
}
