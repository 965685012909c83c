import Glibc

/// The system calls under `LocalDisk`, each as the C library has it (-1 and `errno` on failure), so that a test can
/// interrupt, shorten or refuse the k-th of them and prove the loops above.
package struct SystemCalls: Sendable {
  package var open: @Sendable (_ path: String, _ flags: Int32, _ mode: mode_t) -> Int32
  package var write: @Sendable (_ file: Int32, _ bytes: UnsafeRawBufferPointer, _ offset: Int) -> Int
  package var read: @Sendable (_ file: Int32, _ bytes: UnsafeMutableRawBufferPointer, _ offset: Int) -> Int
  /// `fdatasync` of a file, `fsync` of a directory.
  package var sync: @Sendable (_ file: Int32, _ isDirectory: Bool) -> Int32
  package var truncate: @Sendable (_ file: Int32, _ size: Int) -> Int32
  /// `fallocate` with the size kept.
  package var reserve: @Sendable (_ file: Int32, _ start: Int, _ count: Int) -> Int32
  package var rename: @Sendable (_ path: String, _ target: String) -> Int32
  package var remove: @Sendable (_ path: String) -> Int32

  package init() {
    open = { Glibc.open($0, $1, $2) }
    write = { pwrite($0, $1.baseAddress, $1.count, off_t($2)) }
    read = { pread($0, $1.baseAddress, $1.count, off_t($2)) }
    sync = { $1 ? fsync($0) : fdatasync($0) }
    truncate = { ftruncate($0, off_t($1)) }
    reserve = { file, start, count in
      guard let fallocate else {
        errno = ENOSYS
        return -1
      }
      let keepSize: Int32 = 1
      return fallocate(file, keepSize, off_t(start), off_t(count))
    }
    rename = { Glibc.rename($0, $1) }
    remove = { unlink($0) }
  }
}

/// Glibc's module leaves it out (it is a GNU extension), so it is asked for by name; nil where the C library lacks it.
private let fallocate: (@convention(c) (Int32, Int32, off_t, off_t) -> Int32)? = {
  guard let symbol = dlsym(nil, "fallocate") else { return nil }
  return unsafeBitCast(symbol, to: (@convention(c) (Int32, Int32, off_t, off_t) -> Int32).self)
}()
