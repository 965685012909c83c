import Glibc
import Listings

/// The file system as the journal uses it, so that a test can count, refuse or drop each call. The calls from `prepare`
/// to `syncDirectory` change something; the others don't.
package protocol Disk: Sendable {
  /// Makes the directory (mode 0700) and its parents where they are missing; takes group and others out of its mode.
  func prepare(_ directory: String) throws(DiskError)
  /// Opens for writing; with `create` the file may be missing (mode 0600).
  func open(_ path: String, create: Bool) throws(DiskError) -> Int32
  /// Writes all of `bytes` at `offset`, however many calls that takes.
  func write(_ bytes: [UInt8], to file: Int32, at offset: Int, path: String) throws(DiskError)
  /// Makes the file's bytes and size durable. Never call it again after it failed.
  func sync(_ file: Int32, path: String) throws(DiskError)
  /// Keeps room for the file up to `end` without changing its size. False: this file system can't.
  func reserve(_ file: Int32, from start: Int, to end: Int, path: String) throws(DiskError) -> Bool
  func truncate(_ file: Int32, to size: Int, path: String) throws(DiskError)
  func rename(_ path: String, to target: String) throws(DiskError)
  func remove(_ path: String) throws(DiskError)
  func syncDirectory(_ path: String) throws(DiskError)

  /// The whole file, or its first `limit` bytes.
  func read(_ path: String, limit: Int) throws(DiskError) -> [UInt8]
  func names(in directory: String) throws(DiskError) -> [String]
  /// Whether this path still leads to this open file: nobody removed it or put another in its place.
  func isThere(_ file: Int32, at path: String) throws(DiskError) -> Bool
  func close(_ file: Int32)
  /// An open-file-description lock; nil when another holds it.
  func lock(_ path: String) throws(DiskError) -> Int32?
  /// A lock on the directory itself, which goes with it wherever it is moved; nil when another holds it, -1 where the
  /// file system has none for directories.
  func lockDirectory(_ path: String) throws(DiskError) -> Int32?
  /// Gives a lock back and closes it.
  func unlock(_ lock: Int32)
  /// The last resort: a line on standard error.
  func alarm(_ text: String)
}

extension Disk {
  /// Files in memory have no directories that could be locked.
  package func lockDirectory(_ path: String) throws(DiskError) -> Int32? { -1 }

  func read(_ path: String) throws(DiskError) -> [UInt8] { try read(path, limit: .max) }

  /// Nil when it isn't there.
  func readIfPresent(_ path: String, limit: Int = .max) throws(DiskError) -> [UInt8]? {
    do { return try read(path, limit: limit) } catch {
      if error.isMissing { return nil }
      throw error
    }
  }

  /// Writes a file that is there whole or not at all, and leaves it open for writing.
  func publish(_ bytes: [UInt8], as path: String, in directory: String) throws(DiskError) -> Int32 {
    try publish(as: path, in: directory) { (write) throws(DiskError) in try write(bytes) }
  }

  /// The file's bytes come in pieces, so that a large one need not be put together first.
  func publish(
    as path: String, in directory: String,
    _ pieces: (_ write: ([UInt8]) throws(DiskError) -> Void) throws(DiskError) -> Void
  ) throws(DiskError) -> Int32 {
    let temporary = path + ".tmp"
    let file = try open(temporary, create: true)
    CrashPoint.reach("publish-opened", of: path)
    do throws(DiskError) {
      try truncate(file, to: 0, path: temporary)
      var end = 0
      try pieces { (piece) throws(DiskError) in
        try write(piece, to: file, at: end, path: temporary)
        end += piece.count
      }
      CrashPoint.reach("publish-written", of: path)
      try sync(file, path: temporary)
      CrashPoint.reach("publish-synced", of: path)
      try rename(temporary, to: path)
      CrashPoint.reach("publish-renamed", of: path)
      try syncDirectory(directory)
      CrashPoint.reach("publish-done", of: path)
    } catch {
      close(file)
      // It may be what fills the disk.
      try? remove(temporary)
      throw error
    }
    return file
  }
}

/// A system call that failed.
package struct DiskError: Error, Hashable, Sendable {
  package enum Operation: Hashable, Sendable { case read, write, sync }

  package var operation: Operation
  package var path: String
  package var code: Int32

  package init(_ operation: Operation, _ path: String, code: Int32) {
    self.operation = operation
    self.path = path
    self.code = code
  }
}

extension DiskError {
  /// Larger than any file of a journal: a segment is compacted at 16 MiB, and a checkpoint of a million posts fits.
  static let readLimit = 2 * 1024 * 1024 * 1024
  /// No errno says it: a FIFO, a socket or a device stands where a file should be.
  static let notAFile: Int32 = -1

  package var isMissing: Bool { code == ENOENT }
  package var isFull: Bool { code == ENOSPC || code == EDQUOT }
  package var isNotDirectory: Bool { code == ENOTDIR }
  package var isTooLarge: Bool { code == EFBIG }
  package var isForbidden: Bool { code == EACCES || code == EPERM }
  /// Something else stands where hawker's file should be.
  package var isOutOfPlace: Bool { code == EISDIR || code == ELOOP || code == DiskError.notAFile }

  package var reason: String {
    switch code {
    case DiskError.notAFile: "a FIFO, a socket or a device, not a file"
    case EISDIR: "a directory, not a file"
    case ELOOP: "a symbolic link, not a file"
    default: String(cString: strerror(code))
    }
  }
}
