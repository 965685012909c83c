import Listings

/// A record by itself, as the journal's checkpoints write it.
package enum RecordText {
  package static func encode(_ record: Record) -> [UInt8] {
    var json = JSONWriter(reserving: 512)
    json.object { record.writeMembers(to: &$0) }
    return json.bytes
  }

  /// Nil when it is no record.
  package static func decode(_ bytes: [UInt8]) -> Record? {
    guard let json = try? JSONValue(parsing: bytes) else { return nil }
    return try? Record(json)
  }
}
