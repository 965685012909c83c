import Journaling
import Listings
import Planning

/// The shop in numbers: counted once for each view, however often it is asked for.
struct ShopCounts: Hashable, Sendable {
  struct Account: Hashable, Sendable {
    var live = 0
    var uncertain = 0
    var failed = 0
    var gone = 0
    var held = 0
    /// Planned, and held by nothing.
    var pending = 0
  }

  var accounts: [String: Account] = [:]
  init(_ view: ShopView) {
    for account in view.config.accounts { accounts[account.name] = Account() }
    for record in view.ledger.records.values {
      let name = record.key.account
      switch record.state {
      case .live: accounts[name, default: Account()].live += 1
      case .uncertain: accounts[name, default: Account()].uncertain += 1
      case .failed, .rejected: accounts[name, default: Account()].failed += 1
      case .gone: accounts[name, default: Account()].gone += 1
      case .withdrawn: break
      }
    }
    guard let plan = view.plan else { return }
    for index in plan.actions.indices where plan.actions[index].kind != .unchanged {
      let name = plan.actions[index].key.account
      if plan.actions[index].hold != nil {
        accounts[name, default: Account()].held += 1
      } else {
        accounts[name, default: Account()].pending += 1
      }
    }
  }

  func total(_ path: KeyPath<Account, Int>) -> Int { accounts.values.reduce(0) { $0 + $1[keyPath: path] } }
}
