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
      do throws(PriceRefusal) { money = try self.money(price, keys) } catch {
        return Ruling(entries: [], answer: Answer(.malformed, error.text))
      }
    }
    let selling = Selling(ledger: ledger, id: listing, listing: wanted.listing(listing))
    switch selling.told(on: account, price: money) {
    case .known(let sale): return known(sale, listing, account, money)
    case .new(let entries, let isTooMany):
      let cost = money.map { " for \($0)" } ?? ""
      let place = account.map { "on \($0)" } ?? "elsewhere"
      return done(entries, "\(listing): sold \(place)\(cost); \(consequence(listing, account, isTooMany))")
    }
  }

  private func consequence(_ listing: String, _ account: String?, _ isTooMany: Bool) -> String {
    let quantity = quantity(listing)
    if isTooMany {
      let before = quantity == 1 ? "it was sold before" : "there were only \(quantity)"
      return "but \(before): tell one of the buyers, then run hawker release \(listing)"
    }
    let sold = ledger.sales[listing]?.count { !$0.releasedAccounts.contains(account ?? "") } ?? 0
    if sold + 1 < quantity { return "\(quantity - sold - 1) left" }
    let others = ledger.records(of: listing).filter { $0.isLive && $0.key.account != account }.map(\.key.account)
    let stays = account.flatMap { ledger[PostKey(listing: listing, account: $0)]?.isLive == true ? $0 : nil }
    let rest = stays.map { "; on \($0) it stays as it is there" } ?? ""
    return (others.isEmpty ? "it is live nowhere else" : "it comes off \(others.joined(separator: ", "))") + rest
  }

  /// The same sale, told again: a price that it was not recorded with can't be taken in, and is not dropped in silence.
  private func known(_ sale: Sale, _ listing: String, _ account: String?, _ money: Money?) -> Ruling {
    let words = "\(listing): was recorded as sold \(sale.place) at \(sale.at) already"
    if let money, money != sale.price {
      let cost = sale.price.map { "for \($0)" } ?? "without a price"
      return refused("\(words), \(cost): \(money) is not recorded")
    }
    let ways =
      account == nil
      ? "if it sold once more, say where with --account"
      : "there was one; if there are several, say `quantity` in its file first"
    return done([], "\(words); \(ways)")
  }

  struct PriceRefusal: Error {
    let text: String
  }

  /// What a listing's price may be, and in the currency that these posts have.
  private func money(_ text: String, _ keys: [PostKey]) throws(PriceRefusal) -> Money {
    let offered = keys.compactMap { key in
      wanted.listing(key.listing)?.posts.first { $0.account == key.account }?.content?.price.currency
    }
    let recorded = keys.compactMap { ledger[$0]?.content?.price.currency }
    let currency = offered.first ?? recorded.first
    let unit = currency ?? .usd
    let amount: Amount
    do throws(Amount.Malformation) { amount = try Amount(parsing: text) } catch {
      throw PriceRefusal(text: "“\(text)” is no price: \(reason(error)); write it as 430 or 430.00 \(unit.code)")
    }
    if let other = amount.currency, let currency, other != currency {
      throw PriceRefusal(
        text: "“\(text)” is in \(other.code), and the listing's price in \(currency.code): say what it was in "
          + currency.code)
    }
    do throws(Amount.Mismatch) { return try amount.money(in: unit) } catch {
      throw PriceRefusal(text: "“\(text)” is no price in \((amount.currency ?? unit).code): \(reason(error))")
    }
  }

  private func reason(_ error: Amount.Malformation) -> String {
    switch error {
    case .empty: "it is empty"
    case .notDecimal: "it is not a plain decimal"
    case .tooLarge: "it is too large; look for a missing decimal point"
    case .unknownCurrency(let code): "there is no currency \(code)"
    }
  }

  private func reason(_ error: Amount.Mismatch) -> String {
    switch error {
    case .tooManyDecimals(let allowed): "it has more than \(allowed) decimals"
    case .tooLarge: "it is too large"
    case .otherCurrency(let currency): "it is in \(currency.code)"
    }
  }

  // MARK: Retry

  func retry(_ listing: String, _ account: String?) -> Ruling {
    let keys = keys(listing, account)
    guard !keys.isEmpty else { return unknown(listing, account) }
    let waiting = keys.filter { key in
      guard let record = ledger[key] else { return false }
      if case .failed(retryAt: .some) = record.state { return true }
      return record.failure?.retryAt != nil || record.leftover?.failure.retryAt != nil
    }
    guard !waiting.isEmpty else { return refused("nothing of \(names(keys)) waits to be tried again") }
    return done(
      waiting.map { .released($0, by: Action.Holder.retry.rawValue) }, "\(names(waiting)): tried again now")
  }
}
