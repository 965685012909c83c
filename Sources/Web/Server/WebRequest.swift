import Listings

/// A request's head, read: what the routes and the checks go by. Everything in it came from outside.
struct WebRequest: Sendable {
  var method: String
  /// Segments of the path, decoded; empty for `/`.
  var path: [String]
  /// Decoded; of a name that repeats the first value counts.
  var query: [String: String]
  /// Whether all of it could be decoded: what a broken field was to narrow is not told whole.
  var isQueryWhole: Bool
  /// The `Host` header as it came; nil without one.
  var host: String?
  /// By their names in lower case; of a header that repeats the first counts.
  var headers: [String: String]
  var cookies: [String: String]
  /// The address that the connection came in on, without its port: what a server on all addresses may be called by.
  var localAddress: String?

  /// Nil when the target is no path: a proxy's form, `*`, one whose encoding is broken, an endless one.
  init?(
    method: String, target: String, host: String?, headers: [(name: String, value: String)],
    localAddress: String? = nil
  ) {
    guard target.hasPrefix("/"), target.utf8.count <= WebRequest.targetLimit else { return nil }
    let whole = target.prefix { $0 != "#" }
    let mark = whole.firstIndex(of: "?")
    var path: [String] = []
    for segment in whole[..<(mark ?? whole.endIndex)].split(separator: "/") {
      // What names another place, or hides a slash in a segment, is no path of ours.
      guard let text = FormText.decode(segment, plusIsSpace: false), text != ".", text != "..",
        !text.utf8.contains(0x2F), !text.utf8.contains(0)
      else { return nil }
      path.append(text)
    }
    self.method = method
    self.path = path
    let text = mark.map { whole[whole.index(after: $0)...] } ?? ""
    (query, isQueryWhole) = (FormText.fields(text), FormText.decode(text, plusIsSpace: true) != nil)
    self.host = host
    self.localAddress = localAddress
    self.headers = Dictionary(headers.map { ($0.name.lowercased(), $0.value) }) { first, _ in first }
    cookies = WebRequest.cookies(self.headers["cookie"] ?? "")
  }

  private static let targetLimit = 8192

  /// For messages and pages: `/listings/lamp`.
  var pathText: String { "/" + path.joined(separator: "/") }

  private static func cookies(_ header: String) -> [String: String] {
    var cookies: [String: String] = [:]
    for pair in header.split(separator: ";").prefix(50) {
      let parts = pair.split(separator: "=", maxSplits: 1)
      guard parts.count == 2 else { continue }
      let name = String(parts[0].drop { $0 == " " })
      cookies[name] = cookies[name] ?? String(parts[1])
    }
    return cookies
  }
}

/// `application/x-www-form-urlencoded`, in a query or a body.
enum FormText {
  /// At most 200 fields; a field whose encoding is broken counts as absent.
  static func fields(_ text: some StringProtocol) -> [String: String] {
    var fields: [String: String] = [:]
    for pair in text.split(separator: "&").prefix(200) {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = decode(parts[0], plusIsSpace: true), !name.isEmpty,
        let value = parts.count == 1 ? "" : decode(parts[1], plusIsSpace: true)
      else { continue }
      fields[name] = fields[name] ?? value
    }
    return fields
  }

  /// Nil when a percent sign stands alone, or the bytes are not UTF-8.
  static func decode(_ text: some StringProtocol, plusIsSpace: Bool) -> String? {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      switch byte {
      case 0x25:
        guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else { return nil }
        bytes.append(high << 4 | low)
      case 0x2B where plusIsSpace: bytes.append(0x20)
      default: bytes.append(byte)
      }
    }
    return String(validating: bytes, as: UTF8.self)
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x37
    case 0x61...0x66: byte - 0x57
    default: nil
    }
  }
}
