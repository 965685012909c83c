import Listings
import Synchronization

/// Remembers the answers to slow questions, and asks each only once at a time, however many want to know. The first to
/// ask does the work in its own task; when it is cancelled, the next in line takes over. A failure is told to all that
/// wait, and not remembered.
package final class Memo<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  private enum Place {
    case known(Value)
    case leads
    case told(Result<Value, MarketplaceFailure>)
    case cancelled
  }

  private struct Follower {
    let id: Int
    let continuation: CheckedContinuation<Place, Never>
  }

  private struct State {
    var known: [Key: (value: Value, until: Duration)] = [:]
    /// Under way, and who waits for it.
    var asked: [Key: [Follower]] = [:]
    var lastID = 0
    /// What is past is dropped when so much is known; twice as much as was left then, or each answer would go through all.
    var room = 4096

    mutating func remember(_ value: Value, for key: Key, from now: Duration, lasting: Duration) {
      if known.count >= room {
        known = known.filter { $0.value.until > now }
        room = max(4096, 2 * known.count)
      }
      known[key] = (value, now + lasting)
    }
  }

  private let lasting: Duration
  private let ambient: Ambient
  private let state = Mutex(State())

  /// An answer is good for `lasting`.
  package init(lasting: Duration, ambient: Ambient) {
    self.lasting = lasting
    self.ambient = ambient
  }

  package func value(
    of key: Key, asking ask: () async throws(MarketplaceFailure) -> Value
  ) async throws(MarketplaceFailure) -> Value {
    switch await place(for: key) {
    case .known(let value): return value
    case .told(let result): return try result.get()
    case .cancelled: throw .stopped
    case .leads: break
    }
    let result: Result<Value, MarketplaceFailure>
    do throws(MarketplaceFailure) { result = .success(try await ask()) } catch { result = .failure(error) }
    finish(key, result)
    return try result.get()
  }

  /// The next to want the answer asks again, if the one that is remembered `isStale`.
  package func forget(_ key: Key, if isStale: (Value) -> Bool = { _ in true }) {
    state.withLock { state in
      if let known = state.known[key], isStale(known.value) { state.known[key] = nil }
    }
  }

  private func place(for key: Key) async -> Place {
    let id = state.withLock { state in
      state.lastID += 1
      return state.lastID
    }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        // As in `Pace`: the mark of a cancellation is either seen here, or its handler finds the follower.
        let place: Place? = state.withLock { state in
          if let known = state.known[key], known.until > ambient.uptime() { return .known(known.value) }
          if Task.isCancelled { return .cancelled }
          guard state.asked[key] != nil else {
            state.asked[key] = []
            return .leads
          }
          state.asked[key]?.append(Follower(id: id, continuation: continuation))
          return nil
        }
        if let place { continuation.resume(returning: place) }
      }
    } onCancel: {
      let follower = state.withLock { state in
        state.asked[key]?.firstIndex { $0.id == id }.flatMap { state.asked[key]?.remove(at: $0) }
      }
      follower?.continuation.resume(returning: .cancelled)
    }
  }

  private func finish(_ key: Key, _ result: Result<Value, MarketplaceFailure>) {
    let isCancelled = Task.isCancelled
    let (next, followers): (Follower?, [Follower]) = state.withLock { state in
      var followers = state.asked.removeValue(forKey: key) ?? []
      if case .success(let value) = result {
        state.remember(value, for: key, from: ambient.uptime(), lasting: lasting)
      } else if isCancelled, !followers.isEmpty {
        // It failed because its own task ended: that says nothing to the others.
        let next = followers.removeFirst()
        state.asked[key] = followers
        return (next, [])
      }
      return (nil, followers)
    }
    next?.continuation.resume(returning: .leads)
    for follower in followers { follower.continuation.resume(returning: .told(result)) }
  }
}
