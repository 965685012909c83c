import Journaling
import Listings
import Planning

/// What has happened between a plan and an action's turn.
extension Journal {
  /// Whether the post is still as the plan saw it: a request may have ended while the plan was on its way here, and what
  /// it did would be done again; or a look may have shown that somebody changed there what it is about to change.
  /// Nor is a new post current any more once its account has refused too many since.
  func isCurrent(_ action: Action, at moment: Timestamp) -> Bool {
    if action.kind == .create, stopsCreate(of: action.key, digest: action.post?.content?.digest, at: moment) {
      return false
    }
    let (now, planned) = (record(of: action.key), action.record)
    return now?.state == planned?.state && now?.remoteID == planned?.remoteID
      && now?.pending?.op == planned?.pending?.op && now?.pending?.attempt == planned?.pending?.attempt
      && now?.updatedAt == planned?.updatedAt && now?.tries == planned?.tries
      && now?.leftover == planned?.leftover
      && !action.overwrites(drift(of: action.key))
  }

  /// A post that comes off because its file says sold has its sale behind it: from now on the file's word counts again. With
  /// the withdrawal, for the next plan may find the file saying available already. Not while two buyers wait for one thing.
  func endedBySale(_ action: Action) -> Entry? {
    guard action.isSale, !action.isClaimed, action.remoteID == record(of: action.key)?.remoteID else { return nil }
    let standing = ledger.standing
    guard !standing.openSales(on: action.key).isEmpty,
      standing.hold(on: action.key, by: Action.Holder.oversold.rawValue) == nil
    else { return nil }
    return .released(action.key, by: Entry.saleSeen)
  }

  /// Whether what it asks for has come about since its plan was made.
  func hasSeenDone(_ action: Action) -> Bool {
    guard action.kind == .create || action.kind == .update, let wanted = action.post?.content,
      let record = record(of: action.key)
    else { return false }
    return record.isLive && record.pending == nil && record.unsure.isEmpty && record.content == wanted
  }
}
