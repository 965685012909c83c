import Executing
import Journaling
import Listings
import Logging
import Marketplaces
import Synchronization

@testable import Reconciling

/// What a daemon has beside its loop: the intake of notices and sales, and its looks at live copies, as `Reconciler`
/// does them.
final class Senses: Sendable {
  let index: PostIndex
  let hints: Hints
  let intake: Intake
  private let ambient: Ambient
  private let looking = Mutex(Looking())

  init(_ scene: Intake.Scene, _ index: PostIndex, _ hints: Hints) {
    (self.index, self.hints) = (index, hints)
    ambient = scene.shop.ambient
    intake = Intake(scene, index, hints, Logger(label: "model") { _ in SwiftLogNoOpLogHandler() })
  }

  func see(_ scene: Intake.Scene) async { await intake.see(scene) }

  /// What came before it was known whose it was.
  func hear() async {
    let early = hints.take().early
    if !early.isEmpty { _ = await intake.take(early) }
  }

  func lookAround(_ shop: Shop, _ executor: Executor) {
    let now = ambient.uptime()
    let ledger = shop.journal.ledger
    for account in shop.accounts where account.marketplace.capabilities.canRead {
      let work = looking.withLock { looking in
        if !looking.isPlanned(account.name) {
          looking.plan(account.name, after: shop.config.sync.refresh, at: now, chance: ambient.random())
        }
        return looking.work(account.name, ledger, at: now)
      }
      guard let work else { continue }
      let task = Task(executorPreference: ambient.executor) { await self.look(at: account, work, shop, executor) }
      looking.withLock { $0.begin(account.name, work, task, at: now) }
    }
  }

  private func look(at account: Executor.Account, _ work: Looking.Work, _ shop: Shop, _ executor: Executor) async {
    let ambient = ambient
    let refresh = Refresh(
      account, ambient, absenceAfter: shop.config.sync.absenceAfter,
      turn: {
        if await executor.hasWaiting(account.name) {
          do throws(CancellationError) { try await ambient.sleep(.seconds(1)) } catch { return false }
        }
        return await !executor.isStopped && !Task.isCancelled
      },
      record: { [intake] looks in await intake.saw(looks) })
    let outcome =
      switch work {
      case .all: await refresh.all { shop.journal.ledger.settled(on: account.name, shop.config) }
      case .single(let records): await refresh.single(records)
      }
    let isCut = if case .cut = outcome { true } else { false }
    looking.withLock { looking in
      looking.end(account.name, work, rest: isCut ? .zero : nil, at: ambient.uptime())
      guard case .all = work else { return }
      let pause = isCut ? min(shop.config.sync.refresh, .seconds(300)) : shop.config.sync.refresh
      looking.plan(account.name, after: pause, at: ambient.uptime(), chance: ambient.random())
    }
  }

  /// How long nothing has to be looked at; nil: nobody knows.
  func pause(_ shop: Shop) -> Duration? {
    let readable = Set(shop.accounts.filter(\.marketplace.capabilities.canRead).map(\.name))
    return looking.withLock { looking in
      // Something may be seen at any moment.
      if !looking.tasks.isEmpty { return .seconds(5) }
      return looking.due(shop.journal.ledger, readable).map { max($0 - ambient.uptime(), .zero) + .milliseconds(1) }
    }
  }

  func stop() async {
    let tasks = looking.withLock { Array($0.tasks.values) }
    for task in tasks { task.cancel() }
    for task in tasks { await task.value }
  }
}
