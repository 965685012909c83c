import Listings
import Logging
import Marketplaces
import Planning
import Synchronization
import Web

/// The daemon's log as the dashboard shows it while it happens. A reader that is too slow loses the oldest lines; nobody
/// waits for a reader.
final class ActivityFeed: Sendable {
  private struct Fields {
    var readers: [Int: AsyncStream<Activity>.Continuation] = [:]
    var last = 0
  }

  private static let depth = 256

  private let fields = Mutex(Fields())

  var stream: AsyncStream<Activity> {
    let (stream, reader) = AsyncStream.makeStream(of: Activity.self, bufferingPolicy: .bufferingNewest(Self.depth))
    let number = fields.withLock { fields in
      fields.last += 1
      fields.readers[fields.last] = reader
      return fields.last
    }
    reader.onTermination = { [weak self] _ in
      self?.fields.withLock { _ = $0.readers.removeValue(forKey: number) }
    }
    return stream
  }

  func tell(_ activity: Activity) {
    let readers = fields.withLock { Array($0.readers.values) }
    for reader in readers { reader.yield(activity) }
  }
}

/// A log whose lines from `notice` on are activities too.
struct FeedLogHandler: LogHandler {
  private var base: LineLogHandler
  private let feed: ActivityFeed

  init(_ base: LineLogHandler, _ feed: ActivityFeed) {
    self.base = base
    self.feed = feed
  }

  var logLevel: Logger.Level {
    get { min(base.logLevel, .notice) }
    set { base.logLevel = newValue }
  }

  var metadata: Logger.Metadata {
    get { base.metadata }
    set { base.metadata = newValue }
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { base[metadataKey: key] }
    set { base[metadataKey: key] = newValue }
  }

  func log(event: LogEvent) {
    if event.level >= base.logLevel { base.log(event: event) }
    guard event.level >= .notice else { return }
    let all = metadata.merging(event.metadata ?? [:]) { $1 }
    let level: Activity.Level =
      switch event.level {
      case .critical, .error: .error
      case .warning: .warning
      default: all["action"] == nil ? .info : .good
      }
    feed.tell(
      Activity(
        at: Ambient.system.now(), level: level, text: Escaping.line(event.message.description),
        listing: all["listing"]?.description, account: all["account"]?.description))
  }
}
