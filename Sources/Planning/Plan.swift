import Listings

/// What would be done, in order. A value: made once, shown, saved, executed.
package struct Plan: Sendable {
  /// Sorted: rank, listing id, account. The unchanged ones too.
  package var actions: [Action]
  package var guards: [GuardReport]
  package var problems: [Problem]
  /// Facts to record that need no request.
  package var bookkeeping: [Bookkeeping]
  package var createdAt: Timestamp
  /// The journal's place that the plan was made from; nil without a journal.
  package var lineage: String?
  package var sequence: Int
  /// How many withdrawals the guards hold, all accounts together: what `--allow-withdraw` must name.
  package var heldWithdrawals: Int
  /// What it was narrowed to.
  package var choice = Choice()
  /// By account, posts that were found unchanged without being planned one by one: no action stands for them.
  package var settled: [String: Int] = [:]
  /// What was known to be on its way; nil: it wasn't asked.
  package var underWay: UnderWay?
  /// Posts of which it waits for what is under way: then it is to be made again.
  package var awaited: Set<PostKey> = []

  package init(
    actions: [Action], guards: [GuardReport] = [], problems: [Problem] = [], bookkeeping: [Bookkeeping] = [],
    createdAt: Timestamp, lineage: String? = nil, sequence: Int = 0, heldWithdrawals: Int = 0
  ) {
    self.actions = actions
    self.guards = guards
    self.problems = problems
    self.bookkeeping = bookkeeping
    self.createdAt = createdAt
    self.lineage = lineage
    self.sequence = sequence
    self.heldWithdrawals = heldWithdrawals
  }

  /// What a plan was made for: a saved one is made that way again before it is applied.
  package struct Choice: Hashable, Sendable {
    /// `--only`; empty: all.
    package var listings: Set<String> = []
    /// `--account`.
    package var account: String?
    /// `plan --refresh`: the live copies were looked at first.
    package var isRefreshed = false

    package init(listings: Set<String> = [], account: String? = nil, isRefreshed: Bool = false) {
      (self.listings, self.account, self.isRefreshed) = (listings, account, isRefreshed)
    }

    /// Whether the problem is of something that was asked for. What is of no listing may concern every one.
    func covers(_ problem: Problem) -> Bool {
      (listings.isEmpty || problem.listing.map(listings.contains) ?? true)
        && (account == nil || problem.account == nil || problem.account == account)
    }
  }

  /// What an executor may do now.
  package var executable: [Action] { actions.filter { $0.hold == nil && $0.kind != .unchanged } }

  package var hasChanges: Bool {
    actions.indices.contains { actions[$0].hold == nil && actions[$0].kind != .unchanged }
  }
  /// Posts that hawker.yaml no longer covers.
  package var leftScope: [Action] { actions.filter { $0.hold?.by == .scope && $0.kind != .create } }

  package var hasErrors: Bool { problems.contains { $0.severity == .error } }

  /// How long a permit for what a guard holds lasts.
  package static let permitLasts: Duration = .seconds(3600)

  /// What `hawker approve` lets through: exactly what the counting guards hold in this plan.
  package func permits(at now: Timestamp) -> [(key: PostKey, permit: Permit)] {
    let until = now.advanced(by: Plan.permitLasts)
    return actions.flatMap { action in
      let digest = action.post?.content?.digest
      return Plan.lifted(by: action.hold?.by).map { holder in
        (action.key, Permit(by: holder.rawValue, digest: holder == .withdrawals ? nil : digest, until: until))
      }
    }
  }

  /// The guards that an approval of what this one holds lifts. A price that drops is one of many changes, too: let through
  /// by the one guard, it would be held by the other.
  private static func lifted(by holder: Action.Holder?) -> [Action.Holder] {
    switch holder {
    case .withdrawals, .emptied: [.withdrawals]
    case .updates: [.updates]
    case .priceDrop: [.priceDrop, .updates]
    default: []
    }
  }

  /// By rank; within a rank in the order they come, which is that of listing and account.
  static func ordered(_ actions: [Action]) -> [Action] {
    // By index: going through the actions would copy each.
    var places = [Int](repeating: 0, count: 10)
    var isOrdered = true
    var last = 0
    for index in actions.indices {
      let rank = actions[index].rank
      if rank < last { isOrdered = false }
      last = rank
      places[rank + 1] += 1
    }
    guard !isOrdered else { return actions }
    for rank in 1..<places.count { places[rank] += places[rank - 1] }
    var order = [Int](repeating: 0, count: actions.count)
    for index in actions.indices {
      let rank = actions[index].rank
      order[places[rank]] = index
      places[rank] += 1
    }
    return order.map { actions[$0] }
  }

  /// Something waits for a person: exit code 3.
  package var needsPerson: Bool {
    guards.contains { $0.isTripped && !$0.isLifted && $0.name.needsPerson }
      || actions.indices.contains { actions[$0].hold?.by.needsPerson == true }
  }

  package struct Summary: Hashable, Sendable {
    package var counts: [Action.Kind: Int] = [:]
    package var held = 0
    package var problems = 0
    package var warnings = 0

    package subscript(kind: Action.Kind) -> Int { counts[kind, default: 0] }
  }

  /// Held actions count under `held` alone.
  package var summary: Summary {
    var summary = Summary()
    // By index: going through the actions would copy each.
    for index in actions.indices {
      if actions[index].hold != nil { summary.held += 1 } else { summary.counts[actions[index].kind, default: 0] += 1 }
    }
    let settled = settled.values.reduce(0, +)
    if settled > 0 { summary.counts[.unchanged, default: 0] += settled }
    for problem in problems {
      if problem.severity == .error { summary.problems += 1 } else { summary.warnings += 1 }
    }
    return summary
  }
}

/// What one guard saw on one account.
package struct GuardReport: Hashable, Sendable {
  package var name: Action.Holder
  /// Nil: all accounts.
  package var account: String?
  package var limit: Int
  package var observed: Int
  package var isTripped: Bool
  /// An override lifted it.
  package var isLifted: Bool
  /// The narrow command or edit that lets it pass; empty when it didn't trip.
  package var override: String
  package var text: String

  package init(
    _ name: Action.Holder, account: String? = nil, limit: Int, observed: Int, isTripped: Bool, isLifted: Bool = false,
    override: String = "", text: String = ""
  ) {
    self.name = name
    self.account = account
    self.limit = limit
    self.observed = observed
    self.isTripped = isTripped
    self.isLifted = isLifted
    self.override = override
    self.text = text
  }
}

/// A fact that `apply` and `run` record beside the actions.
package enum Bookkeeping: Hashable, Sendable {
  /// The listing's file is another one now; `from` names its old id when that changed too.
  case moved(listing: String, from: String?, file: String)
  case protected(listing: String, Bool)
  /// How many there are of it: another number than the journal knows.
  case counted(listing: String, Int)
  /// The file said sold after a sale had withdrawn the post: from now on the file's word counts again.
  case saleSeen(PostKey)
  /// The daemon misses the post's file: its grace begins.
  case absent(PostKey)
  /// The file is there again.
  case returned(PostKey)
  /// The seller's word let through what a guard holds.
  case permitted(PostKey, Permit)
}

extension GuardReport {
  /// What stands behind its text: how exactly that is let through. The root's own text says when its way is one.
  package var way: String { override.isEmpty || name == .root ? "" : " (\(override))" }
}
