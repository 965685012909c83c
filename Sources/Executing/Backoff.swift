import Listings

/// When to try again: full jitter from a second to fifteen minutes, hourly after eight tries.
package enum Backoff {
  package static let patience = 8

  /// `tries` counts the failures so far, from 1; `chance` is uniform in 0..<1.
  package static func delay(after tries: Int, chance: Double) -> Duration {
    if tries >= patience { return .seconds(3600) }
    let ceiling = min(900.0, Double(1 << min(max(tries - 1, 0), 20)))
    // Never at once: a floor keeps a failing marketplace from being hammered by small draws.
    return .milliseconds(Int64(max(0.1, chance * ceiling) * 1000))
  }

  /// When a question that got no answer is asked again: half a second to fifteen minutes, and never given up.
  package static func delayOfQuestion(after tries: Int, chance: Double) -> Duration {
    let ceiling = min(900.0, Double(1 << min(max(tries - 1, 0), 20)))
    return .milliseconds(Int64((0.5 + chance / 2) * ceiling * 1000))
  }

  /// When a sold thing's withdrawal is tried again: a quarter of a second to five, and never given up.
  package static func delayOfSale(after tries: Int, chance: Double) -> Duration {
    let ceiling = min(5.0, 0.25 * Double(1 << min(max(tries - 1, 0), 10)))
    return .milliseconds(Int64(max(0.1, (0.5 + chance / 2) * ceiling) * 1000))
  }
}

/// A circuit breaker: closed until ten failures in a row, then one probe at a time, after 5 s and doubling to 15 min.
struct Breaker: Sendable {
  private static let tolerance = 10
  private var failures = 0
  private var openings = 0
  private(set) var probeAt: Timestamp?

  var isOpen: Bool { probeAt != nil }

  mutating func succeeded() { self = Breaker() }

  /// Returns true when this failure opened it, or kept it open after a probe.
  mutating func failed(at now: Timestamp) -> Bool {
    failures += 1
    if let probeAt, now < probeAt { return false }
    guard isOpen || failures >= Breaker.tolerance else { return false }
    probeAt = now.advanced(by: .seconds(min(900, 5 << min(openings, 8))))
    openings += 1
    return true
  }
}
