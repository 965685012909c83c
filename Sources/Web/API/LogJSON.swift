import Journaling
import Listings
import NIOPosix

/// `hawker.log/1`: entries of the journal as they stand there.
struct LogJSON: Sendable {
  /// The journal's directory.
  let state: String

  /// One at a time: reading a long history must not take the disk from the journal.
  private let gate = Gate(width: 1)

  static let badPlace = "`after` must be the `next` of the page before; leave it out for the first page"

  init(state: String) { self.state = state }

  /// The newest; nil when the journal can't be read now.
  func newest(of listing: String, _ count: Int) async -> [LogEntry]? {
    await read(LogQuery(listing: listing, newest: count))
  }

  func answer(_ query: [String: String]) async -> WebAnswer {
    let limit = PostsJSON.Query.limit(query, usual: 100)
    var wanted = LogQuery(listing: query["listing"])
    let place = query["after"].flatMap { $0.isEmpty ? nil : $0 }
    let after = place.flatMap { Int($0) }
    guard place == nil || after != nil else { return .json(400) { $0.field("error", LogJSON.badPlace) } }
    // One more than is told, which says whether there are more.
    if let after { (wanted.after, wanted.limit) = (max(0, after), limit + 1) } else { wanted.newest = limit }
    guard let entries = await read(wanted) else {
      return .json(503) { $0.field("error", "the journal can't be read now") }
    }
    return .json(200) { json in
      json.field("format", "hawker.log/1")
      json.key("entries")
      json.array { json in for entry in entries.prefix(limit) { entry.json.write(to: &json) } }
      json.key("next")
      if entries.count > limit { json.value(entries[limit - 1].sequence) } else { json.null() }
    }
  }

  private func read(_ query: LogQuery) async -> [LogEntry]? {
    guard await gate.enter() else { return nil }
    defer { gate.leave() }
    let state = state
    return try? await NIOThreadPool.singleton.runIfActive { try JournalReading.entries(state, query) }
  }
}
