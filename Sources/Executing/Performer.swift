import Journaling
import Listings
import Marketplaces
import Planning

/// Does one action: intent, request, outcome. Knows nothing of queues.
///
/// What it does itself is little, and done where its caller is (`nonsending`): the intent is with the journal before
/// another thread would have woken.
struct Performer: Sendable {
  let marketplace: any Marketplace
  let journal: Journal
  let claims: Claims
  let pace: Pace
  let ambient: Ambient

  /// What the lane needs to know besides the result.
  struct Attempt: Sendable {
    var result: ActionResult
    var failure: MarketplaceFailure?
    /// A look-up that found nothing yet is repeated at this time.
    var postponed: Timestamp?
    /// The look-up that it is repeated after; nil: nothing was asked.
    var asked: LookupSchedule.Asked?

    init(
      _ result: ActionResult, failure: MarketplaceFailure? = nil, postponed: Timestamp? = nil,
      asked: LookupSchedule.Asked? = nil
    ) {
      self.result = result
      self.failure = failure
      self.postponed = postponed
      self.asked = asked
    }

    /// What has no room in the journal was neither written nor sent, and fails alone.
    init(unrecordable action: Action, _ error: JournalError, until time: Timestamp) {
      let failure = Failure(code: "rejected", message: error.description, retryAt: time)
      self.init(ActionResult(action, .failed, failure: failure, retryAt: time), postponed: time)
    }
  }

  /// `schedule` says when the post may be looked up; a `resolve` needs it.
  nonisolated(nonsending) func perform(_ action: Action, _ schedule: LookupSchedule? = nil) async throws(JournalError)
    -> Attempt
  {
    defer { claims.ended(action.key) }
    return switch action.kind {
    case .create, .replace: try await create(action)
    case .update: try await update(action)
    case .withdraw: try await withdraw(action)
    case .adopt: try await adopt(action)
    case .resolve: try await resolve(action, schedule)
    case .forget:
      try await recorded(action, [.forgotten(action.key)])
    case .unchanged: Attempt(ActionResult(action, .done))
    }
  }

  private nonisolated(nonsending) func recorded(
    _ action: Action, _ entries: [Entry], as remoteID: String? = nil
  ) async throws(JournalError) -> Attempt {
    CrashPoint.reach("fact-before")
    try await journal.append(entries)
    CrashPoint.reach("fact-recorded")
    return Attempt(ActionResult(action, .done, remoteID: remoteID ?? action.remoteID))
  }

  // MARK: Create

  private nonisolated(nonsending) func create(_ action: Action) async throws(JournalError) -> Attempt {
    guard let post = action.post, let content = post.content else { return Attempt(ActionResult(action, .skipped)) }
    let op = Performer.newOp()
    let intent = Intent(
      op: op, action: action.kind == .replace ? .replace : .create, key: action.key, marketplace: action.marketplace,
      reference: "\(action.key.listing).\(op.prefix(8))", content: content,
      remoteID: action.kind == .replace ? action.remoteID : nil, file: action.listingFile, at: ambient.now())
    return try await send(intent, content, action, photos: post.photos)
  }

  /// The intent is durable before the request, and the outcome before anybody hears of it. The turn comes before both:
  /// what waits for one, or is sent away, was certainly not sent, whatever dies meanwhile.
  nonisolated(nonsending) func send(
    _ intent: Intent, _ content: Content, _ action: Action, photos: [Photo]
  ) async throws(JournalError) -> Attempt {
    let turn: Turn
    do throws(MarketplaceFailure) { turn = try await pace.turnAhead(.normal) } catch { return unsent(action, error) }
    CrashPoint.reach("create-before")
    try await journal.append([.intent(intent)])
    CrashPoint.reach("create-intended")
    let draft = Draft(
      listing: intent.key.listing, op: intent.op, reference: intent.reference, content: content, photos: photos)
    let posted: Posted
    do throws(MarketplaceFailure) {
      posted = try await turn.use { () throws(MarketplaceFailure) in try await marketplace.create(draft) }
    } catch {
      CrashPoint.reach("create-refused")
      return try await failed(intent, action, error)
    }
    CrashPoint.reach("create-answered")
    if let owner = claims.claim(posted.remoteID, for: action.key) {
      let words =
        "the answer names post \(posted.remoteID), which is that of \(owner.listing); looked up by its reference"
      return try await failed(intent, action, .uncertain(.init(words)))
    }
    return try await succeeded(intent, action, posted)
  }

  /// It got no turn: nothing is recorded, and what waits for its account waits in its lane.
  func unsent(_ action: Action, _ failure: MarketplaceFailure) -> Attempt {
    var told = Performer.told(failure)
    // That hawker stops says nothing of the account.
    var reason: MarketplaceFailure?
    if case .throttled(_, let until) = failure { (reason, told.retryAt) = (failure, until) }
    // An earlier try of the same create is still open.
    let isOpen = action.kind == .resolve
    return Attempt(
      ActionResult(action, isOpen ? .uncertain : .skipped, failure: told, retryAt: told.retryAt), failure: reason,
      postponed: isOpen ? told.retryAt ?? ambient.now() : nil)
  }

  nonisolated(nonsending) func succeeded(
    _ intent: Intent, _ action: Action, _ posted: Posted?, then entries: [Entry] = []
  ) async throws(JournalError) -> Attempt {
    let attempts = tries(action, intent) + 1
    let outcome = Outcome(
      op: intent.op, result: .done, remoteID: posted?.remoteID ?? intent.remoteID, url: posted?.url,
      attempts: attempts, failure: nil)
    try await journal.append([.outcome(outcome)] + entries)
    CrashPoint.reach("\(intent.action.rawValue)-recorded")
    return Attempt(
      ActionResult(
        action, .done, remoteID: outcome.remoteID, url: posted?.url ?? action.record?.url, attempts: attempts
      ).of(intent))
  }

  /// Failures in a row with this very content, or in taking off what a replace left.
  private func tries(_ action: Action, _ intent: Intent) -> Int {
    if action.record?.isBeside(intent) == true { return action.record?.leftover?.tries ?? 0 }
    guard let record = action.record, record.failure != nil, record.failedDigest == intent.content?.digest else {
      return 0
    }
    return record.tries
  }

  nonisolated(nonsending) func failed(
    _ intent: Intent, _ action: Action, _ failure: MarketplaceFailure
  ) async throws(JournalError) -> Attempt {
    let before = tries(action, intent)
    let now = ambient.now()
    var retryAt: Timestamp?
    var attempts = before + 1
    var isUncertain = false
    switch failure {
    // It never left: that hawker stops says nothing of the post or its account.
    case .stopped: (attempts, retryAt) = (before, now)
    // The seller can't mend a withdrawal by an edit: it is tried again.
    case .rejected where intent.action == .withdraw:
      retryAt = now.advanced(by: delay(action, after: attempts))
    case .rejected, .gone: break
    case .unauthorized: attempts = before
    case .throttled(_, let until):
      attempts = before
      retryAt = until ?? now
    case .unavailable, .unexpected: retryAt = now.advanced(by: delay(action, after: attempts))
    case .uncertain:
      isUncertain = intent.action == .create || intent.action == .replace
      if !isUncertain { retryAt = now.advanced(by: delay(action, after: attempts)) }
    }
    let told = Failure(
      code: failure.code, message: failure.detail.message, httpStatus: failure.detail.httpStatus, retryAt: retryAt,
      unansweredAt: isUncertain ? ambient.boot() : nil)
    try await journal.append([
      .outcome(
        Outcome(op: intent.op, result: isUncertain ? .uncertain : .failed, attempts: attempts, failure: told))
    ])
    CrashPoint.reach("failure-recorded")
    // Too fast, or too late, is no failure: it did not get its turn.
    let isStopped = failure == .stopped
    let isThrottled = if case .throttled = failure { true } else { false }
    let kind: ActionResult.Kind = isStopped || isThrottled ? .skipped : isUncertain ? .uncertain : .failed
    return Attempt(
      ActionResult(action, kind, attempts: attempts, failure: told, retryAt: retryAt).of(intent),
      failure: isStopped ? nil : failure)
  }

  /// While a sold thing still stands somewhere, somebody may buy it again.
  private func delay(_ action: Action, after tries: Int) -> Duration {
    action.isSale
      ? Backoff.delayOfSale(after: tries, chance: ambient.random())
      : Backoff.delay(after: tries, chance: ambient.random())
  }

  // MARK: Update, withdraw, adopt

  private nonisolated(nonsending) func update(_ action: Action) async throws(JournalError) -> Attempt {
    guard let post = action.post, let content = post.content, let remoteID = action.remoteID else {
      return Attempt(ActionResult(action, .skipped))
    }
    let op = Performer.newOp()
    let intent = Intent(
      op: op, action: .update, key: action.key, marketplace: action.marketplace, content: content, remoteID: remoteID,
      file: action.post == nil ? action.listingFile : action.record?.file ?? action.listingFile, at: ambient.now(),
      because: action.reason.code == "drift" ? "drift" : nil)
    CrashPoint.reach("update-before")
    if action.changes.isEmpty { return try await agreed(intent, action) }
    let turn: Turn
    do throws(MarketplaceFailure) { turn = try await pace.turnAhead(.normal) } catch { return unsent(action, error) }
    try await journal.append([.intent(intent)])
    CrashPoint.reach("update-intended")
    let draft = Draft(listing: action.key.listing, op: op, reference: "", content: content, photos: post.photos)
    do throws(MarketplaceFailure) {
      try await turn.use { () throws(MarketplaceFailure) in
        try await marketplace.update(remoteID, to: draft, changed: action.changedFields)
      }
    } catch {
      return try await failed(intent, action, error)
    }
    CrashPoint.reach("update-answered")
    return try await succeeded(intent, action, nil)
  }

  /// The marketplace shows what the file says already: that is recorded, and nothing is sent.
  private nonisolated(nonsending) func agreed(_ intent: Intent, _ action: Action) async throws(JournalError) -> Attempt
  {
    try await journal.append([.intent(intent), .outcome(Outcome(op: intent.op, result: .done, attempts: 0))])
    return Attempt(ActionResult(action, .done, remoteID: action.remoteID, url: action.record?.url))
  }

  private func adopt(_ action: Action) async throws(JournalError) -> Attempt {
    guard let remoteID = action.remoteID else { return Attempt(ActionResult(action, .skipped)) }
    let post: RemotePost?
    CrashPoint.reach("adopt-before")
    do throws(MarketplaceFailure) {
      post = try await marketplace.read(remoteID)
      CrashPoint.reach("adopt-read")
    } catch {
      let time = ambient.now().advanced(by: Backoff.delay(after: 3, chance: ambient.random()))
      return Attempt(
        ActionResult(action, .failed, failure: Performer.told(error), retryAt: time), failure: error, postponed: time)
    }
    guard let post else { return try await refused(action, "\(action.key.account) has no post \(remoteID)") }
    // The marketplace's name for it, whatever it takes for one: by that, two listings can't own one post.
    if let owner = claims.claim(post.remoteID, for: action.key) {
      return try await refused(action, "post \(post.remoteID) is that of listing \(owner.listing)")
    }
    return try await recorded(
      action,
      [
        .adopted(
          action.key, marketplace: action.marketplace, remoteID: post.remoteID, url: post.url, file: action.listingFile,
          shows: action.post?.content.map {
            Shown(post, instead: $0, in: action.listingFile, fixed: marketplace.capabilities.fixedFields)
          })
      ], as: post.remoteID)
  }

  /// It can't be ours: asked for again when the file names another post.
  private func refused(_ action: Action, _ why: String) async throws(JournalError) -> Attempt {
    try await journal.append([
      .held(action.key, by: Action.Holder.adopt.rawValue, until: nil, text: action.remoteID)
    ])
    let message = "\(why); correct `adopt:` in \(action.listingFile)"
    return Attempt(ActionResult(action, .failed, failure: Failure(code: "rejected", message: message)))
  }

  static func told(_ failure: MarketplaceFailure) -> Failure {
    Failure(code: failure.code, message: failure.detail.message, httpStatus: failure.detail.httpStatus)
  }

  /// 32 hexadecimal digits.
  static func newOp() -> String {
    (0..<2).map { _ in
      let half = String(UInt64.random(in: 0 ... .max), radix: 16)
      return String(repeating: "0", count: 16 - half.count) + half
    }.joined()
  }
}
