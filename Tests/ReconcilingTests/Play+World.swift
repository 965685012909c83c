import Executing
import Journaling
import Listings
import Marketplaces
import Planning
import Support

@testable import Reconciling

/// What a marketplace tells, again and again until it is taken.
struct Letter: Sendable {
  var notice: Notice
  var due: Duration
}

/// A buyer took it there.
struct Buy: Sendable {
  let key: PostKey
  let remoteID: String
  let delivery: String
  /// The marketplace marks the post as sold.
  let isMarked: Bool
  /// hawker said that it has heard.
  var isTold = false
  /// hawker's life at the time, and that of the telling.
  let life: Int
  var toldLife = 0
  /// How many there were as far as hawker could tell then.
  var toldQuantity = 1
}

/// What happens on the marketplaces without hawker's doing.
extension Play {
  var scene: Intake.Scene {
    Intake.Scene(shop: shop, executor: executor, wanted: scanned == nil ? nil : wanted)
  }

  mutating func befall(_ event: Step.Event) {
    switch event {
    case .buy(let item, let account, let telling): buy(item, account, telling)
    case .remoteEdit(let item, let account, let isPrice, let telling):
      alter(item, account, telling) { post in
        if isPrice {
          post.content.price = Money(minor: post.content.price.minor + 100, currency: .usd)
        } else {
          post.content.title = "edited there"
        }
        post.drift.insert(isPrice ? .price : .title)
      }
    case .remoteUndo(let item, let account, let telling):
      alter(item, account, telling) { post in
        (post.content.title, post.content.price) = (post.sent.title, post.sent.price)
        post.drift = []
      }
    case .remoteRemoval(let item, let account, let telling):
      guard let market = markets[account], let post = ours(item, account) else { return }
      market.change { $0.hide(post.id, at: time.elapsed, stale: 0) }
      tell(telling, Notice(marketplace: market.setup.marketplace, remoteID: post.id, event: .removed))
    case .rumour(let item, let account, let telling): rumour(item, account, telling)
    default: break
    }
  }

  /// A post of the listing that hawker has not let go.
  private func ours(_ item: String, _ account: String) -> Market.Post? {
    markets[account]?.posts.first { $0.isLive && $0.listing == item && !$0.isForeign && !$0.isTwin }
  }

  private mutating func buy(_ item: String, _ account: String, _ telling: Step.Telling) {
    guard let market = markets[account], let post = ours(item, account) else { return }
    let isMarked = shelf.items[item]?.quantity == 1 || time.elapsed.components.attoseconds % 2 == 0
    // What is marked as sold nobody buys any more.
    if post.isSold { return }
    market.change { state in
      guard isMarked, let index = state.index(post.id) else { return }
      state.posts[index].isSold = true
    }
    witness.count("bought \(telling)")
    let buy = Buy(
      key: PostKey(listing: item, account: account), remoteID: post.id, delivery: "d\(buys.count + 1)",
      isMarked: isMarked, life: lives)
    buys.append(buy)
    tell(
      telling,
      Notice(marketplace: market.setup.marketplace, remoteID: post.id, event: .sold, delivery: buy.delivery))
  }

  private mutating func alter(
    _ item: String, _ account: String, _ telling: Step.Telling, _ change: (inout Market.Post) -> Void
  ) {
    guard let market = markets[account], let post = ours(item, account) else { return }
    market.change { state in
      guard let index = state.index(post.id) else { return }
      change(&state.posts[index])
    }
    tell(telling, Notice(marketplace: market.setup.marketplace, remoteID: post.id, event: .changed))
  }

  /// Of nothing that is there, or of nothing that has happened.
  private mutating func rumour(_ item: String, _ account: String, _ telling: Step.Telling) {
    guard let market = markets[account] else { return }
    let (marketplace, post) = (market.setup.marketplace, ours(item, account))
    let isOfOurs = post != nil && buys.count % 2 == 0
    tell(
      telling,
      isOfOurs
        ? Notice(marketplace: marketplace, remoteID: post?.id ?? "", event: .removed)
        : Notice(marketplace: marketplace, remoteID: "x\(item)", event: .sold, delivery: "x"))
  }

  private mutating func tell(_ telling: Step.Telling, _ notice: Notice) {
    func letter(after seconds: Int64) -> Letter { Letter(notice: notice, due: time.elapsed + .seconds(seconds)) }
    switch telling {
    case .silent: break
    case .once: mail.append(letter(after: 0))
    case .late: mail.append(letter(after: Int64.random(in: 1...7200, using: &random)))
    case .repeated:
      mail += [0, 0, 1, Int64.random(in: 1...600, using: &random), Int64.random(in: 600...9000, using: &random)].map {
        letter(after: $0)
      }
    }
  }

  /// The seller takes into the file what is shown there.
  mutating func pull(_ item: String, _ account: String) {
    guard let post = ours(item, account), shelf.items[item]?.isThere == true else { return }
    shelf.items[item]?.title = post.content.title
    shelf.items[item]?.price = post.content.price.minor
  }

  // MARK: The post comes

  var nextMail: Duration? { mail.map(\.due).min().map { max($0 - time.elapsed, .milliseconds(1)) } }

  /// What is not taken is told again later.
  mutating func readMail() async {
    let due = mail.filter { $0.due <= time.elapsed }
    guard !due.isEmpty else { return }
    mail.removeAll { $0.due <= time.elapsed }
    for var letter in due {
      let notice = letter.notice
      if await senses.intake.take([notice]) {
        witness.count("notice taken")
        if notice.event == .sold { heard(notice) }
      } else {
        witness.count("notice not taken")
        letter.due = time.elapsed + .seconds(300)
        mail.append(letter)
      }
    }
  }

  /// What was accepted is durable, and nothing is accepted while it can't be said whose it is.
  private mutating func heard(_ notice: Notice) {
    guard let index = buys.firstIndex(where: { $0.delivery == notice.delivery }) else { return }
    (buys[index].isTold, buys[index].toldLife) = (true, lives)
    buys[index].toldQuantity = rules.quantity(buys[index].key.listing, disk.memory)
    let key = buys[index].key
    let memory = disk.memory
    let op = markets[key.account]?.posts.first { $0.id == notice.remoteID }?.op
    if let op, memory.open[key] == op, memory.live[key] != notice.remoteID {
      witness.accuse("a sale of \(notice.remoteID) was accepted before its create was settled")
    }
    guard memory.live[key] == notice.remoteID, !memory.forgotten.contains(key.listing) else { return }
    if memory.sales[key.listing]?.contains(where: { $0.account == key.account }) != true {
      witness.accuse("an accepted sale of \(key) is nowhere recorded")
    }
  }

  mutating func sell(_ item: String, _ account: String?) async {
    let answer = await senses.intake.decide(.sold(listing: item, account: account, price: "7"))
    witness.count("sold \(answer.code.rawValue)")
  }

  func expectSales() {
    inspector.expect(
      sales: { [disk, rules] action in
        let memory = disk.memory
        return memory.isTaken(action.key, rules.quantity(action.key.listing, memory))
          && (action.remoteID == memory.live[action.key]
            || action.record?.superseded.contains(action.remoteID ?? "") == true)
      }, of: { [disk] in disk.memory.sales[$0] != nil })
  }

  /// As `apply --enforce` begins.
  func refresh(_ shop: Shop, _ wanted: Wanted) async {
    let journal = shop.journal
    for account in shop.accounts {
      let refresh = Refresh(
        account, ambient, absenceAfter: shop.config.sync.absenceAfter,
        record: { looks in
          let ledger = journal.ledger
          do throws(JournalError) { try await journal.append(looks.flatMap { $0.entries(ledger, wanted) }) } catch {
            return false
          }
          return true
        })
      _ = await refresh.all { journal.ledger.settled(on: account.name, shop.config) }
    }
  }

  // MARK: The end

  /// Each sale counts once, and none is forgotten.
  func checkSales(strictly: Bool) {
    let memory = disk.memory
    for (_, buys) in Dictionary(grouping: buys, by: \.key) {
      let (key, item) = (buys[0].key, shelf.items[buys[0].key.listing])
      if memory.forgotten.contains(key.listing) { continue }
      let seen = memory.sales[key.listing]?.count { $0.account == key.account && $0.isSeen } ?? 0
      // Released in between, what is told late is another buyer's: better off for a while than sold twice.
      let isReleased = memory.sales[key.listing]?.contains { $0.isSeen && !$0.released.isEmpty } ?? false
      let isTight = memory.namesLooks || !buys.contains(where: \.isMarked)
      if seen > buys.count, isTight, !isReleased {
        witness.accuse(
          "\(key) sold \(buys.count) times, \(seen) times recorded: \(buys); \(journal.ledger.sales[key.listing] ?? []), "
            + "posted \(String(describing: journal.ledger[key]?.postedAt)) as \(journal.ledger[key]?.remoteID ?? "")")
      }
      // What a post was called once is not known for longer than hawker lives.
      let told = buys.filter { buy in
        buy.isTold && memory.known[[key.account, buy.remoteID]] == key
          && (buy.life == buy.toldLife || memory.live[key] == buy.remoteID)
      }
      // Of a post that was replaced since it is a sale elsewhere.
      let all = memory.sales[key.listing]?.count { $0.account == key.account || $0.account == nil } ?? 0
      if !told.isEmpty, all == 0 { witness.accuse("hawker took the news of a sale of \(key) and lost it: \(told)") }
      let fewest = min(item?.fewest ?? 1, told.map(\.toldQuantity).min() ?? 1)
      if fewest > buys.count, seen < told.count {
        witness.accuse("\(key): of \(told.count) sales that it was told of, \(seen) are recorded")
      }
      // What is marked as sold is seen by looking.
      let marked = buys.filter { $0.isMarked && memory.live[key] == $0.remoteID }
      if !strictly, !marked.isEmpty, all == 0, markets[key.account]?.setup.capabilities.canRead == true,
        enabled.contains(key.account), journal.ledger[key]?.pending == nil
      {
        witness.accuse("\(key) is marked as sold, and nobody has seen it")
      }
    }
    for (key, id) in memory.goneIDs
    where markets[key.account]?.posts.contains(where: { $0.id == id && $0.isLive }) == true {
      witness.accuse("\(id), \(key), was said to be gone and is there")
    }
  }

  /// Whether the post must be off because it was sold elsewhere, and nothing speaks against that.
  func mustBeOff(_ item: Shelf.Item, _ key: PostKey, _ hold: Action.Holder?) -> Bool {
    let memory = disk.memory
    return item.asks(for: key.account) && memory.isTaken(key, item.quantity) && enabled.contains(key.account)
      && hold != .unsettled && hold != .scope && !shelf.isElsewhere
  }
}
