import Listings
import Marketplaces
import Planning

/// What became of one action.
package struct ActionResult: Sendable {
  package enum Kind: String, Sendable { case done, failed, uncertain, held, skipped }

  package var action: Action
  package var kind: Kind
  package var remoteID: String?
  package var url: String?
  package var attempts: Int
  package var failure: Failure?
  /// When it is worth trying again; nil: not before something changes.
  package var retryAt: Timestamp?
  /// The operation in the journal; nil: none was begun.
  package var op: String?

  package init(
    _ action: Action, _ kind: Kind, remoteID: String? = nil, url: String? = nil, attempts: Int = 0,
    failure: Failure? = nil, retryAt: Timestamp? = nil
  ) {
    self.action = action
    self.kind = kind
    self.remoteID = remoteID
    self.url = url
    self.attempts = attempts
    self.failure = failure
    self.retryAt = retryAt
  }

  func of(_ intent: Intent) -> ActionResult {
    var result = self
    result.op = intent.op
    return result
  }
}

/// What an executor tells while it works.
package enum ExecutionEvent: Sendable {
  case started(Action)
  case finished(ActionResult)
  /// No more requests on this account; a person is needed. One message, not one per listing.
  case stopped(account: String, Failure)
  /// The account waits: told to, or its marketplace is down.
  case waiting(account: String, until: Timestamp, why: String)
  /// A plan wanted to change this post while it was in flight: it is to be planned again.
  case overtaken(PostKey)
  /// What a plan asks of this post had come about before its turn: nothing is done.
  case foundDone(PostKey)
  /// Nothing is in flight any more.
  case idle
  /// Two posts with one reference were found, and one was taken off.
  case duplicate(PostKey, removed: String)
}
