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

  /// What no listing asks for has its place between the listings; a part ends where its last listing does.
  package struct Part: Sendable {
    fileprivate let listings: Range<Int>
    fileprivate let orphans: ArraySlice<Difference>
    /// Listings and posts without one.
    package var count: Int { listings.count + orphans.count }
  }

  /// All of it in so many parts, one behind the other, of `least` listings at least.
  package func parts(_ count: Int, least: Int) -> [Part] {
    // Wanted listings come sorted; only what no listing asks for has to be put in between.
    var orphans = self.orphans().sorted { $0.key < $1.key }[...]
    let size = max(least, (wanted.listings.count + count - 1) / count)
    var parts: [Part] = []
    var first = 0
    repeat {
      let end = min(first + size, wanted.listings.count)
      let isLast = end == wanted.listings.count
      let own = isLast ? orphans : orphans.prefix { $0.key.listing < wanted.listings[end].id }
      orphans = orphans.dropFirst(own.count)
      parts.append(Part(listings: first..<end, orphans: own))
      first = end
    } while first < wanted.listings.count
    return parts
  }

  /// One by one, without keeping them: a difference is large, and there are tens of thousands.
  package func forEach(in part: Part, _ body: (Difference) -> Void) {
    var orphans = part.orphans
    for index in part.listings {
      let listing = wanted.listings[index]
      for post in listing.posts {
        let key = PostKey(listing: listing.id, account: post.account)
        while let orphan = orphans.first, orphan.key < key {
          body(orphan)
          orphans.removeFirst()
        }
        body(Difference(key: key, want: want(post, of: listing), record: records[key], listing: listing))
      }
    }
    orphans.forEach(body)
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
    case .sold: .off(listing.saysStatus ? .sold : .soldByDefault)
    case .draft: .off(listing.saysStatus ? .draft : .draftByDefault)
    case .available, .reserved: post.isFrozen ? .frozen : .offered(post)
    }
  }

  /// A post that no file asks for. Unreadable is not absent: only a file that is provably gone makes an orphan.
  private func want(recorded record: Record, listing: Listing?) -> Difference.Want {
    guard let account = accounts[record.key.account] else { return .off(.accountGone) }
    guard account.isEnabled else { return .off(.accountDisabled) }
    if wanted.freezes(id: record.key.listing, lastFile: record.file) { return .frozen }
    guard let listing else { return .off(.fileGone) }
    switch listing.status {
    case .sold: return .off(listing.saysStatus ? .sold : .soldByDefault)
    case .draft: return .off(listing.saysStatus ? .draft : .draftByDefault)
    case .available, .reserved: return .off(listing.drops(record.key.account) ? .dropped : .droppedByDefault)
    }
  }
}
