import Listings
import Synchronization

/// Who has logged in: in memory, so that a restart ends every session. And how often somebody tried to.
final class Sessions: Sendable {
  private struct Fields {
    var ends: [String: Timestamp] = [:]
    var failures: [Timestamp] = []
  }

  static let lasts: Duration = .seconds(12 * 3600)
  private static let limit = 100
  /// Wrong tokens a minute; after that nobody gets in before the minute is over, with the right one either.
  private static let patience = 10

  private let fields = Mutex(Fields())

  func open(at now: Timestamp) -> String {
    let id = Keys.random()
    fields.withLock { fields in
      fields.ends = fields.ends.filter { $0.value > now }
      if fields.ends.count >= Sessions.limit, let oldest = fields.ends.min(by: { $0.value < $1.value }) {
        fields.ends[oldest.key] = nil
      }
      fields.ends[id] = now.advanced(by: Sessions.lasts)
    }
    return id
  }

  /// Found by a digest-keyed table: how long it takes says nothing of the other ids.
  func isOpen(_ id: String, at now: Timestamp) -> Bool {
    fields.withLock { $0.ends[id].map { $0 > now } ?? false }
  }

  func close(_ id: String) { fields.withLock { $0.ends[id] = nil } }

  /// False: too many were wrong lately.
  func mayTry(at now: Timestamp) -> Bool {
    fields.withLock { fields in
      fields.failures.removeAll { now.duration(since: $0) > .seconds(60) || $0 > now }
      return fields.failures.count < Sessions.patience
    }
  }

  func failed(at now: Timestamp) { fields.withLock { $0.failures.append(now) } }
}

/// What became of a form, kept for the page that its sender sees next.
final class Flashes: Sendable {
  private let kept = Mutex<[(id: String, flash: PageRequest.Flash)]>([])

  func keep(_ flash: PageRequest.Flash) -> String {
    let id = String(Keys.random().prefix(16))
    kept.withLock { kept in
      kept.append((id, flash))
      if kept.count > 64 { kept.removeFirst() }
    }
    return id
  }

  /// It stays: a page that is loaded again says it again, until others have taken its place.
  subscript(id: String) -> PageRequest.Flash? { kept.withLock { $0.first { $0.id == id }?.flash } }
}
