import Glibc
import Listings
import Marketplaces

/// A photo's file whose bytes are the listing's, open for as long as it is sent: what is put in its place meanwhile is not
/// what is read. (No link is followed and no FIFO waited for; the listing was read in the same way.)
final class PhotoFile: Sendable {
  private let path: String
  private let descriptor: Int32
  private let stamp: Stamp

  /// What changes with every write to a file, and when another one takes its place.
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
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else { throw PhotoFile.unreadable(path, errno) }
    do throws(MarketplaceFailure) {
      stamp = try PhotoFile.check(descriptor, path, digest)
    } catch {
      close(descriptor)
      throw error
    }
    (self.path, self.descriptor) = (path, descriptor)
  }

  deinit { close(descriptor) }

  /// Names the very file that was read, whatever stands at its path now. Good while this is there.
  var openPath: String { "/proc/self/fd/\(descriptor)" }

  /// Whether what was sent is what was read.
  var isUnchanged: Bool {
    var status = stat()
    return fstat(descriptor, &status) == 0 && Stamp(status) == stamp
  }

  var changed: MarketplaceFailure { PhotoFile.changed(path) }

  private static func changed(_ path: String) -> MarketplaceFailure {
    .unavailable(
      .init("photo \(path) changed on disk while it was posted; it is taken up with the next look at the files"))
  }

  private static func unreadable(_ path: String, _ number: Int32) -> MarketplaceFailure {
    let why = number == ELOOP ? "it is a link now" : String(cString: strerror(number))
    return .unavailable(.init("photo \(path) changed on disk: \(why); put it back, or mend the listing"))
  }

  private static func check(
    _ descriptor: Int32, _ path: String, _ digest: Digest
  ) throws(MarketplaceFailure) -> Stamp {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw unreadable(path, errno) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw .unavailable(
        .init("photo \(path) changed on disk: it is no ordinary file any more; put it back, or mend the listing"))
    }
    guard try self.digest(descriptor, path) == digest else { throw changed(path) }
    return Stamp(status)
  }

  private static func digest(_ descriptor: Int32, _ path: String) throws(MarketplaceFailure) -> Digest {
    var stream = DigestStream()
    var piece = [UInt8](repeating: 0, count: 256 << 10)
    while true {
      let count = Glibc.read(descriptor, &piece, piece.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw unreadable(path, errno) }
      if count == 0 { return stream.finish() }
      stream.update(piece[..<count])
    }
  }
}
