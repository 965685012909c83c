import Synchronization

/// Lets so many in at once; the others wait, but not too many of them.
final class Gate: Sendable {
  private struct Fields {
    var inside = 0
    var waiting: [CheckedContinuation<Bool, Never>] = []
  }

  private static let patience = 512

  private let width: Int
  private let fields = Mutex(Fields())

  init(width: Int) { self.width = width }

  /// False: too many wait already.
  func enter() async -> Bool {
    await withCheckedContinuation { continuation in
      let answer: Bool? = fields.withLock { fields in
        if fields.inside < width {
          fields.inside += 1
          return true
        }
        guard fields.waiting.count < Gate.patience else { return false }
        fields.waiting.append(continuation)
        return nil
      }
      if let answer { continuation.resume(returning: answer) }
    }
  }

  func leave() {
    let next = fields.withLock { fields -> CheckedContinuation<Bool, Never>? in
      guard !fields.waiting.isEmpty else {
        fields.inside -= 1
        return nil
      }
      return fields.waiting.removeFirst()
    }
    next?.resume(returning: true)
  }
}
