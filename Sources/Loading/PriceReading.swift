import Listings

/// What a price was meant to be that is not written as one: for the message that it is.
extension Interpreter {
  /// `$1,299.00` → `1299.00`, `19,9` → `19.9`; an example when it may mean several things, or nothing.
  static func decimal(like text: String) -> String {
    decimal(of: text) ?? "digits with at most one point, such as 450.00"
  }

  private static func decimal(of text: String) -> String? {
    let scalars = Array(text.unicodeScalars)
    guard let first = scalars.firstIndex(where: isDigit), let last = scalars.lastIndex(where: isDigit),
      // A sign, or a point, in front of the digits is no currency.
      !scalars[..<first].contains("-"), first == 0 || !".,".unicodeScalars.contains(scalars[first - 1])
    else { return nil }
    let digits = scalars[first...last]
    let marks = digits.indices.filter { !isDigit(digits[$0]) }
    guard marks.allSatisfy({ ".,' \u{A0}".unicodeScalars.contains(digits[$0]) }) else { return nil }
    let point = marks.last.flatMap { isPoint(digits, $0, among: marks) ? $0 : nil }
    guard let whole = ungrouped(digits[..<(point ?? digits.endIndex)], isAll: point == nil) else { return nil }
    let text = point.map { "\(whole).\(String.UnicodeScalarView(digits[($0 + 1)...]))" } ?? whole
    return (try? Amount(parsing: text)) == nil ? nil : text
  }

  private static func isDigit(_ scalar: UnicodeScalar) -> Bool { scalar.value >= 0x30 && scalar.value <= 0x39 }

  /// One or two digits behind the only mark of its kind are cents, whatever the mark.
  private static func isPoint(_ text: ArraySlice<UnicodeScalar>, _ place: Int, among marks: [Int]) -> Bool {
    guard text[place] == "." || text[place] == ",", (1...2).contains(text.endIndex - place - 1) else { return false }
    return marks.count { text[$0] == text[place] } == 1
  }

  /// Without the marks between thousands; nil when they are not that, or might be a point.
  private static func ungrouped(_ text: ArraySlice<UnicodeScalar>, isAll: Bool) -> String? {
    let marks = Set(text.filter { !isDigit($0) })
    let groups = text.split(omittingEmptySubsequences: false) { !isDigit($0) }
    guard let head = groups.first, !head.isEmpty, marks.count <= 1 else { return nil }
    guard groups.dropFirst().allSatisfy({ $0.count == 3 }), groups.count == 1 || head.count <= 3 else { return nil }
    if isAll, marks == ["."], groups.count == 2 { return nil }
    return String(String.UnicodeScalarView(groups.joined()))
  }
}
