import Diffing
import Listings

/// The table of spec/plan.md: what is wanted × what is recorded → an action. The guards come after it.
struct Rules {
  let input: PlanInput
  private let marketplaces: [String: String]
  /// Accounts whose Page the config names.
  private let pages: Set<String>
  private let enabled: Set<String>
  /// Marketplace and listing → a post of it under an account that hawker.yaml no longer has.
  private let strayed: [[String]: PostKey]

  init(_ input: PlanInput) {
    self.input = input
    marketplaces = Dictionary(uniqueKeysWithValues: input.config.accounts.map { ($0.name, $0.marketplace) })
    enabled = Set(input.config.accounts.filter(\.isEnabled).map(\.name))
    pages = Set(input.config.accounts.filter { $0.pageID != nil }.map(\.name))
    let known = Set(marketplaces.keys)
    strayed = input.records.values.filter { !known.contains($0.key.account) && ($0.isLive || $0.state == .uncertain) }
      .reduce(into: [:]) { $0[[$1.marketplace, $1.key.listing]] = $1.key }
  }

  func append(for difference: Difference, to actions: inout [Action]) {
    let claim = claim(on: difference)
    if claim == nil, case .frozen = difference.want { return }
    guard enabled.contains(difference.key.account) else { return actions += accountGone(difference) }
    if let record = difference.record, let strayed = accountChanged(difference, record) {
      return actions.append(strayed)
    }
    if let record = difference.record, let settling = settle(difference, record, isClaimed: claim != nil) {
      // A sale waits for nobody's wish: what may have to go is looked for first.
      return actions.append(claim == nil ? wish(settling, of: difference) : settling)
    }
    if let claim, let action = sold(difference, claim) {
      let isSeen = if case .frozen = difference.want { false } else { difference.listing != nil }
      if action.kind != .unchanged || isSeen { actions.append(action) }
      if difference.record?.superseded.isEmpty == false { actions += superseded(difference) }
      return
    }
    switch difference.want {
    case .frozen: break
    case .offered(let post): actions.append(wish(offer(post, difference), of: difference))
    case .off(let cause):
      // Not the seller's hold: what is sold elsewhere can't be left standing because the file says so, too.
      if let action = withdraw(difference, cause) {
        actions.append(isTaken(difference) ? action : wish(action, of: difference))
      }
    }
    if difference.record?.superseded.isEmpty == false { actions += superseded(difference) }
  }

  /// The seller's own `hold:` in the listing, or `hawker hold`.
  private func wish(_ action: consuming Action, of difference: Difference) -> Action {
    guard action.hold == nil, action.kind != .unchanged else { return action }
    if let wish = difference.listing?.hold { return action.held(by: .hold, "held by its file: \(wish)") }
    guard let hold = input.standing.hold(on: action.key, by: Action.Holder.hold.rawValue) else { return action }
    return action.held(
      by: .hold,
      "\(action.kind.rawValue): \(hold.text ?? "held by the seller") (hawker release \(action.key.listing))")
  }

  func action(
    _ kind: Action.Kind, _ difference: Difference, _ reason: Action.Reason, post: WantedPost? = nil
  ) -> Action {
    let file = difference.listing?.file ?? difference.record?.file ?? ""
    // Of what stays as it is nobody asks for the record, and a plan that is kept keeps many of these.
    var action = Action(
      kind, key: difference.key,
      marketplace: marketplaces[difference.key.account] ?? difference.record?.marketplace ?? "", file: file,
      line: difference.listing?.line ?? 0, reason: reason, post: post,
      record: kind == .unchanged ? nil : difference.record)
    action.remoteID = difference.record?.remoteID
    return action
  }

  /// hawker.yaml lost the account: nothing can be asked of it, and nothing is concluded.
  private func accountGone(_ difference: Difference) -> [Action] {
    guard case .off(.accountGone) = difference.want, let record = difference.record, record.isLive else { return [] }
    let account = difference.key.account
    return [
      action(.withdraw, difference, .init("account-gone", "hawker.yaml no longer has \(account)"))
        .held(
          by: .scope,
          "withdraw: hawker.yaml no longer has the account \(account); put it back (or hawker release --scope)")
    ]
  }

  /// The account's name stands for another marketplace or Page now: what it posted is out of reach, and nothing is concluded.
  private func accountChanged(_ difference: Difference, _ record: Record) -> Action? {
    let name = difference.key.account
    guard record.isLive || record.state == .uncertain, record.marketplace != marketplaces[name] || pages.contains(name),
      let account = input.config.account(name), let elsewhere = account.whereElse(record)
    else { return nil }
    return action(.withdraw, difference, .init("account-changed", elsewhere))
      .held(
        by: .scope,
        "withdraw: \(elsewhere); put that back, or give the \(account.pageID == nil ? account.marketplace : "new page's") "
          + "account another name (hawker release --scope)")
  }

  // MARK: Unsettled

  /// What must be known before anything else is done about the post.
  private func settle(_ difference: Difference, _ record: Record, isClaimed: Bool) -> Action? {
    let isUncertain = record.state == .uncertain || record.pending?.action == .replace
    // What is to go anyway is simply taken off again, and so is what a replace left.
    let mayBeWithdrawn: Bool =
      if !isClaimed, case .offered = difference.want, record.isLive, let pending = record.pending {
        pending.action == .withdraw && !record.superseded.contains(pending.remoteID ?? "")
      } else { false }
    guard isUncertain || mayBeWithdrawn else { return nil }
    let verb = record.pending?.action.rawValue ?? "create"
    var resolve = action(.resolve, difference, .init("uncertain", "the outcome of its \(verb) is not known"))
    if !isClaimed, case .offered(let post) = difference.want { resolve.post = post }
    let command =
      "hawker resolve \(difference.key.listing) --account \(difference.key.account) --posted REMOTE_ID, or --not-posted"
    if let hold = input.standing.hold(on: difference.key, by: Action.Holder.unsettled.rawValue) {
      return resolve.held(by: .unsettled, "resolve: \(hold.text ?? "a person must look"); \(command)")
    }
    guard let why = unaskable(resolve, isUncertain) else { return resolve }
    return resolve.held(
      by: .unsettled,
      "resolve: \(difference.key.account) can't be asked whether its \(verb) arrived\(why): look there, then run \(command)"
    )
  }

  /// What to add about an account that can't be asked: nothing where its config says so, its refusal otherwise. Nil: it
  /// can be asked.
  private func unaskable(_ resolve: Action, _ isUncertain: Bool) -> String? {
    let capabilities = input.capabilities(of: resolve.key.account, resolve.marketplace)
    guard (isUncertain ? capabilities?.canLookUp : capabilities?.canRead) == true else { return "" }
    guard let refusal = input.standing.hold(on: resolve.key, by: RecordedHold.unaskable) else { return nil }
    let why = refusal.text.map { "\($0); " } ?? ""
    return " (\(why)hawker release \(resolve.key.listing) asks again)"
  }

  // MARK: Wanted

  private func offer(_ post: WantedPost, _ difference: Difference) -> Action {
    guard !post.isFrozen else { return action(.unchanged, difference, .init("frozen", "frozen")) }
    guard let record = difference.record else {
      if let remote = difference.listing?.adopt[difference.key.account] {
        var adopt = action(.adopt, difference, .init("adopt", "the file says adopt: \(remote)"), post: post)
        adopt.remoteID = remote
        guard input.standing.hold(on: difference.key, by: Action.Holder.adopt.rawValue)?.text == remote else {
          return adopt
        }
        return adopt.held(
          by: .adopt,
          "adopt: \(remote) can't be taken over (it is not on \(difference.key.account), or another listing's): correct "
            + "`adopt:` in the file, or hawker release \(difference.key.listing)")
      }
      return create(post, difference)
    }
    guard let content = post.content else { return action(.unchanged, difference, .init("frozen", "frozen")) }
    switch record.state {
    case .live: return compare(post, content, record, difference)
    case .withdrawn(sold: false):
      return action(.create, difference, .init("again", "wanted again"), post: post)
    case .withdrawn(sold: true):
      // There are more of it than were sold.
      if !input.standing.openSales(on: difference.key).isEmpty {
        return action(.create, difference, .init("again", "there are more of it"), post: post)
      }
      return soldOut(difference, post, "it sold")
    case .gone:
      return action(.create, difference, .init("gone", "it is no longer on \(difference.key.account)"), post: post)
        .held(
          by: .gone,
          "create: gone from \(difference.key.account), and not by hawker; it may be sold or taken down. "
            + "hawker release \(difference.key.listing) posts it again; remove its file, or say status: sold, to let it go"
        )
    case .rejected where record.failedDigest == content.digest:
      return action(.create, difference, .init("rejected", "refused before"), post: post)
        .held(by: .rejected, "create: \(refusal(record)); change the file, or hawker release \(record.key.listing)")
    case .rejected: return action(.create, difference, .init("edited", "changed since it was refused"), post: post)
    case .failed(let time):
      let create = action(.create, difference, .init("retry", "failed before"), post: post)
      return record.failedDigest == content.digest ? retry(time, create) : create
    case .uncertain: return action(.resolve, difference, .init("uncertain", "its outcome is not known"))
    }
  }

  /// A listing that stands on the marketplace under an account's old name is not posted again under its new one.
  private func create(_ post: WantedPost, _ difference: Difference) -> Action {
    let create = action(.create, difference, .init("new", "new listing"), post: post)
    guard !strayed.isEmpty, let old = strayed[[create.marketplace, difference.key.listing]] else { return create }
    return create.held(
      by: .scope,
      "create: it was posted as the account \(old.account), which hawker.yaml no longer has; give the account that name "
        + "again (or, if these are two accounts, hawker release --scope)")
  }

  private func refusal(_ record: Record) -> String {
    "\(record.key.account) refused this content" + (record.failure.map { " (\($0.message))" } ?? "")
  }

  /// The daemon waits for the time; `apply` tries now, and so does an edit.
  func retry(_ time: Timestamp?, _ action: Action) -> Action {
    guard input.mode != .once, let time, time > input.now else { return action }
    let what = action.record?.failure?.code == "throttled" ? "\(action.key.account) wanted fewer requests" : "failed"
    return action.held(by: .retry, "\(action.kind.rawValue): \(what), tried again at \(time)", until: time)
  }

  private func compare(
    _ post: WantedPost, _ content: Content, _ record: Record, _ difference: Difference
  ) -> Action {
    let interrupted = record.pending?.action == .update ? record.pending?.content : nil
    var changes = record.content.map { content.changes(from: $0, or: interrupted, unsure: record.unsure) }
    if let own = changes, let drift = DriftRules(record, content, input.standing.drifts[record.key]) {
      if let action = drifted(drift, own, { update(difference, post, $0) }) { return permitted(action, difference) }
      changes = drift.unsent(of: own)
    }
    guard changes?.isEmpty != true else {
      return action(.unchanged, difference, .init("same", "up to date"), post: post)
    }
    let known =
      changes ?? Content.Field.allCases.map { .init(field: $0, before: "unknown", after: content.text(of: $0)) }
    var again = update(difference, post, known)
    // What was to put a drift back, and may not have come through, still does.
    if record.pending?.action == .update, record.pending?.because == "drift",
      let drift = input.standing.drifts[record.key],
      Set(drift.fields).isSubset(of: known.map(\.field.rawValue))
    {
      again.reason = .init("drift", "changed on \(record.key.account)")
    }
    return permitted(again, difference)
  }

  /// Which fields of these can't be changed in place.
  private func stuck(_ changes: [FieldChange], _ key: PostKey, _ marketplace: String) -> [Content.Field] {
    let fixed = input.capabilities(of: key.account, marketplace)?.fixedFields ?? []
    return changes.map(\.field).filter(fixed.contains)
  }

  private func update(_ difference: Difference, _ post: WantedPost, _ changes: [FieldChange]) -> Action {
    let stuck = stuck(changes, difference.key, difference.record?.marketplace ?? "")
    var update = action(stuck.isEmpty ? .update : .replace, difference, reason(changes, post), post: post)
    update.changes = changes
    if let origin = changes.first.flatMap({ post.origins[$0.field] }), !origin.file.isEmpty {
      (update.file, update.line) = (origin.file, origin.line)
    }
    return update
  }

  /// Held where the marketplace has refused it before, can't do it in place, or is to be left alone for a while.
  private func permitted(_ update: Action, _ difference: Difference) -> Action {
    guard update.hold == nil, !update.changes.isEmpty, let record = update.record else { return update }
    let stuck = stuck(update.changes, record.key, record.marketplace)
    let failedBefore = record.failedDigest != nil && record.failedDigest == update.post?.content?.digest
    if failedBefore, record.failure?.code == "rejected" {
      return update.held(
        by: .rejected,
        "\(update.kind.rawValue): \(refusal(record)); change the file, or hawker release \(record.key.listing)")
    }
    if !stuck.isEmpty, difference.listing?.allowsReplace != true {
      let names = stuck.map(\.rawValue).joined(separator: ", ")
      return update.held(
        by: .replace,
        "replace: \(record.marketplace) can't change \(names) in place; `replace: allow` makes a new post with a new id"
      )
    }
    return failedBefore ? retry(record.failure?.retryAt, update) : update
  }

  private func reason(_ changes: [FieldChange], _ post: WantedPost) -> Action.Reason {
    let names = changes.map(\.field.rawValue).joined(separator: ", ")
    guard let first = changes.first else { return .init("edited", "changed") }
    if changes.allSatisfy({ $0.field == .photos }) { return .init("photos", "photos changed") }
    let code =
      switch post.origins[first.field]?.layer {
      case .directory, .config, .builtIn: "default"
      case .override: "override"
      case .mapping: "mapping"
      case .listing, nil: "edited"
      }
    return .init(code, "\(names) changed")
  }
}
