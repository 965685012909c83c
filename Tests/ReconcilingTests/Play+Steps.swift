import Executing
import Journaling
import Listings
import Planning
import Support

@testable import Reconciling

extension Play {
  mutating func take(_ step: Step) async {
    await happen(step.event)
    await live(.milliseconds(step.pause))
  }

  private mutating func happen(_ event: Step.Event) async {
    isDirty = true
    switch event {
    case .price, .title, .photo, .category, .refused, .rename, .remove, .removeAll, .damage, .restore, .status,
      .protect, .drop, .raise, .quantity, .pull:
      edit(event)
    case .sell(let item, let account): await sell(item, account)
    case .buy, .remoteEdit, .remoteUndo, .remoteRemoval, .rumour: befall(event)
    case .hold(let item): await decide(.hold(listing: item, account: nil, reason: "wait"))
    case .release(let item): await decide(.release(listing: item, account: nil))
    case .forget(let item): await decide(.forget(listing: item, account: nil))
    case .settle(let item): await settle(item)
    case .approve:
      await look()
      await decide(.approve(plan: shop.plan(wanted, mode: .continuous, scannedAt: scanned?.at).id))
    case .releaseScope(let withdraw): await decide(.releaseScope(withdraw: withdraw))
    case .crash: await die()
    case .crashOnDisk(let count): disk.blow(after: count)
    case .restart: await restart()
    case .clock(let seconds):
      wallOffset.put(by: seconds)
      putAt = time.elapsed
      // After a restart only the wall clock can tell how long to wait.
      for market in markets.values { market.change { $0.quiet = nil } }
    case .git(let isActive): shelf.gitActivity = isActive ? "rebase" : nil
    case .root(let isThere): shelf.isRootThere = isThere
    case .renew:
      for market in markets.values { market.renew(at: time.elapsed) }
      await executor.retryStopped()
      // A request that had left with the old token is refused after all: the seller connects once more.
      await live(.seconds(60))
      await executor.retryStopped()
    case .idle(let seconds): await live(.seconds(seconds))
    case .apply(let allowing): await apply(allowing: allowing)
    case .enforce: await apply(allowing: false, enforcing: true)
    case .disable, .lose, .reinstate, .guards, .move: await reconfigure(event)
    default: afflict(event)
    }
  }

  private mutating func edit(_ event: Step.Event) {
    switch event {
    case .price(let id, let percent): shelf.items[id]?.scale(percent)
    case .raise(let percent): for id in Array(shelf.items.keys) { shelf.items[id]?.scale(percent) }
    case .title(let id, let number): shelf.items[id]?.title = "\(id), edition \(number)"
    case .refused(let id): shelf.items[id]?.title = "\(id)!"
    case .photo(let id, let number): shelf.items[id]?.photo = number
    case .category(let id):
      shelf.items[id]?.regroup()
    case .rename(let id): shelf.items[id]?.move()
    case .remove(let id): shelf.items[id]?.isThere = false
    case .removeAll: for id in Array(shelf.items.keys) { shelf.items[id]?.isThere = false }
    case .damage(let id, let damage): shelf.items[id]?.damage = damage
    case .restore(let id):
      shelf.items[id]?.comeBack(.available)
      shelf.items[id]?.accounts = setup.names
    case .status(let id, let status): shelf.items[id]?.status = status
    case .protect(let id, let isProtected): shelf.items[id]?.isProtected = isProtected
    case .drop(let id, let account): shelf.items[id]?.accounts.remove(account)
    case .quantity(let id, let number): shelf.items[id]?.quantity = number
    case .pull(let id, let account): pull(id, account)
    default: break
    }
  }

  private mutating func reconfigure(_ event: Step.Event) async {
    let all = setup.config()
    let isTakenOver = if case .move(let root) = event { root } else { String?.none }
    await reconfigure { config in
      switch event {
      case .disable(let name):
        for index in config.accounts.indices where config.accounts[index].name == name {
          config.accounts[index].isEnabled = false
        }
      case .lose(let name): config.accounts.removeAll { $0.name == name }
      case .guards(let percent): config.guards.withdrawals = percent
      case .move(let root): config.listings = "/shop/\(root)"
      default: config = all
      }
    }
    // Another root holds none of the files.
    if let root = isTakenOver { shelf.isElsewhere = root != "listings" }
    if case .reinstate = event { shelf.isElsewhere = false }
    isDirty = true
  }

  private func afflict(_ event: Step.Event) {
    switch event {
    case .fault(let account, let fault):
      markets[account]?.change { state in
        if fault == .unauthorized { state.isLockedOut = true } else { state.faults.append(fault) }
        state.troubledAt = max(time.elapsed, .milliseconds(1))
      }
    case .down(let account, let seconds):
      markets[account]?.change { $0.downUntil = time.elapsed + .seconds(seconds) }
    case .poison(let item, let account): markets[account]?.change { $0.poison.insert(item) }
    case .crashOnCall(let account, let calls, let after):
      markets[account]?.change { $0.fuse = (calls, after) }
    case .patchy(let account, let seconds):
      markets[account]?.change { $0.patchyUntil = time.elapsed + .seconds(seconds) }
    default: break
    }
  }
}

extension Shelf.Item {
  fileprivate mutating func regroup() {
    category = category == "chairs" ? "tables" : "chairs"
    allowsReplace.toggle()
  }

  fileprivate mutating func move() { file = "listings/sub/\(file.dropFirst(9))" }
  fileprivate mutating func scale(_ percent: Int64) { price = max(100, min(price * percent / 100, 100_000_000)) }
}
