import Listings

/// Posts about which nothing is to be done whatever time it is: their records are exactly what their listings ask for, and
/// nothing waits. A plan of all the others, told how many these are, is the plan of all.
package struct Settled: Hashable, Sendable {
  /// Live posts by account; each counts as unchanged.
  package private(set) var posts: [String: Int] = [:]
  /// Of these, the ones changed within the last hour.
  private(set) var updatedLately: [String: Int] = [:]
  /// By account, when posts were made within the last day.
  private(set) var postedLately: [String: [Timestamp]] = [:]

  package init() {}

  /// Adds up posts, many of them, by the number of their account.
  package struct Tally {
    private let hourAgo: Timestamp
    private let dayAgo: Timestamp
    private var sums: [(posts: Int, updated: Int, posted: [Timestamp])]

    package init(accounts: Int, now: Timestamp) {
      (hourAgo, dayAgo) = (now.advanced(by: .seconds(-3600)), now.advanced(by: .seconds(-86_400)))
      sums = Array(repeating: (0, 0, []), count: accounts)
    }

    /// False when there is no such account.
    package mutating func add(_ account: Int, posted: Timestamp?, updated: Timestamp?) -> Bool {
      guard sums.indices.contains(account) else { return false }
      sums[account].posts += 1
      if let updated, updated > hourAgo { sums[account].updated += 1 }
      if let posted, posted > dayAgo { sums[account].posted.append(posted) }
      return true
    }

    /// `names`: the accounts in the order of their numbers.
    package func settled(_ names: [String]) -> Settled {
      var settled = Settled()
      for (name, sum) in zip(names, sums) where sum.posts > 0 {
        settled.posts[name] = sum.posts
        settled.updatedLately[name] = sum.updated
        settled.postedLately[name] = sum.posted
      }
      return settled
    }
  }

  /// Whether the table of `Rules` gives nothing but `unchanged` for the listing, with no standing word of anybody's.
  /// `records`: every one of its id, by account.
  package static func covers(_ listing: Listing, _ records: [Record], _ accounts: [String: Config.Account]) -> Bool {
    guard listing.movedFrom == nil, listing.hold == nil else { return false }
    switch listing.status {
    case .sold, .draft: return records.isEmpty
    case .available, .reserved: break
    }
    guard listing.posts.count == records.count else { return false }
    return listing.posts.allSatisfy { post in
      guard let content = post.content, let account = accounts[post.account], account.isEnabled,
        let record = records.first(where: { $0.key.account == post.account })
      else { return false }
      return record.marketplace == account.marketplace && record.isLive && record.pending == nil
        && record.unsure.isEmpty && record.superseded.isEmpty && record.file == listing.file
        && listing.agrees(withProtection: record.isProtected) && record.content == content
    }
  }
}
