import Foundation
import Listings
import Synchronization

/// A clock that a test moves.
final class TestClock: Sendable {
  private let time = Mutex(Timestamp(milliseconds: 1_795_363_200_000))

  var now: Timestamp { time.withLock { $0 } }
  func advance(_ duration: Duration) { time.withLock { $0 = $0.advanced(by: duration) } }
}

enum FormEncoding {
  static func encoded(_ text: String) -> String {
    text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
  }
}
