import Glibc
import Listings

/// A moment as a file's status or the clock says it, exact: stamps are compared for being the same, and a file system such
/// as tmpfs takes any of 2^64 seconds, before 1970 too. Nanoseconds of all of them fit, so that no sum can overflow.
package struct FileTime: Hashable, Comparable, Sendable {
  /// Since 1970.
  package let nanoseconds: Int128

  package init(nanoseconds: Int128) { self.nanoseconds = nanoseconds }

  init(_ time: timespec) {
    nanoseconds = Int128(time.tv_sec) * 1_000_000_000 + Int128(time.tv_nsec)
  }

  package init(_ time: Timestamp) { nanoseconds = Int128(time.milliseconds) * 1_000_000 }

  package static func now() -> FileTime {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return FileTime(time)
  }

  package static func < (left: FileTime, right: FileTime) -> Bool { left.nanoseconds < right.nanoseconds }

  package func advanced(by duration: Duration) -> FileTime {
    let (seconds, attoseconds) = duration.components
    return FileTime(
      nanoseconds: nanoseconds + Int128(seconds) * 1_000_000_000 + Int128(attoseconds / 1_000_000_000))
  }

  /// As two words, for a file.
  var words: (high: UInt64, low: UInt64) {
    (UInt64(truncatingIfNeeded: nanoseconds >> 64), UInt64(truncatingIfNeeded: nanoseconds))
  }

  init(high: UInt64, low: UInt64) { nanoseconds = Int128(Int64(bitPattern: high)) << 64 | Int128(low) }
}
