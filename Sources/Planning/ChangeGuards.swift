import Diffing
import Listings

/// `updates`: a bad default would change too many posts at once, or one after another within an hour. `price_drop`: one
/// edit cuts a price by more than it may, or changes its currency.
struct ChangeGuards {
  private let input: PlanInput

  init(_ input: PlanInput) { self.input = input }

  func apply(to actions: inout [Action]) -> Guarding.Result {
    var changes: [String: [Int]] = [:]
    for index in actions.indices
    where (actions[index].kind == .update || actions[index].kind == .replace)
      && actions[index].isHeld(atMost: [.retry])
    {
      changes[actions[index].key.account, default: []].append(index)
    }
    guard !changes.isEmpty else { return Guarding.Result() }
    let live = input.livePosts
    var result = Guarding.Result()
    for (account, indices) in changes.sorted(by: { $0.key < $1.key }) {
      if let report = holdDrops(&actions, indices, account) { result.reports.append(report) }
      if let report = holdMany(&actions, indices, account, live[account, default: 0]) { result.reports.append(report) }
    }
    return result
  }

  // MARK: Prices

  private func holdDrops(_ actions: inout [Action], _ indices: [Int], _ account: String) -> GuardReport? {
    var largest = 0
    for index in indices {
      guard let cut = excessiveCut(actions[index]), !isPermitted(actions[index], .priceDrop) else { continue }
      largest = max(largest, cut)
      actions[index] = actions[index].held(
        by: .priceDrop, "\(actions[index].kind.rawValue): \(words(actions[index], cut))")
    }
    guard largest > 0 else { return nil }
    return GuardReport(
      .priceDrop, account: account, limit: input.config.guards.priceDrop, observed: largest, isTripped: true,
      text: "a price on \(account) would be cut by \(largest) %, or change its currency; the limit is "
        + "\(input.config.guards.priceDrop) %")
  }

  /// In percent, when it is more than it may be; a new currency counts as 100.
  private func excessiveCut(_ action: Action) -> Int? {
    guard let old = action.record?.content?.price, let new = action.post?.content?.price, old != new else { return nil }
    guard old.currency == new.currency else { return 100 }
    guard new.minor < old.minor else { return nil }
    let percent = input.config.guards.priceDrop
    // In 128 bits: prices may be as large as they like.
    guard Int128(old.minor - new.minor) * 100 > Int128(old.minor) * Int128(percent) else { return nil }
    return Int(Int128(old.minor - new.minor) * 100 / Int128(old.minor))
  }

  private func words(_ action: Action, _ cut: Int) -> String {
    let change = action.changes.first { $0.field == .price }.map(PlanText.change) ?? "its price"
    let isOther = action.record?.content?.price.currency != action.post?.content?.price.currency
    let what = isOther ? "is another currency" : "is \(cut) % less, limit \(input.config.guards.priceDrop) %"
    return "\(change) \(what) (hawker release \(action.key.listing))"
  }

  // MARK: Many at once

  private func holdMany(_ actions: inout [Action], _ indices: [Int], _ account: String, _ live: Int) -> GuardReport? {
    let waiting = indices.filter { actions[$0].isHeld(atMost: [.retry]) }
    let held = waiting.filter { !isPermitted(actions[$0], .updates) }
    guard !held.isEmpty else { return nil }
    let pending = Set(waiting.map { actions[$0].key })
    let lately =
      input.records.values.count { changedLately($0, account) && !pending.contains($0.key) }
      + input.settled.updatedLately[account, default: 0]
    let limit = max(10, live * input.config.guards.updates / 100)
    let observed = pending.count + lately
    guard observed > limit else { return nil }
    for index in held {
      actions[index] = actions[index].held(
        by: .updates, "\(actions[index].kind.rawValue): \(observed) of \(live) posts would change, limit \(limit)")
    }
    let recent = lately > 0 ? " (\(lately) of them did in the last hour)" : ""
    return GuardReport(
      .updates, account: account, limit: limit, observed: observed, isTripped: true,
      text: "\(observed) of \(live) posts on \(account) would be changed at once\(recent); the limit is \(limit)")
  }

  private func changedLately(_ record: Record, _ account: String) -> Bool {
    guard record.key.account == account, record.isLive, let time = record.updatedAt, time > input.anHourAgo else {
      return false
    }
    return !input.standing.wasPermitted(record.key, by: Action.Holder.updates.rawValue, since: time)
  }

  private func isPermitted(_ action: Action, _ holder: Action.Holder) -> Bool {
    input.standing.permits(action.key, by: holder.rawValue, digest: action.post?.content?.digest, at: input.now)
  }
}
