import Journaling
import Listings
import Loading
import Marketplaces
import Planning

/// Turns a decision into what is recorded, or into why it can't be. Pure; the daemon and the commands share it.
package struct Deciding {
  package struct Ruling: Sendable {
    package var entries: [Entry]
    package var answer: Answer
    /// The account that is to be swept afterwards: what a person found may be one of two.
    package var troubled: String?
  }

  let wanted: Wanted
  let ledger: Ledger
  /// What `apply` would do now, and what the daemon would: either may be named.
  let plans: [Plan]
  /// What `apply --enforce` would do now; seldom asked for.
  let enforcing: @Sendable () -> Plan?
  let capabilities: [String: Capabilities]
  let config: Config
  let now: Timestamp
  /// Posts with a request under way.
  let inFlight: Set<PostKey>

  package init(_ shop: Shop, _ wanted: Wanted, underWay: UnderWay = UnderWay()) {
    self.wanted = wanted
    ledger = shop.journal.ledger
    plans = [PlanInput.Mode.once, .continuous].map { shop.plan(wanted, mode: $0, underWay: underWay) }
    enforcing = {
      var selection = Selection()
      selection.enforces = true
      return shop.plan(wanted, mode: .once, selection: selection, underWay: underWay)
    }
    capabilities = shop.options.capabilities
    config = shop.config
    now = shop.ambient.now()
    inFlight = underWay.keys
  }

  /// Without plans: for what asks for none.
  init(_ shop: Shop, _ wanted: Wanted, _ ledger: Ledger) {
    self.wanted = wanted
    self.ledger = ledger
    (plans, enforcing) = ([], { nil })
    capabilities = shop.options.capabilities
    config = shop.config
    now = shop.ambient.now()
    inFlight = []
  }

  /// Of a root that can't be seen nothing is known: only what holds a post back is still sure to do no harm.
  package func rule(_ decision: Decision) -> Ruling {
    if case .hold(let listing, let account, let reason) = decision { return hold(listing, account, reason) }
    if case .sold(let listing, let account, let price) = decision { return sold(listing, account, price) }
    if case .unseen(let why) = wanted.root { return refused(why) }
    return switch decision {
    case .hold(let listing, let account, let reason): hold(listing, account, reason)
    case .release(let listing, let account): release(listing, account)
    case .forget(let listing, let account): forget(listing, account)
    case .resolve(let listing, let account, let posted): resolve(listing, account, posted)
    case .approve(let plan): approve(plan)
    case .releaseScope(let withdraw): releaseScope(withdraw)
    case .sold(let listing, let account, let price): sold(listing, account, price)
    case .retry(let listing, let account): retry(listing, account)
    }
  }

  // MARK: Parts

  func done(_ entries: [Entry], _ text: String) -> Ruling { Ruling(entries: entries, answer: Answer(.done, text)) }
  func refused(_ text: String) -> Ruling { Ruling(entries: [], answer: Answer(.refused, text)) }

  /// The listing's posts, wanted or recorded, on the account or on all; sorted.
  func keys(_ listing: String, _ account: String?) -> [PostKey] {
    var accounts = Set(ledger.records(of: listing).map(\.key.account))
    for found in wanted.listings where found.id == listing { accounts.formUnion(found.posts.map(\.account)) }
    return accounts.filter { account == nil || $0 == account }.sorted().map { PostKey(listing: listing, account: $0) }
  }

  func unknown(_ listing: String, _ account: String?) -> Ruling {
    let place = account.map { " on \($0)" } ?? ""
    return Ruling(
      entries: [],
      answer: Answer(
        .unknown,
        "there is no listing \(listing)\(place): neither a file nor a record\(hint(listing, account))"))
  }

  /// The account when that is what is wrong, otherwise the listing.
  private func hint(_ listing: String, _ account: String?) -> String {
    let accounts = keys(listing, nil).map(\.account)
    let known = Set(wanted.listings.map(\.id)).union(ledger.records.keys.map(\.listing))
    var hint = ""
    if let account, !accounts.isEmpty {
      hint = Suggestion.text(for: account, among: accounts)
    } else if !known.contains(listing) {
      hint = Suggestion.text(for: listing, among: known.sorted())
    }
    return hint.isEmpty ? "; `hawker status` shows all" : hint
  }

  /// How many there are of it: as its file says or, when that can't be read, as it said last.
  func quantity(_ listing: String) -> Int {
    max(wanted.listing(listing)?.quantity ?? ledger.quantities[listing] ?? 1, 1)
  }

  /// The action that the next `apply` has for the post.
  func action(_ key: PostKey) -> Action? { plans.first?.actions.first { $0.key == key && $0.kind != .unchanged } }

  /// Whether a file asks for the post, or can't be read.
  func isWanted(_ key: PostKey) -> Bool {
    if let record = ledger[key], wanted.freezes(id: key.listing, lastFile: record.file) { return true }
    guard let listing = wanted.listings.first(where: { $0.id == key.listing }) else { return false }
    return (listing.status == .available || listing.status == .reserved)
      && listing.posts.contains { $0.account == key.account }
  }

  // MARK: Hold

  private func hold(_ listing: String, _ account: String?, _ reason: String?) -> Ruling {
    let keys = keys(listing, account)
    guard !keys.isEmpty else { return unknown(listing, account) }
    let entries = keys.map { Entry.held($0, by: Action.Holder.hold.rawValue, until: nil, text: reason) }
    return done(
      entries, "\(names(keys)): held until `hawker release \(listing)`; what is under way there is finished first")
  }

  func names(_ keys: [PostKey]) -> String {
    "\(keys.first?.listing ?? "") on \(keys.map(\.account).joined(separator: ", "))"
  }
}
