import Listings

/// The daemon does not believe at once that a file is gone: it may be a save, a checkout, a disk that comes back. Nor what
/// defaults alone say of a post, since the file that said otherwise may be the one that is missing. A post whose file is absent waits from the scan that missed it first until a scan after `guards.grace` misses it too. Files
/// that went away shortly after one another leave their grace together, at the last one's end, so that a slow loss is
/// counted as one. A file that comes back tells that files are being put back: whatever is still missing then begins its
/// grace anew, so that the last ones to return are not taken for a loss small enough to pass.
struct Grace {
  private let input: PlanInput

  init(_ input: PlanInput) { self.input = input }

  private struct Absence {
    var index: Int
    var since: Timestamp
  }

  /// Holds what still waits. Returns what is to be recorded: absences that begin, begin anew, and end.
  func apply(to actions: inout [Action]) -> [Bookkeeping] {
    guard input.mode == .continuous else { return [] }
    let absent = actions.indices.filter { isAbsent(actions[$0]) }
    let keys = Set(absent.map { actions[$0].key })
    let returned = input.standing.holds.keys.filter { !keys.contains($0) && recorded($0) != nil }.sorted()
    var bookkeeping = returned.map(Bookkeeping.returned)
    guard input.config.guards.grace > .zero else { return bookkeeping }
    let isRestored = isRestoring(returned, actions)
    var absences: [Absence] = []
    for index in absent {
      let key = actions[index].key
      // A time that is still to come was recorded by a clock that has been put back since. One that lies between the scan
      // and now was recorded because of this very scan.
      if let since = recorded(key), since <= input.now, !isRestored {
        absences.append(Absence(index: index, since: since))
        continue
      }
      if recorded(key) != nil { bookkeeping.append(.returned(key)) }
      bookkeeping.append(.absent(key))
      absences.append(Absence(index: index, since: scannedAt))
    }
    hold(&actions, absences)
    return bookkeeping
  }

  /// Whether one of the posts has its file again, whole or broken.
  private func isRestoring(_ returned: [PostKey], _ actions: [Action]) -> Bool {
    guard !returned.isEmpty else { return false }
    let gone = Set(actions.filter { $0.isFileGone || $0.isAbsence }.map(\.key))
    return returned.contains { input.records[$0] != nil && !gone.contains($0) }
  }

  private func recorded(_ key: PostKey) -> Timestamp? {
    input.standing.hold(on: key, by: Action.Holder.grace.rawValue)?.since
  }

  private var scannedAt: Timestamp { input.scannedAt ?? input.now }

  private func isAbsent(_ action: Action) -> Bool {
    action.isAbsence && action.isHeld(atMost: [.retry, .git])
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
            by: .grace, words(actions[absence.index], absence.since, until: end), until: end)
        }
      }
      first = next + 1
    }
  }

  private func words(_ action: Action, _ since: Timestamp, until end: Timestamp) -> String {
    action.isFileGone
      ? "\(action.kind.rawValue): its file is missing since \(since); waits until \(end) for it to come back"
      : "\(action.kind.rawValue): \(action.reason.text) since \(since); waits until \(end), for a _defaults.yaml may be "
        + "missing; the listing's own file can say it at once"
  }

  private func isApart(_ one: Absence, _ other: Absence, _ grace: Duration) -> Bool {
    other.since >= one.since.advanced(by: grace)
  }
}
