import Executing
import Journaling
import Listings
import Loading
import Logging
import Marketplaces

/// When which account's live copies are looked at. In time that never jumps.
struct Looking {
  /// The next look at everything an account has.
  private var next: [String: Duration] = [:]
  /// No look at an account before then: the last one was cut off.
  private var rest: [String: Duration] = [:]
  private(set) var tasks: [String: Task<Void, Never>] = [:]
  /// A post that was just read is not read again at once, however often something tells to.
  private var notBefore: [PostKey: Duration] = [:]

  /// More single posts than this are looked at by the page.
  private static let mostSingle = 50
  private static let spacing = Duration.seconds(5)

  enum Work: Sendable {
    case all
    case single([Record])
  }

  /// Jittered, so that several hawkers, and several accounts, don't come together.
  mutating func plan(_ account: String, after pause: Duration, at now: Duration, chance: Double) {
    next[account] = now + pause / 1000 * Int(900 + 200 * chance)
  }

  func isPlanned(_ account: String) -> Bool { next[account] != nil }

  /// What to look at now on an account; nil: nothing, or it is being looked at.
  func work(_ account: String, _ ledger: Ledger, at now: Duration) -> Work? {
    guard tasks[account] == nil, rest[account].map({ $0 <= now }) ?? true else { return nil }
    if let time = next[account], time <= now { return .all }
    let keys = ledger.hints.keys.filter { key in
      key.account == account && notBefore[key].map { $0 <= now } ?? true
    }
    let records = keys.sorted().compactMap { ledger[$0] }.filter {
      Looking.canBeRead($0) && $0.remoteID != nil
    }
    if records.isEmpty { return nil }
    return records.count > Looking.mostSingle ? .all : .single(records)
  }

  mutating func begin(_ account: String, _ work: Work, _ task: Task<Void, Never>, at now: Duration) {
    tasks[account] = task
    notBefore = notBefore.filter { $0.value > now }
    switch work {
    case .all: next[account] = nil
    case .single(let records): for record in records { notBefore[record.key] = now + Looking.spacing }
    }
  }

  /// `rest`: how long nothing of the account is looked at; nil: the look came to its end.
  mutating func end(_ account: String, _ work: Work, rest: Duration?, at now: Duration) {
    tasks[account] = nil
    self.rest[account] = rest.map { now + max($0, Looking.spacing * 6) }
    guard rest != nil, case .single(let records) = work else { return }
    for record in records { notBefore[record.key] = now + Looking.spacing * 6 }
  }

  private static func canBeRead(_ record: Record) -> Bool { record.isLive && record.pending == nil }

  /// When there is something to look at next on one of these accounts, as far as that is known. Never a time at which
  /// nothing would be done: the loop would come back at once.
  func due(_ ledger: Ledger, _ accounts: Set<String>) -> Duration? {
    let free = accounts.filter { tasks[$0] == nil }
    let times = free.compactMap { account -> Duration? in
      let hinted = notBefore.filter { key, _ in
        key.account == account && ledger.hints[key] != nil && ledger[key].map(Looking.canBeRead) == true
      }.values.min()
      guard let time = [next[account], hinted].compactMap({ $0 }).min() else { return nil }
      return max(time, rest[account] ?? time)
    }
    return times.min()
  }
}

extension Reconciler {
  /// Starts looking where it is time to, beside the loop and below its work.
  func lookAround() {
    let (now, ambient) = (shop.ambient.uptime(), shop.ambient)
    let refresh = shop.config.sync.refresh
    let ledger = shop.journal.ledger
    for account in shop.accounts where account.marketplace.capabilities.canRead {
      if refresh > .zero, !looking.isPlanned(account.name) {
        looking.plan(account.name, after: refresh, at: now, chance: ambient.random())
      }
      guard let work = looking.work(account.name, ledger, at: now) else { continue }
      let task = Task(executorPreference: ambient.executor) { await self.look(at: account, work) }
      looking.begin(account.name, work, task, at: now)
    }
    let readable = shop.accounts.filter(\.marketplace.capabilities.canRead).map(\.name)
    guard let due = looking.due(ledger, Set(readable)) else { return }
    ring(at: ambient.now().advanced(by: max(due - now, .zero) + .milliseconds(1)))
  }

  private func look(at account: Executor.Account, _ work: Looking.Work) async {
    let (journal, executor, ambient, config) = (shop.journal, executor, shop.ambient, shop.config)
    let refresh = Refresh(
      account, ambient, absenceAfter: shop.config.sync.absenceAfter,
      turn: {
        // What the seller waits for comes first, but not for ever.
        if await executor.hasWaiting(account.name) {
          do throws(CancellationError) { try await ambient.sleep(.seconds(1)) } catch { return false }
        }
        return await !executor.isStopped && !Task.isCancelled
      },
      record: { [intake] looks in await intake.saw(looks) })
    let outcome =
      switch work {
      case .all: await refresh.all { journal.ledger.settled(on: account.name, config) }
      case .single(let records): await refresh.single(records)
      }
    looked(account.name, work, outcome)
  }

  private func looked(_ account: String, _ work: Looking.Work, _ outcome: Refresh.Outcome) {
    let now = shop.ambient.uptime()
    var rest: Duration?
    if case .cut(let failure) = outcome {
      rest = .zero
      if case .throttled(_, let until?) = failure { rest = until.duration(since: shop.ambient.now()) }
      if let failure { logger.info("\(account) could not be looked at: \(failure.detail.message)") }
    }
    looking.end(account, work, rest: rest, at: now)
    let isCut = rest != nil
    let refresh = shop.config.sync.refresh
    if case .all = work, refresh > .zero || isCut {
      let pause = isCut ? min(refresh > .zero ? refresh : .seconds(300), .seconds(300)) : refresh
      looking.plan(account, after: pause, at: now, chance: shop.ambient.random())
    }
    hints.add { $0.read = true }
  }

  /// What was sold and can or could still be bought elsewhere.
  package var exposures: [Exposure] { Exposures.found(in: shop.journal.ledger, wanted) }
}
