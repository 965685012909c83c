import Listings

/// A listing that was sold on one account while it was still live on another: how long somebody could have bought it twice.
package struct Exposure: Hashable, Sendable {
  package var key: PostKey
  /// Where it was sold; nil: elsewhere.
  package var soldOn: String?
  package var soldAt: Timestamp
  /// When the post was seen to be gone; nil: still live.
  package var endedAt: Timestamp?

  package init(key: PostKey, soldOn: String?, soldAt: Timestamp, endedAt: Timestamp? = nil) {
    self.key = key
    self.soldOn = soldOn
    self.soldAt = soldAt
    self.endedAt = endedAt
  }
}

extension Exposure {
  /// Whether it lasts, or ended within a day.
  package func isRecent(at now: Timestamp) -> Bool {
    endedAt.map { now.duration(since: $0) < .seconds(86_400) } ?? true
  }

  /// `sold 08:02 on facebook, still live on offerup for 6 s`; times are UTC.
  package func text(at now: Timestamp) -> String {
    let place = soldOn.map { "on \($0)" } ?? "elsewhere"
    let sold = "sold \(soldAt.description.dropFirst(11).prefix(5)) \(place)"
    guard let endedAt else { return "\(sold), still live on \(key.account) for \(Exposure.words(soldAt, now))" }
    return "\(sold), off \(key.account) \(Exposure.words(soldAt, endedAt)) later"
  }

  private static func words(_ start: Timestamp, _ end: Timestamp) -> String {
    let milliseconds = max(0, end.milliseconds - start.milliseconds)
    switch milliseconds {
    case ..<10_000: return "\(milliseconds / 1000).\(milliseconds % 1000 / 100) s"
    case ..<120_000: return "\(milliseconds / 1000) s"
    case ..<7_200_000: return "\(milliseconds / 60_000) min"
    default: return "\(milliseconds / 3_600_000) h"
    }
  }
}
