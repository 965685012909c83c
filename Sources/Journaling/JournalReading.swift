import Listings

/// Reading without the lock, also while a daemon writes: what it is writing is simply not there yet.
package enum JournalReading {
  /// The fold of all entries, or nil when there is no journal.
  package static func read(_ directory: String, disk: any Disk = LocalDisk()) throws(JournalError) -> Ledger? {
    try settled { () throws(JournalError) in try Recovery.read(disk, Layout(directory: directory))?.ledger }
  }

  /// The records as JSON (`state export`), in the order of their keys; nil when there is no journal.
  package static func export(_ directory: String, disk: any Disk = LocalDisk()) throws(JournalError) -> String? {
    try read(directory, disk: disk)?.exported
  }

  /// Between listing and opening, compaction may take files away, and a batch may be half there when its neighbours are
  /// not yet: a failure counts only when it stays.
  static func settled<Value>(_ read: () throws(JournalError) -> Value) throws(JournalError) -> Value {
    for _ in 0..<4 {
      do throws(JournalError) { return try read() } catch {
        switch error {
        case .damaged, .unreadable, .rolledBack: continue
        default: throw error
        }
      }
    }
    return try read()
  }
}

extension Ledger {
  /// `hawker.export/1`.
  package var exported: String {
    var json = JSONWriter(reserving: 1024 * max(1, records.count))
    json.object { json in
      json.field("format", "hawker.export/1")
      json.field("lineage", lineage)
      json.field("sequence", sequence)
      json.key("records")
      json.array { json in
        for key in records.keys.sorted() {
          guard let record = records[key] else { continue }
          json.object { record.writeMembers(to: &$0) }
        }
      }
    }
    return json.text
  }
}
