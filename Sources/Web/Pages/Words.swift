import Journaling
import Listings
import Marketplaces
import Planning

/// A moment: for people in short, for machines in full. The script shows it in the reader's own time.
struct Moment {
  var iso: String
  var text: String

  init(_ at: Timestamp) {
    iso = at.description
    text = String(iso.prefix(16)).replacing("T", with: " ") + " UTC"
  }
}

/// How something stands: a word for everybody, and a tone that only repeats it in colour and shape.
struct PostState {
  var label: String
  /// `good`, `busy`, `wait`, `bad`, `idle`.
  var tone: String

  init(_ label: String, _ tone: String) {
    self.label = label
    self.tone = tone
  }

  static func of(_ record: Record?, _ action: Action?, isSoldHere: Bool = false, isFrozen: Bool = false) -> PostState {
    if let hold = action?.hold, let state = held(hold, record) { return state }
    if isFrozen { return PostState(record?.isLive == true ? "Live, frozen by an error" : "Frozen by an error", "bad") }
    if isSoldHere { return PostState("Sold here", "good") }
    if let action, action.kind != .unchanged { return planned(action, record) }
    return recorded(record)
  }

  private static func held(_ hold: Action.Hold, _ record: Record?) -> PostState? {
    switch hold.by {
    case .gone: PostState("Gone", "bad")
    case .rejected: PostState("Refused", "bad")
    case .unsettled: PostState("Unclear", "bad")
    case .retry: PostState(record?.isLive == true ? "Live, change failed" : "Failed, tried again later", "wait")
    case .sold: PostState("Sold elsewhere", "wait")
    case .root: nil
    default: PostState(record?.isLive == true ? "Live, held" : "Held", "wait")
    }
  }

  private static func planned(_ action: Action, _ record: Record?) -> PostState {
    switch action.kind {
    case .create: PostState("To be posted", "busy")
    case .update, .replace: PostState("Live, change waiting", "busy")
    case .withdraw: PostState("Being withdrawn", "busy")
    case .resolve: PostState("Being looked up", "busy")
    case .adopt: PostState("Being taken over", "busy")
    case .forget, .unchanged: recorded(record)
    }
  }

  private static func recorded(_ record: Record?) -> PostState {
    switch record?.state {
    case .live: PostState("Live", "good")
    case .withdrawn(sold: true): PostState("Withdrawn, sold", "idle")
    case .withdrawn(sold: false): PostState("Withdrawn", "idle")
    case .gone: PostState("Gone", "idle")
    case .rejected: PostState("Refused", "bad")
    case .failed: PostState("Failed", "wait")
    case .uncertain: PostState("Being looked up", "busy")
    case nil: PostState("Not posted", "idle")
    }
  }
}

enum Words {
  /// `6 s`, `4 min`, `2 h 05 min`.
  static func span(_ duration: Duration) -> String {
    let seconds = max(0, duration.milliseconds / 1000)
    switch seconds {
    case ..<90: return "\(seconds) s"
    case ..<5400: return "\(seconds / 60) min"
    case ..<172_800: return "\(seconds / 3600) h \(seconds % 3600 / 60 < 10 ? "0" : "")\(seconds % 3600 / 60) min"
    default: return "\(seconds / 86_400) days"
    }
  }

  static func count(_ number: Int, _ one: String, _ many: String? = nil) -> String {
    "\(grouped(number)) \(number == 1 ? one : many ?? one + "s")"
  }

  /// `10,000`
  static func grouped(_ number: Int) -> String {
    var digits = Array(String(number))
    var place = digits.count - 3
    while place > 0 {
      digits.insert(",", at: place)
      place -= 3
    }
    return String(digits)
  }

  /// Seconds as people say them: `40 ms`, `1.3 s`.
  static func seconds(_ value: Double) -> String {
    guard value.isFinite, value < 1e9 else { return "?" }
    if value < 1 { return "\(Int((value * 1000).rounded())) ms" }
    if value < 90 { return value < 10 ? "\((value * 10).rounded() / 10) s" : "\(Int(value.rounded())) s" }
    return "\(Int((value / 60).rounded())) min"
  }

  static func cut(_ text: String, _ limit: Int) -> String {
    text.utf8.count <= limit || text.count <= limit ? text : String(text.prefix(limit - 1)) + "…"
  }
}

extension Content {
  /// The cover's address on this server; nil: there is none that it serves.
  var cover: String? { photos.first?.served }
}

extension PhotoReference {
  /// Only what lies in the shop, and what a browser shows; a page fetches nothing from elsewhere.
  var served: String? {
    guard case .file(let digest, let format) = self, format != .tiff else { return nil }
    return "/photos/\(digest.hex).\(format.rawValue)"
  }
}
