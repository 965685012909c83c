import Listings

/// How far the journal is known to have come: what tells a file that was cut back from one that never went further.
struct Head: Hashable, Sendable {
  var lineage: String
  /// The newest entry known to be durable.
  var chain: Chain
  var segment: Int
  /// The newest checkpoint, 0 for none.
  var checkpoint: Int
  /// Whether the program ended in order, with this entry the last.
  var isClean: Bool
  /// Accounts that are still to be swept for second posts, with when the last trouble was. After a stop that was not in
  /// order every account is.
  var unswept: [String: Timestamp] = [:]

  func line(at: Timestamp) -> [UInt8] {
    let body = encodeBody("head") { json in
      json.field("lineage", lineage)
      json.field("segment", segment)
      json.field("checkpoint", checkpoint)
      json.field("clean", isClean)
      if !unswept.isEmpty { writeUnswept(to: &json) }
    }
    var line: [UInt8] = []
    var chain = chain
    chain.write(body, at: at.description, to: &line)
    return line
  }

  private func writeUnswept(to json: inout JSONWriter) {
    json.key("unswept")
    json.array { json in
      for (account, at) in unswept.sorted(by: { $0.key < $1.key }) {
        json.object { json in
          json.field("account", account)
          json.field("at", at.description)
        }
      }
    }
  }

  /// What is not as it should be is left out: at worst a sweep is not made.
  private static func unswept(_ json: JSONValue) -> [String: Timestamp] {
    let known = (json["unswept"]?.array ?? []).compactMap { entry -> (String, Timestamp)? in
      guard let account = entry["account"]?.string, let at = entry["at"]?.string.flatMap({ Timestamp($0) }) else {
        return nil
      }
      return (account, at)
    }
    return Dictionary(known) { $1 }
  }

  /// Nil when there is none: the program stopped before it wrote the first.
  static func read(_ disk: any Disk, _ layout: Layout) throws(JournalError) -> Head? {
    let bytes: [UInt8]
    do throws(DiskError) {
      guard let found = try disk.readIfPresent(layout.head, limit: Format.smallFileLimit) else { return nil }
      bytes = found
    } catch {
      throw error.isNotDirectory ? .notADirectory(path: layout.directory) : JournalError(error)
    }
    guard bytes.last == 0x0A, let envelope = Envelope(bytes, 0..<bytes.count - 1), envelope.kind == "head" else {
      throw .damaged(
        file: layout.head, line: 1, what: "its checksum does not match: it was changed or the disk lost data",
        suggestion: "Run `hawker state verify`; if all else is intact and complete, remove this one file.")
    }
    do throws(Shortfall) {
      let json = try envelope.json(bytes)
      return Head(
        lineage: try json.text("lineage"),
        chain: Chain(sequence: envelope.sequence, batch: envelope.batch, sum: envelope.previous),
        segment: try json.number("segment"), checkpoint: try json.number("checkpoint"), isClean: try json.flag("clean"),
        unswept: unswept(json))
    } catch {
      throw .incomplete(layout.head, 1, error)
    }
  }
}
