import Listings
import YAML

/// The scalars that only hawker.yaml has.
extension Interpreter {
  mutating func duration(_ name: StaticString, _ events: borrowing EventReader) -> Duration? {
    let text = events.scalarText()
    if let duration = Interpreter.duration(text) { return duration }
    note(
      .configDuration, events,
      "\(name) is \(quoted(text)); write a whole number and its unit: 300ms, 10s, 10m, 6h or 2d, at most 365d")
    return nil
  }

  package static func duration(_ text: String) -> Duration? {
    let digits = text.utf8.prefix { $0 >= 0x30 && $0 <= 0x39 }
    guard (1...9).contains(digits.count), let count = Int64(String(Substring(digits))) else { return nil }
    let unit: Int64
    switch String(Substring(text.utf8.dropFirst(digits.count))) {
    case "ms": unit = 1
    case "s": unit = 1000
    case "m": unit = 60_000
    case "h": unit = 3_600_000
    case "d": unit = 86_400_000
    default: return nil
    }
    let milliseconds = count * unit
    return milliseconds <= 365 * 86_400_000 ? .milliseconds(milliseconds) : nil
  }

  /// As a person would write it.
  static func text(_ duration: Duration) -> String {
    let milliseconds = duration.milliseconds
    guard milliseconds % 1000 == 0 else { return "\(milliseconds)ms" }
    return milliseconds > 0 && milliseconds % 60_000 == 0 ? "\(milliseconds / 60_000)m" : "\(milliseconds / 1000)s"
  }

  mutating func percent(_ name: StaticString, _ events: borrowing EventReader) -> Int? {
    let text = events.scalarText()
    let digits = text.utf8.dropLast()
    if text.hasSuffix("%"), let value = Int(String(Substring(digits))), (0...100).contains(value),
      digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), digits.count <= 3
    {
      return value
    }
    let number = Int(text).map { min(max($0, 0), 100) }
    note(
      .configPercent, events, "\(name) is \(quoted(text)); write a percentage from 0% to 100%, such as \(number ?? 20)%"
    )
    return nil
  }

  mutating func address(_ name: StaticString, _ events: borrowing EventReader) -> String? {
    let text = events.scalarText()
    guard let address = WebAddress(text), address.isBase else {
      note(
        .configAddress, events,
        "\(name) is \(quoted(text)); write an address such as https://shop.example.com, without user, query or fragment"
      )
      return nil
    }
    guard address.isSecure || address.isLoopback else {
      note(
        .configAddress, events,
        "\(name) is http, which sends tokens in the clear; write https:// (http is taken for loopback addresses only)")
      return nil
    }
    return address.trimmed
  }

  mutating func listen(_ events: borrowing EventReader) -> String? {
    let text = events.scalarText()
    if text == "off" { return text }
    if let colon = text.lastIndex(of: ":"), colon > text.startIndex,
      let port = UInt16(text[text.index(after: colon)...]),
      text[text.index(after: colon)...].utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), port >= 0,
      WebAddress.isHost(text[..<colon])
    {
      return text
    }
    note(.configListen, events, "listen is \(quoted(text)); write HOST:PORT, such as 127.0.0.1:8484, or off")
    return nil
  }
}
