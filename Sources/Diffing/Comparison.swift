import Listings

/// Joins what is wanted with what is recorded, post by post, in the order of the keys.
package struct Comparison: Sendable {
  private let wanted: Wanted
  private let records: [PostKey: Record]
  private let accounts: [String: Config.Account]

  package init(wanted: Wanted, records: [PostKey: Record], accounts: [Config.Account]) {
    self.wanted = wanted
    self.records = records
    self.accounts = Dictionary(uniqueKeysWithValues: accounts.map { ($0.name, $0) })
  }

  package func differences() -> [Difference] {
    var result: [Difference] = []
    result.reserveCapacity(max(records.count, wanted.listings.count * 2))
    for listing in wanted.listings {
      for post in listing.posts {
        let key = PostKey(listing: listing.id, account: post.account)
        result.append(Difference(key: key, want: want(post, of: listing), record: records[key], listing: listing))
      }
    }
    // Wanted listings come sorted; only what no listing asks for has to be put in between.
    let orphans = orphans()
    guard !orphans.isEmpty else { return result }
    result += orphans
    result.sort { $0.key < $1.key }
    return result
  }

  private func orphans() -> [Difference] {
    guard !records.isEmpty else { return [] }
    let present = Dictionary(wanted.listings.map { ($0.id, $0) }) { first, _ in first }
    return records.compactMap { key, record in
      let listing = present[key.listing]
      if let listing, listing.posts.contains(where: { $0.account == key.account }) { return nil }
      return Difference(key: key, want: want(recorded: record, listing: listing), record: record, listing: listing)
    }
  }

  private func want(_ post: WantedPost, of listing: Listing) -> Difference.Want {
    switch listing.status {
    case .sold: .off(.sold)
    case .draft: .off(.draft)
    case .available, .reserved: post.content == nil ? .frozen : .offered(post)
    }
  }

  /// A post that no file asks for. Unreadable is not absent: only a file that is provably gone makes an orphan.
  private func want(recorded record: Record, listing: Listing?) -> Difference.Want {
    guard let account = accounts[record.key.account] else { return .off(.accountGone) }
    guard account.isEnabled else { return .off(.accountDisabled) }
    if wanted.freezes(id: record.key.listing, lastFile: record.file) { return .frozen }
    guard let listing else { return .off(.fileGone) }
    switch listing.status {
    case .sold: return .off(.sold)
    case .draft: return .off(.draft)
    case .available, .reserved: return .off(.dropped)
    }
  }
}
