import Executing
import Journaling
import Listings
import Marketplaces
import Planning
import Synchronization

/// Which of our posts a marketplace's notice means. Asked hundreds of times a second with ids that may be anybody's.
final class PostIndex: Sendable {
  fileprivate struct Name: Hashable {
    let marketplace: String
    let id: String
  }

  fileprivate struct State {
    var known: [Name: PostKey] = [:]
    /// The ledger's namings, and the moment, that `known` was made from.
    var made: (namings: Int, at: Duration)?
    /// Sales of posts that are not ours, or not yet: the answer to their create may still be on its way.
    var strays: [Stray] = []
    /// What posts were called before they were replaced, or made again: a buyer may have been there first, and the news of
    /// that come late. In the order they came.
    var former: [Name: Former] = [:]
    var formerNames: [Name] = []
  }

  fileprivate struct Stray {
    let name: Name
    let notice: Notice
    /// Creates that had no answer when it was told first, and have none yet: one of them may have made its post.
    let creates: Set<String>
  }

  fileprivate struct Former {
    let key: PostKey
    let remoteID: String
  }

  private static let mostStrays = 4096
  fileprivate static let mostFormer = 10_000
  private let state = Mutex(State())

  /// `isFormer`: the post that it means has been replaced by another since.
  func find(_ notice: Notice, in ledger: Ledger, at now: Duration) -> (key: PostKey, isFormer: Bool)? {
    state.withLock { state in
      if let key = PostIndex.match(notice, state.known, ledger) { return (key, false) }
      // A sale that nobody knows is taken only from an index that knows all.
      let age: Duration = notice.event == .sold ? .milliseconds(100) : .seconds(1)
      let isStale = state.made.map { $0.namings != ledger.namings && now - $0.at >= age } ?? true
      if isStale {
        state.known = PostIndex.all(ledger)
        state.made = (ledger.namings, now)
        if let key = PostIndex.match(notice, state.known, ledger) { return (key, false) }
      }
      return notice.event == .sold ? state.formerly(notice, ledger).map { ($0, true) } : nil
    }
  }

  /// Whether the sale of a post that nobody knows may be one of ours: a create that had no answer when it was told first
  /// still has none, or the index is older than the ledger. It is kept for that answer; a create that began since can't
  /// have made it.
  func mayBecomeOurs(_ notice: Notice, in ledger: Ledger) -> Bool {
    let open = ledger.openCreates(on: notice.marketplace)
    return state.withLock { state in
      let isCurrent = state.made?.namings == ledger.namings
      let place = state.strays.firstIndex { $0.notice == notice }
      let creates = place.map { open.intersection(state.strays[$0].creates) } ?? open
      if let place { state.strays.remove(at: place) }
      if isCurrent, creates.isEmpty { return false }
      let name = Name(marketplace: notice.marketplace, id: notice.remoteID)
      state.strays.append(Stray(name: name, notice: notice, creates: creates))
      if state.strays.count > PostIndex.mostStrays { state.strays.removeFirst() }
      return true
    }
  }

  /// What the executor does changes what posts are called. Gives what was told before that of a post that was just made.
  func hear(_ event: ExecutionEvent) -> [Notice] {
    switch event {
    case .started(let action): begins(action)
    case .finished(let result): return learn(result)
    default: break
    }
    return []
  }

  /// What is posted anew was called something else before: from the begin of that its record does not say so any more, and
  /// if it is refused never will.
  private func begins(_ action: Action) {
    guard action.kind == .create, let old = action.record?.remoteID else { return }
    state.withLock { $0.note(former: old, on: action.marketplace, of: action.key) }
  }

  private func learn(_ result: ActionResult) -> [Notice] {
    guard let id = result.remoteID, result.kind == .done else { return [] }
    return state.withLock { state in
      let names = PostIndex.names(result.action.marketplace, id)
      if let old = result.action.record?.remoteID, old != id {
        state.note(former: old, on: result.action.marketplace, of: result.action.key)
      }
      if state.made != nil { for name in names { state.known[name] = result.action.key } }
      let early = state.strays.filter { names.contains($0.name) }.map(\.notice)
      if !early.isEmpty { state.strays.removeAll { names.contains($0.name) } }
      return early
    }
  }

  private static func match(_ notice: Notice, _ known: [Name: PostKey], _ ledger: Ledger) -> PostKey? {
    for name in names(notice.marketplace, notice.remoteID) {
      guard let key = known[name], let record = ledger[key], let id = record.remoteID else { continue }
      if record.marketplace == notice.marketplace, means(notice, id) { return key }
    }
    return nil
  }

  /// Whether a notice's id stands for this one. An app hears of all of its pages.
  fileprivate static func means(_ notice: Notice, _ id: String) -> Bool {
    notice.remoteID.namesPost(of: id)
  }

  private static func all(_ ledger: Ledger) -> [Name: PostKey] {
    var known: [Name: PostKey] = [:]
    known.reserveCapacity(ledger.records.count * 2)
    for record in ledger.records.values {
      guard let id = record.remoteID else { continue }
      for name in names(record.marketplace, id) where known[name] == nil || record.isLive { known[name] = record.key }
    }
    return known
  }

  fileprivate static func names(_ marketplace: String, _ id: String) -> [Name] {
    let (whole, number) = (Name(marketplace: marketplace, id: id), id.postNumber)
    guard number.utf8.count < id.utf8.count else { return [whole] }
    return [whole, Name(marketplace: marketplace, id: String(number))]
  }
}

extension PostIndex.State {
  fileprivate mutating func note(former id: String, on marketplace: String, of key: PostKey) {
    for name in PostIndex.names(marketplace, id) {
      if former.updateValue(PostIndex.Former(key: key, remoteID: id), forKey: name) == nil { formerNames.append(name) }
    }
    guard formerNames.count > PostIndex.mostFormer else { return }
    for name in formerNames.prefix(PostIndex.mostFormer / 2) { former[name] = nil }
    formerNames.removeFirst(PostIndex.mostFormer / 2)
  }

  /// The post that had this id once, or that still has to be taken off.
  fileprivate func formerly(_ notice: Notice, _ ledger: Ledger) -> PostKey? {
    for name in PostIndex.names(notice.marketplace, notice.remoteID) {
      if let former = former[name], ledger[former.key] != nil, PostIndex.means(notice, former.remoteID) {
        return former.key
      }
    }
    return ledger.records.values.first { record in
      record.marketplace == notice.marketplace && record.superseded.contains { PostIndex.means(notice, $0) }
    }?.key
  }
}
