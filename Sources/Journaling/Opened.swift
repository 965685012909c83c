import Listings

/// The first line of every segment and checkpoint.
struct Opened {
  var lineage: String
  /// The version of the hawker that wrote it.
  var program: String
  /// In a segment: its number, and the checkpoint it builds on.
  var segment: Int?
  var checkpoint: Int?
  /// In a segment: it was begun after a stop that was not clean.
  var isUnclean = false
  /// In a checkpoint: how many lines follow, and when the newest entry was made.
  var lines: Int?
  var lastAt: Timestamp?

  func body() -> [UInt8] {
    encodeBody("opened") { json in
      json.field("format", Format.name + Format.major)
      json.field("lineage", lineage)
      json.field("hawker", program)
      if let segment { json.field("segment", segment) }
      if let checkpoint { json.field("checkpoint", checkpoint) }
      if isUnclean { json.field("unclean", true) }
      if let lines { json.field("lines", lines) }
      json.optional("last_at", lastAt?.description)
    }
  }
}

extension Opened {
  /// Reads a file's first line; a newer format is refused here, before anything else is looked at.
  init(_ envelope: Envelope, _ bytes: [UInt8], _ path: String) throws(JournalError) {
    let json: JSONValue
    let format: String
    do throws(Shortfall) {
      json = try envelope.json(bytes)
      format = try json.text("format")
    } catch { throw .incomplete(path, 1, error) }
    guard format == Format.name + Format.major else { throw .newer(file: path, format: format) }
    do throws(Shortfall) {
      self.init(
        lineage: try json.text("lineage"), program: try json.text("hawker"),
        segment: json["segment"]?.integer.map { Int($0) }, checkpoint: json["checkpoint"]?.integer.map { Int($0) },
        isUnclean: json["unclean"]?.bool ?? false,
        lines: json["lines"]?.integer.map { Int($0) }, lastAt: try json.time("last_at"))
    } catch { throw .incomplete(path, 1, error) }
  }
}

extension JournalError {
  /// An intact line without something that its kind needs.
  static func incomplete(_ path: String, _ line: Int, _ shortfall: Shortfall) -> JournalError {
    .damaged(
      file: path, line: line,
      what: "the entry is intact, but its `\(shortfall.member)` is missing or not what it should be",
      suggestion: "It was written by another or a defective hawker: use the one that wrote it, and report this.")
  }

  static func broken(_ path: String, _ line: Int, _ what: String) -> JournalError {
    .damaged(file: path, line: line, what: what, suggestion: verifyFirst)
  }
}
