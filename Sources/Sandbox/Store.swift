import Listings

/// What both marketplaces remember. Pure: deciding reads it, and only `apply` changes it, with the same changes that
/// the ledger keeps; so a restart is a replay.
struct Store: Sendable {
  /// Withdrawn listings that are remembered; older ones are forgotten.
  static let archiveLimit = 50_000

  private(set) var posts: [Int: Post] = [:]
  private(set) var uploads: [String: Upload] = [:]
  private(set) var next = 1
  /// Grows with every change, so that a page knows whether it is current.
  private(set) var version = 0
  private var shelves: [String: Shelf] = [:]
  private var references: [Reference: [Int]] = [:]
  private var keys: [String: Int] = [:]
  private var archive = Queue<Int>()
  private var uploaded = Queue<String>()

  private struct Reference: Hashable {
    var account: String
    var name: String
  }

  mutating func apply(_ change: Change) {
    version += 1
    switch change {
    case .numbered(let number): next = max(next, number)
    case .upload(let upload): keep(upload)
    case .post(let post): keep(post)
    }
  }

  private mutating func keep(_ upload: Upload) {
    next = max(next, upload.number + 1)
    if uploads.updateValue(upload, forKey: upload.id) == nil { uploaded.append(upload.id) }
    while let oldest = uploaded.first, uploads[oldest]?.isExpired(at: upload.uploadedAt) != false {
      uploads[oldest] = nil
      uploaded.removeFirst()
    }
  }

  private mutating func keep(_ post: Post) {
    next = max(next, post.number + 1)
    let before = posts.updateValue(post, forKey: post.number)
    if let key = post.key { keys[key.name] = post.number }
    let wasLive = before?.listing.isLive ?? false
    if post.listing.isLive, !wasLive { shelve(post) }
    if !post.listing.isLive, wasLive || before == nil { archive(post, wasLive: wasLive) }
  }

  private mutating func shelve(_ post: Post) {
    shelves[post.listing.account, default: Shelf()].add(post.number)
    guard let name = post.listing.reference else { return }
    references[Reference(account: post.listing.account, name: name), default: []].append(post.number)
  }

  private mutating func archive(_ post: Post, wasLive: Bool) {
    if wasLive {
      shelves[post.listing.account]?.noteRemoval { posts[$0]?.listing.isLive == true }
      if let name = post.listing.reference {
        let reference = Reference(account: post.listing.account, name: name)
        references[reference]?.removeAll { $0 == post.number }
        if references[reference]?.isEmpty == true { references[reference] = nil }
      }
    }
    archive.append(post.number)
    while archive.count > Store.archiveLimit { forget(archive.removeFirst()) }
  }

  private mutating func forget(_ number: Int?) {
    guard let number, let post = posts.removeValue(forKey: number) else { return }
    if let key = post.key, keys[key.name] == number { keys[key.name] = nil }
  }
}

extension Store {
  func livePost(_ number: Int?, of account: String) -> Post? {
    guard let number, let post = posts[number], post.listing.isLive, post.listing.account == account else { return nil }
    return post
  }

  /// The post that a create with this idempotency key made, live or not.
  func post(key: String) -> Post? { keys[key].flatMap { posts[$0] } }

  /// The newest post of an account.
  func latest(of account: String) -> Post? {
    shelves[account]?.newest { posts[$0]?.listing.isLive == true }.flatMap { posts[$0] }
  }

  func posts(reference: String, of account: String, at now: Timestamp) -> [Post] {
    (references[Reference(account: account, name: reference)] ?? []).compactMap { posts[$0] }
      .filter { $0.visibleAt <= now }
  }

  /// Newest first, those older than `cursor`; `more` tells whether others follow.
  func page(of account: String, before cursor: Int?, limit: Int, at now: Timestamp) -> (posts: [Post], more: Bool) {
    guard let shelf = shelves[account] else { return ([], false) }
    var found: [Post] = []
    for number in shelf.numbers(before: cursor) {
      guard let post = posts[number], post.listing.isLive, post.visibleAt <= now else { continue }
      if found.count == limit { return (found, true) }
      found.append(post)
    }
    return (found, false)
  }

  func liveCount(of account: String) -> Int { shelves[account]?.live ?? 0 }

  /// Newest first; with gaps where a post was removed.
  func shelf(_ account: String) -> ReversedCollection<ArraySlice<Int>> {
    (shelves[account] ?? Shelf()).numbers(before: nil)
  }

  /// Everything that a replay needs, in the fewest changes.
  var essence: [Change] {
    [.numbered(next)] + uploads.values.sorted { $0.number < $1.number }.map(Change.upload)
      + posts.values.sorted { $0.number < $1.number }.map(Change.post)
  }
}

/// The numbers of an account's posts in the order in which they were made. Removed ones stay as gaps until there are
/// more gaps than posts, so that removing costs nothing on average.
struct Shelf: Sendable {
  private var order: [Int] = []
  private(set) var live = 0

  mutating func add(_ number: Int) {
    if let last = order.last, last > number {
      order.insert(number, at: index(of: number))
    } else {
      order.append(number)
    }
    live += 1
  }

  mutating func noteRemoval(isLive: (Int) -> Bool) {
    live -= 1
    if order.count > 2 * live + 64 { order.removeAll { !isLive($0) } }
  }

  func numbers(before cursor: Int?) -> ReversedCollection<ArraySlice<Int>> {
    order[..<(cursor.map(index(of:)) ?? order.count)].reversed()
  }

  func newest(isLive: (Int) -> Bool) -> Int? { order.last(where: isLive) }

  /// Where the first number not below this one stands.
  private func index(of number: Int) -> Int {
    var (low, high) = (0, order.count)
    while low < high {
      let middle = (low + high) / 2
      if order[middle] < number { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

/// First in, first out, without moving what stays.
struct Queue<Element: Sendable>: Sendable {
  private var elements: [Element] = []
  private var head = 0

  var count: Int { elements.count - head }
  var first: Element? { head < elements.count ? elements[head] : nil }

  mutating func append(_ element: Element) { elements.append(element) }

  @discardableResult
  mutating func removeFirst() -> Element? {
    guard let element = first else { return nil }
    head += 1
    if head > 1024, head * 2 > elements.count {
      elements.removeFirst(head)
      head = 0
    }
    return element
  }
}
