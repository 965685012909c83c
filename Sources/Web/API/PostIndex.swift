import Journaling
import Listings
import Planning

/// Every post, recorded or planned, in the order of its key: pages of it are cut without sorting again.
struct PostIndex: Sendable {
  struct Row: Sendable {
    var key: PostKey
    var record: Record?
    /// Where in the plan its action stands; nil: nothing is planned, or nothing would change.
    var action: Int?
  }

  let rows: [Row]

  init(_ view: ShopView) {
    var rows: [PostKey: Row] = [:]
    rows.reserveCapacity(view.ledger.records.count)
    for (key, record) in view.ledger.records { rows[key] = Row(key: key, record: record) }
    if let plan = view.plan {
      for index in plan.actions.indices where plan.actions[index].kind != .unchanged {
        let key = plan.actions[index].key
        rows[key, default: Row(key: key)].action = index
      }
    }
    self.rows = rows.values.sorted { $0.key < $1.key }
  }

  /// The first row behind a key.
  func start(after key: PostKey?) -> Int {
    guard let key else { return 0 }
    var (low, high) = (0, rows.count)
    while low < high {
      let middle = (low + high) / 2
      if rows[middle].key <= key { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
