import Listings
import Marketplaces
import Synchronization

/// What the loop was told since it last looked: a few flags, so that any number of events is one look.
package final class Hints: Sendable {
  package struct Pending: Sendable {
    /// Told of a post before it was known to be ours.
    package var early: [Notice] = []
    /// Look at the files again.
    package var rescan = false
    package var reload = false
    /// These files changed, and nothing else that is known of.
    package var edited: Set<String> = []
    /// Nothing is in flight any more.
    package var idle = false
    package var replan = false
    /// Something is to be looked at on a marketplace.
    package var read = false
    package var stop = false
    package var why: [String] = []
    /// A post failed and is worth another try then.
    package var retryAt: Timestamp?

    var needsPlan: Bool { rescan || reload || replan }

    /// Whether there is anything to look at now.
    package var isEmpty: Bool { !rescan && !reload && !replan && !read && !stop && !idle && edited.isEmpty }
  }

  private let pending = Mutex(Pending())
  private let bell: AsyncStream<Void>.Continuation
  /// Rings once for any number of hints.
  package let rings: AsyncStream<Void>

  package init() {
    (rings, bell) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
  }

  package func add(_ change: (inout Pending) -> Void) {
    pending.withLock { change(&$0) }
    bell.yield()
  }

  /// Has the loop look whether there is anything, wherever that stands.
  package func ring() { bell.yield() }

  package func take() -> Pending {
    pending.withLock { pending in
      defer { pending = Pending() }
      return pending
    }
  }
}
