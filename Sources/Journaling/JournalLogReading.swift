import Listings

/// What is readable of the journal's log, and what is wrong with the rest.
package struct LogReading: Sendable {
  package var entries: [LogEntry] = []
  package var failure: JournalError?
  /// Of the newest entry; empty without one.
  package var lineage = ""
  package var sequence = 0
}

extension JournalReading {
  /// The entries that can be read, also of a damaged journal. What is no damage when a daemon writes meanwhile does not
  /// stay.
  package static func log(
    _ directory: String, _ query: LogQuery = LogQuery(), disk: any Disk = LocalDisk()
  ) -> LogReading {
    for _ in 0..<4 {
      let reading = logOnce(directory, query, disk)
      if reading.failure == nil { return reading }
    }
    return logOnce(directory, query, disk)
  }

  private static func logOnce(_ directory: String, _ query: LogQuery, _ disk: any Disk) -> LogReading {
    let layout = Layout(directory: directory)
    var reading = LogReading()
    // Without the lock the head has to be read first: it never promises more than the files that are read after it hold.
    let head = reading.noting { () throws(JournalError) in try Head.read(disk, layout) } ?? nil
    let inventory = reading.noting { () throws(JournalError) in try Inventory(disk, layout) } ?? nil
    let numbers = inventory?.segments ?? []
    let starts = numbers.map { number in
      reading.noting { () throws(JournalError) in try Segment.start(number, disk, layout) }
    }
    var find = LogFind(query)
    for index in query.newest == nil ? Array(numbers.indices) : numbers.indices.reversed() {
      // How far it goes, the newest segment alone says: also when none of its entries is wanted.
      if find.isWhole, !reading.lineage.isEmpty { break }
      let bound = index + 1 < numbers.count ? starts[index + 1].map { $0 - 1 } : nil
      guard starts[index] != nil, (bound ?? .max) > query.after else { continue }
      let found = reading.noting { () throws(JournalError) in
        try find.read(Segment(numbers[index], disk, layout), upTo: bound)
      }
      guard let (segment, chain) = found else { continue }
      if index + 1 == numbers.count {
        (reading.lineage, reading.sequence) = (segment.opened.lineage, chain.sequence)
        reading.noting { () throws(JournalError) in try segment.judgeEnd(after: chain, head, layout) }
      } else if let bound, chain.sequence < bound {
        reading.noting { () throws(JournalError) in
          try segment.judgeGap(after: chain, before: Segment(numbers[index + 1], disk, layout))
        }
      }
    }
    reading.entries = find.entries
    return reading
  }
}

extension LogReading {
  /// Goes on after a failure: what is behind it may be readable.
  @discardableResult
  fileprivate mutating func noting<Value>(_ read: () throws(JournalError) -> Value) -> Value? {
    do throws(JournalError) { return try read() } catch {
      failure = failure ?? error
      return nil
    }
  }
}

extension Segment {
  /// Entries are missing before the next segment: only a crash leaves such a gap, whose entries a checkpoint has.
  fileprivate func judgeGap(after chain: Chain, before next: Segment) throws(JournalError) {
    if wasLeftTorn(after: chain, before: next) { return }
    throw .broken(
      path, entries + 1,
      "the entry is not intact, and \(next.path) goes on behind it: the file was changed or the disk lost data")
  }
}
