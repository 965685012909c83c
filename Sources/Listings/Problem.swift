/// Something wrong in a file, told so that it can be mended: what, where, and what to write instead.
package struct Problem: Hashable, Sendable, Comparable {
  package enum Severity: String, Sendable { case error, warning }

  package var severity: Severity
  /// Stable: `listing/price-scale`, `config/unknown-key`.
  package var rule: String
  /// As the user would name it: relative to the shop (the folder of hawker.yaml).
  package var file: String
  /// From 1; 0 when the problem is the file's as a whole.
  package var line: Int
  /// From 1, in characters; 0 when unknown.
  package var column: Int
  package var message: String
  /// The listing it belongs to, where that is known.
  package var listing: String?
  /// The account it is limited to: the listing is frozen there only. Nil: everywhere.
  package var account: String?

  package init(
    _ severity: Severity, rule: String, file: String, line: Int = 0, column: Int = 0, message: String,
    listing: String? = nil, account: String? = nil
  ) {
    self.severity = severity
    self.rule = rule
    self.file = file
    self.line = line
    self.column = column
    self.message = message
    self.listing = listing
    self.account = account
  }

  package static func < (left: Problem, right: Problem) -> Bool {
    (left.file, left.line, left.column, left.rule, left.message)
      < (right.file, right.line, right.column, right.rule, right.message)
  }

  /// `listings/x.yaml:4:8`
  package var place: String {
    if line == 0 { return file }
    return column == 0 ? "\(file):\(line)" : "\(file):\(line):\(column)"
  }
}
