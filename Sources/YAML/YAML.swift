// YAML: a safe pull parser over libyaml. In: the bytes of one document stream. Out: its events one by one, with their
// place, aliases already expanded, or one error that says what to write. Builds no tree and makes no String by itself.
// It must never read a file, follow a tag, or take more than bounded time and memory, whatever the bytes are.

package enum EventKind: UInt8, Sendable {
  case streamStart, streamEnd, documentStart, documentEnd, scalar, sequenceStart, sequenceEnd, mappingStart, mappingEnd

  var opens: Bool { self == .sequenceStart || self == .mappingStart }
  var closes: Bool { self == .sequenceEnd || self == .mappingEnd }
}

package enum ScalarStyle: UInt8, Sendable {
  case plain, singleQuoted, doubleQuoted, literal, folded
}

/// What stands behind a plain scalar on its line.
package enum TrailingComment: UInt8, Sendable {
  case none
  /// ` #1 TV`: more likely a part of the text than a comment.
  case attached
  /// `   # bought in May`
  case apart
}

/// What is kept within bounds while reading.
package enum Limits {
  /// How deep maps and lists may stand in each other. libyaml is quadratic in depth, so this is checked at each event.
  package static let depth = 16
  /// How many nodes all aliases of a file may stand for together, and how many bytes of text.
  package static let expandedNodes = 10_000
  package static let expandedBytes = 1 << 20
}
