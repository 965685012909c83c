import Listings

/// The seller's own limits: a gradual roll-out and a number of new posts a day. They pass by themselves, and hold
/// nothing that takes a post off.
struct Limits {
  private let input: PlanInput

  init(_ input: PlanInput) { self.input = input }

  func apply(to actions: inout [Action]) {
    let accounts = Dictionary(uniqueKeysWithValues: input.config.accounts.map { ($0.name, $0) })
    let isUnlimited = input.config.sync.rollout >= 100 && accounts.values.allSatisfy { $0.rollout == nil }
    if !isUnlimited { rollOut(&actions, accounts) }
    for account in input.config.accounts {
      if let limit = account.newPostsPerDay { ration(&actions, account.name, limit) }
    }
  }

  private func rollOut(_ actions: inout [Action], _ accounts: [String: Config.Account]) {
    for index in actions.indices where actions[index].hold == nil {
      let action = actions[index]
      guard action.kind == .create || action.kind == .update || action.kind == .replace else { continue }
      let percent = accounts[action.key.account]?.rollout ?? input.config.sync.rollout
      guard Limits.bucket(of: action.key.listing) >= percent else { continue }
      actions[index] = action.held(by: .rollout, "\(action.kind.rawValue): outside the roll-out of \(percent) %")
    }
  }

  /// 0..<100, the same for ever: 10 % is a subset of 50 %.
  package static func bucket(of listing: String) -> Int { Int(Digest(of: listing).prefix % 100) }

  private func ration(_ actions: inout [Action], _ account: String, _ limit: Int) {
    let day = input.now.advanced(by: .seconds(-86_400))
    let recent =
      input.records.values.filter { $0.key.account == account }.compactMap(\.postedAt).filter { $0 > day }
      + input.settled.postedLately[account, default: []]
    var left = limit - recent.count
    let until = recent.min()?.advanced(by: .seconds(86_400))
    let creates = actions.indices.filter {
      actions[$0].kind == .create && actions[$0].hold == nil && actions[$0].key.account == account
    }
    for index in creates.sorted(by: { actions[$0].key < actions[$1].key }) {
      if left > 0 {
        left -= 1
      } else {
        actions[index] = actions[index].held(by: .daily, "create: \(limit) new posts a day on \(account)", until: until)
      }
    }
  }
}
