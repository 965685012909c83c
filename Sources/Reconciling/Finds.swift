import Executing
import Synchronization

/// Duplicates that a look beside the loop has found, until the loop takes them off.
final class Finds: Sendable {
  struct Find: Sendable {
    var sweep: Sweep
    var copies: [Sweep.Copies]
  }

  private let found = Mutex<[Find]>([])

  func add(_ find: Find) { found.withLock { $0.append(find) } }

  func take() -> [Find] {
    found.withLock { found in
      defer { found = [] }
      return found
    }
  }
}
