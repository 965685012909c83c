import Listings

/// `rejections`: a marketplace that refuses one new post after another closes the account next. After three in a day no
/// more are made there until a day has passed since, but for what the seller lets through by name.
struct RejectionGuard {
  private let input: PlanInput

  init(_ input: PlanInput) { self.input = input }

  func apply(to actions: inout [Action]) -> [GuardReport] {
    guard !input.standing.refusals.isEmpty else { return [] }
    var reports: [GuardReport] = []
    for account in input.config.accounts.map(\.name) {
      guard let stop = input.standing.stop(of: account, at: input.now) else { continue }
      let what = "\(account) refused \(stop.count) new posts within a day: no more are made there until \(stop.until)"
      let creates = actions.indices.filter {
        actions[$0].kind == .create && actions[$0].key.account == account && isStopped(actions[$0])
      }
      guard !creates.isEmpty else { continue }
      for index in creates {
        actions[index] = actions[index].held(
          by: .rejections,
          "create: \(what); change what it refuses (or hawker release \(actions[index].key.listing))",
          until: stop.until)
      }
      reports.append(
        GuardReport(
          .rejections, account: account, limit: Standing.mostRefusals, observed: stop.count, isTripped: true, text: what
        ))
    }
    return reports
  }

  private func isStopped(_ action: Action) -> Bool {
    action.isHeld(atMost: [.retry])
      && input.standing.stopsCreate(of: action.key, digest: action.post?.content?.digest, at: input.now)
  }
}
