import Glibc
import Synchronization

/// A word from one side of a test to the other.
package final class Flag: Sendable {
  private let isRaised = Atomic(false)

  package init() {}

  package var isUp: Bool { isRaised.load(ordering: .acquiring) }
  package func raise() { isRaised.store(true, ordering: .releasing) }

  /// For a test's task.
  package func wait() async {
    while !isRaised.load(ordering: .acquiring) { await Task.yield() }
  }

  /// For a server's thread.
  package func block() {
    while !isRaised.load(ordering: .acquiring) { sched_yield() }
  }
}
