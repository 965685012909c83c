/// A token or key. Whatever prints it prints a fixed mark, so that it can't reach a log, a plan or an error by accident.
package struct Secret: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  private let value: String

  package init(_ value: String) { self.value = value }

  /// The secret itself: for a request's header, and nothing else.
  package var revealed: String { value }
  package var description: String { "‹secret›" }
  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
