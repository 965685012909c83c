import Listings
import Marketplaces
import Support
import Synchronization

/// A marketplace that takes creates, and fails as its hour wants; it remembers when each call came.
final class Weather: Marketplace {
  struct Call: Sendable {
    let at: Duration
    let listing: String
    var failure: MarketplaceFailure?
  }

  struct State: Sendable {
    var calls: [Call] = []
    var running = 0
    var mostRunning = 0
    /// Calls under way when each began, itself included.
    var beside: [Int] = []
  }

  let state = Mutex(State())
  let capabilities = Samples.capabilities()
  let pace: Pace
  private let time: VirtualTime
  private let fails: @Sendable (Int, Duration) -> MarketplaceFailure?

  /// `fails` is told the call's number, from 0, and how much time has passed.
  init(_ time: VirtualTime, _ fails: @escaping @Sendable (Int, Duration) -> MarketplaceFailure?) {
    (self.time, self.fails) = (time, fails)
    pace = Pace(requestsPerSecond: 0, ambient: time.ambient)
  }

  var calls: [Call] { state.withLock(\.calls) }

  func create(_ draft: Draft) async throws(MarketplaceFailure) -> Posted {
    try await pace.turn()
    let number = state.withLock { state in
      state.calls.append(Call(at: time.elapsed, listing: draft.listing))
      state.running += 1
      state.mostRunning = max(state.mostRunning, state.running)
      state.beside.append(state.running)
      return state.calls.count - 1
    }
    do throws(CancellationError) { try await time.sleep(.milliseconds(40)) } catch {
      state.withLock { $0.running -= 1 }
      throw .uncertain(.init("cancelled"))
    }
    let failure = fails(number, time.elapsed)
    state.withLock { state in
      state.running -= 1
      state.calls[number].failure = failure
    }
    // As an adapter does: whoever has a turn already goes by it too.
    if case .throttled(_, let until?)? = failure { pace.pause(until: until) }
    if let failure { throw failure }
    return Posted(remoteID: "p\(number)", url: "https://example.com/\(number)")
  }

  func update(_: String, to _: Draft, changed _: Set<Content.Field>) async throws(MarketplaceFailure) {}
  func withdraw(_: String, urgency _: Urgency) async throws(MarketplaceFailure) {}
  func read(_: String) async throws(MarketplaceFailure) -> RemotePost? { nil }
  func lookUp(_: Draft, since _: Timestamp) async throws(MarketplaceFailure) -> [RemotePost] { [] }
  func list(after _: String?) async throws(MarketplaceFailure) -> RemotePage { RemotePage(posts: [], next: nil) }
  func verify() async throws(MarketplaceFailure) -> Identity { Identity(id: "weather") }
}
