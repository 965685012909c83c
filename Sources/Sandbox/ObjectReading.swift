import Listings

/// Our data is wrong: which field, and why. Each marketplace says it in its own shape.
struct Refusal: Error, Hashable {
  var field: String
  var message: String
}

/// An object of a request's body, read strictly: no member that isn't known, no value of another type.
struct ObjectReading {
  private let value: JSON
  private let path: String

  init(_ value: JSON, path: String = "", allowing names: Set<String>) throws(Refusal) {
    guard let members = value.members else {
      throw Refusal(field: path, message: path.isEmpty ? "the body must be an object" : "must be an object")
    }
    self.value = value
    self.path = path.isEmpty ? "" : path + "."
    for member in members where !names.contains(member.name) {
      throw Refusal(field: self.path + member.name, message: "is not a known parameter")
    }
  }

  var isEmpty: Bool { value.members?.isEmpty ?? true }

  func has(_ name: String) -> Bool { value[name] != nil }

  func refuse(_ name: String, _ message: String) -> Refusal { Refusal(field: path + name, message: message) }

  func require<Value>(_ name: String, _ value: Value?) throws(Refusal) -> Value {
    guard let value else { throw refuse(name, "is required") }
    return value
  }

  /// In characters, as a seller counts them.
  func text(_ name: String, length: ClosedRange<Int>) throws(Refusal) -> String? {
    guard let member = value[name] else { return nil }
    guard let text = member.text else { throw refuse(name, "must be a string") }
    let count = text.count
    guard length.contains(count) else {
      throw refuse(name, "must have \(length.lowerBound) to \(length.upperBound) characters, has \(count)")
    }
    if length.lowerBound > 0, text.allSatisfy(\.isWhitespace) { throw refuse(name, "must not be blank") }
    return text
  }

  func word(_ name: String, of words: [String]) throws(Refusal) -> String? {
    guard let text = try text(name, length: 0...100) else { return nil }
    guard words.contains(text) else { throw refuse(name, "must be one of \(words.joined(separator: ", "))") }
    return text
  }

  /// A price in minor units: an integer, not a decimal, not a string.
  func amount(_ name: String) throws(Refusal) -> Int64? {
    guard let member = value[name] else { return nil }
    guard let amount = member.integer else { throw refuse(name, "must be an integer, in minor units") }
    guard amount >= 0 else { throw refuse(name, "must not be negative") }
    return amount
  }

  func degrees(_ name: String, limit: Int64) throws(Refusal) -> String {
    guard let text = try require(name, value[name]).lexeme else { throw refuse(name, "must be a number") }
    guard Coordinate(parsing: text, limit: limit) != nil else {
      throw refuse(name, "must be plain decimal degrees from -\(limit) to \(limit)")
    }
    return text
  }

  func strings(_ name: String, count: ClosedRange<Int>) throws(Refusal) -> [String]? {
    guard let member = value[name] else { return nil }
    guard let elements = member.elements else { throw refuse(name, "must be an array of strings") }
    guard count.contains(elements.count) else {
      throw refuse(name, "must have \(count.lowerBound) to \(count.upperBound) entries, has \(elements.count)")
    }
    var strings: [String] = []
    for element in elements {
      guard let text = element.text else { throw refuse(name, "must be an array of strings") }
      strings.append(text)
    }
    return strings
  }

  func object(_ name: String, allowing names: Set<String>) throws(Refusal) -> ObjectReading? {
    guard let member = value[name] else { return nil }
    return try ObjectReading(member, path: path + name, allowing: names)
  }
}

/// A place in a list, opaque to clients.
enum Cursor {
  static func text(_ number: Int) -> String { "Q" + String(number * 31 + 7, radix: 36) + "Z" }

  static func number(_ text: String) -> Int? {
    guard text.hasPrefix("Q"), text.hasSuffix("Z"), let value = Int(text.dropFirst().dropLast(), radix: 36),
      value > 7, (value - 7) % 31 == 0
    else { return nil }
    return (value - 7) / 31
  }
}
