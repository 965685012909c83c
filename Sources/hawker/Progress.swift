import Executing
import Listings
import Marketplaces
import Planning
import Synchronization

/// How far a pass has come, on standard error: a bar on a terminal, one line per action otherwise.
final class Progress: Sendable {
  private struct Fields {
    var finished = 0
    var failed = 0
    var drawnAt: Duration?
    var note = ""
  }

  private let total: Int
  private let isBar: Bool
  /// False: the result says at its end why an account stopped, and once is enough.
  private let tellsStops: Bool
  private let startedAt: Duration
  private let fields = Mutex(Fields())

  init(total: Int, isBar: Bool, tellsStops: Bool) {
    self.total = total
    self.isBar = isBar
    self.tellsStops = tellsStops
    startedAt = Ambient.system.uptime()
  }

  func note(_ event: ExecutionEvent) {
    switch event {
    case .finished(let result): finished(result)
    case .stopped(let account, let failure): if tellsStops { tell("\(account) stopped: \(failure.message)") }
    case .waiting(let account, let until, let why): tell("\(account) waits until \(until): \(why)")
    case .duplicate(let key, let removed): tell("\(key): a second post of it (\(removed)) was taken off")
    case .started, .overtaken, .foundDone, .idle: break
    }
  }

  func end() {
    if isBar { Console.raw("\r\u{1B}[K") }
  }

  private func tell(_ text: String) {
    Console.raw((isBar ? "\r\u{1B}[K" : "") + "hawker: " + Escaping.line(text) + "\n")
  }

  private func finished(_ result: ActionResult) {
    guard isBar else {
      // One message for the account, not one for each of its listings.
      if result.failure?.code != "unauthorized" { Console.note(ResultText.line(result)) }
      return
    }
    let now = Ambient.system.uptime()
    let line: String? = fields.withLock { fields in
      if result.kind == .done { fields.finished += 1 } else { fields.failed += 1 }
      // Ten times a second is as often as an eye can use.
      if let drawn = fields.drawnAt, now - drawn < .milliseconds(100), fields.finished < total { return nil }
      fields.drawnAt = now
      return bar(fields, at: now)
    }
    if let line { Console.raw("\r\u{1B}[K" + line) }
  }

  private func bar(_ fields: Fields, at now: Duration) -> String {
    let done = min(fields.finished, total)
    let filled = total == 0 ? 0 : done * 24 / total
    let elapsed = max(0.001, (now - startedAt).inSeconds)
    let rate = Double(fields.finished) / elapsed
    let left = rate > 0 ? DurationText.about(.seconds(Int64(Double(total - done) / rate))) : "…"
    let failed = fields.failed > 0 ? ", \(fields.failed) tried again or failed" : ""
    let blocks = String(repeating: "█", count: filled) + String(repeating: "░", count: 24 - filled)
    return "\(blocks) \(done)/\(total)  \(Int(rate.rounded()))/s  \(left) left\(failed)"
  }
}
