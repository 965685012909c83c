import Journaling
import Listings
import Marketplaces

/// Which accounts are to be looked through for second posts.
extension Executor {
  /// Accounts to be swept for second posts: those whose trouble is `delay` past, for until the marketplace shows
  /// everything a sweep proves nothing.
  package func takeTroubled(after delay: Duration = .zero) -> Set<String> {
    let (now, unswept) = (ambient.uptime(), journal.unswept)
    let taken = troubles.take(after: delay, now: now)
    for (account, moment) in taken { sweeping[account] = now >= moment + absenceAfter ? unswept[account] : nil }
    return Set(taken.keys)
  }

  /// The account was looked through, and nothing is left to be taken off. A sweep that came too soon to see everything is
  /// made once more by the next life.
  package func swept(_ account: String) {
    if let moment = sweeping.removeValue(forKey: account) { journal.swept(account, since: moment) }
  }

  /// When an account will have been troubled for so long.
  package func nextSweep(after delay: Duration) -> Timestamp? {
    troubles.earliest.map { ambient.now().advanced(by: $0 + delay - ambient.uptime() + .milliseconds(1)) }
  }

  /// It could not be looked into now: later.
  package func stillTroubled(_ account: String) {
    journal.note(trouble: account, at: ambient.now())
    troubles.note(account, at: ambient.uptime())
  }
}
