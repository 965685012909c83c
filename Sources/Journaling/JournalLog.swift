import Listings

/// One line of the journal, for `hawker log`.
package struct LogEntry: Hashable, Sendable {
  package let sequence: Int
  package let batch: Int
  package let at: Timestamp
  package let kind: String
  package let listing: String?
  package let account: String?
  /// The whole line.
  package let json: JSONValue
  package let file: String
  package let line: Int
}

/// Which entries are wanted.
package struct LogQuery: Hashable, Sendable {
  /// Only entries of this listing, also from before it was moved to that id.
  package var listing: String?
  /// Only entries behind this sequence: what `--follow` has not shown yet.
  package var after: Int
  /// Only so many, the newest; nil: all.
  package var newest: Int?

  package init(listing: String? = nil, after: Int = 0, newest: Int? = nil) {
    self.listing = listing
    self.after = after
    self.newest = newest
  }
}

extension JournalReading {
  /// Entries of the kept generations in their order; empty when there is no journal.
  package static func entries(
    _ directory: String, _ query: LogQuery = LogQuery(), disk: any Disk = LocalDisk()
  ) throws(JournalError) -> [LogEntry] {
    let layout = Layout(directory: directory)
    let entries = try settled { () throws(JournalError) in
      var entries: [LogEntry] = []
      for segment in try segments(disk, layout) {
        let isWanted = (segment.bound ?? .max) > query.after
        if isWanted { try collect(segment.segment, segment.bound, query, into: &entries) }
      }
      return entries
    }
    return query.newest.map { Array(entries.suffix($0)) } ?? entries
  }

  /// Every kept segment with the entry it ends at; nil for the newest.
  static func segments(
    _ disk: any Disk, _ layout: Layout
  ) throws(JournalError) -> [(segment: Segment, bound: Int?)] {
    var segments: [(segment: Segment, bound: Int?)] = []
    for number in try Inventory(disk, layout)?.segments ?? [] {
      let segment = try Segment(number, disk, layout)
      if !segments.isEmpty { segments[segments.count - 1].bound = segment.first.sequence - 1 }
      segments.append((segment, nil))
    }
    return segments
  }

  private static func collect(
    _ segment: Segment, _ bound: Int?, _ query: LogQuery, into entries: inout [LogEntry]
  ) throws(JournalError) {
    var segment = segment
    var chain = segment.origin
    var found: [LogEntry] = []
    let (bytes, path) = (segment.bytes, segment.path)
    try segment.walk(&chain, upTo: bound) { (scanned, line) throws(JournalError) in
      let envelope = scanned.envelope
      guard envelope.sequence > query.after else { return }
      do throws(Shortfall) {
        let json = try envelope.json(bytes)
        if let listing = query.listing, json["listing"]?.string != listing, json["from"]?.string != listing { return }
        found.append(LogEntry(envelope, json, path, line))
      } catch {
        throw .incomplete(path, line, error)
      }
    }
    entries += found
  }
}

extension LogEntry {
  fileprivate init(_ envelope: Envelope, _ json: JSONValue, _ file: String, _ line: Int) {
    self.init(
      sequence: envelope.sequence, batch: envelope.batch, at: envelope.at, kind: envelope.kind,
      listing: json["listing"]?.string, account: json["account"]?.string, json: json, file: file, line: line)
  }
}
