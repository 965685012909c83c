import Glibc

/// An open descriptor, closed when its owner lets go.
struct Descriptor: ~Copyable {
  let number: Int32

  init(_ number: Int32) { self.number = number }

  deinit { close(number) }

  /// Nil with `errno` set. Never follows a symbolic link in the last component, and never blocks on a FIFO. `name`: a
  /// String, or bytes as the system keeps them, which need not be UTF-8.
  static func open(_ name: UnsafePointer<CChar>, in folder: Int32, flags: Int32 = 0) -> Descriptor? {
    let number = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | flags)
    return number < 0 ? nil : Descriptor(number)
  }

  /// Opens component by component, so that no link can be put in between. No component at all: the folder itself.
  static func open(path parts: ArraySlice<Substring>, in folder: Int32, flags: Int32 = 0) -> Descriptor? {
    guard let first = parts.first else { return open(".", in: folder, flags: flags) }
    if parts.count == 1 { return open(String(first), in: folder, flags: flags) }
    guard let inner = open(String(first), in: folder, flags: O_DIRECTORY) else { return nil }
    return open(path: parts.dropFirst(), in: inner.number, flags: flags)
  }
}

/// What tells that a file is still the one that was read, unchanged.
struct Stamp: Hashable, Sendable {
  var device: UInt64
  var inode: UInt64
  var size: Int
  var modified: FileTime
  var changed: FileTime

  init(device: UInt64, inode: UInt64, size: Int, modified: FileTime, changed: FileTime) {
    (self.device, self.inode, self.size) = (device, inode, size)
    (self.modified, self.changed) = (modified, changed)
  }

  init(_ status: stat) {
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
    size = Int(status.st_size)
    modified = FileTime(status.st_mtim)
    changed = FileTime(status.st_ctim)
  }

  // As words of a file.
  static let wordCount = 7

  var words: [UInt64] {
    let (modified, changed) = (modified.words, changed.words)
    return [
      device, inode, UInt64(bitPattern: Int64(size)), modified.high, modified.low, changed.high, changed.low,
    ]
  }

  init(words word: (Int) -> UInt64) {
    (device, inode, size) = (word(0), word(1), Int(truncatingIfNeeded: word(2)))
    modified = FileTime(high: word(3), low: word(4))
    changed = FileTime(high: word(5), low: word(6))
  }

  /// A change within the same tick of a file system's clock leaves no trace, and some tick every two seconds: a file
  /// that was this fresh when it was read is read again next time (git calls such an entry racily clean).
  func isFresh(at now: FileTime) -> Bool { max(modified, changed) > now.advanced(by: .seconds(-2)) }
}

enum FileKind {
  case file, folder, link, other

  init(_ status: stat) {
    self =
      switch status.st_mode & S_IFMT {
      case S_IFREG: .file
      case S_IFDIR: .folder
      case S_IFLNK: .link
      default: .other
      }
  }
}

enum Files {
  /// Whether it is there and is no plain file: opening a FIFO or a device may already have an effect.
  static func isOdd(_ name: String, in folder: Int32) -> Bool {
    status(name, in: folder).map { FileKind($0) != .file } ?? false
  }

  static func status(_ name: String, in folder: Int32) -> stat? {
    var status = stat()
    return fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0 ? status : nil
  }

  static func status(of descriptor: borrowing Descriptor) -> stat? {
    var status = stat()
    return fstat(descriptor.number, &status) == 0 ? status : nil
  }

  static func reason(_ code: Int32) -> String { String(cString: strerror(code)) }
}

/// Reads small files into one buffer that is used again and again.
struct FileBuffer {
  enum Outcome {
    /// The first `count` bytes of the buffer are the file, as it was at `stamp`.
    case read(count: Int, Stamp)
    case notRegular
    case tooLarge
    /// It changed while it was read, several times over.
    case changing
    /// It was listed and is not there any more.
    case vanished
    case failed(String)
  }

  static let limit = 256 * 1024
  private(set) var bytes = [UInt8](repeating: 0, count: FileBuffer.limit + 1)
  /// How often a file's bytes were read: tests look at it.
  private(set) var reads = 0

  mutating func read(_ name: UnsafePointer<CChar>, in folder: Int32) -> Outcome {
    guard let file = Descriptor.open(name, in: folder) else {
      switch errno {
      case ENOENT: return .vanished
      case ELOOP: return .notRegular
      // A socket, or a device without a driver.
      case ENXIO: return .notRegular
      default: return .failed(Files.reason(errno))
      }
    }
    for _ in 0..<3 {
      guard let before = Files.status(of: file) else { return .failed(Files.reason(errno)) }
      guard FileKind(before) == .file else { return .notRegular }
      guard before.st_size <= FileBuffer.limit else { return .tooLarge }
      guard let count = fill(from: file.number, expecting: Int(before.st_size)) else {
        return .failed(Files.reason(errno))
      }
      guard count <= FileBuffer.limit else { return .tooLarge }
      guard let after = Files.status(of: file) else { return .failed(Files.reason(errno)) }
      if Stamp(before) == Stamp(after), count == Int(after.st_size) { return .read(count: count, Stamp(after)) }
    }
    return .changing
  }

  /// How many bytes there were; nil with `errno` set. Stops at the expected size: whether the file grew, its status tells.
  private mutating func fill(from descriptor: Int32, expecting size: Int) -> Int? {
    reads += 1
    var count = 0
    return bytes.withUnsafeMutableBytes { buffer in
      while count < buffer.count {
        guard let base = buffer.baseAddress else { return nil }
        let got = pread(descriptor, base + count, buffer.count - count, off_t(count))
        if got < 0 {
          if errno == EINTR { continue }
          return nil
        }
        count += got
        if got == 0 || count == size { break }
      }
      return count
    }
  }
}
