import Listings

// What an outcome makes of a record. The rules by action:
//
//              done                          failed                                        uncertain
//   create     live                          rejected | failed(retryAt); its digest kept   uncertain, intent kept
//   update     content changes               as before; digest kept; gone: gone; intent    as before, intent kept
//                                            kept when it may have landed
//   replace    new id, old one superseded    as before; digest kept                        as before, intent kept
//   withdraw   withdrawn, or one superseded  as before; gone counts as done; intent kept   as before, intent kept
//              id fewer                      when it may have landed; of a superseded
//                                            id: `leftover` alone
extension Ledger {
  mutating func settle(_ outcome: Outcome, _ at: Timestamp) {
    // An outcome without its intent says nothing of any post: it was settled before, or its post was forgotten.
    guard let key = keysByOp[outcome.op], var record = records[key], let intent = record.pending else { return }
    switch outcome.result {
    case .done where record.isBeside(intent):
      // Of the post itself it says nothing. One operation at a time is open: what a person was asked is of this one.
      record.succeed(intent, outcome, at)
      endHolds(of: key, by: RecordedHold.ofUnsettled)
    case .done:
      if intent.isLoss, intent.remoteID == record.remoteID, !isPermitted(key, at) { lose(key, at) }
      standing.drifts[key] = rest(of: standing.drifts[key], after: intent, of: record)
      if intent.action != .update { hints[key] = nil }
      record.succeed(intent, outcome, at)
      usePermits(of: key, at)
      endHolds(of: key, by: RecordedHold.ofUnsettled.union(["grace"]))
    case .failed:
      record.fail(intent, outcome, at)
      if intent.action == .create, outcome.failure?.code == "rejected" { refuse(key, at) }
      endHolds(of: key, by: RecordedHold.ofUnsettled)
    case .uncertain:
      record.failure = outcome.failure
      if intent.action == .create { record.enter(.uncertain, at) }
    }
    put(record)
  }

  /// An update writes over what it changes alone; one that undoes a drift, over all of it.
  private func rest(of drift: Drift?, after intent: Intent, of record: Record) -> Drift? {
    guard let drift, intent.action == .update, intent.because != "drift", let new = intent.content,
      let old = record.content
    else { return nil }
    let sent = Set(new.differences(from: old).map(\.rawValue))
    let fields = drift.fields.filter { !sent.contains($0) }
    return fields.isEmpty
      ? nil : Drift(fields: fields, values: drift.values.filter { !sent.contains($0.key) }, at: drift.at)
  }

  /// Kept for an hour: files that go away one by one are a mass loss too.
  private mutating func lose(_ key: PostKey, _ at: Timestamp) {
    let hour = at.advanced(by: .seconds(-3600))
    if let first = standing.losses.first, first.at <= hour { standing.losses.removeAll { $0.at <= hour } }
    standing.losses.append(Loss(key: key, at: at))
  }

  /// Kept for a day: three of them stop new posts on the account. The seller's word let this one through, and no more.
  private mutating func refuse(_ key: PostKey, _ at: Timestamp) {
    standing.refusals.removeAll { $0.at <= at.advanced(by: .seconds(-86_400)) }
    standing.refusals.append(Refusal(key: key, at: at))
    guard let rest = standing.permits[key]?.filter({ $0.by != Standing.rejections }) else { return }
    standing.permits[key] = rest.isEmpty ? nil : rest
  }

  /// A permit that ran out before it was used makes no loss any smaller.
  private func isPermitted(_ key: PostKey, _ at: Timestamp) -> Bool {
    standing.permits[key]?.contains { $0.digest == nil && $0.usedAt == nil && $0.until.map { $0 > at } ?? true }
      ?? false
  }

  /// A mass change that the seller let through counts for no further one, so its permit is remembered.
  private mutating func usePermits(of key: PostKey, _ at: Timestamp) {
    guard var permits = standing.permits[key] else { return }
    permits.removeAll { $0.until == nil || $0.digest == nil }
    for index in permits.indices where permits[index].usedAt == nil { permits[index].usedAt = at }
    standing.permits[key] = permits.isEmpty ? nil : permits
  }

  mutating func endHolds(of key: PostKey, by names: Set<String>) {
    guard let rest = standing.holds[key]?.filter({ !names.contains($0.by) }) else { return }
    standing.holds[key] = rest.isEmpty ? nil : rest
  }
}

extension Record {
  mutating func succeed(_ intent: Intent, _ outcome: Outcome, _ at: Timestamp) {
    pending = nil
    // Taking off a copy, or what a replace left, says nothing of the post itself: a refusal of its content stands.
    if isBeside(intent) { return withdrew(intent, at) }
    (failure, tries) = (nil, 0)
    switch intent.action {
    case .create:
      (postedAt, updatedAt) = (at, nil)
      show(intent, outcome, at)
    case .update:
      (content, failedDigest, updatedAt) = (intent.content, nil, at)
      unsure = []
    case .replace:
      if let old = remoteID, old != outcome.remoteID { superseded.append(old) }
      (postedAt, updatedAt) = (at, nil)
      show(intent, outcome, at)
    case .withdraw: withdrew(intent, at)
    }
  }

  private mutating func show(_ intent: Intent, _ outcome: Outcome, _ at: Timestamp) {
    (remoteID, url) = (outcome.remoteID, outcome.url)
    (content, failedDigest) = (intent.content, nil)
    unsure = []
    enter(.live, at)
  }

  private mutating func withdrew(_ intent: Intent, _ at: Timestamp) {
    if let id = intent.remoteID, isBeside(intent) {
      superseded.removeAll { $0 == id }
      leftover = nil
    } else {
      enter(.withdrawn(sold: intent.isSale), at)
    }
  }

  private mutating func leave(_ intent: Intent, _ outcome: Outcome) {
    guard let id = intent.remoteID, superseded.contains(id), let failure = outcome.failure else { return }
    leftover = Setback(failure: failure, tries: outcome.attempts, isSale: intent.isSale)
  }

  fileprivate mutating func fail(_ intent: Intent, _ outcome: Outcome, _ at: Timestamp) {
    let code = outcome.failure?.code
    if intent.action == .withdraw, code == "gone" { return succeed(intent, outcome, at) }
    // A gateway may have given up after forwarding: what is there then is either the old or the new.
    let isRepeatable = intent.action == .update || intent.action == .withdraw
    let mayHaveLanded = isRepeatable && code.map { ["unavailable", "unexpected", "uncertain"].contains($0) } ?? false
    pending = mayHaveLanded ? intent : nil
    // Nor does a failure to take it off.
    if isBeside(intent) { return leave(intent, outcome) }
    (failure, tries) = (outcome.failure, outcome.attempts)
    failedDigest = intent.content?.digest
    switch (intent.action, code) {
    case (.create, "rejected"): enter(.rejected, at)
    case (.create, _): enter(.failed(retryAt: outcome.failure?.retryAt), at)
    case (.update, "gone"): enter(.gone, at)
    default: break
    }
  }
}
