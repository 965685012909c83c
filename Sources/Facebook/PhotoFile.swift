import Glibc
import Listings
import Marketplaces

/// A photo's file whose bytes are the listing's, and a way to tell whether they still are.
struct PhotoFile {
  private let path: String
  private let stamp: Stamp

  /// What changes with every write to a file, and with every other file in its place.
  private struct Stamp: Equatable {
    let device: UInt64
    let inode: UInt64
    let size: Int64
    let seconds: Int
    let nanoseconds: Int

    init(_ status: stat) {
      device = UInt64(status.st_dev)
      inode = UInt64(status.st_ino)
      size = Int64(status.st_size)
      seconds = status.st_ctim.tv_sec
      nanoseconds = status.st_ctim.tv_nsec
    }
  }

  /// Reads the file once, in pieces.
  init(_ path: String, expecting digest: Digest) throws(MarketplaceFailure) {
    self.path = path
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw PhotoFile.unreadable(path) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw PhotoFile.unreadable(path) }
    stamp = Stamp(status)
    guard try PhotoFile.digest(descriptor, path) == digest else { throw PhotoFile.changed(path) }
  }

  var isUnchanged: Bool {
    var status = stat()
    return stat(path, &status) == 0 && Stamp(status) == stamp
  }

  static func changed(_ path: String) -> MarketplaceFailure {
    .unavailable(
      .init("photo \(path) changed on disk while it was posted; it is taken up with the next look at the files"))
  }

  private static func unreadable(_ path: String) -> MarketplaceFailure {
    .unavailable(
      .init("photo \(path) changed on disk: \(String(cString: strerror(errno))); put it back, or mend the listing"))
  }

  private static func digest(_ descriptor: Int32, _ path: String) throws(MarketplaceFailure) -> Digest {
    var stream = DigestStream()
    var piece = [UInt8](repeating: 0, count: 256 << 10)
    while true {
      let count = Glibc.read(descriptor, &piece, piece.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw unreadable(path) }
      if count == 0 { return stream.finish() }
      stream.update(piece[..<count])
    }
  }
}
