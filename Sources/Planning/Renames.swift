import Diffing
import Listings

/// Identity is the id, never the path: a moved file is the same listing, and a listing that says `moved_from` is the
/// one that had the old id. Either is recorded, and nothing is sent.
struct Renames {
  private let input: PlanInput

  init(_ input: PlanInput) { self.input = input }

  struct Result {
    var records: [PostKey: Record]
    var bookkeeping: [Bookkeeping] = []
    /// Listing → the id that it names as its old one, while it can't be moved yet.
    var waiting: [String: Former] = [:]
    /// Old ids that stay as they are until their request has ended.
    var busy: Set<String> = []
  }

  /// Why a listing doesn't get the posts of its old id yet.
  enum Former {
    /// The file of that is still there: which of the two the posts are can't be said.
    case present(String)
    /// A request of it is under way: under another id nobody would know of it, and what it makes would be made again.
    case busy(String)
  }

  func applied() -> Result {
    var result = Result(records: input.records)
    let isNew = input.records.isEmpty && input.underWay?.keys.isEmpty ?? true
    let present = isNew ? [] : Set(input.wanted.listings.map(\.id))
    for listing in input.wanted.listings {
      let former = isNew ? nil : follow(listing, present, &result)
      note(listing, former, result.records, &result.bookkeeping)
    }
    return result
  }

  /// Returns the id that the listing had before, when this is its move.
  private func follow(_ listing: Listing, _ present: Set<String>, _ result: inout Result) -> String? {
    if let old = listing.movedFrom, canTakeOver(old, listing, result.records) {
      if present.contains(old) || isFrozen(old, besides: listing) {
        result.waiting[listing.id] = .present(old)
      } else if isBusy(old) {
        result.waiting[listing.id] = .busy(old)
        result.busy.insert(old)
      } else {
        rekey(&result.records, from: old, to: listing)
        result.bookkeeping.append(.moved(listing: listing.id, from: old, file: listing.file))
        return old
      }
    }
    let isElsewhere = listing.posts.contains { post in
      result.records[PostKey(listing: listing.id, account: post.account)].map { $0.file != listing.file } ?? false
    }
    if isElsewhere { result.bookkeeping.append(.moved(listing: listing.id, from: nil, file: listing.file)) }
    return nil
  }

  private var accounts: [String] { input.config.accounts.map(\.name) }

  /// Whether there is something under the old id, or soon may be, and nothing yet under the new one.
  private func canTakeOver(_ old: String, _ listing: Listing, _ records: [PostKey: Record]) -> Bool {
    (isBusy(old) || accounts.contains { records[PostKey(listing: old, account: $0)] != nil })
      && !accounts.contains { records[PostKey(listing: listing.id, account: $0)] != nil }
  }

  private func isBusy(_ id: String) -> Bool { input.underWay?.has(id) ?? false }

  /// Unreadable is not absent. A file from which the listing itself was read says which one it was, whatever else is wrong
  /// in it.
  private func isFrozen(_ id: String, besides listing: Listing) -> Bool {
    accounts.contains { account in
      guard let record = input.records[PostKey(listing: id, account: account)] else { return false }
      if record.file == listing.file { return input.wanted.frozenIDs.contains(id) }
      return input.wanted.freezes(id: id, lastFile: record.file)
    }
  }

  /// What must be known of a listing when its file can't be read, or is gone: before its first post already, for the file
  /// may go before anything else is recorded.
  private func note(
    _ listing: Listing, _ former: String?, _ records: [PostKey: Record], _ bookkeeping: inout [Bookkeeping]
  ) {
    let own =
      records.isEmpty ? [] : listing.posts.compactMap { records[PostKey(listing: listing.id, account: $0.account)] }
    let isKnown =
      own.isEmpty
      ? listing.agrees(withProtection: input.protectedListings.contains(listing.id))
      : own.allSatisfy { listing.agrees(withProtection: $0.isProtected) }
    if !isKnown { bookkeeping.append(.protected(listing: listing.id, listing.isProtected)) }
    let quantity = input.quantities[former ?? listing.id] ?? 1
    if quantity != listing.quantity { bookkeeping.append(.counted(listing: listing.id, listing.quantity)) }
  }

  /// Moves the records of `old` to the listing's id.
  private func rekey(_ records: inout [PostKey: Record], from old: String, to listing: Listing) {
    for account in accounts {
      guard var record = records.removeValue(forKey: PostKey(listing: old, account: account)) else { continue }
      let key = PostKey(listing: listing.id, account: account)
      record.key = key
      // What is settled now is settled under the new id: sent again under the old one, it would be a second post.
      record.pending?.key = key
      record.file = listing.file
      records[key] = record
    }
  }
}

extension Standing {
  /// What holds a listing's posts, lets them through or differs there goes with them to its new id, be it said of an account
  /// where nothing is posted yet; so do its sales.
  mutating func follow(_ bookkeeping: [Bookkeeping]) {
    for case .moved(let listing, let old?, _) in bookkeeping {
      if let moved = sales.removeValue(forKey: old) { sales[listing] = moved + (sales[listing] ?? []) }
      for key in keys(of: old) { move(key, to: PostKey(listing: listing, account: key.account)) }
    }
  }
}
