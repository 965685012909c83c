import Journaling
import Listings
import Marketplaces
import Planning

/// Settling what a crash, a time-out or a torn answer left open: ask, never guess.
extension Performer {
  /// How often one create may be sent: once more, after proof that the first did not arrive (spec/marketplaces.md).
  private static let mostSends = 2

  func resolve(_ action: Action, _ schedule: LookupSchedule?) async throws(JournalError) -> Attempt {
    guard let intent = action.record?.pending, let schedule else { return Attempt(ActionResult(action, .skipped)) }
    return switch intent.action {
    case .create, .replace: try await lookUp(intent, action, schedule)
    case .withdraw, .update: try await reread(intent, action, schedule)
    }
  }

  private func lookUp(
    _ intent: Intent, _ action: Action, _ schedule: LookupSchedule
  ) async throws(JournalError) -> Attempt {
    guard let content = intent.content else { return Attempt(ActionResult(action, .skipped)) }
    let askedAt = ambient.uptime()
    if schedule.due > askedAt { return postponed(action, until: schedule.due) }
    let draft = Draft(
      listing: action.key.listing, op: intent.op, reference: intent.reference, content: content, photos: [])
    let matches: [RemotePost]
    CrashPoint.reach("look-up-before")
    do throws(MarketplaceFailure) {
      matches = try await marketplace.lookUp(draft, since: intent.at)
      CrashPoint.reach("look-up-answered")
    } catch {
      return try await unanswered(action, error, schedule)
    }
    if matches.count > 1 { return try await unsettled(action, "several posts carry its reference", matches) }
    if let match = matches.first {
      if let owner = claims.claim(match.remoteID, for: action.key) {
        return try await unsettled(action, "the post that carries its reference is that of \(owner.listing)", matches)
      }
      return try await succeeded(intent, action, Posted(remoteID: match.remoteID, url: match.url))
    }
    guard schedule.provesAbsence(at: askedAt) else {
      var attempt = postponed(action, until: schedule.next(after: askedAt))
      attempt.asked = LookupSchedule.Asked(at: askedAt, unanswered: 0)
      return attempt
    }
    return try await absent(intent, content, action)
  }

  /// It never arrived, as far as its marketplace shows. The same op, reference and key go out once more, if they are still
  /// what is wanted; after that only a person may say that it is not there, for a marketplace that shows new posts late, or
  /// takes every repetition for one, would be sent creates without end.
  private func absent(
    _ intent: Intent, _ content: Content, _ action: Action
  ) async throws(JournalError) -> Attempt {
    guard intent.attempt < Performer.mostSends else {
      let text = "sent twice and not found there: look on \(action.key.account)"
      return try await held(action, by: Action.Holder.unsettled.rawValue, text)
    }
    if let post = action.post, post.content == content {
      var again = intent
      again.attempt += 1
      again.at = ambient.now()
      CrashPoint.reach("resend-before")
      return try await send(again, content, action, photos: post.photos)
    }
    let failure = Failure(code: "unavailable", message: "it never arrived", retryAt: ambient.now())
    CrashPoint.reach("absence-before")
    try await journal.append([
      .outcome(Outcome(op: intent.op, result: .failed, attempts: intent.attempt, failure: failure))
    ])
    CrashPoint.reach("absence-recorded")
    return Attempt(ActionResult(action, .done, attempts: intent.attempt))
  }

  private func postponed(_ action: Action, until due: Duration) -> Attempt {
    // A little later: rounded down to the wall clock's milliseconds it would be too early, and come at once again.
    let time = ambient.now().advanced(by: due - ambient.uptime() + .milliseconds(1))
    let failure = Failure(code: "uncertain", message: "not found yet; looked for again", retryAt: time)
    return Attempt(ActionResult(action, .uncertain, failure: failure, retryAt: time), postponed: time)
  }

  /// What ails it for a while is asked again, less and less often; an account that doesn't take the question at all
  /// can't be asked.
  private func unanswered(
    _ action: Action, _ failure: MarketplaceFailure, _ schedule: LookupSchedule
  ) async throws(JournalError) -> Attempt {
    if case .rejected(let detail) = failure {
      return try await held(action, by: RecordedHold.unaskable, detail.message)
    }
    let asked = LookupSchedule.Asked(at: ambient.uptime(), unanswered: (schedule.last?.unanswered ?? 0) + 1)
    let delay = Backoff.delayOfQuestion(after: asked.unanswered, chance: ambient.random())
    let time = ambient.now().advanced(by: delay)
    return Attempt(
      ActionResult(action, .uncertain, failure: Performer.told(failure), retryAt: time), failure: failure,
      postponed: time, asked: asked)
  }

  private func unsettled(
    _ action: Action, _ why: String, _ matches: [RemotePost]
  ) async throws(JournalError) -> Attempt {
    let ids = matches.prefix(5).map(\.remoteID).joined(separator: ", ")
    let text = "\(why) (\(ids)): keep one there and take the others off"
    return try await held(action, by: Action.Holder.unsettled.rawValue, text)
  }

  /// What only a person can tell is held until one does; it survives a restart.
  private func held(_ action: Action, by holder: String, _ text: String) async throws(JournalError) -> Attempt {
    CrashPoint.reach("unsettled-before")
    try await journal.append([.held(action.key, by: holder, until: nil, text: text)])
    CrashPoint.reach("unsettled-recorded")
    return Attempt(ActionResult(action, .uncertain, failure: Failure(code: "uncertain", message: text)))
  }

  /// A withdrawal (or an update of a post that may be gone) that was cut off: see what is there.
  private func reread(
    _ intent: Intent, _ action: Action, _ schedule: LookupSchedule
  ) async throws(JournalError) -> Attempt {
    guard let remoteID = intent.remoteID else { return Attempt(ActionResult(action, .skipped)) }
    let post: RemotePost?
    CrashPoint.reach("reread-before")
    do throws(MarketplaceFailure) {
      post = try await marketplace.read(remoteID)
      CrashPoint.reach("reread-answered")
    } catch {
      return try await unanswered(action, error, schedule)
    }
    if post == nil, intent.action == .withdraw { return try await succeeded(intent, action, nil) }
    // It has been seen that it did not happen: a code of a request that may have landed would leave it open for ever.
    let failure = Failure(code: "interrupted", message: "its \(intent.action.rawValue) was cut off", retryAt: nil)
    try await journal.append([.outcome(Outcome(op: intent.op, result: .failed, attempts: 0, failure: failure))])
    return Attempt(ActionResult(action, .done))
  }
}
