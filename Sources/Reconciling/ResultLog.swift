import Executing
import Listings
import Marketplaces
import Planning
import Synchronization

/// What became of each post during a pass: the last word counts.
package final class ResultLog: Sendable {
  private struct Fields {
    /// The newest last.
    var results: [PostKey: [ActionResult]] = [:]
    var started = 0
    var done = 0
    var overtaken = 0
    var stops: [String: Failure] = [:]
  }

  private let fields = Mutex(Fields())

  package init() {}

  package func note(_ event: ExecutionEvent) {
    fields.withLock { fields in
      switch event {
      case .started: fields.started += 1
      case .finished(let result):
        fields.results[result.action.key, default: []].removeAll { $0.action.isSameWork(as: result.action) }
        fields.results[result.action.key, default: []].append(result)
        if result.kind == .done { fields.done += 1 }
      case .stopped(let account, let failure): fields.stops[account] = failure
      case .overtaken: fields.overtaken += 1
      case .waiting, .idle, .duplicate, .foundDone: break
      }
    }
  }

  package var started: Int { fields.withLock(\.started) }
  package var done: Int { fields.withLock(\.done) }
  /// Plans that were stale where a post was concerned: it is to be planned again.
  package var overtaken: Int { fields.withLock(\.overtaken) }
  package var stops: [String: Failure] { fields.withLock(\.stops) }

  /// What became of the post last; where its plan has several actions, of that very one.
  package func result(of action: Action, isOnly: Bool) -> ActionResult? {
    fields.withLock { fields in
      let results = fields.results[action.key]
      return isOnly ? results?.last : results?.last { $0.action.isSameWork(as: action) }
    }
  }
}

extension Action {
  fileprivate func isSameWork(as other: Action) -> Bool { kind == other.kind && remoteID == other.remoteID }
}
