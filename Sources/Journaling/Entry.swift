import Listings

/// Everything that can be appended. The time, the numbers and the checksums are the journal's to add.
package enum Entry: Hashable, Sendable {
  /// What is going to be asked of a marketplace. Its own `at` is replaced by the entry's.
  case intent(Intent)
  case outcome(Outcome)
  /// What a webhook, a refresh or a look-up saw.
  case observed(PostKey, Observation)
  /// A post that exists already is ours from now on; with what it shows, where that was read.
  case adopted(PostKey, marketplace: String, remoteID: String, url: String, file: String, shows: Shown? = nil)
  case forgotten(PostKey)
  /// The listing is in another file; `from`: the id that it had before, nil when only the file moved.
  case moved(listing: String, from: String?, file: String)
  case protected(listing: String, Bool)
  /// How many there are of it, as its file says: what a sale is judged by when the file can't be read. One is not recorded
  /// until there were more.
  case counted(listing: String, Int)
  /// A guard or the seller holds the post back; `until` nil: until it is released. `text`: why, for people.
  case held(PostKey, by: String, until: Timestamp?, text: String? = nil)
  /// `by` nil: the seller's word, which ends every hold, the claim of a sale on this account, a rejection, and "gone".
  /// Otherwise only what is held by that name ends.
  case released(PostKey, by: String? = nil)
  /// The seller lets through what one guard holds; the journal's kind is `released` too.
  case permitted(PostKey, Permit)
  /// It was sold: on an account, or elsewhere (nil).
  case sold(listing: String, account: String?, price: Money?)

  /// Whose release lets what is gone, or was refused, be posted again and leaves its sales counted: of several there are
  /// some left.
  package static let gone = "gone"
  package static let rejected = "rejected"
  /// Who releases when a file has said sold: it ends the claim of a sale, and no hold of the seller's.
  package static let saleSeen = "sale"

  /// Facts about what already happened outside: they are taken even when the disk has only the reserve left.
  var isUrgent: Bool {
    switch self {
    case .outcome, .observed, .sold: true
    default: false
    }
  }
}

extension Entry {
  /// What it says in free words: a marketplace's refusal, why the seller holds a post.
  private var words: String? {
    switch self {
    case .outcome(let outcome): outcome.failure?.message
    case .held(_, _, _, let text): text
    default: nil
    }
  }

  /// Whether its words are more than a line holds.
  var isLong: Bool { (words?.utf8.count ?? 0) > Format.messageLimit }

  /// With its words cut to what a line holds: the outcome of a request that was made must never be too long.
  var clipped: Entry {
    guard isLong, let words else { return self }
    let end = words.utf8.index(words.startIndex, offsetBy: Format.messageLimit)
    let short = String(words[..<words.index(before: end)]) + "…"
    switch self {
    case .outcome(var outcome):
      outcome.failure?.message = short
      return .outcome(outcome)
    case .held(let key, let holder, let until, _): return .held(key, by: holder, until: until, text: short)
    default: return self
    }
  }
}

/// What an adopted post shows.
package struct Shown: Hashable, Sendable {
  package let content: Content
  /// Fields of `content` that the marketplace does not tell: what is there may be something else.
  package let unsure: Set<Content.Field>

  package init(_ content: Content, unsure: Set<Content.Field>) {
    self.content = content
    self.unsure = unsure
  }
}

/// What was seen of a post.
package enum Observation: Hashable, Sendable {
  case live(remoteID: String, url: String)
  case gone
  /// `delivery`: the name of what told so, where it has one. `isFormer`: it tells of a post that another has replaced since.
  case sold(price: Money?, delivery: String? = nil, isFormer: Bool = false)
  /// Names of fields whose live value differs from the record's, and those values in words; none: the drift is over.
  case drift([String], values: [String: String] = [:])
  /// Something told to look at the post again. Ends when it has been looked at.
  case hint
}

/// What came of an intent.
package struct Outcome: Hashable, Sendable {
  package enum Result: String, Hashable, Sendable { case done, failed, uncertain }

  /// The intent's.
  package var op: String
  package var result: Result
  /// The new post's; nil when the operation made none.
  package var remoteID: String?
  package var url: String?
  /// Requests that were made for it.
  package var attempts: Int
  /// Nil when done.
  package var failure: Failure?

  package init(
    op: String, result: Result, remoteID: String? = nil, url: String? = nil, attempts: Int = 1, failure: Failure? = nil
  ) {
    self.op = op
    self.result = result
    self.remoteID = remoteID
    self.url = url
    self.attempts = attempts
    self.failure = failure
  }
}
