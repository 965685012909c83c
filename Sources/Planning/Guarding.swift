import Diffing
import Listings

/// The guards against losing a shop because its files could not be seen. Each holds only what is dangerous, and names its
/// own narrow override.
struct Guarding {
  private let input: PlanInput

  init(_ input: PlanInput) { self.input = input }

  struct Result {
    var reports: [GuardReport] = []
    var heldWithdrawals = 0
  }

  func apply(to actions: inout [Action]) -> Result {
    var live: [String: Int] = [:]
    for record in input.records.values where record.isLive { live[record.key.account, default: 0] += 1 }
    var lost: [String: [Int]] = [:]
    for (index, action) in actions.enumerated() where isLoss(action) {
      lost[action.key.account, default: []].append(index)
    }
    var reports: [GuardReport] = []
    var held: [Int: Action.Holder] = [:]
    for (account, indices) in lost.sorted(by: { $0.key < $1.key }) {
      let findings = findings(account: account, lost: indices.count, live: live[account, default: 0])
      for finding in findings where finding.isTripped {
        for index in indices where held[index] == nil { held[index] = finding.name }
      }
      reports += findings
    }
    let isLifted = !held.isEmpty && input.allowedWithdrawals == held.count
    let override = "--allow-withdraw \(held.count)"
    for index in reports.indices where reports[index].isTripped {
      reports[index].override = override
      reports[index].isLifted = isLifted
    }
    if !isLifted { hold(&actions, held, reports, override) }
    return Result(reports: reports + protected(actions), heldWithdrawals: held.count)
  }

  /// A withdrawal that nobody asked for by name.
  private func isLoss(_ action: Action) -> Bool {
    guard action.kind == .withdraw, action.hold == nil, let cause = action.cause else { return false }
    return !cause.isExplicit
  }

  private func findings(account: String, lost: Int, live: Int) -> [GuardReport] {
    let limit = max(3, live * input.config.guards.withdrawals / 100)
    let withdrawals = GuardReport(
      .withdrawals, account: account, limit: limit, observed: lost, isTripped: lost > limit,
      text:
        "\(lost) of \(live) posts on \(account) would be withdrawn because their files went away; the limit is \(limit)"
    )
    let emptied = GuardReport(
      .emptied, account: account, limit: max(live - 1, 0), observed: lost, isTripped: live > 1 && lost >= live,
      text: "all \(live) posts on \(account) would be withdrawn because their files went away")
    return [withdrawals, emptied].filter { $0.name == .withdrawals || $0.isTripped }
  }

  private func hold(
    _ actions: inout [Action], _ held: [Int: Action.Holder], _ reports: [GuardReport], _ override: String
  ) {
    for (index, holder) in held {
      let account = actions[index].key.account
      guard let report = reports.first(where: { $0.name == holder && $0.account == account }) else { continue }
      let what =
        holder == .emptied
        ? "all \(report.observed) posts would go" : "\(report.observed) files went away, limit \(report.limit)"
      actions[index] = actions[index].held(by: holder, "withdraw: \(what) (\(override) for all accounts)")
    }
  }

  private func protected(_ actions: [Action]) -> [GuardReport] {
    let count = actions.count { $0.hold?.by == .protect }
    guard count > 0 else { return [] }
    return [
      GuardReport(
        .protect, limit: 0, observed: count, isTripped: true,
        override: "bring the file back, or have it say protect: false first",
        text: "\(count) protected posts have lost their files")
    ]
  }
}
