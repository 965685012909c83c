import Journaling
import Listings
import Marketplaces
import Support
import Synchronization

/// One life of the program: from its start to its end in order or its death.
final class Life: Sendable {
  let disk: CrashDisk
  let ambient: Ambient
  init(_ disk: CrashDisk, _ ambient: Ambient) { (self.disk, self.ambient) = (disk, ambient) }
  var isOver: Bool { disk.isDown }
  func end() { disk.goDown() }
}

/// hawker's side of the connection: an adapter with its pace, over a market that may lose, repeat or refuse.
struct Link: Marketplace {
  let market: Market
  let life: Life
  let pace: Pace
  let capabilities: Capabilities

  init(_ market: Market, _ life: Life) {
    (self.market, self.life) = (market, life)
    pace = Pace(requestsPerSecond: market.setup.rate, ambient: life.ambient)
    capabilities = market.setup.capabilities
    // What the journal knows outlives a restart.
    let isKnown = life.disk.memory.waits[market.account].map { $0 > market.wall() } ?? false
    market.change { state in
      if !isKnown { state.quiet = nil }
      state.arrivals = []
    }
  }

  private typealias Fault = Market.Fault
  private var stale: Int64 { market.setup.staleness }

  func create(_ draft: Draft) async throws(MarketplaceFailure) -> Posted {
    try await upload()
    try await pass(.normal)
    check(draft.op, "create", "replace", of: draft.listing)
    let isFirst = market.state.withLock { $0.creating.insert(draft.listing).inserted }
    if !isFirst { accuse("two creates of \(draft.listing) under way at once") }
    defer { market.change { $0.creating.remove(draft.listing) } }
    let id = try await carry(
      draft.listing, isRepeatable: false
    ) { (state, fault) throws(MarketplaceFailure) in
      if market.setup.refuses(draft.content) { throw .rejected(.init("no such thing here")) }
      if state.posts.contains(where: { $0.isLive && $0.op == draft.op }) {
        accuse("op \(draft.op.prefix(8)) of \(draft.listing) made a second post")
      }
      // Which of two that the marketplace made at once hawker has found is chance.
      let doubled = Set(state.posts.filter(\.isTwin).map(\.op))
      let others = state.posts.filter {
        $0.isLive && $0.listing == draft.listing && !$0.isForeign && !doubled.contains($0.op)
      }
      if !others.isEmpty, market.disk(life).memory.operations[draft.op]?.action != "replace" {
        accuse("\(draft.listing) is posted again beside \(others.map(\.id))")
      }
      let (now, wall) = (market.time.elapsed, market.wall())
      let id = state.make(draft, at: now, wall: wall, stale: stale)
      if fault == .twice || fault == .twiceLost {
        _ = state.make(draft, at: now, wall: wall, stale: stale, isTwin: true)
      }
      if fault == .wrongID, let other = state.posts.first(where: { $0.isLive && $0.listing != draft.listing }),
        market.disk(life).memory.live[PostKey(listing: other.listing, account: market.account)] == other.id
      {
        return other.id
      }
      return id
    }
    return Posted(remoteID: id, url: "https://example.org/\(id)")
  }

  func update(_ remoteID: String, to draft: Draft, changed: Set<Content.Field>) async throws(MarketplaceFailure) {
    try await pass(.normal)
    check(draft.op, "update", of: draft.listing)
    try await carry(draft.listing, isRepeatable: true) { (state, _) throws(MarketplaceFailure) in
      if market.setup.refuses(draft.content) { throw .rejected(.init("no such thing here")) }
      guard let index = state.index(remoteID) else { throw .gone(.init("not there")) }
      if state.posts[index].listing != draft.listing { accuse("an update of \(draft.listing) went to \(remoteID)") }
      if !changed.isDisjoint(with: capabilities.fixedFields) { accuse("a fixed field was to be changed in place") }
      let old = state.posts[index].content
      state.posts[index].content = draft.content
      for field in Content.Field.allCases where !changed.contains(field) { state.posts[index].keep(field, of: old) }
      state.posts[index].drift.subtract(changed)
      state.posts[index].sent = draft.content
    }
  }

  func withdraw(_ remoteID: String, urgency: Urgency) async throws(MarketplaceFailure) {
    try await pass(urgency)
    let memory = market.disk(life).memory
    let isMeant = memory.open.contains { key, op in
      key.account == market.account
        && memory.operations[op].map { $0.action == "withdraw" && $0.remoteID == remoteID }
          ?? false
    }
    if !isMeant { accuse("\(remoteID) was taken off without a durable intent") }
    let listing = market.posts.first { $0.id == remoteID }?.listing ?? ""
    try await carry(listing, isRepeatable: true) { (state, _) throws(MarketplaceFailure) in
      guard state.index(remoteID) != nil else { throw .gone(.init("not there")) }
      state.hide(remoteID, at: market.time.elapsed, stale: stale)
    }
  }

  func read(_ remoteID: String) async throws(MarketplaceFailure) -> RemotePost? {
    try await pass(.normal)
    return try await carry("", isRepeatable: true) { state, _ in state.index(remoteID).map { state.posts[$0].remote } }
  }

  func lookUp(_ draft: Draft, since: Timestamp) async throws(MarketplaceFailure) -> [RemotePost] {
    try await pass(.normal)
    if !capabilities.canLookUp { accuse("\(market.account) was asked, and can't be") }
    return try await carry("", isRepeatable: true) { state, _ in
      state.visible(at: market.time.elapsed).filter { $0.reference == draft.reference }.map(\.remote)
    }
  }

  func list(after cursor: String?) async throws(MarketplaceFailure) -> RemotePage {
    try await pass(.normal)
    let skipped = cursor.flatMap { Int($0) } ?? 0
    return try await carry("", isRepeatable: true) { state, _ in
      let all = state.listed(at: market.time.elapsed).map(\.remote)
      return RemotePage(
        posts: Array(all.dropFirst(skipped).prefix(5)), next: all.count > skipped + 5 ? "\(skipped + 5)" : nil)
    }
  }

  func verify() async throws(MarketplaceFailure) -> Identity { Identity(id: "seller") }
}

extension Link {
  fileprivate func accuse(_ what: String) { market.witness.accuse("\(market.account): \(what)") }

  /// I2: nothing is done that was not durable before.
  private func check(_ op: String, _ actions: String..., of listing: String) {
    guard let known = market.disk(life).memory.operations[op], known.key.listing == listing,
      known.key.account == market.account, actions.contains(known.action)
    else { return accuse("\(actions[0]) of \(listing) without a durable intent") }
  }

  /// I6: waits for a turn, and watches that turns are not given too fast.
  private func pass(_ urgency: Urgency) async throws(MarketplaceFailure) {
    try await pace.turn(urgency)
    if life.isOver { throw .unavailable(.init("not sent")) }
    let (now, rate) = (market.time.elapsed, market.setup.rate)
    let complaint: String? = market.state.withLock { state in
      state.requests += 1
      if let fuse = state.fuse { state.fuse = (fuse.calls - 1, fuse.after) }
      if let quiet = state.quiet, quiet.from < now, now < quiet.until { return "asked again before it had said so" }
      guard urgency == .normal else { return nil }
      state.arrivals.append(now)
      for seconds in [1, 10] {
        let count = state.arrivals.suffix(200).count { $0 > now - .seconds(seconds) }
        if count > rate * (seconds + 1) { return "\(count) requests in \(seconds) s, at \(rate) a second" }
      }
      return nil
    }
    if let complaint { accuse(complaint) }
    if dies(after: false) { throw .unavailable(.init("not sent")) }
  }

  private func dies(after: Bool) -> Bool {
    let dies = market.state.withLock { $0.fuse.map { $0.calls < 0 && $0.after == after } ?? false }
    guard dies, !life.isOver else { return false }
    market.change { $0.fuse = nil }
    life.end()
    return true
  }

  /// The way there, the effect, the way back; each may go wrong.
  fileprivate func carry<Value: Sendable>(
    _ listing: String, isRepeatable: Bool,
    _ effect: (inout Market.State, Market.Fault?) throws(MarketplaceFailure) -> Value
  ) async throws(MarketplaceFailure) -> Value {
    let unknown: MarketplaceFailure = isRepeatable ? .unavailable(.init("no answer")) : .uncertain(.init("no answer"))
    let (fault, way) = market.state.withLock { $0.nextFault(at: market.time.elapsed) }
    let isLost = await !travel(way)
    let arrives = market.state.withLock { !isLost || $0.chance(0..<2) == 0 }
    if let failure = refusal(fault, listing, unknown) { throw failure }
    if !arrives || fault == .lostBefore { throw unknown }
    let result: Result<Value, MarketplaceFailure> = market.state.withLock { state in
      do throws(MarketplaceFailure) { return .success(try effect(&state, fault)) } catch { return .failure(error) }
    }
    if case .success = result, fault == .lostAfter || fault == .twiceLost { throw unknown }
    if dies(after: true) { throw unknown }
    let comesBack = await travel(way)
    if isLost || !comesBack { throw unknown }
    return try result.get()
  }

  fileprivate func upload() async throws(MarketplaceFailure) {
    let seconds = market.state.withLock { state in
      guard case .uploading(let seconds)? = state.faults.first else { return Int64(0) }
      state.faults.removeFirst()
      return seconds
    }
    guard await travel(.seconds(seconds)), !life.isOver else { throw .unavailable(.init("not sent")) }
  }

  /// False when the program gave up waiting, or died.
  private func travel(_ way: Duration) async -> Bool {
    do throws(CancellationError) { try await life.ambient.sleep(way) } catch { return false }
    return true
  }

  /// What is answered without any effect.
  private func refusal(
    _ fault: Market.Fault?, _ listing: String, _ unknown: MarketplaceFailure
  ) -> MarketplaceFailure? {
    let (now, wall) = (market.time.elapsed, market.wall())
    switch fault {
    case .throttled(let seconds):
      market.change { $0.quiet = (now, max($0.quiet?.until ?? .zero, now + .seconds(seconds))) }
      let until = wall.advanced(by: .seconds(seconds))
      pace.pause(until: until)
      return .throttled(.init("too fast"), until: until)
    case .unavailable: return .unavailable(.init("down"))
    case .refused: return .rejected(.init("it answered 404"))
    case .unauthorized: return .unauthorized(.init("the token is dead"))
    default: return market.state.withLock { $0.poison.contains(listing) } ? .unavailable(.init("poisoned")) : nil
    }
  }
}

extension Market.State {
  /// What goes wrong with the next request, and how long each way takes.
  fileprivate mutating func nextFault(at now: Duration) -> (Market.Fault?, Duration) {
    let way = Duration.milliseconds(chance(20..<1500))
    if isLockedOut || downUntil > now {
      troubledAt = max(now, .milliseconds(1))
      return (isLockedOut ? .unauthorized : .unavailable, way)
    }
    guard !faults.isEmpty else { return (nil, way) }
    troubledAt = max(now, .milliseconds(1))
    let fault = faults.removeFirst()
    if case .slow(let seconds) = fault { return (nil, .seconds(seconds)) }
    if case .uploading = fault { return (nil, way) }
    return (fault, way)
  }
}

extension Market {
  func disk(_ life: Life) -> CrashDisk { life.disk }
}

extension Market.Post {
  /// A marketplace is sent only what changed.
  fileprivate mutating func keep(_ field: Content.Field, of old: Content) {
    switch field {
    case .title: content.title = old.title
    case .description: content.description = old.description
    case .price: content.price = old.price
    case .category: content.category = old.category
    case .condition: content.condition = old.condition
    case .location: content.location = old.location
    case .photos: content.photos = old.photos
    }
  }
}
