import Diffing
import Listings

/// The one planner.
package enum Planner {
  package static func plan(_ input: PlanInput) -> Plan {
    guard let draft = Draft(input) else { return unseen(input) }
    var made = draft.parts(1).map(draft.actions)
    return draft.plan(&made)
  }

  /// The same with all cores: for who has nothing else to do meanwhile.
  package static func planConcurrently(_ input: PlanInput) async -> Plan {
    guard let draft = Draft(input) else { return unseen(input) }
    let parts = draft.parts(4)
    let others = parts.dropFirst().map { part in Task { draft.actions(in: part) } }
    var made = [draft.actions(in: parts[0])]
    for task in others { made.append(await task.value) }
    return draft.plan(&made)
  }

  /// Nothing at all is changed: what a scan of the wrong place misses says nothing about the shop.
  private static func unseen(_ input: PlanInput) -> Plan {
    var plan = blank(input)
    guard case .unseen(let why) = input.wanted.root else { return plan }
    let live = input.records.values.count(where: \.isLive)
    plan.guards = [
      GuardReport(
        .root, limit: 0, observed: live, isTripped: true, override: "hawker init --adopt-root", text: why)
    ]
    return plan
  }

  fileprivate static func blank(_ input: PlanInput) -> Plan {
    let choice = Plan.Choice(listings: input.onlyListings, account: input.onlyAccount)
    let isAll = choice == Plan.Choice()
    var plan = Plan(
      actions: [], problems: isAll ? input.wanted.problems : input.wanted.problems.filter(choice.covers),
      createdAt: input.now, lineage: input.lineage, sequence: input.sequence)
    plan.choice = choice
    plan.settled = input.settled.posts
    plan.underWay = input.underWay
    return plan
  }
}

/// A plan in the making: actions are found post by post, and all of them judged together afterwards.
private struct Draft: Sendable {
  struct Part {
    var actions: [Action] = []
    var bookkeeping: [Bookkeeping] = []
  }

  private let input: PlanInput
  private let renames: Renames.Result
  private let rules: Rules
  private let comparison: Comparison
  private let size: Int

  /// Nil when the root was not seen.
  init?(_ given: PlanInput) {
    guard case .seen = given.wanted.root else { return nil }
    renames = Renames(given).applied()
    var input = given
    input.standing.follow(renames.bookkeeping)
    input.wanted.frozenIDs.formUnion(renames.busy)
    (self.input, rules) = (input, Rules(input))
    comparison = Comparison(wanted: input.wanted, records: renames.records, accounts: input.config.accounts)
    size = max(renames.records.count, input.wanted.listings.count * 2)
  }

  func parts(_ count: Int) -> [Comparison.Part] { comparison.parts(count, least: 1000) }

  func actions(in part: Comparison.Part) -> Part {
    var found = Part()
    found.actions.reserveCapacity(min(size, part.count * 2))
    comparison.forEach(in: part) { difference in
      rules.append(for: difference, to: &found.actions)
      if let sale = rules.saleSeen(difference) { found.bookkeeping.append(sale) }
    }
    return found
  }

  /// Takes the parts' actions.
  func plan(_ parts: inout [Part]) -> Plan {
    var actions: [Action] = []
    swap(&actions, &parts[0].actions)
    actions.reserveCapacity(parts.reduce(actions.count) { $0 + $1.actions.count })
    for part in parts.dropFirst() { actions += part.actions }
    Identities.holdUnmoved(&actions, renames.waiting)
    Identities.holdEdited(&actions, input)
    var guarding = Guarding(input).apply(to: &actions)
    Limits(input).apply(to: &actions)
    // One way names the whole plan: that which is narrowed is never approved.
    Overrides.name(in: &actions, &guarding.reports, isDaemon: input.mode == .continuous)
    if input.isNarrowed { actions.removeAll { !input.selects($0.key) } }
    var plan = Planner.blank(input)
    plan.actions = Plan.ordered(actions)
    plan.guards = guarding.reports
    plan.awaited = Plan.awaited(input, busy: renames.busy)
    plan.heldWithdrawals = guarding.heldWithdrawals
    plan.bookkeeping = renames.bookkeeping + parts.flatMap(\.bookkeeping) + guarding.bookkeeping
    return plan
  }
}
