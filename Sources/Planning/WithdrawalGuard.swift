import Listings

/// `withdrawals` and `emptied`: more posts than usual would be taken off because their files went away. The count takes in
/// what is still in grace and the last hour's losses, so that files lost one by one are seen as what they are.
struct WithdrawalGuard {
  private let input: PlanInput

  init(_ input: PlanInput) { self.input = input }

  func apply(to actions: inout [Action]) -> Guarding.Result {
    var lost: [String: [Int]] = [:]
    for (index, action) in actions.enumerated()
    where action.isLoss && action.isHeld(atMost: [.grace, .git, .retry]) {
      lost[action.key.account, default: []].append(index)
    }
    guard !lost.isEmpty else { return Guarding.Result() }
    let (live, lately) = (input.livePosts, lostLately())
    var result = Guarding.Result()
    var held: [Int: GuardReport] = [:]
    for (account, indices) in lost.sorted(by: { $0.key < $1.key }) {
      let reports = findings(account, indices.count, live[account, default: 0], lately[account, default: 0])
      result.reports += reports
      guard let cause = reports.first(where: \.isTripped) else { continue }
      for index in indices where !isPermitted(actions[index]) { held[index] = cause }
    }
    // Everything that tripped it was let through by name before.
    if held.isEmpty { result.lift() }
    result.heldWithdrawals = held.count
    if !held.isEmpty, input.allowedWithdrawals == held.count {
      result.lift()
      result.bookkeeping = held.keys.sorted().map { permit(actions[$0]) }
    } else {
      for (index, report) in held { actions[index] = hold(actions[index], report) }
    }
    return result
  }

  private func lostLately() -> [String: Int] {
    let lost = input.standing.losses.filter { $0.at > input.anHourAgo && input.records[$0.key]?.isLive != true }
    return lost.reduce(into: [:]) { $0[$1.key.account, default: 0] += 1 }
  }

  /// `live` posts are left of `live + lately`.
  private func findings(_ account: String, _ count: Int, _ live: Int, _ lately: Int) -> [GuardReport] {
    let before = live + lately
    let limit = max(3, before * input.config.guards.withdrawals / 100)
    let recent = lately > 0 ? " (\(lately) went in the last hour)" : ""
    let withdrawals = GuardReport(
      .withdrawals, account: account, limit: limit, observed: count + lately, isTripped: count + lately > limit,
      text: "\(count) of \(live) posts on \(account) would be withdrawn because their files went away\(recent); "
        + "the limit is \(limit)")
    let emptied = GuardReport(
      .emptied, account: account, limit: max(before - 1, 0), observed: count + lately,
      isTripped: before > 1 && count >= live,
      text: "all \(live) posts on \(account) would be withdrawn because their files went away\(recent)")
    return [withdrawals, emptied].filter { $0.name == .withdrawals || $0.isTripped }
  }

  private func hold(_ action: Action, _ report: GuardReport) -> Action {
    let what =
      report.name == .emptied
      ? "no post would be left of \(report.limit + 1)" : "\(report.observed) files went away, limit \(report.limit)"
    return action.held(by: report.name, "withdraw: \(what)")
  }

  /// One name for both guards: who lets a post go, lets it go.
  private static let permitName = Action.Holder.withdrawals.rawValue

  private func isPermitted(_ action: Action) -> Bool {
    input.standing.permits(action.key, by: WithdrawalGuard.permitName, digest: nil, at: input.now)
  }

  private func permit(_ action: Action) -> Bookkeeping {
    .permitted(
      action.key,
      Permit(by: WithdrawalGuard.permitName, digest: nil, until: input.now.advanced(by: Plan.permitLasts)))
  }
}

extension Guarding.Result {
  fileprivate mutating func lift() {
    for index in reports.indices where reports[index].isTripped { reports[index].isLifted = true }
  }
}
