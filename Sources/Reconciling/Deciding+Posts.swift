import Journaling
import Listings
import Marketplaces
import Planning

extension Deciding {
  // MARK: Release

  func release(_ listing: String, _ account: String?) -> Ruling {
    let keys = keys(listing, account)
    guard !keys.isEmpty else { return unknown(listing, account) }
    // The alert of a second sale ends first, and alone: the claim stays, for nobody wants a third buyer.
    let oversold = Action.Holder.oversold.rawValue
    let twice = keys.filter { ledger.standing.hold(on: $0, by: oversold) != nil }
    if !twice.isEmpty {
      let entries = twice.map { Entry.released($0, by: oversold) }
      return done(
        entries, "\(names(twice)): released; it stays sold, and another `hawker release \(listing)` offers it again")
    }
    var entries: [Entry] = []
    var words: [String] = []
    for key in keys {
      let released = released(key)
      entries += released
      if !released.isEmpty { words.append("\(key): released\(ended(released, key))") }
    }
    if !entries.isEmpty { return done(entries, words.joined(separator: "\n")) }
    let holds = keys.compactMap { key in action(key)?.hold.map { "\(key) is held by \($0.by.rawValue): \($0.text)" } }
    return refused(
      holds.isEmpty
        ? "nothing holds \(names(keys))\(left(listing, keys))"
        : "that is not for `release` to lift.\n" + holds.joined(separator: "\n"))
  }

  private func released(_ key: PostKey) -> [Entry] {
    let names = ["hold", "unsettled", RecordedHold.unaskable, "adopt"].filter {
      ledger.standing.hold(on: key, by: $0) != nil
    }
    var entries = names.map { Entry.released(key, by: $0) }
    let action = action(key)
    if isSold(key, action) {
      entries.append(.released(key))
    } else if let hold = refusedOrGone(key) {
      // Of several those that were sold stay counted: taken back, the last one's sale would claim nothing.
      entries.append(.released(key, by: ledger.standing.openSales(on: key).isEmpty ? nil : hold))
    }
    if let action, let digest = action.post?.content?.digest, action.kind == .create,
      ledger.standing.stopsCreate(of: key, digest: digest, at: now)
    {
      entries.append(.permitted(key, Permit(by: Standing.rejections, digest: digest)))
    }
    if let digest = heldDrop(action) {
      entries.append(.permitted(key, Permit(by: Action.Holder.priceDrop.rawValue, digest: digest)))
    }
    return entries
  }

  /// What else ends with the seller's hold: a sold thing is for sale again.
  private func ended(_ entries: [Entry], _ key: PostKey) -> String {
    guard entries.contains(.released(key)), isSold(key, action(key)) else { return "" }
    let isHeld = entries.contains(.released(key, by: Action.Holder.hold.rawValue))
    return isHeld ? " from the seller's hold and from its sale: it is for sale again" : " from its sale"
  }

  /// Whether a sale keeps the post from being made, or takes it off: not that of one of several.
  private func isSold(_ key: PostKey, _ action: Action?) -> Bool {
    let claim = ledger.standing.claim(on: key, quantity: quantity(key.listing))
    if action?.hold?.by == .sold || claim != nil { return true }
    return ledger[key]?.state == .withdrawn(sold: true) && ledger.standing.openSales(on: key).isEmpty
  }

  /// For a seller whose buyer has backed out.
  private func left(_ listing: String, _ keys: [PostKey]) -> String {
    let (sold, quantity) = (keys.map { ledger.standing.openSales(on: $0).count }.max() ?? 0, quantity(listing))
    guard sold > 0 else { return "" }
    return "; \(sold) of \(quantity) \(sold == 1 ? "is" : "are") sold: if a buyer backed out, say quantity: "
      + "\(quantity + 1) in the file"
  }

  /// The content whose price drop `apply` holds, or `apply --enforce` where somebody changed the post.
  private func heldDrop(_ action: Action?) -> Digest? {
    var action = action
    if let key = action?.key, action?.hold?.by == .conflict || action?.hold?.by == .drift {
      action = enforcing()?.actions.first { $0.key == key && $0.kind != .unchanged }
    }
    return action?.hold?.by == .priceDrop ? action?.post?.content?.digest : nil
  }

  /// By which of them the post is held.
  private func refusedOrGone(_ key: PostKey) -> String? {
    guard let record = ledger[key] else { return nil }
    switch record.state {
    case .gone: return Entry.gone
    case .rejected: return Entry.rejected
    default: return record.failure?.code == "rejected" && record.failedDigest != nil ? Entry.rejected : nil
    }
  }

  // MARK: Forget

  func forget(_ listing: String, _ account: String?) -> Ruling {
    let named = keys(listing, account)
    guard !named.isEmpty else { return unknown(listing, account) }
    let keys = named.filter { ledger[$0] != nil }
    guard !keys.isEmpty else {
      return refused("\(names(named)): nothing is recorded of it, so nothing can be forgotten")
    }
    for key in keys {
      if inFlight.contains(key) { return refused("\(key) has a request under way; try again in a moment") }
      if isWanted(key) {
        return refused(
          "\(key) is still asked for by its file: forgotten, it would be posted a second time. Take the file away, or "
            + "\(key.account) out of its `marketplaces`, first")
      }
    }
    let live = keys.filter { ledger[$0]?.isLive == true || ledger[$0]?.state == .uncertain }
    let warning =
      live.isEmpty ? "" : "; what stands on \(live.map(\.account).joined(separator: ", ")) stays there, unwatched"
    return done(keys.map { .forgotten($0) }, "\(names(keys)): forgotten\(warning)")
  }

  // MARK: Resolve

  func resolve(_ listing: String, _ account: String?, _ posted: String?) -> Ruling {
    let keys = keys(listing, account)
    guard !keys.isEmpty else { return unknown(listing, account) }
    let open = keys.filter { key in
      ledger[key]?.pending != nil && (ledger[key]?.state == .uncertain || action(key)?.kind == .resolve)
    }
    guard let key = open.first, let intent = ledger[key]?.pending else {
      return refused("\(names(keys)): nothing is unsettled there")
    }
    guard open.count == 1 else {
      return refused("\(names(open)) are all unsettled: say which with --account")
    }
    if inFlight.contains(key) { return refused("\(key) has a request under way; try again in a moment") }
    guard let posted else { return done([notPosted(intent)], "\(key): recorded as not posted") }
    guard posted.isRemoteID else { return refused("“\(posted)” can't be a post's id on \(key.account)") }
    if let other = owner(of: posted, on: key.account), other != key {
      return refused("\(posted) is the post of \(other.listing) on \(key.account) already")
    }
    var ruling = done([isPosted(intent, posted)], "\(key): recorded as \(posted)")
    if intent.action == .create || intent.action == .replace { ruling.troubled = key.account }
    return ruling
  }

  private func owner(of remoteID: String, on account: String) -> PostKey? {
    ledger.records.values.first { record in
      record.key.account == account && record.isLive && record.remoteID?.namesPost(of: remoteID) == true
    }?.key
  }

  /// It is there: a create or a replace made it; an update may not have come through, and a withdrawal did not.
  private func isPosted(_ intent: Intent, _ posted: String) -> Entry {
    switch intent.action {
    case .create, .replace:
      let prefix = capabilities[intent.marketplace]?.itemURL
      return .outcome(
        Outcome(
          op: intent.op, result: .done, remoteID: posted, url: prefix.map { $0 + posted.percentEncoded },
          attempts: intent.attempt))
    case .update, .withdraw: return .outcome(failure(intent, "the seller sees it there"))
    }
  }

  /// It is not there: that is what a withdrawal wanted.
  private func notPosted(_ intent: Intent) -> Entry {
    switch intent.action {
    case .withdraw: .outcome(Outcome(op: intent.op, result: .done, attempts: intent.attempt))
    case .update: .observed(intent.key, .gone)
    case .create, .replace: .outcome(failure(intent, "the seller does not see it there"))
    }
  }

  private func failure(_ intent: Intent, _ why: String) -> Outcome {
    Outcome(
      op: intent.op, result: .failed, attempts: intent.attempt,
      failure: Failure(code: "not-posted", message: why, retryAt: now))
  }

  // MARK: Plans

  func approve(_ name: String) -> Ruling {
    guard let plan = plans.first(where: { $0.isNamed(name) }) ?? enforcing().flatMap({ $0.isNamed(name) ? $0 : nil })
    else {
      let current = plans.first.map { String($0.id.dropFirst(7).prefix(12)) } ?? ""
      return refused(
        "\(name) is not the plan of now: it is \(current). Look at `hawker plan` again, then approve that one")
    }
    let permits = plan.permits(at: now)
    guard !permits.isEmpty else { return refused("no guard that `approve` lifts holds anything in that plan") }
    let count = Set(permits.map(\.key)).count
    return done(
      permits.map { .permitted($0.key, $0.permit) },
      "\(count, of: "held action") approved for an hour")
  }

  func releaseScope(_ withdraw: Bool) -> Ruling {
    let left = plans.first?.leftScope ?? []
    guard !left.isEmpty else { return refused("nothing has left the scope of hawker.yaml") }
    guard withdraw else {
      if let busy = left.first(where: { inFlight.contains($0.key) }) {
        return refused("\(busy.key) has a request under way; try again in a moment")
      }
      let words = "\(left.count, of: "post") forgotten; what is there stays, unwatched"
      return done(left.map { .forgotten($0.key) }, words)
    }
    let reachable = left.filter { action in
      guard let account = config.account(action.key.account), let record = action.record else { return false }
      return account.whereElse(record) == nil
    }
    guard !reachable.isEmpty else {
      return refused("hawker.yaml has no account to withdraw them with: put it back, or forget them (--forget)")
    }
    let until = now.advanced(by: Plan.permitLasts)
    let entries = reachable.flatMap { action in
      [Action.Holder.scope, .withdrawals].map { guardName in
        Entry.permitted(action.key, Permit(by: guardName.rawValue, digest: nil, until: until))
      }
    }
    let rest = left.count - reachable.count
    let note = rest > 0 ? "; \(rest) can't be reached, since their account is gone or another one" : ""
    let gone = reachable.count { $0.kind == .forget }
    let others = gone > 0 ? ", \(gone) forgotten, since they are not there any more" : ""
    return done(entries, "\(reachable.count - gone) posts will be withdrawn\(others)\(note)")
  }
}
