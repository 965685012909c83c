import Listings
import Planning
import Synchronization

/// A view with what is counted from it, made when somebody first wants it.
final class Snapshot: Sendable {
  let view: ShopView
  /// Tells snapshots apart: what was made from one is good as long as that one is.
  let number: Int
  private let made = Mutex<(counts: ShopCounts?, posts: PostIndex?)>((nil, nil))
  private let names: PlanNames

  init(_ view: ShopView, number: Int, names: PlanNames = PlanNames()) {
    self.view = view
    self.number = number
    self.names = names
  }

  var planID: String? { names.id(of: view) }

  var counts: ShopCounts {
    made.withLock { made in
      if let counts = made.counts { return counts }
      let counts = ShopCounts(view)
      made.counts = counts
      return counts
    }
  }

  var posts: PostIndex {
    made.withLock { made in
      if let posts = made.posts { return posts }
      let posts = PostIndex(view)
      made.posts = posts
      return posts
    }
  }
}

/// A plan's id is a digest of all that it says, megabytes where much is planned: made once for each plan, not for each view.
final class PlanNames: Sendable {
  private let last = Mutex<(number: Int, id: String)?>(nil)

  func id(of view: ShopView) -> String? {
    guard let plan = view.plan else { return nil }
    return last.withLock { last in
      if let last, last.number == view.planNumber { return last.id }
      let id = plan.id
      last = view.planNumber.map { ($0, id) }
      return id
    }
  }
}

/// How the shop stands, asked for at most ten times a second whoever wants to know.
final class Views: Sendable {
  private struct Fields {
    var last: (snapshot: Snapshot, at: Duration)?
    var asking: Task<Snapshot, Never>?
    var count = 0
    /// How often something was changed: what was asked before the last time is not kept.
    var changes = 0
  }

  private static let lasts: Duration = .milliseconds(100)

  private let loop: any Loop
  private let uptime: @Sendable () -> Duration
  private let fields = Mutex(Fields())
  private let names = PlanNames()

  init(_ loop: any Loop, uptime: @escaping @Sendable () -> Duration) {
    self.loop = loop
    self.uptime = uptime
  }

  /// What has just been changed is to be seen.
  func forget() {
    fields.withLock { fields in
      fields.last = nil
      fields.asking = nil
      fields.changes += 1
    }
  }

  func current() async -> Snapshot {
    let now = uptime()
    let found: (Snapshot?, Task<Snapshot, Never>?) = fields.withLock { fields in
      if let last = fields.last, now - last.at < Views.lasts { return (last.snapshot, nil) }
      if let asking = fields.asking { return (nil, asking) }
      let task = Task(executorPreference: WebThreads.shared) { await self.ask() }
      fields.asking = task
      return (nil, task)
    }
    if let snapshot = found.0 { return snapshot }
    if let asking = found.1 { return await asking.value }
    return await ask()
  }

  private func ask() async -> Snapshot {
    let changes = fields.withLock(\.changes)
    let view = await loop.view()
    return fields.withLock { fields in
      fields.count += 1
      let snapshot = Snapshot(view, number: fields.count, names: names)
      guard fields.changes == changes else { return snapshot }
      fields.last = (snapshot, uptime())
      fields.asking = nil
      return snapshot
    }
  }
}
