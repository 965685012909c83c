import Executing
import Listings
import Marketplaces
import Planning
import Synchronization
import Watching

/// What the loop shows of itself: written by the loop and its executors, read by anybody at any moment, without waiting for
/// the loop. A web server with many readers must not hold up a sale.
package final class Window: Sendable {
  /// How the loop stands. Whoever reads it has the plan and the files as one look found them.
  package struct View: Sendable {
    package internal(set) var config: Config?
    package internal(set) var wanted: Wanted?
    package internal(set) var plan: Plan?
    /// One more with each plan.
    package internal(set) var planNumber = 0
    package internal(set) var lastScan: Timestamp?
    /// One more with each scan.
    package internal(set) var scanNumber = 0
    /// Why the kernel tells nothing of changes; nil: it does.
    package internal(set) var blindness: String?
    package internal(set) var configProblems: [Problem] = []
    package internal(set) var inFlight: Set<PostKey> = []
    package internal(set) var queued = 0
    /// Accounts to which nothing is sent, and accounts that wait.
    package internal(set) var stops: [String: Failure] = [:]
    package internal(set) var pauses: [String: Timestamp] = [:]
  }

  /// An action that came to its end.
  package struct Finished: Sendable {
    package let result: ActionResult
    package let took: Duration
    /// Since the edit that led to it was seen.
    package let sinceSeen: Duration?
  }

  fileprivate struct Fields {
    var view = View()
    var waiting: Set<PostKey> = []
    var started: [PostKey: Duration] = [:]
    /// When the change that a post still waits for was seen first.
    var seen: [PostKey: Duration] = [:]
    /// The first edit that no scan has seen yet, and that of the last scan.
    var edited: Duration?
    var scanned: Duration?
  }

  private let fields = Mutex(Fields())
  private let uptime: @Sendable () -> Duration
  private let finished: @Sendable (Finished) -> Void

  package init(
    uptime: @escaping @Sendable () -> Duration, finished: @escaping @Sendable (Finished) -> Void = { _ in }
  ) {
    self.uptime = uptime
    self.finished = finished
  }

  package var view: View { fields.withLock { $0.view } }

  // MARK: What the loop tells

  func saw(_ signal: WatchSignal) {
    let now = uptime()
    fields.withLock { fields in
      switch signal {
      case .settled, .lookAgain: fields.edited = fields.edited ?? now
      case .degraded(let why): fields.view.blindness = why
      case .recovered: fields.view.blindness = nil
      }
    }
  }

  func watching(butFor why: String?) { fields.withLock { $0.view.blindness = why } }

  func configured(_ config: Config, _ problems: [Problem] = []) {
    fields.withLock { fields in
      // Another config has other accounts, or the same ones anew.
      if fields.view.config != config { (fields.view.stops, fields.view.pauses) = ([:], [:]) }
      fields.view.config = config
      fields.view.configProblems = problems
    }
  }

  func refused(_ problems: [Problem]) { fields.withLock { $0.view.configProblems = problems } }

  func scanned(_ wanted: Wanted?, at time: Timestamp?) {
    let now = uptime()
    fields.withLock { fields in
      (fields.view.wanted, fields.view.lastScan) = (wanted, time)
      fields.view.scanNumber += 1
      fields.scanned = fields.edited ?? now
      fields.edited = nil
    }
  }

  /// Posts of these listings are begun before everything was looked at.
  func hurried(_ listings: [String]) {
    let now = uptime()
    fields.withLock { fields in
      for key in fields.started.keys where listings.contains(key.listing) { fields.seen[key] = fields.edited ?? now }
    }
  }

  func planned(_ plan: Plan) {
    let now = uptime()
    fields.withLock { fields in
      fields.view.plan = plan
      fields.view.planNumber += 1
      var (waiting, seen): (Set<PostKey>, [PostKey: Duration]) = ([], [:])
      // By index: going through the actions would copy each.
      for index in plan.actions.indices where plan.actions[index].kind != .unchanged {
        let key = plan.actions[index].key
        let hold = plan.actions[index].hold?.by
        // What a person or a guard holds back does not wait for us.
        guard hold == nil || hold == .retry else { continue }
        seen[key] = fields.seen[key] ?? fields.scanned ?? now
        if hold == nil, fields.started[key] == nil { waiting.insert(key) }
      }
      for key in fields.started.keys { seen[key] = seen[key] ?? fields.seen[key] }
      (fields.waiting, fields.seen) = (waiting, seen)
      fields.view.queued = waiting.count
    }
  }

  /// Accounts that had stopped may try again.
  func resumed() { fields.withLock { $0.view.stops = [:] } }

  // MARK: What the executors tell

  func note(_ event: ExecutionEvent) {
    let now = uptime()
    switch event {
    case .started(let action): fields.withLock { $0.start(action.key, at: now) }
    case .finished(let result):
      let told = fields.withLock { $0.finish(result, at: now) }
      finished(told)
    case .stopped(let account, let failure): fields.withLock { $0.view.stops[account] = failure }
    case .waiting(let account, let until, _): fields.withLock { $0.view.pauses[account] = until }
    case .overtaken, .foundDone, .idle, .duplicate: break
    }
  }
}

extension Window.Fields {
  fileprivate mutating func start(_ key: PostKey, at now: Duration) {
    waiting.remove(key)
    started[key] = now
    view.inFlight.insert(key)
    view.queued = waiting.count
  }

  fileprivate mutating func finish(_ result: ActionResult, at now: Duration) -> Window.Finished {
    let key = result.action.key
    let began = started.removeValue(forKey: key) ?? now
    let since = seen[key].map { now - $0 }
    view.inFlight.remove(key)
    if result.kind == .done {
      seen[key] = nil
      // It answers again.
      view.stops[key.account] = nil
      view.pauses[key.account] = nil
    }
    return Window.Finished(result: result, took: now - began, sinceSeen: result.kind == .done ? since : nil)
  }
}
