import Executing
import Journaling
import Listings
import Loading
import Marketplaces
import Planning
import Support

@testable import Reconciling

/// A shop with two accounts, `a1` on alpha and `b1` on beta (which can't be asked), over a journal in memory.
struct Office {
  let time: VirtualTime
  let witness = Witness()
  let life: Life
  let markets: [String: Market]
  var shop: Shop
  var wanted: Wanted

  init(
    _ listings: [Listing], _ entries: [Entry] = [], time: VirtualTime = VirtualTime(), root: String = "/shop/listings",
    marksRoot: Bool = false, rate: Int = 10
  ) async throws {
    self.time = time
    let (disk, witness) = (CrashDisk(), witness)
    life = Life(disk, time.ambient)
    var random = SeededRandom(seed: 1)
    let journal = try Journal.open(
      "/state", JournalSetting(program: "test", now: time.ambient.now, disk: disk.reboot(&random)))
    time.waits { !journal.isIdle }
    try await journal.append(entries)
    var config = Config(
      shop: "/shop", listings: root, state: "/state",
      accounts: [("a1", "alpha"), ("b1", "beta")].map { Config.Account(name: $0, marketplace: $1) })
    config.guards.grace = .zero
    var markets: [String: Market] = [:]
    for account in config.accounts {
      let setup = Setup.Account(
        name: account.name, marketplace: account.marketplace, seed: 1, staleness: 0, rate: rate, concurrency: 2)
      markets[account.name] = Market(account.name, setup, (time, time.ambient.now), witness)
    }
    self.markets = markets
    let capabilities = Dictionary(
      uniqueKeysWithValues: markets.values.map { ($0.setup.marketplace, $0.setup.capabilities) })
    let accounts = config.accounts.map { [life] account in
      let link = Link(markets[account.name]!, life)
      return Executor.Account(name: account.name, marketplace: link, pace: link.pace, concurrency: 2)
    }
    shop = Shop(
      loaded: LoadedConfig(config: config), options: LoadingOptions(capabilities: capabilities), accounts: accounts,
      journal: journal, ambient: time.ambient, markFolder: marksRoot ? root : nil)
    wanted = Wanted(listings: listings.sorted { $0.id < $1.id })
  }

  func rule(_ decision: Decision, inFlight: Set<PostKey> = []) -> Deciding.Ruling {
    Deciding(shop, wanted, underWay: UnderWay(inFlight)).rule(decision)
  }

  func pass(_ patience: Duration, allowing: Int? = nil, plan given: Plan? = nil) async throws -> [ActionResult] {
    let log = ResultLog()
    let executor = shop.executor { log.note($0) }
    let selection = Selection(allowedWithdrawals: allowing)
    let plan = given ?? shop.plan(wanted, mode: .once, selection: selection)
    return try await Pass(shop, executor: executor, log: log, patience: patience)
      .run(plan, wanted: wanted, selection: selection)
  }

  // MARK: Samples

  static let lamp = PostKey(listing: "lamp", account: "a1")
  static let lampToo = PostKey(listing: "lamp", account: "b1")

  static func content(_ title: String, price: Int64 = 10_000) -> Content {
    Content(
      title: title, description: "Good.", price: Money(minor: price, currency: .usd), category: "chairs",
      condition: "USED")
  }

  static func listing(_ id: String, price: Int64 = 10_000, accounts: [String] = ["a1", "b1"]) -> Listing {
    Listing(
      id: id, file: "listings/\(id).yaml",
      posts: accounts.map { WantedPost(account: $0, content: content(id, price: price)) })
  }

  static func intent(_ key: PostKey, _ action: Intent.Action = .create, remoteID: String? = nil) -> Intent {
    Intent(
      op: "\(key.listing)-\(key.account)-\(action.rawValue)", action: action, key: key,
      marketplace: key.account == "a1" ? "alpha" : "beta",
      reference: action == .create ? "\(key.listing).\(key.account)" : "",
      content: action == .withdraw ? nil : content(key.listing), remoteID: remoteID,
      file: "listings/\(key.listing).yaml", at: Timestamp(milliseconds: 0))
  }

  /// What makes the post live.
  static func posted(_ key: PostKey, _ remoteID: String) -> [Entry] {
    let intent = intent(key)
    return [.intent(intent), .outcome(Outcome(op: intent.op, result: .done, remoteID: remoteID))]
  }

  static func failed(_ key: PostKey, _ code: String) -> [Entry] {
    let intent = intent(key)
    let failure = Failure(code: code, message: "no")
    return [.intent(intent), .outcome(Outcome(op: intent.op, result: .failed, failure: failure))]
  }
}
