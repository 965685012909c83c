import Listings

extension Ledger {
  /// Takes one entry in. Pure: the same entries give the same ledger, live and when they are read back.
  package mutating func apply(_ entry: Entry, at: Timestamp) {
    lastAt = at
    switch entry {
    case .intent(let intent): begin(intent, at)
    case .outcome(let outcome): settle(outcome, at)
    case .observed(let key, let observation): observe(key, observation, at)
    case .adopted(let key, let marketplace, let remoteID, let url, let file, let shows):
      var record = Record(
        key: key, marketplace: marketplace, state: .live, remoteID: remoteID, url: url, content: shows?.content,
        file: file, isProtected: protectedListings.contains(key.listing), superseded: records[key]?.superseded ?? [],
        since: at)
      record.unsure = shows?.unsure ?? []
      put(record)
    case .forgotten(let key): forget(key)
    case .moved(let listing, let from, let file): move(listing, from, file)
    case .protected(let listing, let isProtected): protect(listing, isProtected)
    case .counted(let listing, let quantity): quantities[listing] = quantity == 1 ? nil : quantity
    case .held(let key, let by, let until, let text):
      hold(key, RecordedHold(by: by, since: at, until: until, text: text))
    case .released(let key, let by): release(key, by, at)
    case .permitted(let key, let permit):
      standing.permits[key, default: []].removeAll { $0.by == permit.by }
      standing.permits[key, default: []].append(permit)
    case .sold(let listing, let account, let price):
      let postedAt = records(of: listing).compactMap(\.postedAt).max()
      standing.sales[listing, default: []].append(Sale(account: account, price: price, at: max(at, postedAt ?? at)))
    }
  }

  private mutating func begin(_ intent: Intent, _ at: Timestamp) {
    var intent = intent
    // A second attempt is the same create: what the first one may have made counts as its own.
    let earlier = records[intent.key]?.pending
    intent.at = earlier?.op == intent.op ? earlier?.at ?? at : at
    var record =
      records[intent.key]
      ?? Record(
        key: intent.key, marketplace: intent.marketplace, state: intent.action == .create ? .uncertain : .live,
        remoteID: intent.remoteID, isProtected: protectedListings.contains(intent.key.listing), since: at)
    if intent.action == .create {
      // Until its outcome is known nothing of ours is known to be there.
      record.enter(.uncertain, at)
      (record.remoteID, record.url, record.content) = (nil, nil, nil)
    }
    // What an earlier attempt met says nothing of this one.
    if intent.action == .create || intent.action == .replace {
      record.failure = nil
      if earlier?.op != intent.op { endHolds(of: intent.key, by: RecordedHold.ofUnsettled) }
    }
    record.forgetAnswer()
    // What puts a drift back sends what is on record: until it is done, nothing else says that these fields are open.
    let putsBack = intent.because == "drift" || intent.content == record.content
    if intent.action == .update, putsBack, let drift = standing.drifts[intent.key] {
      record.unsure.formUnion(drift.fields.compactMap(Content.Field.init))
    }
    record.pending = intent
    if !intent.file.isEmpty { record.file = intent.file }
    put(record)
  }

  private mutating func observe(_ key: PostKey, _ observation: Observation, _ at: Timestamp) {
    switch observation {
    case .sold(let price, let delivery, let isFormer):
      hints[key] = nil
      let postedAt = records[key]?.postedAt ?? Timestamp(milliseconds: 0)
      let isNamed = delivery != nil && delivery != Sale.seen
      if isNamed, let place = standing.unnamedSale(on: key, isFormer: isFormer, postedAt) {
        standing.sales[key.listing]?[place].delivery = delivery
      } else {
        // Nothing sells before it is posted, whatever the clock says: by that it is told from a sale before it.
        standing.sales[key.listing, default: []].append(
          Sale(account: key.account, price: price, at: max(at, postedAt), delivery: delivery))
      }
    case .drift(let fields, let values):
      hints[key] = nil
      standing.drifts[key] =
        fields.isEmpty || records[key] == nil ? nil : Drift(fields: fields, values: values, at: at)
    case .hint:
      // What is not there needs no second look.
      if let record = records[key], record.isLive, hints[key] == nil { hints[key] = at }
    case .live(let remoteID, let url):
      hints[key] = nil
      guard var record = records[key] else { return }
      record.wasSeen(remoteID, url, at)
      put(record)
    case .gone:
      hints[key] = nil
      guard var record = records[key], record.state == .live || record.state == .uncertain else { return }
      record.enter(.gone, at)
      // An update or a withdrawal on its way still gets its outcome; a create has had its answer.
      if record.pending?.action == .create { record.pending = nil }
      standing.drifts[key] = nil
      put(record)
    }
  }

  private mutating func forget(_ key: PostKey) {
    take(key)
    (standing.holds[key], standing.permits[key], standing.drifts[key], hints[key]) = (nil, nil, nil, nil)
    if accountsByListing[key.listing] == nil {
      standing.sales[key.listing] = nil
      protectedListings.remove(key.listing)
      quantities[key.listing] = nil
    }
  }

  private mutating func move(_ listing: String, _ from: String?, _ file: String) {
    if let from, from != listing { rekey(from, listing) }
    for var record in records(of: listing) {
      record.file = file
      put(record)
    }
  }

  private mutating func rekey(_ old: String, _ new: String) {
    for var record in records(of: old) {
      let (source, target) = (record.key, PostKey(listing: new, account: record.key.account))
      // A post that the new id has already made stays its own; the old one then stays under the old id, and is seen.
      if let own = records[target], own.isLive || own.state == .uncertain { continue }
      take(source)
      record.key = target
      record.pending?.key = target
      put(record)
      if let moved = hints.removeValue(forKey: source) { hints[target] = moved }
    }
    // Where nothing is posted yet, too: the seller has held the listing, and not only what stands there.
    for source in standing.keys(of: old) where records[source] == nil {
      standing.move(source, to: PostKey(listing: new, account: source.account))
    }
    if let moved = standing.sales.removeValue(forKey: old) {
      standing.sales[new] = moved + (standing.sales[new] ?? [])
    }
    if protectedListings.remove(old) != nil { protect(new, true) }
    if let moved = quantities.removeValue(forKey: old) { quantities[new] = moved }
  }

  private mutating func protect(_ listing: String, _ isProtected: Bool) {
    if isProtected { protectedListings.insert(listing) } else { protectedListings.remove(listing) }
    for var record in records(of: listing) {
      record.isProtected = isProtected
      put(record)
    }
  }

  private mutating func hold(_ key: PostKey, _ hold: RecordedHold) {
    var current = standing.holds[key] ?? []
    if let index = current.firstIndex(where: { $0.by == hold.by }) {
      current[index] = RecordedHold(by: hold.by, since: current[index].since, until: hold.until, text: hold.text)
    } else {
      current.append(hold)
    }
    standing.holds[key] = current
  }

  private mutating func release(_ key: PostKey, _ by: String?, _ at: Timestamp) {
    guard by == nil || by == Entry.saleSeen else {
      let rest = (standing.holds[key] ?? []).filter { $0.by != by }
      standing.holds[key] = rest.isEmpty ? nil : rest
      if by == "retry" { tryNow(key) }
      if by == Entry.gone || by == Entry.rejected { postAgain(key, at) }
      return
    }
    if by == nil { standing.holds[key] = nil }
    for index in (standing.sales[key.listing] ?? []).indices {
      standing.sales[key.listing]?[index].releasedAccounts.insert(key.account)
    }
    postAgain(key, at)
  }

  private mutating func postAgain(_ key: PostKey, _ at: Timestamp) {
    guard var record = records[key] else { return }
    switch record.state {
    case .gone, .withdrawn(sold: true): record.enter(.withdrawn(sold: false), at)
    default: break
    }
    record.failedDigest = nil
    put(record)
  }

  /// The seller does not want to wait for the time at which a failure would be tried again.
  private mutating func tryNow(_ key: PostKey) {
    guard var record = records[key] else { return }
    record.failure?.retryAt = nil
    record.leftover?.failure.retryAt = nil
    if case .failed = record.state { record.state = .failed(retryAt: nil) }
    put(record)
  }
}

extension Record {
  /// The answer of an update that is still open will not come any more: what it would have changed is not known.
  fileprivate mutating func forgetAnswer() {
    guard let pending, pending.action == .update, let sent = pending.content, let content else { return }
    unsure.formUnion(sent.differences(from: content))
  }

  mutating func enter(_ new: State, _ at: Timestamp) {
    guard state != new else { return }
    state = new
    since = at
  }

  /// A look-up or a refresh found the post. It settles a create, or a replace whose new post this is.
  fileprivate mutating func wasSeen(_ remoteID: String, _ url: String, _ at: Timestamp) {
    if let intent = pending, intent.action == .replace, isLive, remoteID != self.remoteID {
      succeed(intent, Outcome(op: intent.op, result: .done, remoteID: remoteID, url: url), at)
    } else if state == .uncertain, let intent = pending, intent.action == .create {
      succeed(intent, Outcome(op: intent.op, result: .done, remoteID: remoteID, url: url), at)
    } else if state == .uncertain || state == .gone {
      enter(.live, at)
      (self.remoteID, self.url, pending, failure) = (remoteID, url, nil, nil)
    }
  }
}
