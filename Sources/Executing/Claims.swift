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

  private let journal: Journal
  /// Nil until the first create.
  private let owners = Mutex<[Place: PostKey]?>(nil)

  init(_ journal: Journal) { self.journal = journal }

  /// Takes the id for `key`; gives the post that has it already, if another one does.
  func claim(_ remoteID: String, for key: PostKey) -> PostKey? {
    let place = Place(account: key.account, remoteID: remoteID)
    let other: PostKey? = owners.withLock { owners in
      var known = owners ?? load()
      defer { owners = known }
      owners = nil
      if let owner = known[place], owner != key { return owner }
      known[place] = key
      return nil
    }
    // It may have been withdrawn, forgotten or given another key since.
    guard let other, let record = journal.ledger[other], record.isLive, record.remoteID == remoteID else {
      if other != nil { owners.withLock { $0?[place] = key } }
      return nil
    }
    return other
  }

  private func load() -> [Place: PostKey] {
    var owners: [Place: PostKey] = [:]
    for record in journal.ledger.records.values where record.isLive {
      if let id = record.remoteID { owners[Place(account: record.key.account, remoteID: id)] = record.key }
    }
    return owners
  }
}
