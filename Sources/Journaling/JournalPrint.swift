import Glibc
import Listings

/// What tells that a journal is still the one that was read, without reading it: names, sizes, times and numbers of its
/// files. A journal's files are written to or replaced, so that each change of them leaves a trace; one that was changed within
/// the last tick of the file system's clock is not trusted all the same.
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
    let edge = now.milliseconds - 2000
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
        if Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000 > edge { isFresh = true }
      }
    }
    guard files > 0 else { return nil }
    return JournalPrint(digest: Digest(of: packer.bytes), isFresh: isFresh)
  }
}
