import Listings
import Planning

/// What was begun since the last plan was made: that plan knows nothing of it.
struct Begun: Sendable {
  private struct Start {
    var number: Int
    var isMake: Bool
  }

  /// How many actions were begun.
  private(set) var count = 0
  private var starts: [PostKey: Start] = [:]

  mutating func note(_ action: Action) {
    count += 1
    starts[action.key] = Start(number: count, isMake: action.kind == .create || action.kind == .replace)
  }

  /// Posts that the plan would make a second time: of listings that it takes for gone, or moves to another id.
  mutating func unforeseen(by plan: Plan) -> Set<PostKey> {
    guard let known = plan.underWay else { return [] }
    starts = starts.filter { $0.value.number > known.begun }
    guard !starts.isEmpty else { return [] }
    var strays = Set(starts.filter { $0.value.isMake }.keys)
    // By index: going through the actions would copy each.
    for index in plan.actions.indices where starts[plan.actions[index].key] != nil && plan.actions[index].post != nil {
      strays.remove(plan.actions[index].key)
    }
    for case .moved(_, let old?, _) in plan.bookkeeping {
      strays.formUnion(starts.keys.filter { $0.listing == old })
    }
    return strays
  }
}
