import Diffing
import Listings

/// One thing to do about one post.
package struct Action: Hashable, Sendable {
  package enum Kind: String, CaseIterable, Sendable {
    case create, update, replace, withdraw, adopt, forget, resolve
    /// Nothing is to be done; shown with `--verbose`.
    case unchanged

    /// Never colour alone.
    package var symbol: String {
      switch self {
      case .create: "+"
      case .update: "~"
      case .replace: "!"
      case .withdraw: "-"
      case .adopt: "^"
      case .forget: "."
      case .resolve: "?"
      case .unchanged: "="
      }
    }
  }

  package struct Reason: Hashable, Sendable {
    /// Stable: `edited`, `default`, `override`, `mapping`, `photos`, `new`, `again`, `file-gone`, `sold`, ….
    package var code: String
    package var text: String

    package init(_ code: String, _ text: String) {
      self.code = code
      self.text = text
    }
  }

  /// Why the action is not done now.
  package struct Hold: Hashable, Sendable {
    package var by: Holder
    package var text: String
    package var until: Timestamp?

    package init(by holder: Holder, _ text: String, until: Timestamp? = nil) {
      by = holder
      self.text = text
      self.until = until
    }
  }

  /// Who holds.
  package enum Holder: String, CaseIterable, Sendable {
    case withdrawals, emptied, root, protect, scope, grace, git, updates
    /// The file that is missing may be where nobody can look.
    case unseen
    case priceDrop = "price_drop"
    /// The account refused too many new posts.
    case rejections
    case sold, rejected, gone, unsettled, replace, adopt
    /// Two buyers have one thing.
    case oversold
    /// The live copy was changed there: alone, or the file too.
    case drift, conflict
    case idChanged = "id-changed"
    case hold, rollout, retry
    case daily = "daily-limit"

    /// Whether a person is needed (exit code 3); the others pass by themselves or are the seller's own wish.
    package var needsPerson: Bool {
      switch self {
      case .hold, .rollout, .retry, .daily, .grace, .drift: false
      default: true
      }
    }
  }

  package var kind: Kind
  package var key: PostKey
  package var marketplace: String
  package var remoteID: String?
  /// Relative to the shop; the file that is the reason.
  package var file: String
  /// The listing's own file, or the last one that is known.
  package private(set) var listingFile: String
  /// From 1; 0 when there is no line.
  package var line: Int
  package var changes: [FieldChange]
  package var reason: Reason
  package var hold: Hold?
  /// What the post is to become; nil for a withdrawal, a forget and a resolve.
  package var post: WantedPost?
  /// The record that the action started from; nil where nothing is to be done.
  @Boxed package var record: Record?
  /// Why the post is withdrawn.
  package var cause: Difference.Cause?

  package init(
    _ kind: Kind, key: PostKey, marketplace: String, file: String, line: Int = 0, changes: [FieldChange] = [],
    reason: Reason, post: WantedPost? = nil, record: Record? = nil
  ) {
    self.kind = kind
    self.key = key
    self.marketplace = marketplace
    self.remoteID = record?.remoteID
    self.file = file
    listingFile = file
    self.line = line
    self.changes = changes
    self.reason = reason
    self.post = post
    self.record = record
  }

  package func held(by holder: Holder, _ text: String, until: Timestamp? = nil) -> Action {
    var action = self
    action.hold = Hold(by: holder, text, until: until)
    return action
  }

  package var changedFields: Set<Content.Field> { Set(changes.map(\.field)) }

  /// Whether the listing's file went away.
  package var isFileGone: Bool { cause == .fileGone }

  /// Why the post is withdrawn, as the journal keeps it.
  package var because: String? { cause?.rawValue }

  /// A withdrawal that nobody asked for by name.
  var isLoss: Bool { kind == .withdraw && cause.map { !$0.isExplicit } ?? false }

  /// Concluded from nothing but a file that is missing, or from defaults, which may be.
  var isAbsence: Bool {
    (kind == .withdraw || kind == .forget) && (isFileGone || cause?.isByDefault == true)
  }

  /// Held by none, or only by what passes by itself.
  func isHeld(atMost holders: Set<Holder>) -> Bool { hold.map { holders.contains($0.by) } ?? true }

  /// Whether a sale is the reason: ahead of everything else.
  package var isSale: Bool {
    kind == .withdraw && (cause == .sold || cause == .soldByDefault || cause == .claimed)
  }

  /// Whether a recorded sale, and not the listing's file, takes the post off.
  package var isClaimed: Bool { kind == .withdraw && cause == .claimed }

  /// Sold withdrawals, then what must be settled, withdrawals, updates, creates.
  package var rank: Int {
    switch kind {
    case .withdraw: isSale ? 0 : 2
    case .resolve: 1
    case .update: 3
    case .replace: 4
    case .adopt: 5
    case .create: 6
    case .forget: 7
    case .unchanged: 8
    }
  }
}
