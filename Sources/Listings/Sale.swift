/// A sale of a listing, as the journal keeps it.
package struct Sale: Hashable, Sendable {
  /// Nil: sold elsewhere.
  package let account: String?
  /// Nil: not known.
  package let price: Money?
  package let at: Timestamp
  /// What told of it, where that has a name of its own: the same again is the same sale.
  package var delivery: String?
  /// Accounts on which the seller let it be posted again after all.
  package var releasedAccounts: Set<String>

  package init(
    account: String?, price: Money?, at: Timestamp, delivery: String? = nil, releasedAccounts: Set<String> = []
  ) {
    self.account = account
    self.price = price
    self.at = at
    self.delivery = delivery
    self.releasedAccounts = releasedAccounts
  }

  /// Stands for the delivery of a sale that a look has found: a look sees a state, not an event, so the next delivery on
  /// that account tells of this same sale, and gives it its name.
  package static let seen = "(seen)"

  /// Where, in words: `on facebook`, `elsewhere`.
  package var place: String { account.map { "on \($0)" } ?? "elsewhere" }
}

/// Fields of a live post that were last seen to be other than what was sent.
package struct Drift: Hashable, Sendable {
  /// Names of content fields, in their order.
  package let fields: [String]
  /// Field → what the marketplace shows, in words, where that was kept.
  package let values: [String: String]
  package let at: Timestamp

  package init(fields: [String], values: [String: String] = [:], at: Timestamp) {
    self.fields = fields
    self.values = values
    self.at = at
  }
}

extension Standing {
  /// The sale that a look has found on this post since it was made (`isFormer`: on one before it), and that no delivery has
  /// named: the place among the listing's sales.
  package func unnamedSale(on key: PostKey, isFormer: Bool = false, _ postedAt: Timestamp) -> Int? {
    sales[key.listing]?.firstIndex { sale in
      sale.account == key.account && sale.delivery == Sale.seen && (sale.at < postedAt) == isFormer
        && !sale.releasedAccounts.contains(key.account)
    }
  }

  /// The listing's sales that still count where the post stands: the seller has not released it there since.
  package func openSales(on key: PostKey) -> [Sale] {
    guard let all = sales[key.listing] else { return [] }
    return all.filter { !$0.releasedAccounts.contains(key.account) }
  }

  /// The sale that took the last one of `quantity`: from then on the post is claimed. Nil: there is one left.
  package func claim(on key: PostKey, quantity: Int) -> Sale? {
    guard sales[key.listing] != nil else { return nil }
    let open = openSales(on: key)
    let last = max(quantity, 1) - 1
    return open.indices.contains(last) ? open[last] : nil
  }

  /// Whether the last one of `quantity`, or one more, was sold through this very post. An earlier sale of several says
  /// nothing: that post must go with the others.
  package func wasSoldHere(_ key: PostKey, quantity: Int) -> Bool {
    openSales(on: key).dropFirst(max(quantity, 1) - 1).contains { $0.account == key.account }
  }
}
