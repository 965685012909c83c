import Diffing
import Listings

/// What becomes of a post that no file asks for any more, and of what a replace left.
extension Rules {
  func withdraw(_ difference: Difference, _ cause: Difference.Cause) -> Action? {
    guard let record = difference.record else { return nil }
    guard record.isLive else { return forget(difference, record, cause) }
    var withdrawal = action(.withdraw, difference, .init(cause.rawValue, words(cause, difference)))
    withdrawal.cause = cause
    if let left = outOfScope(withdrawal, record) { return left }
    if cause == .fileGone, record.isProtected {
      return withdrawal.held(
        by: .protect,
        "withdraw: its file is gone, but it was protected; bring the file back, or have it say "
          + "protect: false first")
    }
    // A time that a failed update left behind says nothing about taking the post off.
    return record.failedDigest == nil ? retry(record.failure?.retryAt, withdrawal) : withdrawal
  }

  /// What was refused, or never came through, stays on record: its file may come back as it was.
  private func forget(_ difference: Difference, _ record: Record, _ cause: Difference.Cause) -> Action? {
    guard cause == .fileGone, record.state == .gone || record.state == .withdrawn(sold: false) else { return nil }
    // What a replace left behind is taken off first: with the record its id would be lost.
    guard record.superseded.isEmpty else { return nil }
    var forget = action(.forget, difference, .init("file-gone", "its file is gone, and so is the post"))
    forget.cause = cause
    return outOfScope(forget, record) ?? forget
  }

  /// The config looks elsewhere now: nothing is concluded. Nil: it still covers the file, or was let go.
  private func outOfScope(_ action: Action, _ record: Record) -> Action? {
    guard action.isFileGone, !input.config.covers(record.file), !isReleased(action.key) else { return nil }
    return action.held(
      by: .scope,
      "\(action.kind.rawValue): \(record.file) is outside of the listings root now; set `listings` back (or hawker "
        + "release --scope)")
  }

  /// `hawker release --scope` said to withdraw it.
  private func isReleased(_ key: PostKey) -> Bool {
    input.standing.permits(key, by: Action.Holder.scope.rawValue, digest: nil, at: input.now)
  }

  private func words(_ cause: Difference.Cause, _ difference: Difference) -> String {
    switch cause {
    case .sold: "its file says sold"
    case .draft: "its file says draft"
    case .soldByDefault: "a default says sold"
    case .draftByDefault: "a default says draft"
    case .fileGone: "its file is gone"
    case .dropped: "its marketplaces no longer name \(difference.key.account)"
    case .droppedByDefault: "the defaults no longer name \(difference.key.account)"
    case .accountGone: "hawker.yaml no longer has \(difference.key.account)"
    case .accountDisabled: "\(difference.key.account) is disabled"
    case .claimed: "it sold"
    }
  }

  /// A replace confirmed the new post; what it replaced is still to be taken off.
  func superseded(_ difference: Difference) -> [Action] {
    guard let record = difference.record else { return [] }
    let isSale = claim(on: difference) != nil
    let retryAt = isSale && record.leftover?.isSale != true ? nil : record.leftover?.failure.retryAt
    return record.superseded.map { remote in
      var withdrawal = action(.withdraw, difference, .init("replaced", "replaced by \(record.remoteID ?? "")"))
      withdrawal.remoteID = remote
      if isSale { withdrawal.cause = .claimed }
      return retry(retryAt, withdrawal)
    }
  }
}
