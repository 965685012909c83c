import Journaling
import Listings
import Marketplaces
import Planning

/// What the end of an action says about its post, and about its account.
extension Executor {
  func finished(_ action: Action, _ attempt: Performer.Attempt) {
    let account = action.key.account
    if let asked = attempt.asked { lastLookups[action.key] = asked }
    if attempt.postponed == nil {
      lastLookups[action.key] = nil
      learnEnd(of: action, isOpen: attempt.result.kind == .uncertain)
    }
    if let failure = attempt.failure {
      learn(account, failure)
    } else {
      lanes[account]?.succeeded()
    }
    if let time = attempt.postponed {
      lanes[account]?.postpone(action, until: time)
      lanes[account]?.requeue(action)
    }
    if attempt.result.kind == .uncertain || action.kind == .resolve { stillTroubled(account) }
    // What follows, only a plan can tell.
    if attempt.result.kind == .uncertain, attempt.postponed == nil { overtaken.insert(action.key) }
    tell(.finished(attempt.result))
    if let retryAt = attempt.result.retryAt, !waiting.isEmpty { ring(at: retryAt) }
    release(action.key)
  }

  private func learnEnd(of action: Action, isOpen: Bool) {
    if let op = action.record?.pending?.op { unanswered.forget(op) }
    if isOpen, let open = journal.record(of: action.key)?.pending { unanswered.note(open, at: ambient.uptime()) }
  }

  private func learn(_ account: String, _ failure: MarketplaceFailure) {
    let now = ambient.now()
    switch failure {
    case .unauthorized:
      guard lanes[account]?.stop == nil else { return }
      let told = Performer.told(failure)
      lanes[account]?.halt(told)
      tell(.stopped(account: account, told))
    case .throttled(let detail, let until):
      let time = lanes[account]?.throttled(until: until, at: now, chance: ambient.random())
      if let time { tell(.waiting(account: account, until: time, why: detail.message)) }
    case .unavailable(let detail), .unexpected(let detail), .uncertain(let detail):
      guard let time = lanes[account]?.unavailable(at: now) else { return }
      tell(.waiting(account: account, until: time, why: detail.message))
    case .rejected, .gone: lanes[account]?.succeeded()
    }
  }
}
