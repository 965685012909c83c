import Listings

/// What is on its way while a plan is made: the journal knows of it only when its intent is written, and what comes of it
/// later still.
package struct UnderWay: Sendable {
  /// Posts with a request under way, or about to leave.
  package var keys: Set<PostKey>
  /// What creates and replaces among them are sending.
  package var makes: [PostKey: Content]
  /// How many actions had been begun by then.
  package var begun: Int

  package init(_ keys: Set<PostKey> = [], makes: [PostKey: Content] = [:], begun: Int = 0) {
    (self.keys, self.makes, self.begun) = (keys, makes, begun)
  }

  func has(_ listing: String) -> Bool { keys.contains { $0.listing == listing } }
}

extension PlanInput {
  /// Whether the listing has no file any more, or none that can be read.
  func isFileless(_ listing: String) -> Bool { wanted.index(of: listing) == nil }
}

extension Plan {
  /// What is under way and decides, by its end, what becomes of another listing: of old ids that can't be moved yet, and
  /// creates without a file. Not the withdrawals of what is gone: a plan for the end of each would be many.
  static func awaited(_ input: PlanInput, busy: Set<String>) -> Set<PostKey> {
    guard let underWay = input.underWay else { return [] }
    let moving: Set<PostKey> = busy.isEmpty ? [] : underWay.keys.filter { busy.contains($0.listing) }
    return moving.union(underWay.makes.keys.filter { input.isFileless($0.listing) })
  }
}
