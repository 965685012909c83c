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
  /// Posts under way of listings without a file: what is planned of others may hang on what comes of them, and on nothing
  /// that is an action.
  static func awaited(_ input: PlanInput) -> Set<PostKey> {
    input.underWay?.keys.filter { input.isFileless($0.listing) } ?? []
  }
}
