import Listings
import YAML

/// Scalars → values. Every plain scalar is text until its key's shape says otherwise; nothing is guessed.
extension Interpreter {
  mutating func scalar(_ shape: Shape, _ name: StaticString, _ events: borrowing EventReader) -> Value? {
    switch shape {
    case .title: title(name, events).map { .text($0) }
    case .paragraph: text(name, events, allowsLines: true).map { .text($0) }
    case .text: text(name, events, allowsLines: false).map { .text($0) }
    case .id: identifier(name, events).map { .text($0) }
    case .amount: amount(events).map { .amount($0) }
    case .currency: currency(events).map { .text($0) }
    case .flag: flag(name, events).map { .flag($0) }
    case .integer(let range): integer(name, range, events).map { .integer($0) }
    case .word(let words): word(name, words, events).map { .text($0) }
    case .coordinate(let limit): coordinate(name, limit, events).map { .coordinate($0) }
    case .postalCode: postalCode(events).map { .text($0) }
    case .duration: duration(name, events).map { .duration($0) }
    case .percent: percent(name, events).map { .integer($0) }
    case .address: address(name, events).map { .text($0) }
    case .listen: listen(events).map { .text($0) }
    case .map, .accounts, .named, .texts, .later: nil
    }
  }

  // MARK: Text

  private mutating func title(_ name: StaticString, _ events: borrowing EventReader) -> String? {
    warnIfCutShort(name, events, evenApart: true)
    return checkedText(name, events, allowsLines: false)
  }

  mutating func text(_ name: StaticString, _ events: borrowing EventReader, allowsLines: Bool) -> String? {
    warnIfCutShort(name, events, evenApart: allowsLines)
    return checkedText(name, events, allowsLines: allowsLines)
  }

  private mutating func checkedText(
    _ name: StaticString, _ events: borrowing EventReader, allowsLines: Bool
  ) -> String? {
    let inspection = events.withScalar { TextInspection($0) }
    if let control = inspection.control {
      note(
        dialect == .config ? .configText : .textControl, events,
        "\(name) holds the control character \(CodePoint.name(control)); remove it")
      return nil
    }
    if let bidi = inspection.bidi {
      note(
        dialect == .config ? .configText : .textBidi, events,
        "\(name) holds \(CodePoint.name(bidi)), which turns the reading direction; remove it")
      return nil
    }
    if inspection.hasLineBreak, !allowsLines {
      note(
        dialect == .config ? .configText : .textControl, events,
        "\(name) must be one line; write it without | or > and without line breaks")
      return nil
    }
    let text = events.scalarText()
    guard !text.utf8.allSatisfy({ $0 == 0x20 || $0 == 0x0A }) else {
      note(dialect == .config ? .configText : .textEmpty, events, "\(name) is empty; write a text, or remove the line")
      return nil
    }
    return inspection.mayNeedNormalizing ? text.composed : text
  }

  /// A text of many words may well go on with ` # …`; of a single word, only ` #1` looks like it.
  private mutating func warnIfCutShort(_ name: StaticString, _ events: borrowing EventReader, evenApart: Bool) {
    guard events.trailing == .attached || (evenApart && events.trailing == .apart) else { return }
    let text = events.scalarText()
    note(
      .yamlCutShort, line: events.line, column: events.column, severity: .warning,
      "\(name) ends before ` #`, which begins a comment; put the text in quotes, \"\(quoted(text))\", with or without what follows"
    )
  }

  private mutating func identifier(_ name: StaticString, _ events: borrowing EventReader) -> String? {
    let text = events.scalarText()
    if Interpreter.isIdentifier(text) { return text }
    let repaired = Interpreter.repair(text)
    let hint = repaired.isEmpty ? "" : "; write for example \(repaired)"
    note(
      .idInvalid, events,
      "\(name) \(quoted(text)) must be 1 to 64 lower-case letters, digits and hyphens and begin with a letter or digit\(hint)"
    )
    return nil
  }

  static func isIdentifier(_ text: String) -> Bool {
    var isFirst = true
    guard (1...64).contains(text.utf8.count) else { return false }
    for byte in text.utf8 {
      let isWord = byte >= 0x61 && byte <= 0x7A || byte >= 0x30 && byte <= 0x39
      guard isWord || (!isFirst && byte == 0x2D) else { return false }
      isFirst = false
    }
    return true
  }

  static func repair(_ text: String) -> String {
    var result = ""
    for byte in text.lowercased().utf8 {
      if byte >= 0x61 && byte <= 0x7A || byte >= 0x30 && byte <= 0x39 {
        result.unicodeScalars.append(UnicodeScalar(byte))
      } else if !result.isEmpty, !result.hasSuffix("-") {
        result += "-"
      }
      if result.utf8.count == 64 { break }
    }
    while result.hasSuffix("-") { result.removeLast() }
    return result
  }

  private mutating func word(_ name: StaticString, _ words: [String], _ events: borrowing EventReader) -> String? {
    let text = events.scalarText()
    if let word = words.first(where: { $0 == text }) { return word }
    let choice = words.count == 1 ? words[0] : words.dropLast().joined(separator: ", ") + " or " + (words.last ?? "")
    note(.word, events, "\(name) is \(quoted(text)); write \(choice)\(Suggestion.text(for: text, among: words))")
    return nil
  }

  private mutating func postalCode(_ events: borrowing EventReader) -> String? {
    let text = text("postal_code", events, allowsLines: false)
    guard events.style == .plain, let text, Interpreter.looksNumeric(text) else { return text }
    note(
      .postalCode, events,
      "postal_code \(text) would be read as a number, which loses leading zeros; write postal_code: \"\(text)\"")
    return nil
  }

  /// Whether YAML 1.2 would resolve the plain scalar to a number.
  static func looksNumeric(_ text: String) -> Bool {
    var rest = text.utf8[...]
    if rest.starts(with: "0x".utf8) || rest.starts(with: "0o".utf8) { return true }
    if let sign = rest.first, sign == 0x2B || sign == 0x2D { rest = rest.dropFirst() }
    guard let first = rest.first(where: { $0 != 0x2E }), first >= 0x30, first <= 0x39 else { return false }
    return rest.allSatisfy {
      $0 >= 0x30 && $0 <= 0x39 || $0 == 0x2E || $0 | 0x20 == 0x65 || $0 == 0x5F
    }
  }

  // MARK: Numbers

  private mutating func flag(_ name: StaticString, _ events: borrowing EventReader) -> Bool? {
    if events.style == .plain {
      for yes: StaticString in ["true", "True", "TRUE"] where events.scalarEquals(yes) { return true }
      for no: StaticString in ["false", "False", "FALSE"] where events.scalarEquals(no) { return false }
    }
    note(
      dialect == .config ? .configFlag : .flag, events,
      "\(name) is \(quoted(events.scalarText())); write true or false, without quotes")
    return nil
  }

  private mutating func integer(
    _ name: StaticString, _ range: ClosedRange<Int>, _ events: borrowing EventReader
  ) -> Int? {
    let number = events.withScalar { Interpreter.digits($0) }
    if let number, range.contains(number) { return number }
    note(
      dialect == .config ? .configInteger : .integer, events,
      "\(name) is \(quoted(events.scalarText())); write a whole number from \(range.lowerBound) to \(range.upperBound)")
    return nil
  }

  /// At most nine digits, no leading zero: `010` is eight to some and ten to others.
  static func digits(_ text: Span<UInt8>) -> Int? {
    guard text.count > 0, text.count <= 9, text.count == 1 || text[0] != 0x30 else { return nil }
    var value = 0
    for index in 0..<text.count {
      guard text[index] >= 0x30, text[index] <= 0x39 else { return nil }
      value = value * 10 + Int(text[index] - 0x30)
    }
    return value
  }

  private mutating func coordinate(
    _ name: StaticString, _ limit: Int64, _ events: borrowing EventReader
  ) -> Coordinate? {
    if let value = events.withScalar({ Coordinate(parsing: $0, limit: limit) }) { return value }
    note(
      .coordinate, events,
      "\(name) is \(quoted(events.scalarText())); write degrees from -\(limit) to \(limit) as a plain decimal, such as 45.5898"
    )
    return nil
  }

  private mutating func amount(_ events: borrowing EventReader) -> Amount? {
    let result = events.withScalar { text -> Result<Amount, Amount.Malformation> in
      do throws(Amount.Malformation) { return .success(try Amount(parsing: text)) } catch { return .failure(error) }
    }
    switch result {
    case .success(let amount): return amount
    case .failure(.tooLarge): note(.priceRange, events, "the price is too large; look for a missing decimal point")
    case .failure(.unknownCurrency(let code)):
      note(
        .currencyUnknown, events,
        "\(code) is no currency of ISO 4217; write its three capital letters, such as \(Interpreter.currencyHint(code))"
      )
    case .failure(.empty), .failure(.notDecimal):
      let text = events.scalarText()
      note(
        .priceFormat, events, "price \(quoted(text)) is not a plain decimal; write \(Interpreter.decimal(like: text))")
    }
    return nil
  }

  private static func currencyHint(_ code: String) -> String {
    Currency(code: code.uppercased())?.code ?? "USD"
  }

  private mutating func currency(_ events: borrowing EventReader) -> String? {
    let text = events.scalarText()
    if Currency(code: text) != nil { return text }
    note(
      .currencyUnknown, events,
      "currency \(quoted(text)) is not in ISO 4217; write three capital letters, such as \(Interpreter.currencyHint(text))"
    )
    return nil
  }
}
