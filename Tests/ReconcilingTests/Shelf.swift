import Listings
import Support

/// What the seller's files say: the model's side of the wanted state.
struct Shelf: Sendable {
  struct Item: Hashable, Sendable {
    enum Damage: Hashable, Sendable { case unreadable, invalid }

    let id: String
    var file: String
    var title: String
    var price: Int64 = 10_000
    var photo = 0
    var category = "chairs"
    var status = Listing.Status.available
    var isProtected = false
    var allowsReplace = false
    var accounts: Set<String>
    var damage: Damage?
    var isThere = true
    /// How many there are to sell, and the fewest and most that there were.
    var quantity = 1 {
      didSet { (fewest, most) = (min(fewest, quantity), max(most, quantity)) }
    }
    private(set) var fewest = 1
    private(set) var most = 1

    /// How many there are as far as can be told: by the file, or by what was recorded of it.
    func told(_ memory: Memory) -> Int { isThere && damage == nil ? quantity : memory.quantities[id] ?? 1 }

    /// Whether its file asks for a post on the account, which the config has.
    func asks(for account: String) -> Bool {
      isThere && damage == nil && (status == .available || status == .reserved) && accounts.contains(account)
    }

    mutating func begin(with number: Int) {
      quantity = number
      (fewest, most) = (number, number)
    }

    var content: Content {
      Content(
        title: title, description: "Good.", price: Money(minor: price, currency: .usd), category: category,
        condition: "USED", photos: [.file(Digest(of: "photo \(photo)"), .jpeg)])
    }
  }

  var items: [String: Item] = [:]
  var isRootThere = true
  /// The config names another root, which holds no listings.
  var isElsewhere = false
  var gitActivity: String?

  /// As the loader tells it. `accounts` are those that the config has switched on.
  func scan(_ accounts: Set<String>) -> Wanted {
    guard isRootThere else { return Wanted(root: .unseen("listings is not there")) }
    var wanted = Wanted()
    wanted.gitActivity = gitActivity
    for item in items.values.sorted(by: { $0.id < $1.id }) where item.isThere && !isElsewhere {
      switch item.damage {
      case .unreadable:
        wanted.frozenFiles.insert(item.file)
        wanted.frozenIDs.insert(item.id)
      case .invalid: wanted.frozenIDs.insert(item.id)
      case nil: wanted.listings.append(listing(item, accounts))
      }
    }
    return wanted
  }

  private func listing(_ item: Item, _ accounts: Set<String>) -> Listing {
    Listing(
      id: item.id, file: item.file, status: item.status, isProtected: item.isProtected, quantity: item.quantity,
      allowsReplace: item.allowsReplace,
      posts: item.accounts.intersection(accounts).sorted().map { WantedPost(account: $0, content: item.content) })
  }
}

/// A small world to begin with.
struct Setup: Sendable {
  struct Account: Sendable {
    let name: String
    let marketplace: String
    let seed: UInt64
    /// Within so many seconds everybody sees what was done.
    let staleness: Int64
    let rate: Int
    let concurrency: Int

    var capabilities: Capabilities {
      Capabilities(
        marketplace: marketplace, titleLimit: 100, descriptionLimit: 5000, photoCount: 0...20, photoSize: 10 << 20,
        photoFormats: [.jpeg], photoTransport: .upload, conditions: [.good: "USED"],
        fixedFields: marketplace == "alpha" ? [.category] : [], canLookUp: marketplace == "alpha",
        canRead: marketplace == "alpha", source: "tests")
    }

    func refuses(_ content: Content) -> Bool { content.title.hasSuffix("!") && marketplace == "alpha" }
  }

  let seed: UInt64
  let accounts: [Account]
  /// How many there are of each.
  let quantities: [Int]
  let listings: Int
  /// So many of them are there from the start.
  let present: Int

  init(_ random: inout SeededRandom) {
    seed = random.next()
    listings = Int.random(in: 1...8, using: &random)
    present = Int.random(in: 0...listings, using: &random)
    quantities = (0..<listings).map { _ in max(1, Int.random(in: -2...3, using: &random)) }
    var accounts: [Account] = []
    for (name, marketplace) in [("a1", "alpha"), ("b1", "beta"), ("a2", "alpha")] {
      accounts.append(
        Account(
          name: name, marketplace: marketplace, seed: random.next(),
          staleness: [0, 3, 40, 119][Int.random(in: 0..<4, using: &random)],
          rate: Int.random(in: 1...4, using: &random), concurrency: Int.random(in: 1...4, using: &random)))
    }
    self.accounts = Bool.random(using: &random) ? accounts : Array(accounts.prefix(2))
  }

  var names: Set<String> { Set(accounts.map(\.name)) }

  var shelf: Shelf {
    var shelf = Shelf()
    for number in 1...listings {
      let id = "item-\(number)"
      var item = Shelf.Item(id: id, file: "listings/\(id).yaml", title: "Item \(number)", accounts: names)
      item.isThere = number <= present
      item.begin(with: quantities[number - 1])
      shelf.items[id] = item
    }
    return shelf
  }

  func config() -> Config {
    var config = Config(
      shop: "/shop", listings: "/shop/listings", state: "/state",
      accounts: accounts.sorted { $0.name < $1.name }.map { account in
        Config.Account(name: account.name, marketplace: account.marketplace)
      })
    config.sync.rescan = .seconds(300)
    config.sync.refresh = .seconds(1800)
    return config
  }
}
