import Journaling
import Listings
import Marketplaces
import Planning

/// Taking a post off; of a sold thing until nobody can see it any more.
extension Performer {
  nonisolated(nonsending) func withdraw(_ action: Action) async throws(JournalError) -> Attempt {
    guard let remoteID = action.remoteID else { return Attempt(ActionResult(action, .skipped)) }
    let intent = Intent(
      op: Performer.newOp(), action: .withdraw, key: action.key, marketplace: action.marketplace, remoteID: remoteID,
      file: action.record?.file ?? action.listingFile, at: ambient.now(), isSale: action.isClaimed,
      because: action.because)
    let urgency: Urgency = action.isSale ? .sale : .normal
    let turn: Turn
    do throws(MarketplaceFailure) { turn = try await pace.turnAhead(urgency) } catch { return unsent(action, error) }
    CrashPoint.reach("withdraw-before")
    try await journal.append([.intent(intent)])
    CrashPoint.reach("withdraw-intended")
    do throws(MarketplaceFailure) {
      try await turn.use { () throws(MarketplaceFailure) in
        try await marketplace.withdraw(remoteID, urgency: urgency)
      }
    } catch {
      // It is not there: that is what a withdrawal wants.
      if case .gone = error { return try await withdrawn(intent, action) }
      return try await failed(intent, action, error)
    }
    CrashPoint.reach("withdraw-answered")
    if action.isSale, let doubt = await stillThere(remoteID) {
      var attempt = try await failed(intent, action, doubt)
      // The marketplace answers: that says nothing against the account.
      attempt.failure = nil
      return attempt
    }
    return try await withdrawn(intent, action)
  }

  /// A sold thing's post is read back: only what can't be seen any more is off. A marketplace may need a moment to show
  /// it; what it still shows then is taken off again. Nil: it is gone, or can't be asked.
  private func stillThere(_ remoteID: String) async -> MarketplaceFailure? {
    guard marketplace.capabilities.canRead else { return nil }
    for pause in [Duration.zero, .milliseconds(250), .seconds(1)] {
      if pause > .zero {
        do throws(CancellationError) { try await ambient.sleep(pause) } catch { return nil }
      }
      do throws(MarketplaceFailure) {
        guard let post = try await marketplace.read(remoteID, urgency: .sale), !post.isSold else { return nil }
      } catch {
        // Its withdrawal was confirmed; a look that fails takes nothing back.
        return nil
      }
    }
    return .unavailable(.init("it still shows the post"))
  }

  private nonisolated(nonsending) func withdrawn(_ intent: Intent, _ action: Action) async throws(JournalError)
    -> Attempt
  {
    // A listing whose file is gone is forgotten with its post; the history stays in the journal. Not while a post that
    // it replaced is still there: its id stands nowhere else.
    let forgets =
      action.isFileGone && action.record?.remoteID == intent.remoteID && action.record?.superseded.isEmpty == true
    let facts: [Entry] = forgets ? [.forgotten(action.key)] : journal.endedBySale(action).map { [$0] } ?? []
    return try await succeeded(intent, action, nil, then: facts)
  }
}
