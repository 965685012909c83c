/// An optional value in a box of its own, shared by all copies: for large values that are handed on far more often than
/// they are looked into. Absent, it costs one word.
@propertyWrapper
package struct Boxed<Value: Hashable & Sendable>: Hashable, Sendable {
  @usableFromInline
  final class Box: Sendable {
    @usableFromInline let value: Value

    @inlinable
    init(_ value: Value) { self.value = value }
  }

  @usableFromInline var box: Box?

  @inlinable
  package init(wrappedValue: Value?) { box = wrappedValue.map { Box($0) } }

  @inlinable
  package var wrappedValue: Value? {
    get { box?.value }
    set { box = newValue.map { Box($0) } }
  }

  @inlinable
  package static func == (left: Boxed, right: Boxed) -> Bool {
    left.box === right.box || left.wrappedValue == right.wrappedValue
  }

  @inlinable
  package func hash(into hasher: inout Hasher) { hasher.combine(wrappedValue) }
}
