import Curl
import Listings
import Marketplaces

/// What an answer's headers say about how much more Facebook will take.
struct GraphUsage {
  /// The fullest of all allowances; nil when nothing was said.
  let percent: Int?
  /// When it wants to be asked again; nil when it did not say.
  let retryAt: Timestamp?

  init(_ headers: Headers, now: Timestamp) {
    let flat = ["X-App-Usage", "X-Page-Usage"].compactMap { GraphUsage.json(headers[$0]) }
    // One list for each business object: `{"10001": [{"call_count": …}]}`.
    let cases = GraphUsage.json(headers["X-Business-Use-Case-Usage"])?.members ?? []
    let entries = cases.flatMap { $0.value.array ?? [] }
    percent = (flat + entries).flatMap(GraphUsage.percentages).max()
    let minutes = entries.compactMap { $0["estimated_time_to_regain_access"]?.integer }.max() ?? 0
    let regained = minutes > 0 ? RetryAfter.time(after: .seconds(min(minutes, 1440) * 60), now: now) : nil
    let asked = RetryAfter.time(headers["Retry-After"], serverDate: headers["Date"], now: now)
    retryAt = [regained, asked].compactMap(\.self).max()
  }

  func apply(to pace: Pace) {
    if let percent { pace.usage(percent: percent) }
    if let retryAt { pace.pause(until: retryAt) }
  }

  private static func json(_ header: String?) -> JSONValue? { header.flatMap { try? JSONValue(parsing: $0) } }

  private static func percentages(_ usage: JSONValue) -> [Int] {
    ["call_count", "total_time", "total_cputime"].compactMap { name in
      switch usage[name] {
      case .integer(let percent): Int(clamping: percent)
      // A percentage with a fraction: its whole part is enough.
      case .number(let text): text.split(separator: ".").first.flatMap { Int($0) }
      default: nil
      }
    }
  }
}
