import Executing
import Journaling
import Listings
import Marketplaces
import Planning

/// After trouble: the search for two posts of one create.
extension Reconciler {
  /// Looking for duplicates may take long and is done beside the loop; taking them off, while nothing else is under way.
  func sweepIfTroubled(_ plan: Plan) async throws(JournalError) {
    guard await !executor.isBusy, !plan.actions.contains(where: { $0.kind == .resolve && $0.hold == nil }) else {
      return
    }
    for find in finds.take() {
      let (results, isWhole) = try await find.sweep.remove(find.copies, claiming: executor)
      for result in results {
        Chronicle.tell(.duplicate(result.action.key, removed: result.action.remoteID ?? ""), logger)
      }
      let account = find.sweep.accountName
      if isWhole { await executor.swept(account) } else { await executor.stillTroubled(account) }
    }
    let troubled = await executor.takeTroubled(after: shop.config.sync.absenceAfter)
    for account in shop.accounts where troubled.contains(account.name) {
      look(for: Sweep(account, journal: shop.journal, ambient: shop.ambient), on: account.name)
    }
  }

  private func look(for sweep: Sweep, on account: String) {
    Task(executorPreference: shop.ambient.executor) { [hints, finds] in
      guard let copies = await sweep.find(within: .zero) else { return await self.stillTroubled(account) }
      guard !copies.isEmpty else { return await self.swept(account) }
      finds.add(.init(sweep: sweep, copies: copies))
      hints.add { $0.replan = true }
    }
  }

  private func swept(_ account: String) async { await executor.swept(account) }

  /// By the executor of then: a changed config has another one.
  private func stillTroubled(_ account: String) async { await executor.stillTroubled(account) }
}
