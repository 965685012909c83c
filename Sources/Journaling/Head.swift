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

  func line(at: Timestamp) -> [UInt8] {
    let body = encodeBody("head") { json in
      json.field("lineage", lineage)
      json.field("segment", segment)
      json.field("checkpoint", checkpoint)
      json.field("clean", isClean)
    }
    var line: [UInt8] = []
    var chain = chain
    chain.write(body, at: at.description, to: &line)
    return line
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
        segment: try json.number("segment"), checkpoint: try json.number("checkpoint"), isClean: try json.flag("clean"))
    } catch {
      throw .incomplete(layout.head, 1, error)
    }
  }
}
