/// Accounts on which something went wrong that may have left two posts of one listing, with when it did last (uptime).
struct Troubles: Sendable {
  private var moments: [String: Duration] = [:]

  /// When the one that has waited longest began; nil: there is none.
  var earliest: Duration? { moments.values.min() }

  mutating func note(_ account: String, at moment: Duration) { moments[account] = moment }

  /// Those that are `delay` past, with their time; they are forgotten.
  mutating func take(after delay: Duration, now: Duration) -> [String: Duration] {
    let ripe = moments.filter { now >= $0.value + delay }
    for account in ripe.keys { moments[account] = nil }
    return ripe
  }

  /// What an earlier executor knew; its own later troubles stay.
  mutating func takeOver(from earlier: Troubles, of accounts: some Collection<String>) {
    for account in accounts where moments[account] == nil { moments[account] = earlier.moments[account] }
  }
}
