/// Why bytes are not the YAML that hawker takes, where, and what to write instead.
package struct YAMLError: Error, Hashable, Sendable {
  package enum Kind: String, Sendable, CaseIterable {
    case syntax
    /// A tab where YAML wants spaces.
    case tab
    /// A colon too many, or without its space.
    case colon
    case quote
    case depth
    case alias
    /// Aliases stand for more than the budget.
    case expansion
    case tag
    case directive
    case encoding
    /// A byte that may not stand in YAML: NUL and other control characters.
    case character
  }

  package var kind: Kind
  /// From 1.
  package var line: Int
  /// From 1, in characters.
  package var column: Int
  package var message: String

  package init(_ kind: Kind, line: Int, column: Int, message: String) {
    self.kind = kind
    self.line = line
    self.column = column
    self.message = message
  }
}
