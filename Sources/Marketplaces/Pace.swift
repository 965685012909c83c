import Listings
import Synchronization

/// Lets the requests of one account through no faster than its marketplace and its config allow. Every HTTP request of
/// an adapter takes a turn first.
///
/// A token bucket (one second's worth deep) holds the config's rate; the marketplace's own word (a pause, a usage
/// percentage) holds on top of it. A sale's withdrawal skips the bucket and the queue, but not the marketplace's word.
package final class Pace: Sendable {
  /// `requestsPerSecond` 0: no limit of hawker's own.
  package init(requestsPerSecond: Int, ambient: Ambient) {
    self.requestsPerSecond = requestsPerSecond
    self.ambient = ambient
  }

  private let requestsPerSecond: Int
  private let ambient: Ambient
}
