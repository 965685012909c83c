/// A misbehaviour to inject into the emulated marketplaces: what, where, how often.
///
/// Written `KIND[@SCOPE][:RATE]`. The scope is a marketplace (`facebook`), an operation (`create`) or both
/// (`offerup.create`); the rate is 0…1 or a percentage, and 1 when absent.
package struct Fault: Hashable, Sendable, CustomStringConvertible {
  package enum Kind: Hashable, Sendable {
    /// An answer with this status in the marketplace's error shape; `after`: the effect happened all the same.
    case status(Int, after: Bool)
    /// The connection is closed without an answer; `after`: the effect happened.
    case drop(after: Bool)
    /// Reads and never answers; `after`: the effect happened.
    case hang(after: Bool)
    /// The effect happened; the answer is cut in its middle.
    case truncate
    /// The effect happened; the answer is 2xx and not JSON.
    case garbage
    /// A create makes two listings and tells of one.
    case duplicate
    /// A new listing stays out of look-ups and lists for `visibilityDelay`, or ten seconds.
    case delay
    /// Too fast, says the marketplace; nothing happens.
    case throttle
    /// The answer takes `slowness` longer.
    case slow
    /// Facebook refuses a post whose text equals the Page's last one (error 506).
    case refuseRepeats
    /// Every token and refresh token is refused as revoked.
    case revoke
    /// The consent page sends a state back that it was not given.
    case wrongState
    /// A consent's code has expired when it comes.
    case staleCode
  }

  package var kind: Kind
  package var marketplace: String?
  package var operation: SandboxOperation?
  /// From 0 to 1.
  package var rate: Double

  package init(
    _ kind: Kind, marketplace: String? = nil, operation: SandboxOperation? = nil, rate: Double = 1
  ) {
    self.kind = kind
    self.marketplace = marketplace
    self.operation = operation
    self.rate = rate
  }

  /// The words for `KIND`; `NNN` stands for a status from 300 to 599.
  package static let kinds: [String] = table.map(\.name)

  /// One line for each kind.
  package static let help: String = table.map { "  \($0.name): \($0.meaning)" }.joined(separator: "\n")

  private static let table: [(name: String, meaning: String)] = [
    ("status-NNN", "answers with that status, nothing happens"),
    ("status-NNN-after", "the same, but the effect happened"),
    ("drop-before", "cuts the connection, nothing happens"),
    ("drop-after", "the effect happens, the connection is cut without an answer"),
    ("hang", "reads the request and never answers"),
    ("hang-after", "the effect happens, no answer ever comes"),
    ("truncate", "the effect happens, the answer is cut in its middle"),
    ("garbage", "the effect happens, the answer is 200 and not JSON"),
    ("duplicate", "a create makes two listings"),
    ("delay", "a new listing is not found at once"),
    ("throttle", "too many requests, nothing happens"),
    ("slow", "the answer takes two seconds longer"),
    ("refuse-repeats", "Facebook refuses the same text twice in a row (506)"),
    ("revoke", "every token is refused as revoked"),
    ("wrong-state", "the consent page sends another state back"),
    ("stale-code", "a consent's code has expired when it comes"),
  ]

  package func applies(to operation: SandboxOperation, of marketplace: String) -> Bool {
    (self.marketplace == nil || self.marketplace == marketplace)
      && (self.operation == nil || self.operation == operation)
  }
}

extension Fault {
  package init(_ text: String) throws(SandboxError) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let head = parts[0].split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
    guard let kind = Kind(head[0]) else {
      throw .invalidFault(text, why: "‘\(head[0])’ is not a kind of fault")
    }
    self.init(kind)
    if head.count > 1 {
      guard let scope = Fault.scope(head[1]) else {
        let operations = SandboxOperation.allCases.map(\.rawValue).joined(separator: ", ")
        throw .invalidFault(text, why: "‘\(head[1])’ is neither facebook nor offerup nor one of \(operations)")
      }
      (marketplace, operation) = scope
    }
    if parts.count > 1 {
      guard let rate = Fault.rate(parts[1]) else {
        throw .invalidFault(text, why: "‘\(parts[1])’ is not a rate from 0 to 1, nor a percentage up to 100%")
      }
      self.rate = rate
    }
  }

  private static func scope(_ text: Substring) -> (String?, SandboxOperation?)? {
    let words = text.split(separator: ".", omittingEmptySubsequences: false)
    let isMarketplace = ["facebook", "offerup"].contains(words[0])
    switch words.count {
    case 1 where isMarketplace: return (String(words[0]), nil)
    case 1: return SandboxOperation(rawValue: String(words[0])).map { (nil, $0) }
    case 2 where isMarketplace: return SandboxOperation(rawValue: String(words[1])).map { (String(words[0]), $0) }
    default: return nil
    }
  }

  private static func rate(_ text: Substring) -> Double? {
    let isPercent = text.hasSuffix("%")
    let digits = isPercent ? text.dropLast() : text
    guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }),
      let number = Double(digits)
    else { return nil }
    let rate = isPercent ? number / 100 : number
    return rate <= 1 ? rate : nil
  }

  package var description: String {
    let scope = [marketplace, operation?.rawValue].compactMap(\.self).joined(separator: ".")
    return kind.description + (scope.isEmpty ? "" : "@\(scope)") + (rate == 1 ? "" : ":\(rate)")
  }
}

extension Fault.Kind: CustomStringConvertible {
  private static let plain: [(String, Fault.Kind)] = [
    ("drop-before", .drop(after: false)), ("drop-after", .drop(after: true)), ("hang", .hang(after: false)),
    ("hang-after", .hang(after: true)), ("truncate", .truncate), ("garbage", .garbage), ("duplicate", .duplicate),
    ("delay", .delay), ("throttle", .throttle), ("slow", .slow), ("refuse-repeats", .refuseRepeats),
    ("revoke", .revoke), ("wrong-state", .wrongState), ("stale-code", .staleCode),
  ]

  init?(_ text: Substring) {
    if let kind = Fault.Kind.plain.first(where: { $0.0 == text }) {
      self = kind.1
      return
    }
    guard text.hasPrefix("status-") else { return nil }
    let isAfter = text.hasSuffix("-after")
    let digits = text.dropFirst(7).dropLast(isAfter ? 6 : 0)
    guard digits.utf8.count == 3, let status = Int(digits), (300...599).contains(status) else { return nil }
    self = .status(status, after: isAfter)
  }

  package var description: String {
    if case .status(let status, let after) = self { return "status-\(status)\(after ? "-after" : "")" }
    return Fault.Kind.plain.first { $0.1 == self }?.0 ?? ""
  }

  /// Whether it decides how the request ends; the others only colour it.
  var isEnding: Bool {
    switch self {
    case .status, .drop, .hang, .truncate, .garbage, .throttle: true
    case .duplicate, .delay, .slow, .refuseRepeats, .revoke, .wrongState, .staleCode: false
    }
  }
}
