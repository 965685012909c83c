import Glibc
import Listings
import NIOPosix
import Synchronization

extension FrontDoor {
  /// `<64 hexadecimal digits>.<ending>`, and only what the shop refers to.
  func photo(_ name: String, _ request: WebRequest) async -> WebAnswer {
    let nothing = WebAnswer.text(404, "there is no such photo")
    guard let (digest, format) = PhotoName.read(name) else { return nothing }
    guard let path = await loop.photo("\(digest.hex).\(format.rawValue)"), await photos.isGood(path, digest) else {
      return nothing
    }
    let headers = ["cache-control": "public, max-age=31536000, immutable", "etag": "\"\(digest.hex)\""]
    if let known = request.headers["if-none-match"], PhotoName.isNamed(digest, in: known) {
      return WebAnswer(304, type: format.mediaType, .bytes([]), headers: headers)
    }
    return WebAnswer(200, type: format.mediaType, .file(path), headers: headers)
  }
}

enum PhotoName {
  /// By weak comparison, as RFC 9110 has it for `If-None-Match`. A digest has no comma or quote in it.
  static func isNamed(_ digest: Digest, in tags: String) -> Bool {
    tags.split(separator: ",").contains { tag in
      let tag = tag.drop { $0 == " " || $0 == "\t" }.prefix { $0 != " " && $0 != "\t" }
      return tag == "*" || tag == "\"\(digest.hex)\"" || tag == "W/\"\(digest.hex)\""
    }
  }

  static func read(_ name: String) -> (Digest, PhotoFormat)? {
    guard let dot = name.firstIndex(of: "."), let digest = Digest(hex: name[..<dot]),
      let format = PhotoFormat(rawValue: String(name[name.index(after: dot)...]))
    else { return nil }
    return (digest, format)
  }
}

/// Whether a file still is what its digest says: what is served under a digest stays in caches for ever. A file that was
/// looked at is not read again before it changes.
final class PhotoCheck: Sendable {
  private struct Stamp: Hashable {
    var device: UInt64
    var inode: UInt64
    var size: Int
    var seconds: Int
    var nanoseconds: Int
    var digest: Digest
  }

  private let known = Mutex<Set<Stamp>>([])
  private let gate = Gate(width: 2)

  func isGood(_ path: String, _ digest: Digest) async -> Bool {
    if let stamp = PhotoCheck.stamp(path, digest), known.withLock({ $0.contains(stamp) }) { return true }
    guard await gate.enter() else { return false }
    defer { gate.leave() }
    let found = try? await NIOThreadPool.singleton.runIfActive { PhotoCheck.verify(path, digest) }
    guard let stamp = found ?? nil else { return false }
    known.withLock { known in
      if known.count > 20_000 { known.removeAll() }
      known.insert(stamp)
    }
    return true
  }

  private static func stamp(_ path: String, _ digest: Digest) -> Stamp? {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return Stamp(
      device: UInt64(status.st_dev), inode: UInt64(status.st_ino), size: Int(status.st_size),
      seconds: Int(status.st_mtim.tv_sec), nanoseconds: Int(status.st_mtim.tv_nsec), digest: digest)
  }

  private static func verify(_ path: String, _ digest: Digest) -> Stamp? {
    guard let before = stamp(path, digest) else { return nil }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var stream = DigestStream()
    var piece = [UInt8](repeating: 0, count: 128 * 1024)
    while true {
      let count = read(descriptor, &piece, piece.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { return nil }
      if count == 0 { break }
      stream.update(piece[..<count])
    }
    return stream.finish() == digest && stamp(path, digest) == before ? before : nil
  }
}
