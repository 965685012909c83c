import Diffing
import Listings

/// An id that was edited reads as one withdrawal and one create of the same thing: neither is done unasked.
enum Identities {
  /// A listing that says which one it was isn't posted beside it, while it can't be moved yet.
  static func holdUnmoved(_ actions: inout [Action], _ waiting: [String: Renames.Former]) {
    guard !waiting.isEmpty else { return }
    for index in actions.indices where actions[index].kind == .create && actions[index].hold == nil {
      guard let former = waiting[actions[index].key.listing] else { continue }
      actions[index] = actions[index].held(by: .idChanged, words(former))
    }
  }

  private static func words(_ former: Renames.Former) -> String {
    switch former {
    case .present(let old):
      "create: it says `moved_from: \(old)`, but \(old) still has its file; remove that one, or take `moved_from` out "
        + "for a post of its own"
    case .busy(let old):
      "create: it says `moved_from: \(old)`, and a request of \(old) is under way; it is moved when that has ended"
    }
  }

  static func holdEdited(_ actions: inout [Action], _ input: PlanInput) {
    let ends = input.ends
    let gone = gone(actions, input, ends)
    guard !gone.isEmpty else { return }
    var edited: [String: String] = [:]
    for action in actions where action.kind == .create && action.record == nil {
      guard let content = action.post?.content, let old = gone.listing(like: content) else { continue }
      edited[action.key.listing] = old
      edited[old] = old
    }
    guard !edited.isEmpty else { return }
    for index in actions.indices where actions[index].hold == nil {
      guard let old = edited[actions[index].key.listing] else { continue }
      guard actions[index].isAbsence || actions[index].kind == .create else { continue }
      actions[index] = actions[index].held(by: .idChanged, words(old, ends[old]))
    }
  }

  private static func words(_ old: String, _ end: PlanInput.End?) -> String {
    guard let end else { return "id changed? add `moved_from: \(old)` to keep the post; otherwise change the title" }
    return "id changed? \(old), which looks the same, \(end.rawValue): add `moved_from: \(old)`; if it is another one, "
      + "change the title (or hawker forget \(old))"
  }
}

extension Identities {
  /// What stands somewhere, or may, and no file says its id any more.
  private static func gone(
    _ actions: [Action], _ input: PlanInput, _ ends: [String: PlanInput.End]
  ) -> Lookalikes {
    var gone = Lookalikes()
    // Files that change while they are read may only not have been seen.
    for record in input.unseenPosts { gone.add(record) }
    for index in actions.indices {
      let isGone =
        switch actions[index].kind {
        case .withdraw: actions[index].cause == .fileGone
        // Whether its create arrived is not known: it counts as there until it is.
        case .resolve: input.isFileless(actions[index].key.listing)
        default: false
        }
      if isGone, let record = actions[index].record { gone.add(record) }
    }
    // What must not be offered again unasked isn't under another id either.
    let ended = ends.isEmpty ? [] : input.records.values.filter { ends[$0.key.listing] != nil }
    for record in ended.sorted(by: { $0.key < $1.key }) {
      gone.add(record)
      if let digest = record.failedDigest { gone.refuse(digest, of: record.key.listing) }
    }
    // Of what waits for its turn the journal doesn't know yet.
    for (key, content) in (input.underWay?.makes ?? [:]).sorted(by: { $0.key < $1.key })
    where input.isFileless(key.listing) { gone.add(content, of: key.listing) }
    return gone
  }
}

extension PlanInput {
  /// Why a post is not made again unasked.
  fileprivate enum End: String, Comparable {
    case sold = "was sold"
    case gone = "is gone from its marketplace"
    case refused = "was refused"

    static func < (one: End, other: End) -> Bool { one == .sold && other != .sold || one == .gone && other == .refused }
  }

  /// Of listings without a file, sold first.
  fileprivate var ends: [String: End] {
    var ends: [String: End] = [:]
    for record in records.values {
      guard let end = end(of: record), isFileless(record.key.listing) else { continue }
      ends[record.key.listing] = min(end, ends[record.key.listing] ?? end)
    }
    return ends
  }

  private func end(of record: Record) -> End? {
    let quantity = quantities[record.key.listing] ?? 1
    if !standing.sales.isEmpty, standing.claim(on: record.key, quantity: quantity) != nil { return .sold }
    return record.state == .gone ? .gone : record.state == .rejected ? .refused : nil
  }
}
