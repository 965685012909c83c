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
  /// Only so many, the oldest; nil: all. Not for the newest.
  package var limit: Int?

  package init(listing: String? = nil, after: Int = 0, newest: Int? = nil, limit: Int? = nil) {
    self.limit = limit
    self.listing = listing
    self.after = after
    self.newest = newest
  }
}

extension JournalReading {
  /// Entries of the kept generations in their order; empty when there is no journal. One segment at a time is in memory;
  /// with a `limit` or `newest` not more entries than that, and of it no more segments are read than it takes.
  package static func entries(
    _ directory: String, _ query: LogQuery = LogQuery(), disk: any Disk = LocalDisk()
  ) throws(JournalError) -> [LogEntry] {
    let layout = Layout(directory: directory)
    return try settled { () throws(JournalError) in
      var found = LogFind(query)
      let starts = try starts(disk, layout)
      for index in query.newest == nil ? Array(starts.indices) : starts.indices.reversed() where !found.isWhole {
        let bound = index + 1 < starts.count ? starts[index + 1].sequence - 1 : nil
        guard (bound ?? .max) > query.after else { continue }
        try found.read(Segment(starts[index].number, disk, layout), upTo: bound)
      }
      return found.entries
    }
  }

  /// Every kept segment with its first entry's number. Only the beginning of each is read.
  static func starts(
    _ disk: any Disk, _ layout: Layout
  ) throws(JournalError) -> [(number: Int, sequence: Int)] {
    var starts: [(number: Int, sequence: Int)] = []
    for number in try Inventory(disk, layout)?.segments ?? [] {
      starts.append((number, try Segment.start(number, disk, layout)))
    }
    return starts
  }
}

/// What is found on the way through the segments: forwards, or for the newest backwards.
struct LogFind {
  private let query: LogQuery
  /// What a line about the listing has somewhere.
  private let mark: [UInt8]
  private(set) var entries: [LogEntry] = []

  init(_ query: LogQuery) {
    self.query = query
    mark = query.listing.map { Array("\"\($0)\"".utf8) } ?? []
  }

  private var most: Int { query.newest ?? query.limit ?? .max }
  var isWhole: Bool { entries.count >= most }

  /// Returns how far the segment could be read. What was found before a line that is out of its place stays.
  @discardableResult
  mutating func read(
    _ segment: Segment, upTo bound: Int?
  ) throws(JournalError) -> (segment: Segment, chain: Chain) {
    var segment = segment
    var chain = segment.origin
    var failure: JournalError?
    var found: [(envelope: Envelope, line: Int, json: JSONValue?)] = []
    let (query, mark, room) = (query, mark, most - entries.count)
    let (bytes, path) = (segment.bytes, segment.path)
    func look(_ scanned: inout ScannedLine, _ line: Int) throws(JournalError) {
      let envelope = scanned.envelope
      guard envelope.sequence > query.after, query.newest != nil || found.count < room else { return }
      var json: JSONValue?
      if let listing = query.listing {
        guard LogFind.has(mark, bytes, envelope.body) else { return }
        let read = try envelope.read(bytes, path, line)
        if read["listing"]?.string != listing, read["from"]?.string != listing { return }
        json = read
      }
      found.append((envelope, line, json))
      if room < .max / 2, found.count >= 2 * room { found.removeFirst(found.count - room) }
    }
    do throws(JournalError) { try segment.walk(&chain, upTo: bound, look) } catch { failure = error }
    var part: [LogEntry] = []
    for (envelope, line, json) in query.newest == nil ? found[...] : found.suffix(room) {
      let whole: JSONValue
      if let json { whole = json } else { whole = try envelope.read(bytes, path, line) }
      part.append(LogEntry(envelope, whole, path, line))
    }
    entries = query.newest == nil ? entries + part : part + entries
    if let failure { throw failure }
    return (segment, chain)
  }

  /// Sooner seen than read as JSON.
  private static func has(_ mark: [UInt8], _ bytes: [UInt8], _ range: Range<Int>) -> Bool {
    let (text, mark) = (bytes.span, mark.span)
    var start = range.lowerBound
    while start <= range.upperBound - mark.count {
      var length = 0
      while length < mark.count, text[start + length] == mark[length] { length += 1 }
      if length == mark.count { return true }
      start += 1
    }
    return false
  }
}

extension Envelope {
  fileprivate func read(_ bytes: [UInt8], _ path: String, _ line: Int) throws(JournalError) -> JSONValue {
    do throws(Shortfall) { return try json(bytes) } catch { throw .incomplete(path, line, error) }
  }
}

extension LogEntry {
  fileprivate init(_ envelope: Envelope, _ json: JSONValue, _ file: String, _ line: Int) {
    self.init(
      sequence: envelope.sequence, batch: envelope.batch, at: envelope.at, kind: envelope.kind,
      listing: json["listing"]?.string, account: json["account"]?.string, json: json, file: file, line: line)
  }
}
