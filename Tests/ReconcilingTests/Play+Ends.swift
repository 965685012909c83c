import Executing
import Journaling
import Listings
import Planning
import Support

@testable import Reconciling

/// What must hold when all faults have stopped and time has passed.
extension Play {
  mutating func end() async {
    await calmDown()
    guard isQuiet else { return }
    checkPosts(strictly: false)
    checkSales(strictly: false)
    await secondPass()
    guard isQuiet else { return }
    await sellerTidiesUp()
    guard isQuiet else { return }
    checkPosts(strictly: true)
  }

  private mutating func calmDown() async {
    for market in markets.values { market.calm(at: time.elapsed) }
    for index in mail.indices { mail[index].due = time.elapsed }
    disk.mend()
    if life.isOver { await die() }
    wallOffset.mend()
    (shelf.isRootThere, shelf.gitActivity) = (true, nil)
    // What stopped for want of a token goes on with a new one.
    await executor.retryStopped()
    isDirty = true
    await live(.seconds(120))
    // A request that had left with the old one has been refused meanwhile.
    await executor.retryStopped()
    isDirty = true
    await live(.seconds(4 * 3600))
  }

  /// (b) and (c): a second pass does nothing, in either way of working.
  private mutating func secondPass() async {
    // The start after a crash sweeps, once.
    await restart()
    await live(.seconds(60))
    let before = (requests: markets.values.reduce(0) { $0 + $1.requests }, sequence: journal.ledger.sequence)
    await look()
    for mode in [PlanInput.Mode.continuous, .once] {
      let plan = shop.plan(wanted, mode: mode)
      if !plan.executable.isEmpty { witness.accuse("never done: \(plan.executable.map(\.told))") }
    }
    await live(.seconds(60))
    await apply(allowing: false)
    let requests = markets.values.reduce(0) { $0 + $1.requests } - before.requests
    // What is still open, such as a withdrawal under a hold, keeps its account to be looked through at each start.
    let open = journal.unswept.keys.filter { account in
      journal.ledger.records.values.contains { $0.key.account == account && $0.pending != nil }
    }
    if requests > open.count { witness.accuse("a second pass makes \(requests) requests") }
    let entries = journal.ledger.sequence - before.sequence
    if entries > 0 { witness.accuse("a second pass records \(entries) entries") }
  }

  /// (a): the marketplaces hold what the files want. `strictly`: with no excuse.
  private func checkPosts(strictly: Bool) {
    let plan = shop.plan(shelf.scan(enabled), mode: .continuous)
    let holds = Dictionary(plan.actions.compactMap { action in action.hold.map { (action.key, $0.by) } }) { first, _ in
      first
    }
    let excused = strictly ? [] : Set(holds.keys)
    for market in markets.values {
      for item in shelf.items.values {
        let key = PostKey(listing: item.id, account: market.account)
        let found = posts(of: key, market, strictly)
        if !found.isEmpty, mustBeOff(item, key, holds[key]) {
          witness.accuse("\(key) was sold elsewhere and is there: \(found.map(\.id))")
        }
        // What a replace left can't be taken off while its account is disabled, nor while its file can't be read.
        if excused.contains(key) || !enabled.contains(market.account) { continue }
        // Sold there: the marketplace's to mark, and left alone.
        let quantity = item.told(disk.memory)
        if disk.memory.isClaimed(key, quantity), disk.memory.isSoldHere(key, quantity) { continue }
        // Nor is the replace itself looked for meanwhile.
        let record = journal.ledger[key]
        let isReplaced = record?.superseded.isEmpty == false || record?.pending?.action == .replace
        let isKept = item.damage != nil && isReplaced
        if found.count > 1, !isKept {
          witness.accuse("\(key) is there \(found.count) times: \(found.map(\.id))")
        }
        if !strictly, isExcused(item, market.account) { continue }
        compare(item, key, found, strictly)
      }
    }
  }

  private func isExcused(_ item: Shelf.Item, _ account: String) -> Bool {
    if item.damage != nil || shelf.isElsewhere { return true }
    let key = PostKey(listing: item.id, account: account)
    // Taken off or changed by hand, and nothing has made hawker look.
    guard let id = disk.memory.live[key] else { return false }
    return markets[account]?.posts.first { $0.id == id }.map { !$0.isLive } ?? true
  }

  /// What the marketplace made twice by itself is one post, until a sweep has had its time; and for good where it can't be
  /// found: on an account that can't be asked, and when neither copy is the post on record any more.
  private func posts(of key: PostKey, _ market: Market, _ strictly: Bool) -> [Market.Post] {
    let known = disk.memory.live[key]
    let op = market.posts.first { $0.id == known }?.op
    let doubled = Set(market.posts.filter(\.isTwin).map(\.op))
    return market.posts.filter { post in
      guard post.isLive, post.listing == key.listing, !post.isForeign else { return false }
      if post.id == known || !doubled.contains(post.op) { return true }
      return strictly && market.setup.capabilities.canLookUp && post.op == op
    }
  }

  private func compare(_ item: Shelf.Item, _ key: PostKey, _ found: [Market.Post], _ strictly: Bool) {
    guard item.asks(for: key.account), enabled.contains(key.account) else {
      if !found.isEmpty { witness.accuse("\(key) should not be there: \(found.map(\.id))") }
      return
    }
    guard let post = found.first else { return witness.accuse("\(key) is not there") }
    // What can't be looked at nobody sees.
    let excused = strictly && markets[key.account]?.setup.capabilities.canRead == true ? [] : post.drift
    let differences = Set(item.content.differences(from: post.content)).subtracting(excused)
    if !differences.isEmpty { witness.accuse("\(key) differs in \(differences.map(\.rawValue).sorted())") }
  }

  // MARK: The seller

  /// The seller answers every question and puts everything right; after that there is no excuse.
  private mutating func sellerTidiesUp() async {
    let all = setup.config()
    shelf.isElsewhere = false
    for id in shelf.items.keys { shelf.items[id]?.tidy() }
    // The buyers back out.
    for market in markets.values {
      market.change { state in for index in state.posts.indices { state.posts[index].isSold = false } }
    }
    await reconfigure { $0 = all }
    for round in 0..<12 {
      await live(.seconds(1500))
      guard isQuiet else { return }
      await look()
      let plan = shop.plan(wanted, mode: .continuous, scannedAt: scanned?.at)
      let held = plan.actions.filter { $0.hold != nil }
      // Not before everything has been looked at.
      if held.isEmpty, round > 1 { break }
      await answer(held, plan)
      if held.contains(where: { $0.hold?.by == .drift || $0.hold?.by == .conflict }) {
        await apply(allowing: false, enforcing: true)
      }
    }
    await apply(allowing: false, enforcing: true)
    // A start after a crash sweeps.
    await die()
    await live(.seconds(3600))
    await look()
    var plan = shop.plan(wanted, mode: .continuous, scannedAt: scanned?.at)
    // An hour after its sale a file's going away is judged as any other's.
    if plan.actions.contains(where: { $0.hold?.by == .grace }) {
      await live(.seconds(1500))
      await look()
      plan = shop.plan(wanted, mode: .continuous, scannedAt: scanned?.at)
    }
    let held = plan.actions.filter { $0.hold != nil }.map { "\($0.told) by \($0.hold?.by.rawValue ?? "")" }
    checkSales(strictly: true)
    if !held.isEmpty { witness.accuse("no answer helps: \(held)") }
    if !plan.executable.isEmpty { witness.accuse("never done: \(plan.executable.map(\.told))") }
  }

  private mutating func answer(_ held: [Action], _ plan: Plan) async {
    for action in held {
      let listing = action.key.listing
      switch action.hold?.by {
      case .unsettled:
        await settle(listing)
        await decide(.release(listing: listing, account: action.key.account))
      case .protect: shelf.items[listing]?.comeBack(.sold)
      case .idChanged: shelf.items[listing]?.title += " again"
      case .retry, .grace: break
      case .withdrawals, .emptied, .updates:
        await look()
        await decide(.approve(plan: shop.plan(wanted, mode: .continuous, scannedAt: scanned?.at).id))
      default: await decide(.release(listing: listing, account: action.key.account))
      }
    }
    isDirty = true
  }
}

extension Shelf.Item {
  mutating func comeBack(_ status: Listing.Status) { (isThere, damage, self.status) = (true, nil, status) }

  fileprivate mutating func tidy() {
    (damage, allowsReplace) = (nil, true)
    if title.hasSuffix("!") { title.removeLast() }
    price += 1
  }
}
