import Listings

/// As many problems as a person can read; a program gets all of them, as JSON.
package struct ProblemExcerpt: Sendable {
  package let shown: [Problem]
  package let more: Int

  /// Ten thousand at once are still told one by one.
  package static let limit = 10_000

  /// Past the limit errors go first: a warning must not hide what freezes a listing.
  package init(_ problems: [Problem], limit: Int = ProblemExcerpt.limit) {
    more = max(0, problems.count - limit)
    guard more > 0 else {
      shown = problems
      return
    }
    let errors = problems.lazy.filter { $0.severity == .error }.prefix(limit)
    let warnings = problems.lazy.filter { $0.severity != .error }.prefix(limit - errors.count)
    shown = Array(errors) + Array(warnings)
  }

  /// The line behind them; nil when all are shown.
  package var rest: String? {
    more == 0 ? nil : "and \(more, of: "more problem"); `hawker validate --format json` has them all"
  }
}
