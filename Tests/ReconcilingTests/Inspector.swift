import Executing
import Listings
import Planning
import Synchronization

/// Holds what is started against what was planned (I2: plan equals apply).
final class Inspector: Sendable {
  fileprivate struct State {
    /// Account → what the newest plan lets start, in its order.
    var queues: [String: [Action]] = [:]
    /// A plan that has been handed over, and may not have arrived.
    var next: [String: [Action]]?
    /// In flight when the plan was made, or since: left out, unless it ends before the plan arrives.
    var busy: Set<PostKey> = []
    var postponed: Set<PostKey> = []
    /// During `apply`, which plans for itself: what may start now.
    var allowed: (@Sendable () -> [Action])?
    var started = 0
    /// Whether a recorded sale takes this off: that waits for no plan.
    var isClaimed: (@Sendable (Action) -> Bool)?
    /// Whether a sale of the listing is recorded.
    var isSold: @Sendable (String) -> Bool = { _ in false }
  }

  private let state = Mutex(State())
  private let witness: Witness

  init(_ witness: Witness) { self.witness = witness }

  var started: Int { state.withLock(\.started) }

  func reset(allowing allowed: (@Sendable () -> [Action])? = nil) {
    state.withLock { state in
      var new = State(allowed: allowed, started: state.started)
      (new.isClaimed, new.isSold) = (state.isClaimed, state.isSold)
      state = new
    }
  }

  /// Sales are started without a plan, and what else waits for the same listing does not start any more.
  func expect(sales isClaimed: @escaping @Sendable (Action) -> Bool, of isSold: @escaping @Sendable (String) -> Bool) {
    state.withLock { ($0.isClaimed, $0.isSold) = (isClaimed, isSold) }
  }

  func offer(_ plan: Plan, besides busy: Set<PostKey>) {
    state.withLock { state in
      state.next = Dictionary(grouping: plan.executable, by: \.key.account)
      state.busy = busy
    }
  }

  /// The plan has arrived.
  func arrived() { state.withLock { $0.arrived() } }

  func note(_ event: ExecutionEvent) {
    switch event {
    case .started(let action): began(action)
    case .finished(let result):
      witness.count("\(result.action.kind.rawValue) \(result.kind.rawValue)")
      if result.action.kind == .resolve, result.kind == .uncertain {
        state.withLock { _ = $0.postponed.insert(result.action.key) }
      }
    case .duplicate: witness.count("swept")
    case .overtaken(let key):
      witness.count("overtaken")
      state.withLock { _ = $0.busy.insert(key) }
    case .foundDone(let key): state.withLock { _ = $0.busy.insert(key) }
    case .waiting: witness.count("waited")
    case .stopped: witness.count("stopped")
    case .idle: break
    }
  }

  private func began(_ action: Action) {
    let allowed = state.withLock { state in
      state.started += 1
      return state.allowed
    }
    if let allowed {
      if !allowed().contains(where: { $0.isSame(as: action) }) { witness.accuse("unplanned: \(action.told)") }
      return
    }
    let isPlanned = state.withLock { $0.begin(action) }
    guard !isPlanned else { return }
    if action.isClaimed, let isClaimed = state.withLock({ $0.isClaimed }), isClaimed(action) {
      witness.count("expedited")
      return state.withLock { $0.pass(action) }
    }
    let queue = state.withLock { $0.queues[action.key.account] ?? [] }.map(\.told)
    witness.accuse("unplanned, or out of its order: \(action.told) of \(queue)")
  }
}

extension Inspector.State {
  fileprivate mutating func arrived() {
    if let next { queues = next }
    next = nil
  }

  /// The first of its account; look-ups may wait for their time, or come again.
  fileprivate mutating func begin(_ action: Action) -> Bool {
    if let next, next[action.key.account]?.contains(where: { $0.isSame(as: action) }) == true, !isFirst(action) {
      arrived()
    }
    let account = action.key.account
    if isFirst(action) {
      busy.insert(action.key)
      queues[account]?.removeAll { $0.isSame(as: action) }
      return true
    }
    return action.kind == .resolve && postponed.contains(action.key)
  }

  /// Started on its own.
  fileprivate mutating func pass(_ action: Action) {
    busy.insert(action.key)
    queues[action.key.account]?.removeAll { $0.isSame(as: action) }
  }

  private func isFirst(_ action: Action) -> Bool {
    let queue = queues[action.key.account] ?? []
    if action.kind == .resolve { return queue.contains { $0.isSame(as: action) } }
    // A post in flight is passed over too: its other action (a replaced post's withdrawal) waits for it.
    return queue.first { $0.isSame(as: action) || !mayBePassedOver($0, queue) } == action
      || queue.contains { $0.isSame(as: action) } && isDouble(action, in: queue)
  }

  private func mayBePassedOver(_ action: Action, _ queue: [Action]) -> Bool {
    action.kind == .resolve || busy.contains(action.key) || isDouble(action, in: queue) || isSold(action.key.listing)
  }

  private func isDouble(_ action: Action, in queue: [Action]) -> Bool {
    queue.count { $0.key == action.key } > 1 || action.remoteID != action.record?.remoteID
  }
}

extension Action {
  func isSame(as other: Action) -> Bool { kind == other.kind && key == other.key && remoteID == other.remoteID }
  var told: String { "\(kind.rawValue) \(key)" }
}
