import Diffing
import Listings

/// The one planner.
package enum Planner {
  package static func plan(_ input: PlanInput) -> Plan {
    var plan = Plan(
      actions: [], problems: input.wanted.problems, createdAt: input.now, lineage: input.lineage,
      sequence: input.sequence)
    plan.settled = input.settled.posts
    if case .unseen(let why) = input.wanted.root {
      // Nothing at all is changed: what a scan of the wrong place misses says nothing about the shop.
      let live = input.records.values.count(where: \.isLive)
      plan.guards = [
        GuardReport(.root, limit: 0, observed: live, isTripped: true, text: why)
      ]
      return plan
    }
    var (records, bookkeeping) = Renames(input).applied()
    var input = input
    input.standing.follow(bookkeeping)
    let rules = Rules(input)
    var actions: [Action] = []
    actions.reserveCapacity(max(records.count, input.wanted.listings.count * 2))
    Comparison(wanted: input.wanted, records: records, accounts: input.config.accounts).forEach { difference in
      rules.append(for: difference, to: &actions)
      if let sale = rules.saleSeen(difference) { bookkeeping.append(sale) }
    }
    records.removeAll()
    Identities.holdEdited(&actions)
    let guarding = Guarding(input).apply(to: &actions)
    Limits(input).apply(to: &actions)
    if !input.onlyListings.isEmpty { actions.removeAll { !input.onlyListings.contains($0.key.listing) } }
    if let account = input.onlyAccount { actions.removeAll { $0.key.account != account } }
    plan.actions = Plan.ordered(actions)
    plan.guards = guarding.reports
    plan.heldWithdrawals = guarding.heldWithdrawals
    plan.bookkeeping = bookkeeping + guarding.bookkeeping
    return plan
  }
}
