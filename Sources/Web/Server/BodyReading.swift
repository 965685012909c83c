import Hummingbird
import HummingbirdCore
import NIOCore
import Synchronization

/// Reads bodies within limits: of each one's length, of its time, and of the memory that all of them take.
final class BodyReading: Sendable {
  enum Outcome: Sendable {
    case whole([UInt8])
    /// Longer than its route takes, and read to its end: the connection can go on.
    case tooLong
    /// It never came to an end, or not in time; or all together are too much. The connection is to be closed.
    case given(up: Int)
  }

  /// All bodies that are being read, in bytes.
  private static let budget = 48 * 1024 * 1024
  /// What is read of a body that is too long, so that its sender sees the answer.
  private static let drain = 4 * 1024 * 1024

  private let patience: Duration
  private let taken = Mutex(0)

  init(patience: Duration) { self.patience = patience }

  func read(_ body: RequestBody, limit: Int) async -> Outcome {
    let isFree = taken.withLock { taken in
      guard taken + limit <= BodyReading.budget else { return false }
      taken += limit
      return true
    }
    guard isFree else { return .given(up: 503) }
    defer { taken.withLock { $0 -= limit } }
    return await withTaskGroup(of: Outcome.self) { group in
      group.addTask { await BodyReading.collect(body, limit) }
      group.addTask {
        do { try await Task.sleep(for: self.patience) } catch { return .given(up: 400) }
        return .given(up: 408)
      }
      defer { group.cancelAll() }
      return await group.next() ?? .given(up: 400)
    }
  }

  private static func collect(_ body: RequestBody, _ limit: Int) async -> Outcome {
    var bytes: [UInt8] = []
    var total = 0
    do {
      for try await piece in body {
        total += piece.readableBytes
        if total > drain { return .given(up: 413) }
        if total <= limit { bytes.append(contentsOf: piece.readableBytesView) } else { bytes = [] }
      }
    } catch {
      return .given(up: 400)
    }
    return total > limit ? .tooLong : .whole(bytes)
  }
}
