import Listings

/// When an uncertain create is looked up: at 1/24, 1/4 and the whole of the marketplace's consistency delay, counted from
/// its intent. After the last one an empty answer is proof that it never arrived.
struct LookupSchedule: Sendable {
  let sentAt: Timestamp
  let absenceAfter: Duration

  /// The first moment after `last` (nil: none was made) at which asking is worth it.
  func next(after last: Timestamp?) -> Timestamp {
    let moments = [absenceAfter / 24, absenceAfter / 4, absenceAfter].map { sentAt.advanced(by: $0) }
    guard let last else { return moments[0] }
    return moments.first { $0 > last } ?? last
  }

  func provesAbsence(at time: Timestamp) -> Bool { time >= sentAt.advanced(by: absenceAfter) }
}
