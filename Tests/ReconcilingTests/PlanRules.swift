import Diffing
import Listings
import Planning
import Support

/// What no plan may ask for, told from the files as they were looked at and from what was durable; knows nothing of how
/// the planner decides.
struct PlanRules {
  private var shelf = Shelf()
  /// Listing → since when looks have missed its file, on the wall clock.
  private var missing: [String: Timestamp] = [:]
  private var lookedAt = Timestamp(milliseconds: 0)
  /// How long what may be done has waited: post → what, since when.
  var waiting: [PostKey: (what: String, since: Duration)] = [:]

  mutating func looked(_ shelf: Shelf, at now: Timestamp) {
    self.shelf = shelf
    if shelf.isElsewhere { for id in shelf.items.keys { self.shelf.items[id]?.isThere = false } }
    lookedAt = now
    guard shelf.isRootThere else { return }
    for item in self.shelf.items.values {
      missing[item.id] = item.isThere ? nil : min(missing[item.id] ?? now, now)
    }
  }

  enum Mode { case daemon, once, permissive, enforcing }

  /// How many there are of a listing, as the last look could tell.
  func quantity(_ listing: String, _ memory: Memory) -> Int {
    let told = shelf.isRootThere ? shelf.items[listing]?.told(memory) : nil
    return told ?? memory.quantities[listing] ?? 1
  }

  mutating func check(_ plan: Plan, _ play: Play, _ mode: Mode) {
    let isDaemon = mode == .daemon
    let memory = play.disk.memory
    let actions = plan.executable
    if !shelf.isRootThere, !plan.actions.isEmpty { accuse("something is done without the root", play) }
    for action in plan.actions { if let hold = action.hold { play.witness.count("held \(hold.by.rawValue)") } }
    checkAlerts(plan, play, memory)
    for action in actions {
      let complaint: String? =
        switch action.kind {
        case .withdraw: withdrawal(action, play, memory, isDaemon)
        case .create, .replace, .update:
          change(action, play, memory) ?? (mode == .enforcing ? nil : overwriting(action, memory))
        case .forget: forgetting(action, play, isDaemon)
        default: nil
        }
      if let complaint { accuse("\(action.told): \(complaint)", play) }
    }
    // The seller has just named the number.
    if mode != .permissive { checkLosses(actions, play, memory) }
    if isDaemon { checkWaits(actions, play) }
  }

  private func accuse(_ what: String, _ play: Play) { play.witness.accuse(what) }

  private func withdrawal(_ action: Action, _ play: Play, _ memory: Memory, _ isDaemon: Bool) -> String? {
    if action.remoteID != memory.live[action.key] {
      return action.record?.superseded.contains(action.remoteID ?? "") == true ? nil : "it is not the post's id"
    }
    guard let item = shelf.items[action.key.listing] else { return "nobody knows it" }
    if !play.enabled.contains(action.key.account) { return "its account is off" }
    // Where it was sold nobody needs it off but the file.
    let quantity = quantity(item.id, memory)
    if memory.isTaken(action.key, quantity) { return nil }
    guard item.isThere else { return absence(item, action, play, memory, isDaemon) }
    if item.damage != nil { return "its file can't be read" }
    return item.asks(for: action.key.account) ? "its file asks for it" : nil
  }

  /// Forgotten while its file is only away, a post that is gone would be made again by itself.
  private func forgetting(_ action: Action, _ play: Play, _ isDaemon: Bool) -> String? {
    guard let item = shelf.items[action.key.listing] else { return "nobody knows it" }
    if item.isThere { return "its file is there" }
    return absence(item, action, play, play.disk.memory, isDaemon)
  }

  private func absence(
    _ item: Shelf.Item, _ action: Action, _ play: Play, _ memory: Memory, _ isDaemon: Bool
  ) -> String? {
    if shelf.gitActivity != nil { return "git is at work" }
    if action.kind == .withdraw, memory.protected.contains(item.id) { return "it is protected" }
    if !play.config.listings.hasSuffix("listings"), memory.permits[action.key] == nil { return "it left the scope" }
    guard isDaemon else { return nil }
    guard let since = missing[item.id], lookedAt >= since.advanced(by: play.config.guards.grace) else {
      return "it is in its grace"
    }
    return nil
  }

  private func change(_ action: Action, _ play: Play, _ memory: Memory) -> String? {
    guard let item = shelf.items[action.key.listing], item.asks(for: action.key.account),
      play.enabled.contains(action.key.account)
    else { return "no file asks for it" }
    if let op = memory.open[action.key], let operation = memory.operations[op],
      operation.action == "create" || operation.action == "replace"
    {
      return "its \(operation.action) is not settled"
    }
    if memory.isClaimed(action.key, item.quantity) { return "it was sold" }
    if action.kind == .create, memory.gone.contains(action.key) { return "it is gone, and nobody asked for it again" }
    if action.kind == .create, let id = memory.live[action.key] { return "it is there, as \(id)" }
    if let digest = action.post?.content?.digest.description, memory.refused[action.key] == digest {
      return "this content was refused"
    }
    if action.kind == .replace, !item.allowsReplace { return "the file doesn't allow it" }
    return nil
  }

  /// What somebody changed there is not written over unasked.
  private func overwriting(_ action: Action, _ memory: Memory) -> String? {
    guard action.kind == .update, let drift = memory.drifts[action.key] else { return nil }
    // What was put back, and whose answer is missing, is sent again.
    if let op = memory.open[action.key], memory.operations[op]?.because == "drift" { return nil }
    let lost = action.changes.filter { change in drift[change.field.rawValue].map { $0 != change.after } ?? false }
    return lost.isEmpty ? nil : "\(lost.map(\.field.rawValue)) was changed there, to \(drift)"
  }

  /// Of two sales of one thing a person hears, until it is answered.
  private func checkAlerts(_ plan: Plan, _ play: Play, _ memory: Memory) {
    for (listing, before) in memory.untold where before >= play.shelf.items[listing]?.most ?? 1 {
      accuse("\(listing) was sold once more than there are, and nobody was told", play)
    }
    let told = Set(plan.guards.filter { $0.name == .oversold }.compactMap(\.account))
    if shelf.isRootThere, told != Set(memory.alerts.map(\.account)) {
      accuse("sold twice: \(memory.alerts.sorted()), told of \(told.sorted())", play)
    }
  }

  /// The guards' counts, made anew.
  private func checkLosses(_ actions: [Action], _ play: Play, _ memory: Memory) {
    let losses = actions.filter { action in
      action.kind == .withdraw && action.remoteID == memory.live[action.key]
        && !memory.isTaken(action.key, quantity(action.key.listing, memory))
        && (memory.permits[action.key].map { $0 <= play.now } ?? true)
        && [.available, .reserved, nil].contains(
          shelf.items[action.key.listing].flatMap { $0.isThere ? $0.status : nil })
    }
    for (account, lost) in Dictionary(grouping: losses, by: \.key.account) {
      let (live, lately) = (memory.posts(on: account), memory.lately(account, at: play.now))
      let limit = max(3, (live + lately) * play.config.guards.withdrawals / 100)
      if lost.count + lately > limit {
        accuse("\(lost.count) posts would be lost on \(account), \(lately) were lately, limit \(limit)", play)
      }
      if live + lately > 1, lost.count >= live { accuse("\(account) would be emptied", play) }
    }
  }

  /// I9: what may be done is done before long, whatever goes on with other posts and accounts.
  private mutating func checkWaits(_ actions: [Action], _ play: Play) {
    var still: [PostKey: (what: String, since: Duration)] = [:]
    for action in actions where action.kind != .resolve && action.remoteID == action.record?.remoteID {
      let what = "\(action.kind.rawValue) \(action.post?.content?.digest.description ?? "")"
      let before = waiting[action.key]
      let since = before?.what == what ? before?.since ?? play.time.elapsed : play.time.elapsed
      still[action.key] = (what, since)
      if play.time.elapsed - since > .seconds(2700), play.isCalm(action.key.account, at: play.time.elapsed) {
        accuse("\(action.told) has waited since \(since) for no reason of its own", play)
      }
    }
    waiting = still
  }
}
