import Journaling
import Listings
import Marketplaces

/// Creates whose outcome is not known, and since when nobody waits for it any more. By their operation, not by their
/// post: that may get another id meanwhile.
struct Unanswered: Sendable {
  /// One sending of an operation.
  private struct Sending: Hashable {
    let op: String
    let attempt: Int

    init(_ intent: Intent) { (op, attempt) = (intent.op, intent.attempt) }
  }

  /// Those that got no answer from here, with the moment at which hawker stopped waiting for one.
  private var moments: [Sending: Duration] = [:]
  /// What earlier lives left without an outcome: nothing of that is under way any more.
  private let inherited: Set<Sending>
  private let startedAt: (wall: Timestamp, uptime: Duration)

  init(_ ledger: Ledger, startedAt: (wall: Timestamp, uptime: Duration)) {
    inherited = Set(ledger.records.values.compactMap { $0.pending.map(Sending.init) })
    self.startedAt = startedAt
  }

  /// What an earlier life left behind was sent at the latest when its missing answer was recorded, and otherwise when that
  /// life ended: before this one began. How long ago that was, only a clock tells that can't have been put forward.
  func schedule(
    for record: Record?, _ ambient: Ambient, absenceAfter: Duration, last: LookupSchedule.Asked?
  ) -> LookupSchedule? {
    guard let record, let intent = record.pending else { return nil }
    let here = moments[Sending(intent)]
    let recorded = record.failure?.unansweredAt.map { ambient.uptime() - ambient.boot().elapsed(since: $0) }
    // Of this life, and nobody has heard of its end: it may leave at any moment.
    let latest = inherited.contains(Sending(intent)) ? startedAt.uptime : ambient.uptime()
    let age = max(.zero, startedAt.wall.duration(since: intent.at))
    return LookupSchedule(
      intendedAt: here ?? startedAt.uptime - age, sentBy: here ?? recorded ?? latest, absenceAfter: absenceAfter,
      last: last)
  }

  mutating func note(_ intent: Intent, at moment: Duration) { moments[Sending(intent)] = moment }

  mutating func forget(_ op: String) {
    if !moments.isEmpty { moments = moments.filter { $0.key.op != op } }
  }

  /// What an earlier executor of the same program knew.
  mutating func takeOver(from earlier: Unanswered) { moments.merge(earlier.moments) { own, _ in own } }
}
