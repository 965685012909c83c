import Journaling
import Listings
import Planning

extension Deciding {
  // MARK: Sold

  func sold(_ listing: String, _ account: String?, _ price: String?) -> Ruling {
    let keys = keys(listing, account)
    guard !keys.isEmpty else { return unknown(listing, account) }
    var money: Money?
    if let price {
      do throws(PriceRefusal) { money = try self.money(price, of: listing) } catch { return refused(error.text) }
    }
    let selling = Selling(ledger: ledger, id: listing, listing: wanted.listing(listing))
    switch selling.told(on: account, price: money) {
    case .known(let sale):
      return done(
        [],
        "\(listing): was recorded as sold \(sale.place) at \(sale.at) already; if it sold once more, say where with "
          + "--account")
    case .new(let entries, let isTooMany):
      let cost = money.map { " for \($0)" } ?? ""
      let place = account.map { "on \($0)" } ?? "elsewhere"
      return done(entries, "\(listing): sold \(place)\(cost); \(consequence(listing, account, isTooMany))")
    }
  }

  private func consequence(_ listing: String, _ account: String?, _ isTooMany: Bool) -> String {
    if isTooMany { return "but it was sold before: tell one of the buyers, then run hawker release \(listing)" }
    let quantity = max(wanted.listing(listing)?.quantity ?? 1, 1)
    let sold = ledger.sales[listing]?.count { !$0.releasedAccounts.contains(account ?? "") } ?? 0
    if sold + 1 < quantity { return "\(quantity - sold - 1) left" }
    let others = ledger.records(of: listing).filter { $0.isLive && $0.key.account != account }.map(\.key.account)
    let stays = account.flatMap { ledger[PostKey(listing: listing, account: $0)]?.isLive == true ? $0 : nil }
    let rest = stays.map { "; on \($0) it stays as it is there" } ?? ""
    return (others.isEmpty ? "it is live nowhere else" : "it comes off \(others.joined(separator: ", "))") + rest
  }

  struct PriceRefusal: Error {
    let text: String
  }

  /// In the listing's currency unless it names another.
  private func money(_ text: String, of listing: String) throws(PriceRefusal) -> Money {
    let offered = wanted.listing(listing)?.posts.compactMap(\.content?.price.currency).first
    let recorded = ledger.records(of: listing).compactMap(\.content?.price.currency).first
    let currency = offered ?? recorded ?? .usd
    let amount: Amount
    do throws(Amount.Malformation) { amount = try Amount(parsing: text) } catch {
      throw PriceRefusal(text: "“\(text)” is no price; write it as 430 or 430.00 \(currency.code)")
    }
    do throws(Amount.Mismatch) { return try amount.money(in: currency) } catch {
      throw PriceRefusal(text: "“\(text)” is no price in \(amount.currency?.code ?? currency.code)")
    }
  }

  // MARK: Retry

  func retry(_ listing: String, _ account: String?) -> Ruling {
    let keys = keys(listing, account)
    guard !keys.isEmpty else { return unknown(listing, account) }
    let waiting = keys.filter { key in
      guard let record = ledger[key] else { return false }
      if case .failed(retryAt: .some) = record.state { return true }
      return record.failure?.retryAt != nil
    }
    guard !waiting.isEmpty else { return refused("nothing of \(names(keys)) waits to be tried again") }
    return done(
      waiting.map { .released($0, by: Action.Holder.retry.rawValue) }, "\(names(waiting)): tried again now")
  }
}
