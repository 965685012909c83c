import Executing
import Journaling
import Listings
import Loading
import Marketplaces
import Planning

/// What a sale that somebody told of is to record. Told again, it is the same sale; on another account, or by name when
/// there are several of the thing, it is another one. Pure.
struct Selling {
  enum Ruling {
    /// `isTooMany`: there was none left to sell.
    case new([Entry], isTooMany: Bool)
    case known(Sale)
  }

  /// What a marketplace's word comes to.
  enum Sighting {
    case new([Entry])
    case known
    /// A sale that is counted already gets the name by which it is told again.
    case named(Entry)
  }

  let ledger: Ledger
  let id: String
  /// As its file says it; nil: gone or unreadable.
  let listing: Listing?

  private var sales: [Sale] { ledger.sales[id] ?? [] }
  /// As its file says or, when that can't be read, as it said last.
  private var quantity: Int { max(listing?.quantity ?? ledger.quantities[id] ?? 1, 1) }

  var isFirst: Bool { sales.isEmpty }

  /// Whether this very delivery is recorded.
  func knows(_ delivery: String?, on account: String) -> Bool {
    delivery != nil && sales.contains { $0.account == account && $0.delivery == delivery }
  }

  /// A marketplace's own word of its post: a delivery, or what a look showed.
  func seen(on account: String, delivery: String? = nil) -> Sighting {
    let key = PostKey(listing: id, account: account)
    let postedAt = ledger[key]?.postedAt ?? Timestamp(milliseconds: 0)
    let before = sales.filter { $0.account == account && $0.at >= postedAt }
    guard let delivery else {
      // A look can't tell an old mark from a new one.
      guard before.isEmpty else { return .known }
      return .new(entries(.observed(key, .sold(price: nil, delivery: Sale.seen)), account).all)
    }
    // Told again after the thing was posted anew, it still is the old sale.
    if knows(delivery, on: account) { return .known }
    // What the seller has released is over: another delivery is another buyer.
    if quantity == 1, before.contains(where: { !$0.releasedAccounts.contains(account) }) { return .known }
    let entry = Entry.observed(key, .sold(price: nil, delivery: delivery))
    return ledger.standing.unnamedSale(on: key, postedAt) == nil
      ? .new(entries(entry, account).all) : .named(entry)
  }

  /// A delivery of a post that another has replaced on `account` since. What stands there now was not sold by that: of one
  /// thing it goes off everywhere.
  func seenFormerly(on account: String, delivery: String?) -> Sighting {
    if knows(delivery, on: account) { return .known }
    guard quantity == 1 else {
      let key = PostKey(listing: id, account: account)
      // A look found it before the post was replaced.
      if let delivery, let postedAt = ledger[key]?.postedAt,
        ledger.standing.unnamedSale(on: key, isFormer: true, postedAt) != nil
      {
        return .named(.observed(key, .sold(price: nil, delivery: delivery, isFormer: true)))
      }
      return seen(on: account, delivery: delivery)
    }
    switch told(on: nil, price: nil) {
    case .known: return .known
    case .new(let entries, _): return .new(entries)
    }
  }

  /// The seller's word. Of one thing, a sale told again is the same sale; of several, each word is one, and the word too
  /// many is recorded and alerts.
  func told(on account: String?, price: Money?) -> Ruling {
    let round = round
    if quantity == 1, round.count >= quantity, let last = round.last(where: { account == nil || $0.account == account })
    {
      return .known(last)
    }
    let (all, isTooMany) = entries(.sold(listing: id, account: account, price: price), account)
    return .new(all, isTooMany: isTooMany)
  }

  /// A sale, and the alert when there was none left to sell.
  private func entries(_ entry: Entry, _ account: String?) -> (all: [Entry], isTooMany: Bool) {
    guard let first = round.last, round.count >= quantity else { return ([entry], false) }
    let key = PostKey(listing: id, account: account ?? accounts.sorted().first ?? "")
    let place = account.map { "on \($0)" } ?? "elsewhere"
    let text = "it was sold \(place), and \(first.place) at \(first.at) before"
    // The alert first: cut between the two, a sale would be there that nobody is told of.
    return ([.held(key, by: Action.Holder.oversold.rawValue, until: nil, text: text), entry], true)
  }

  private var accounts: Set<String> {
    Set(ledger.records(of: id).map(\.key.account)).union(listing?.posts.map(\.account) ?? [])
  }

  /// The sales of what is for sale now: those that still count somewhere, and those since it was posted last.
  private var round: [Sale] {
    let postedAt = ledger.records(of: id).compactMap(\.postedAt).max() ?? Timestamp(milliseconds: 0)
    let accounts = accounts
    return sales.filter { $0.at >= postedAt || !accounts.isSubset(of: $0.releasedAccounts) }
  }
}

extension Shop {
  /// What sales of these listings ask for at once, without a plan of the whole shop.
  package func sales(of ids: Set<String>, _ wanted: Wanted) -> [Action] {
    let ledger = journal.ledger
    var (part, records) = (wanted, [PostKey: Record]())
    part.listings = ids.sorted().compactMap(wanted.listing)
    part.problems = []
    for id in ids {
      for record in ledger.records(of: id) { records[record.key] = record }
    }
    var input = PlanInput(part, nil, config, options.capabilities, now: ambient.now(), mode: .continuous)
    input.records = records
    for id in ids { input.standing.sales[id] = ledger.sales[id] }
    input.quantities = ledger.quantities
    for account in accounts { input.accountCapabilities[account.name] = account.marketplace.capabilities }
    return Planner.plan(input).actions.filter { $0.isClaimed && $0.hold == nil }
  }
}
