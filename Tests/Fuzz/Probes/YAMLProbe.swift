@testable import YAML

/// libyaml's events through our reader.
enum YAMLProbe {
  @Sendable static func run(_ bytes: [UInt8]) throws(Finding) {
    var depth = 0
    var finding: Finding?
    do throws(YAMLError) {
      try EventReader.read(bytes.span) { (events) throws(YAMLError) in
        do throws(Finding) { try walk(&events, &depth) } catch { finding = error }
      }
    } catch {
      try require(error.line >= 1 && error.column >= 1, "an error without a place: \(error)")
      try require(!error.message.isEmpty, "an error without a message")
    }
    if let finding { throw finding }
  }

  /// A YAMLError ends the walk as the end of the stream does.
  private static func walk(_ events: inout EventReader, _ depth: inout Int) throws(Finding) {
    var count = 0
    while let kind = try? events.next(), kind != .streamEnd {
      count += 1
      if kind == .mappingStart || kind == .sequenceStart { depth += 1 }
      if kind == .mappingEnd || kind == .sequenceEnd { depth -= 1 }
      try require((0...Limits.depth).contains(depth), "depth \(depth)")
      try require(events.line >= 1 && events.column >= 1, "an event without a place")
      if kind == .scalar {
        let text = events.scalarText()
        try require(text.utf8.count == events.withScalar { $0.count }, "a scalar that is not UTF-8")
      }
    }
    // Every event but an alias's stands in the file, and those are budgeted.
    try require(count <= 4 * (FuzzLimits.input + Limits.expandedNodes), "\(count) events")
  }
}

enum FuzzLimits {
  /// A listing file's largest size.
  static let input = 256 * 1024
}
