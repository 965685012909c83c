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

  @inlinable @inline(__always)
  package init(wrappedValue: Value?) {
    if let wrappedValue { box = Box(wrappedValue) } else { box = nil }
  }

  @inlinable @inline(__always)
  package var wrappedValue: Value? {
    get { box?.value }
    set { self = Boxed(wrappedValue: newValue) }
  }

  @inlinable
  package static func == (left: Boxed, right: Boxed) -> Bool {
    left.box === right.box || left.wrappedValue == right.wrappedValue
  }

  @inlinable
  package func hash(into hasher: inout Hasher) { hasher.combine(wrappedValue) }
}
