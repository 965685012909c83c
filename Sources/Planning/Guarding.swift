import Diffing
import Listings

/// The guards against losing a shop because its files could not be seen, and against a typo that changes all of it. Each
/// holds only what is dangerous, and names its own narrow override.
struct Guarding {
  let input: PlanInput

  init(_ input: PlanInput) { self.input = input }

  struct Result {
    var reports: [GuardReport] = []
    var heldWithdrawals = 0
    var bookkeeping: [Bookkeeping] = []
  }

  /// Absences first, since they decide what is a loss; then the counts over what is left.
  func apply(to actions: inout [Action]) -> Result {
    var result = Result()
    waitForGit(&actions)
    let unseen = Unseen(input)
    unseen.hold(&actions)
    result.bookkeeping += Grace(input).apply(to: &actions)
    result += WithdrawalGuard(input).apply(to: &actions)
    result += ChangeGuards(input).apply(to: &actions)
    result.reports += RejectionGuard(input).apply(to: &actions)
    result.reports += counted(actions, unseen) + Oversold.reports(input)
    result.bookkeeping += Lapses.find(input)
    return result
  }

  /// While git moves files about, what is missing says nothing.
  private func waitForGit(_ actions: inout [Action]) {
    guard let activity = input.wanted.gitActivity else { return }
    for index in actions.indices
    where (actions[index].isLoss || actions[index].isAbsence) && actions[index].isHeld(atMost: [.retry]) {
      actions[index] = actions[index].held(
        by: .git, "\(actions[index].kind.rawValue): git is at work (\(activity)); goes on when that has ended")
    }
  }

  /// The guards that hold post by post.
  private func counted(_ actions: [Action], _ unseen: Unseen) -> [GuardReport] {
    let isDefault = actions.indices.contains { actions[$0].hold?.by == .grace && !actions[$0].isFileGone }
    let words: [(Action.Holder, String, String)] = [
      (.scope, "outside of what hawker.yaml covers", "hawker release --scope"),
      (
        .grace, "waiting for their files \(isDefault ? "or defaults " : "")to come back",
        isDefault ? "what the listing's own file says is done at once" : "status: draft in the file withdraws at once"
      ),
      (
        .unseen, "without a file, which may have moved to \(unseen.place ?? ""), where it can't be read",
        "hawker validate says what to mend there; or take it out of the listings"
      ),
      (.git, "waiting until git has finished", "git status shows what to finish or to abort"),
      (.protect, "protected and without a file", "the file back, with protect: false in it"),
    ]
    // By index: going through the actions would copy each.
    let held = actions.indices.filter {
      (actions[$0].kind == .withdraw || actions[$0].kind == .forget) && actions[$0].hold != nil
    }
    return words.compactMap { holder, text, override in
      let count = held.count { actions[$0].hold?.by == holder }
      guard count > 0 else { return nil }
      return GuardReport(
        holder, limit: 0, observed: count, isTripped: true, override: override,
        text: "\(count, of: "post") \(text)")
    }
  }
}

extension Guarding.Result {
  static func += (left: inout Self, right: Self) {
    left.reports += right.reports
    left.heldWithdrawals += right.heldWithdrawals
    left.bookkeeping += right.bookkeeping
  }
}

extension PlanInput {
  /// From here on something counts as lately.
  var anHourAgo: Timestamp { now.advanced(by: .seconds(-3600)) }

  /// Live posts of each account.
  var livePosts: [String: Int] {
    var live = settled.posts
    for record in records.values where record.isLive { live[record.key.account, default: 0] += 1 }
    return live
  }
}
