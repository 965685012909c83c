import Listings

/// The daemon does not believe at once that a file is gone: it may be a save, a checkout, a disk that comes back. A post
/// whose file is absent waits from the scan that missed it first until a scan after `guards.grace` misses it too. Files
/// that went away shortly after one another leave their grace together, at the last one's end, so that a slow loss is
/// counted as one.
struct Grace {
  private let input: PlanInput

  init(_ input: PlanInput) { self.input = input }

  private struct Absence {
    var index: Int
    var since: Timestamp
  }

  /// Holds what still waits. Returns what is to be recorded: absences that begin, and those that end.
  func apply(to actions: inout [Action]) -> [Bookkeeping] {
    guard input.mode == .continuous else { return [] }
    var bookkeeping: [Bookkeeping] = []
    var absences: [Absence] = []
    var absent: Set<PostKey> = []
    for (index, action) in actions.enumerated() where isAbsent(action) {
      absent.insert(action.key)
      guard input.config.guards.grace > .zero else { continue }
      let recorded = input.standing.hold(on: action.key, by: Action.Holder.grace.rawValue)?.since
      // A time that is still to come was recorded by a clock that has been put back since.
      if recorded.map({ $0 > scannedAt }) ?? true { bookkeeping.append(.absent(action.key)) }
      absences.append(Absence(index: index, since: min(recorded ?? scannedAt, scannedAt)))
    }
    hold(&actions, absences)
    let returned = input.standing.holds.keys.filter { key in
      !absent.contains(key) && input.standing.hold(on: key, by: Action.Holder.grace.rawValue) != nil
    }
    return bookkeeping + returned.sorted().map(Bookkeeping.returned)
  }

  private var scannedAt: Timestamp { input.scannedAt ?? input.now }

  private func isAbsent(_ action: Action) -> Bool {
    action.kind == .withdraw && action.isFileGone && action.isHeld(atMost: [.retry, .git])
  }

  private func hold(_ actions: inout [Action], _ absences: [Absence]) {
    let grace = input.config.guards.grace
    let sorted = absences.sorted { $0.since < $1.since }
    var first = 0
    for next in sorted.indices where next + 1 == sorted.count || isApart(sorted[next], sorted[next + 1], grace) {
      let end = sorted[next].since.advanced(by: grace)
      if scannedAt < end {
        for absence in sorted[first...next] where actions[absence.index].hold == nil {
          actions[absence.index] = actions[absence.index].held(
            by: .grace, "withdraw: its file is missing since \(absence.since); waits until \(end) for it to come back",
            until: end)
        }
      }
      first = next + 1
    }
  }

  private func isApart(_ one: Absence, _ other: Absence, _ grace: Duration) -> Bool {
    other.since >= one.since.advanced(by: grace)
  }
}
