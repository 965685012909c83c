import Listings
import Marketplaces
import Synchronization

/// A marketplace in memory that fails as it is told to, before or after the effect.
final class FakeMarketplace: Marketplace {
  enum Fault: Sendable {
    /// Nothing happened.
    case before(MarketplaceFailure)
    /// It happened, and the answer says something else.
    case after(MarketplaceFailure)
    /// It happened twice.
    case twice
    /// All is well.
    case none
  }

  struct State: Sendable {
    var posts: [String: RemotePost] = [:]
    var drafts: [Draft] = []
    var faults: [Fault] = []
    var calls: [String] = []
    var running = 0
    var mostRunning = 0
    var last = 0
    /// Where every page of the list says that it goes on.
    var nextPage: String?
    /// What a create's answer names instead of the new post.
    var answersWith: String?
    /// Calls that take their own time.
    var latencies: [String: Duration] = [:]
    /// Calls wait until so many have gathered.
    var gate: Int?
    var gathered: [CheckedContinuation<Void, Never>] = []
  }

  let state = Mutex(State())
  let ambient: Ambient
  let latency: Duration
  let capabilities: Capabilities

  init(_ ambient: Ambient, latency: Duration = .milliseconds(10), canLookUp: Bool = true) {
    self.ambient = ambient
    self.latency = latency
    capabilities = Samples.capabilities(canLookUp: canLookUp)
  }

  func fail(_ faults: Fault...) { state.withLock { $0.faults += faults } }
  var calls: [String] { state.withLock(\.calls) }
  var references: [String] { state.withLock { $0.posts.values.compactMap(\.reference).sorted() } }
  var sent: [Draft] { state.withLock(\.drafts) }

  func create(_ draft: Draft) async throws(MarketplaceFailure) -> Posted {
    try await call("create \(draft.listing)") { state in
      state.drafts.append(draft)
      return state.post(draft)
    } twice: { state in
      _ = state.post(draft)
    }
  }

  func update(_ remoteID: String, to draft: Draft, changed: Set<Content.Field>) async throws(MarketplaceFailure) {
    let fields = changed.map(\.rawValue).sorted().joined(separator: ",")
    let isThere = try await call("update \(remoteID) \(fields)") { state in
      state.posts[remoteID]?.title = draft.content.title
      return state.posts[remoteID] != nil
    }
    if !isThere { throw .gone(.init("not there")) }
  }

  func withdraw(_ remoteID: String, urgency: Urgency) async throws(MarketplaceFailure) {
    try await call("withdraw \(remoteID)\(urgency == .sale ? " now" : "")") { state in
      _ = state.posts.removeValue(forKey: remoteID)
    }
  }

  func read(_ remoteID: String) async throws(MarketplaceFailure) -> RemotePost? {
    try await call("read \(remoteID)") { $0.posts[remoteID] }
  }

  func lookUp(_ draft: Draft, since: Timestamp) async throws(MarketplaceFailure) -> [RemotePost] {
    try await call("look up \(draft.listing)") { state in
      state.posts.values.filter { $0.reference == draft.reference }.sorted { $0.remoteID < $1.remoteID }
    }
  }

  func list(after cursor: String?) async throws(MarketplaceFailure) -> RemotePage {
    try await call("list") {
      RemotePage(posts: $0.posts.values.sorted { $0.remoteID < $1.remoteID }, next: $0.nextPage)
    }
  }

  func verify() async throws(MarketplaceFailure) -> Identity { Identity(id: "fake") }

  private func gather() async {
    guard state.withLock({ $0.gate != nil }) else { return }
    await withCheckedContinuation { continuation in
      let released = state.withLock { state in
        state.gathered.append(continuation)
        guard state.gathered.count == state.gate else { return [CheckedContinuation<Void, Never>]() }
        defer { state.gathered = [] }
        return state.gathered
      }
      for waiter in released { waiter.resume() }
    }
  }

  private func call<Value: Sendable>(
    _ name: String, _ effect: @Sendable (inout State) -> Value, twice: @Sendable (inout State) -> Void = { _ in }
  ) async throws(MarketplaceFailure) -> Value {
    state.withLock { state in
      state.calls.append(name)
      state.running += 1
      state.mostRunning = max(state.mostRunning, state.running)
    }
    await gather()
    let latency = state.withLock { $0.latencies[name] } ?? latency
    do throws(CancellationError) { try await ambient.sleep(latency) } catch {
      state.withLock { $0.running -= 1 }
      throw .unavailable(.init("cancelled before it was sent"))
    }
    let result: Result<Value, MarketplaceFailure> = state.withLock { state in
      state.running -= 1
      let fault = state.faults.isEmpty ? nil : state.faults.removeFirst()
      if case .before(let failure)? = fault { return .failure(failure) }
      let value = effect(&state)
      if case .twice? = fault { twice(&state) }
      if case .after(let failure)? = fault { return .failure(failure) }
      return .success(value)
    }
    return try result.get()
  }
}

extension FakeMarketplace.State {
  mutating func post(_ draft: Draft) -> Posted {
    last += 1
    let id = "r\(last)"
    posts[id] = RemotePost(
      remoteID: id, url: "https://example.com/\(id)", reference: draft.reference, title: draft.content.title)
    return Posted(remoteID: answersWith ?? id, url: "https://example.com/\(id)")
  }
}
