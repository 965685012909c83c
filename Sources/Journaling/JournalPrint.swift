import Glibc
import Listings

/// What tells that a journal is still the one that was read, without reading it: names, sizes, times and numbers of its
/// files, and the end of the newest segment. A file that was changed within the last tick of the file system's clock is not
/// trusted all the same. The end, because a batch may be written over the spaces behind the entries: that changes no size,
/// and a power cut may take the times of a change back that itself is durable.
package struct JournalPrint: Hashable, Sendable {
  package let digest: Digest
  /// Some file is so fresh that a further change might leave no trace.
  package let isFresh: Bool

  /// Nil when there is no journal, or it can't be looked at.
  package static func take(_ directory: String, at now: Timestamp, disk: any Disk = LocalDisk()) -> JournalPrint? {
    guard let names = try? disk.names(in: directory) else { return nil }
    var packer = Packer()
    var isFresh = false
    // The coarsest clock of a file system ticks every two seconds.
    let edge = now.advanced(by: .seconds(-2))
    var files = 0
    for name in names
    where name.hasSuffix(".jsonl") && (name.hasPrefix("journal-") || name.hasPrefix("checkpoint-"))
      || name == "head.json"
    {
      var status = stat()
      guard lstat("\(directory)/\(name)", &status) == 0 else { return nil }
      files += 1
      packer.text(name)
      packer.number(Int64(bitPattern: UInt64(status.st_dev)))
      packer.number(Int64(bitPattern: UInt64(status.st_ino)))
      packer.number(Int64(status.st_size))
      for time in [status.st_mtim, status.st_ctim] {
        packer.number(Int64(time.tv_sec))
        packer.number(Int64(time.tv_nsec))
        if Timestamp(seconds: Int64(time.tv_sec), nanoseconds: Int64(time.tv_nsec)) > edge { isFresh = true }
      }
    }
    guard files > 0 else { return nil }
    let layout = Layout(directory: directory)
    if let newest = (try? Inventory(disk, layout))?.segments.last {
      guard let tail = tail(of: layout.segment(newest)) else { return nil }
      packer.digest(Digest(of: tail))
    }
    return JournalPrint(digest: Digest(of: packer.bytes), isFresh: isFresh)
  }

  /// As much as holds the room behind the entries, and the last of them.
  private static let tailSize = SegmentLimits().headroom + Format.lineLimit

  private static func tail(of path: String) -> [UInt8]? {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    let start = max(0, Int(status.st_size) - tailSize)
    return [UInt8](unsafeUninitializedCapacity: Int(status.st_size) - start) { buffer, count in
      while count < buffer.count {
        let got = pread(file, buffer.baseAddress.map { $0 + count }, buffer.count - count, off_t(start + count))
        if got <= 0 { break }
        count += got
      }
    }
  }
}
