import Listings
import Marketplaces
import Support
import Synchronization

/// One account's side of a marketplace with weaknesses, which also watches what it is asked. It outlives hawker's lives.
final class Market: Sendable {
  struct Post: Sendable {
    let id: String
    let listing: String
    let op: String
    let reference: String
    var content: Content
    let at: Timestamp
    /// From then on look-ups and lists show it, or no longer do. In time that never jumps.
    var visibleFrom: Duration
    var hiddenFrom: Duration?
    /// The marketplace itself made it a second time.
    var isTwin = false
    /// The seller let hawker forget it: nobody's business any more.
    var isForeign = false
    /// A buyer took it; the marketplace says so.
    var isSold = false
    /// The seller changed these by hand.
    var drift: Set<Content.Field> = []
    /// What hawker sent last.
    var sent: Content
    var isLive: Bool { hiddenFrom == nil }
  }

  enum Fault: Hashable, Sendable {
    /// The request or its answer is lost on the way.
    case lostBefore, lostAfter
    /// The marketplace does it twice, with an answer or without.
    case twice, twiceLost
    /// A create's answer names another live post.
    case wrongID
    case throttled(seconds: Int64), unavailable, unauthorized
    /// It does not take such a request.
    case refused
    /// The answer takes its time.
    case slow(seconds: Int64)
    /// A create's photos take their time before anything is sent.
    case uploading(seconds: Int64)
  }

  struct State: Sendable {
    var posts: [Post] = []
    var faults: [Fault] = []
    var downUntil: Duration = .zero
    /// Listings whose requests fail whatever they say.
    var poison: Set<String> = []
    /// The token is dead until the seller renews it.
    var isLockedOut = false
    var random: SeededRandom
    var creating: Set<String> = []
    var requests = 0
    var lastID = 0
    /// Accounts of one marketplace share its ids.
    var prefix = "r"
    /// Until then a list leaves posts out.
    var patchyUntil: Duration = .zero
    /// When something went wrong last.
    var troubledAt: Duration = .zero
    /// Since when nothing may come before the second moment.
    var quiet: (from: Duration, until: Duration)?
    var arrivals: [Duration] = []
    /// After so many calls the program dies, before or after the effect.
    var fuse: (calls: Int, after: Bool)?
  }

  let account: String
  let setup: Setup.Account
  let time: VirtualTime
  let wall: @Sendable () -> Timestamp
  let witness: Witness
  let state: Mutex<State>

  init(_ account: String, _ setup: Setup.Account, _ world: (VirtualTime, @Sendable () -> Timestamp), _ witness: Witness)
  {
    (self.account, self.setup, self.witness) = (account, setup, witness)
    (time, wall) = world
    state = Mutex(State(random: SeededRandom(seed: setup.seed), prefix: account.hasSuffix("2") ? "s" : "r"))
  }

  /// All that may be seen from outside, at once.
  var posts: [Post] { state.withLock(\.posts) }
  var requests: Int { state.withLock(\.requests) }

  func change(_ body: (inout State) -> Void) { state.withLock { body(&$0) } }

  /// The seller gets a new token, and the marketplace mends what ailed single listings.
  func renew(at now: Duration) {
    state.withLock { state in
      (state.isLockedOut, state.poison) = (false, [])
      state.troubledAt = max(now, .milliseconds(1))
    }
  }

  /// Nothing goes wrong from here on.
  func calm(at now: Duration) {
    state.withLock { state in
      state.troubledAt = max(now, .milliseconds(1))
      (state.faults, state.poison, state.downUntil, state.isLockedOut) = ([], [], .zero, false)
      state.fuse = nil
      state.patchyUntil = .zero
    }
  }
}

extension Market.State {
  mutating func chance(_ range: Range<Int64>) -> Int64 { Int64.random(in: range, using: &random) }

  func index(_ id: String) -> Int? { posts.firstIndex { $0.id == id && $0.isLive } }

  mutating func make(_ draft: Draft, at now: Duration, wall: Timestamp, stale: Int64, isTwin: Bool = false) -> String {
    lastID += 1
    let visible = now + .milliseconds(chance(0..<stale * 1000 + 1))
    posts.append(
      Market.Post(
        id: "\(prefix)\(lastID)", listing: draft.listing, op: draft.op, reference: draft.reference,
        content: draft.content,
        at: wall, visibleFrom: visible, isTwin: isTwin, sent: draft.content))
    return "\(prefix)\(lastID)"
  }

  mutating func hide(_ id: String, at now: Duration, stale: Int64) {
    guard let index = index(id) else { return }
    posts[index].hiddenFrom = now + .milliseconds(chance(0..<stale * 1000 + 1))
  }

  /// What a list shows: not always all that a look-up does.
  mutating func listed(at now: Duration) -> [Market.Post] {
    let all = visible(at: now)
    return patchyUntil > now ? all.filter { _ in chance(0..<3) > 0 } : all
  }

  /// What a look-up shows: some of it is yesterday's news.
  func visible(at now: Duration) -> [Market.Post] {
    posts.filter { $0.visibleFrom <= now && ($0.hiddenFrom ?? .seconds(1 << 40)) > now }
  }
}

extension Market.Post {
  var remote: RemotePost {
    RemotePost(
      remoteID: id, url: "https://example.org/\(id)", reference: reference, createdAt: at, title: content.title,
      description: content.description, price: content.price, isSold: isSold)
  }
}

/// Where the tests put what must not happen.
final class Witness: Sendable {
  private let found = Mutex<[String]>([])
  private let seen = Mutex<[String: Int]>([:])

  func accuse(_ what: String) { found.withLock { $0.append(what) } }
  var accusations: [String] { found.withLock { $0 } }

  /// That something worth having happened did.
  func count(_ what: String, _ number: Int = 1) { seen.withLock { $0[what, default: 0] += number } }
  var counts: [String: Int] { seen.withLock { $0 } }
}
