import Glibc
import Listings
import Testing

@testable import Loading

@Suite struct FileTimeTests {
  private static let seconds: [Int] = [
    .min, -9_300_000_000_000_000, -10_413_792_000, -1, 0, 10_413_792_000, 1 << 55, .max,
  ]

  @Test func anyTimeOfAFileSystemIsExactAndOrdered() {
    let times = Self.seconds.flatMap { second in
      [0, 1, 999_999_999].map { FileTime(timespec(tv_sec: second, tv_nsec: $0)) }
    }
    #expect(Set(times).count == times.count && times == times.sorted())
    for time in times {
      let words = time.words
      #expect(FileTime(high: words.high, low: words.low) == time)
    }
  }

  @Test func stampsAreEqualOnlyWhenAllOfThemIs() throws {
    for second in Self.seconds {
      var status = stat()
      status.st_mtim = timespec(tv_sec: second, tv_nsec: 5)
      status.st_ctim = timespec(tv_sec: -1 - second, tv_nsec: 5)
      status.st_size = .max
      status.st_ino = .max
      let stamp = Stamp(status)
      let words = stamp.words
      #expect(words.count == Stamp.wordCount && Stamp { words[$0] } == stamp)
      var packer = Packer()
      packer.stamp(stamp)
      var packed = Unpacker(packer.bytes)
      #expect(try packed.stamp() == stamp)
      // As many nanoseconds away as 64 bits forget.
      status.st_mtim.tv_sec = second ^ 1 << 55
      #expect(Stamp(status) != stamp)
    }
  }

  @Test func whatIsAheadOfTheClockIsFreshAndWhatIsLongPastIsNot() {
    var status = stat()
    for now in [Timestamp(milliseconds: .max), Timestamp(milliseconds: 0), Timestamp(milliseconds: .min)] {
      status.st_mtim.tv_sec = .max
      #expect(Stamp(status).isFresh(at: FileTime(now)))
      (status.st_mtim.tv_sec, status.st_ctim.tv_sec) = (.min, .min)
      #expect(!Stamp(status).isFresh(at: FileTime(now)))
    }
    status.st_mtim = timespec(tv_sec: 98, tv_nsec: 0)
    #expect(!Stamp(status).isFresh(at: FileTime(Timestamp(milliseconds: 100_000))))
    #expect(Stamp(status).isFresh(at: FileTime(Timestamp(milliseconds: 99_999))))
  }
}
