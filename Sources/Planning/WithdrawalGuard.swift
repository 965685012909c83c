import Diffing
import Listings

/// `withdrawals` and `emptied`: more posts than usual would be taken off because their files went away. The count takes in
/// what is still in grace and the last hour's losses, so that files lost one by one are seen as what they are.
struct WithdrawalGuard {
  private let input: PlanInput

  init(_ input: PlanInput) { self.input = input }

  func apply(to actions: inout [Action]) -> Guarding.Result {
    var lost: [String: [Int]] = [:]
    // By index, the cheap question first: actions are large, and there are tens of thousands.
    for index in actions.indices
    where actions[index].kind == .withdraw && actions[index].isLoss
      && actions[index].isHeld(atMost: [.grace, .git, .retry])
    {
      lost[actions[index].key.account, default: []].append(index)
    }
    guard !lost.isEmpty else { return Guarding.Result() }
    let (live, lately) = (input.livePosts, lostLately())
    var result = Guarding.Result()
    var held: [Int: (report: GuardReport, loss: AccountLoss)] = [:]
    for (account, indices) in lost.sorted(by: { $0.key < $1.key }) {
      let loss = AccountLoss(
        account: account, count: indices.count, live: live[account, default: 0], lately: lately[account, default: 0],
        causes: Set(indices.compactMap { actions[$0].cause }))
      let reports = findings(loss)
      result.reports += reports
      guard let cause = reports.first(where: \.isTripped) else { continue }
      for index in indices where !isPermitted(actions[index]) { held[index] = (cause, loss) }
    }
    // Everything that tripped it was let through by name before.
    if held.isEmpty { result.lift() }
    result.heldWithdrawals = held.count
    if !held.isEmpty, input.allowedWithdrawals == held.count {
      result.lift()
      // The number is that of the whole shop; what is let through is what this plan does.
      result.bookkeeping = held.keys.sorted().filter { input.selects(actions[$0].key) }.map { permit(actions[$0]) }
    } else {
      for (index, cause) in held { actions[index] = hold(actions[index], cause.report, cause.loss) }
    }
    return result
  }

  private func lostLately() -> [String: Int] {
    let lost = input.standing.losses.filter { $0.at > input.anHourAgo && input.records[$0.key]?.isLive != true }
    return lost.reduce(into: [:]) { $0[$1.key.account, default: 0] += 1 }
  }

  private func findings(_ loss: AccountLoss) -> [GuardReport] {
    let before = loss.live + loss.lately
    let limit = max(3, before * input.config.guards.withdrawals / 100)
    let observed = loss.count + loss.lately
    let recent = loss.lately > 0 ? " (\(loss.lately) went in the last hour)" : ""
    let withdrawals = GuardReport(
      .withdrawals, account: loss.account, limit: limit, observed: observed, isTripped: observed > limit,
      text:
        "\(loss.count) of \(loss.live) posts on \(loss.account) would be withdrawn because \(loss.reason)\(recent); "
        + "the limit is \(limit)")
    let all = loss.live == 1 ? "the last post" : "all \(loss.live) posts"
    let emptied = GuardReport(
      .emptied, account: loss.account, limit: max(before - 1, 0), observed: observed,
      isTripped: before > 1 && loss.count >= loss.live,
      text: "\(all) on \(loss.account) would be withdrawn because \(loss.reason)\(recent)")
    return [withdrawals, emptied].filter { $0.name == .withdrawals || $0.isTripped }
  }

  private func hold(_ action: Action, _ report: GuardReport, _ loss: AccountLoss) -> Action {
    let what =
      report.name == .emptied
      ? "no post would be left of \(report.limit + 1)" : "\(loss.subject(report.observed)), limit \(report.limit)"
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

/// What one account would lose, and why.
private struct AccountLoss {
  var account: String
  var count: Int
  /// Posts that are left of `live + lately`.
  var live: Int
  var lately: Int
  var causes: Set<Difference.Cause>

  private var cause: Difference.Cause? { causes.count == 1 ? causes.first : nil }

  var reason: String {
    switch cause {
    case .fileGone: "their files went away"
    case .dropped, .droppedByDefault: "their `marketplaces` no longer name it"
    case .soldByDefault: "a default says sold"
    case .draftByDefault: "a default says draft"
    default: "of their files, their `marketplaces` or a default"
    }
  }

  func subject(_ observed: Int) -> String {
    switch cause {
    case .fileGone: "\(observed, of: "file") went away"
    case .dropped, .droppedByDefault: "\(observed) listings no longer name \(account)"
    case .soldByDefault: "a default marks \(observed) as sold"
    case .draftByDefault: "a default marks \(observed) as draft"
    default: "\(observed, of: "post") would go"
    }
  }
}

extension Guarding.Result {
  fileprivate mutating func lift() {
    for index in reports.indices where reports[index].isTripped { reports[index].isLifted = true }
  }
}
