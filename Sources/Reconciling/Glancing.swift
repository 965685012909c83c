import Executing
import Journaling
import Listings
import Loading
import Marketplaces
import Planning

/// Between two full looks: what an edit may be acted on without one.
///
/// An edit of a few known files is planned by itself and begun at once; then everything is looked at as after any other
/// hint. So what comes of it is what a full look would have made of it, a moment earlier: whatever a plan of one listing
/// can't know (guards that count, absences, renames, what waits) leaves it to the full look.
struct Glancing {
  /// Nil: nothing is begun without a full look.
  var allowance: Allowance?
  /// The full look that follows.
  private(set) var next: Task<Void, Never>?
  private var first: Duration?
  /// How often everything was looked at.
  private(set) var looks = 0

  var isFollowed: Bool { next != nil }

  /// Everything was looked at.
  mutating func end() {
    next?.cancel()
    (next, first) = (nil, nil)
    looks += 1
  }

  /// Has everything looked at when it is quiet, at the latest after eight times that.
  mutating func follow(after quiet: Duration, _ ambient: Ambient, _ hints: Hints) {
    let now = ambient.uptime()
    let start = first ?? now
    guard next == nil || now < start + quiet * 8 else { return }
    first = start
    next?.cancel()
    next = Task(executorPreference: ambient.executor) {
      do throws(CancellationError) { try await ambient.sleep(quiet) } catch { return }
      hints.add { $0.rescan = true }
    }
  }
}

/// How many posts may change before the guard that counts changes has to be asked.
struct Allowance {
  private var left: [String: Int] = [:]

  /// What `updates` would count after this plan, and at most: an hour that passes only takes from it.
  init(_ plan: Plan, _ ledger: Ledger, _ config: Config, now: Timestamp) {
    let anHourAgo = now.advanced(by: .seconds(-3600))
    var (live, changed): ([String: Int], [String: Int]) = ([:], [:])
    for record in ledger.records.values where record.isLive {
      live[record.key.account, default: 0] += 1
      if let time = record.updatedAt, time > anHourAgo { changed[record.key.account, default: 0] += 1 }
    }
    for index in plan.actions.indices where plan.actions[index].kind == .update || plan.actions[index].kind == .replace
    {
      changed[plan.actions[index].key.account, default: 0] += 1
    }
    for account in config.accounts {
      let limit = max(10, live[account.name, default: 0] * config.guards.updates / 100)
      left[account.name] = limit - changed[account.name, default: 0]
    }
  }

  /// Whether these actions are updates that no guard could hold; they count from here on.
  mutating func takes(_ plan: Plan) -> Bool {
    guard plan.bookkeeping.isEmpty, plan.guards.isEmpty else { return false }
    for action in plan.actions where action.kind != .unchanged {
      guard action.kind == .update, action.hold == nil else { return false }
      left[action.key.account, default: 0] -= 1
    }
    return left.values.allSatisfy { $0 >= 0 }
  }
}

extension Reconciler {
  /// Begins what an edit of these files asks for. False: only a full look can tell.
  func glance(at paths: Set<String>) async -> Bool {
    guard var allowance = glancing.allowance, let wanted, let changed = loader.glance(at: paths, since: wanted) else {
      return false
    }
    if !changed.isEmpty {
      let plan = shop.glimpse(changed, scannedAt: lastScan)
      guard allowance.takes(plan) else { return false }
      glancing.allowance = allowance
      let look = glancing.looks
      guard await executor.begin(plan) else { return false }
      // Only now, for it copies what others hold of a big shop. A decision's scan that came in between is newer.
      if glancing.looks == look { patch(changed) }
      if !plan.executable.isEmpty { chronicle.begun() }
      shop.window?.hurried(changed.map(\.id))
      await intake.see(Intake.Scene(shop: shop, executor: executor, wanted: self.wanted))
    }
    glancing.follow(after: min(shop.config.sync.settle, .seconds(1)), shop.ambient, hints)
    return true
  }

  private func patch(_ changed: [Listing]) {
    for listing in changed {
      guard let index = wanted?.index(of: listing.id) else { continue }
      wanted?.listings[index] = listing
    }
  }
}

extension Shop {
  /// The plan of a few listings alone.
  func glimpse(_ listings: [Listing], scannedAt: Timestamp?) -> Plan {
    let ledger = journal.ledger(of: Set(listings.map(\.id)))
    let wanted = Wanted(listings: listings.sorted { $0.id < $1.id })
    var input = PlanInput(wanted, ledger, config, options.capabilities, now: ambient.now(), mode: .continuous)
    input.scannedAt = scannedAt
    for account in accounts { input.accountCapabilities[account.name] = account.marketplace.capabilities }
    return Planner.plan(input)
  }
}
