/// When an uncertain create is looked up: at 1/24, 1/4 and the whole of the marketplace's consistency delay. After the
/// last one an empty answer is proof that it never arrived.
///
/// The delay counts from the moment after which the request can't have been under way any more, not from its intent:
/// photos and the account's pace come between the two. All in time that never jumps, for a wall clock that is put forward
/// would prove anything.
struct LookupSchedule: Sendable {
  /// When the create was meant to be sent: asking begins then.
  let intendedAt: Duration
  /// The last moment at which it may have been sent.
  let sentBy: Duration
  let absenceAfter: Duration
  /// When it was looked up last, and what came of that.
  let last: Asked?

  struct Asked: Sendable {
    let at: Duration
    /// How often in a row there was no answer.
    let unanswered: Int
  }

  /// The next moment at which asking is worth it.
  func next(after last: Duration?) -> Duration {
    let moments = [intendedAt, sentBy].flatMap { start in
      [absenceAfter / 24, absenceAfter / 4, absenceAfter].map { start + $0 }
    }
    guard let last else { return moments.min() ?? sentBy }
    return moments.filter { $0 > last }.min() ?? last
  }

  /// The next look-up comes no sooner.
  var due: Duration { next(after: last?.at) }

  func provesAbsence(at time: Duration) -> Bool { time >= sentBy + absenceAfter }
}
