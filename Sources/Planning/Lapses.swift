import Listings

/// The seller's word for a withdrawal is for this absence. Once the listing is offered again it ends: the next time its file
/// can't be found, the guards are asked anew.
enum Lapses {
  static func find(_ input: PlanInput) -> [Bookkeeping] {
    let open = input.standing.permits.compactMap { key, permits -> (PostKey, [Permit])? in
      let open = permits.filter { isOpen($0, at: input.now) }
      return open.isEmpty ? nil : (key, open)
    }
    guard !open.isEmpty else { return [] }
    let accounts = Set(input.config.accounts.filter(\.isEnabled).map(\.name))
    let listings = input.wanted.listings.filter { $0.status == .available || $0.status == .reserved }
    let offered = Set(
      listings.flatMap { listing in
        listing.posts.filter { !$0.isFrozen && accounts.contains($0.account) }
          .map { PostKey(listing: listing.id, account: $0.account) }
      })
    let over = open.filter { offered.contains($0.0) && input.selects($0.0) }
    return over.sorted { $0.0 < $1.0 }.flatMap { key, permits in
      permits.map { .permitted(key, Permit(by: $0.by, digest: nil, until: input.now)) }
    }
  }

  private static func isOpen(_ permit: Permit, at now: Timestamp) -> Bool {
    [.withdrawals, .scope].contains(Action.Holder(rawValue: permit.by)) && permit.digest == nil && permit.usedAt == nil
      && permit.until.map { $0 > now } ?? true
  }
}
