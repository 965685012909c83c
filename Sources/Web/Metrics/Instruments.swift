import CoreMetrics
import Listings
import Synchronization

/// What the root tells of work that is done; counted through swift-metrics, and by the minute for the plots.
package final class Instruments: Sendable {
  package let registry: Registry
  private let minutes = Mutex<[Minute]>([])

  private struct Minute {
    var start: Timestamp
    var done = 0
    var failed = 0
    var seconds: [Double] = []
  }

  package init(_ registry: Registry = Registry()) { self.registry = registry }

  /// An action came to its end; `result`: done, failed, uncertain, skipped. `error`: its failure's code.
  package func acted(
    _ account: String, _ action: String, result: String, error: String?, took duration: Duration, at now: Timestamp
  ) {
    let labels = [("account", account), ("action", action), ("result", result)]
    Counter(label: "hawker_actions_total", dimensions: labels, factory: registry).increment()
    // What did not get its turn has not failed.
    let isSkipped = result == "skipped"
    if let error, !isSkipped {
      Counter(label: "hawker_errors_total", dimensions: [("account", account), ("code", error)], factory: registry)
        .increment()
    }
    record("hawker_action_seconds", [("account", account), ("action", action)], duration)
    if !isSkipped { note(isDone: result == "done", duration, at: now) }
  }

  /// A call of an adapter was answered.
  package func called(_ account: String, _ call: String, outcome: String, took duration: Duration) {
    record("hawker_request_seconds", [("account", account), ("request", call), ("outcome", outcome)], duration)
  }

  /// From the moment the edit was seen to the moment its outcome was recorded.
  package func posted(_ account: String, took duration: Duration) {
    record("hawker_post_seconds", [("account", account)], duration)
  }

  package func synced(took duration: Duration) { record("hawker_journal_sync_seconds", [], duration) }

  /// A delivery of a webhook was answered with that status.
  func delivered(_ marketplace: String, status: Int) {
    let labels = [("marketplace", marketplace), ("status", String(status))]
    Counter(label: "hawker_webhooks_total", dimensions: labels, factory: registry).increment()
  }

  private func record(_ name: String, _ labels: [(String, String)], _ duration: Duration) {
    let seconds = duration.inSeconds
    Timer(label: name, dimensions: labels, factory: registry).recordNanoseconds(Int64(max(0, min(seconds, 1e9)) * 1e9))
  }

  static let help: [String: String] = [
    "hawker_actions_total": "Actions that came to an end, by what became of them.",
    "hawker_errors_total": "Failures of actions, by their code.",
    "hawker_action_seconds": "From an action's start to its recorded outcome.",
    "hawker_request_seconds": "Calls of a marketplace; pacing counts from the second request on.",
    "hawker_post_seconds": "From an edit that was seen to its recorded outcome.",
    "hawker_journal_sync_seconds": "Making journal entries durable.",
    "hawker_webhooks_total": "Deliveries of webhooks, by the status they were answered with.",
  ]
}

extension Instruments {
  /// What one minute keeps of single durations.
  private static let sampleLimit = 500

  private func note(isDone: Bool, _ duration: Duration, at now: Timestamp) {
    let start = Timestamp(milliseconds: now.milliseconds / 60_000 * 60_000)
    minutes.withLock { minutes in
      if minutes.last?.start != start { minutes.append(Minute(start: start)) }
      if minutes.count > 60 { minutes.removeFirst() }
      let last = minutes.count - 1
      if isDone { minutes[last].done += 1 } else { minutes[last].failed += 1 }
      if minutes[last].seconds.count < Instruments.sampleLimit { minutes[last].seconds.append(duration.inSeconds) }
    }
  }

  /// The last hour.
  func traffic(at now: Timestamp) -> [Traffic] {
    minutes.withLock { $0 }.filter { now.duration(since: $0.start) < .seconds(3600) }.map { minute in
      let sorted = minute.seconds.sorted()
      return Traffic(
        minute: minute.start, done: minute.done, failed: minute.failed,
        median: sorted.isEmpty ? 0 : sorted[sorted.count / 2],
        slow: sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, sorted.count * 99 / 100)])
    }
  }
}
