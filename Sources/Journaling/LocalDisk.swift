import Glibc
import Listings

/// The machine's own file system.
package struct LocalDisk: Disk {
  package init() {}

  package func prepare(_ directory: String) throws(DiskError) {
    var status = stat()
    if stat(directory, &status) == 0 {
      guard status.st_mode & S_IFMT == S_IFDIR else { throw DiskError(.write, directory, code: ENOTDIR) }
      guard status.st_mode & 0o077 != 0 else { return }
      if chmod(directory, 0o700) != 0 { throw DiskError(.write, directory, code: errno) }
      return
    }
    guard errno == ENOENT else { throw DiskError(.write, directory, code: errno) }
    let parent = LocalDisk.parent(of: directory)
    var parentStatus = stat()
    if stat(parent, &parentStatus) != 0, parent != directory { try prepare(parent) }
    if mkdir(directory, 0o700) != 0, errno != EEXIST { throw DiskError(.write, directory, code: errno) }
    CrashPoint.reach("directory-made")
    try syncDirectory(parent)
  }

  package func open(_ path: String, create: Bool) throws(DiskError) -> Int32 {
    let flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW | (create ? O_CREAT : 0)
    let file = retrying { Glibc.open(path, flags, 0o600) }
    if file < 0 { throw DiskError(.write, path, code: errno) }
    return file
  }

  package func write(_ bytes: [UInt8], to file: Int32, at offset: Int, path: String) throws(DiskError) {
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes { raw in
        pwrite(file, raw.baseAddress.map { $0 + done }, bytes.count - done, off_t(offset + done))
      }
      if count > 0 {
        done += count
      } else if count < 0, errno == EINTR {
        continue
      } else {
        throw DiskError(.write, path, code: count == 0 ? ENOSPC : errno)
      }
    }
  }

  package func sync(_ file: Int32, path: String) throws(DiskError) {
    if retrying({ fdatasync(file) }) != 0 { throw DiskError(.sync, path, code: errno) }
  }

  package func reserve(_ file: Int32, from start: Int, to end: Int, path: String) throws(DiskError) -> Bool {
    guard let fallocate else { return false }
    let keepSize: Int32 = 1
    if retrying({ fallocate(file, keepSize, off_t(start), off_t(end - start)) }) == 0 { return true }
    if errno == EOPNOTSUPP || errno == ENOSYS { return false }
    throw DiskError(.write, path, code: errno)
  }

  package func truncate(_ file: Int32, to size: Int, path: String) throws(DiskError) {
    if retrying({ ftruncate(file, off_t(size)) }) != 0 { throw DiskError(.write, path, code: errno) }
  }

  package func rename(_ path: String, to target: String) throws(DiskError) {
    if Glibc.rename(path, target) != 0 { throw DiskError(.write, path, code: errno) }
  }

  package func remove(_ path: String) throws(DiskError) {
    if unlink(path) != 0, errno != ENOENT { throw DiskError(.write, path, code: errno) }
  }

  package func syncDirectory(_ path: String) throws(DiskError) {
    let file = retrying { Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    if file < 0 { throw DiskError(.sync, path, code: errno) }
    defer { close(file) }
    if retrying({ fsync(file) }) != 0 { throw DiskError(.sync, path, code: errno) }
  }

  package func read(_ path: String, limit: Int) throws(DiskError) -> [UInt8] {
    let file = retrying { Glibc.open(path, O_RDONLY | O_CLOEXEC) }
    if file < 0 { throw DiskError(.read, path, code: errno) }
    defer { close(file) }
    var status = stat()
    if fstat(file, &status) != 0 { throw DiskError(.read, path, code: errno) }
    // A file that grows meanwhile is read up to the size it had; entries are looked at one by one anyway.
    let size = min(Int(status.st_size), limit)
    var failure: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      while count < size {
        let got = pread(file, buffer.baseAddress.map { $0 + count }, size - count, off_t(count))
        if got > 0 {
          count += got
        } else if got == 0 {
          return
        } else if errno != EINTR {
          failure = errno
          return
        }
      }
    }
    if failure != 0 { throw DiskError(.read, path, code: failure) }
    return bytes
  }

  package func names(in directory: String) throws(DiskError) -> [String] {
    guard let stream = opendir(directory) else { throw DiskError(.read, directory, code: errno) }
    defer { closedir(stream) }
    var names: [String] = []
    while true {
      errno = 0
      guard let entry = readdir(stream) else { break }
      let capacity = MemoryLayout.size(ofValue: entry.pointee.d_name)
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: capacity) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    if errno != 0 { throw DiskError(.read, directory, code: errno) }
    return names.sorted()
  }

  package func close(_ file: Int32) { _ = Glibc.close(file) }

  package func lock(_ path: String) throws(DiskError) -> Int32? {
    let file = try open(path, create: true)
    // Of the open file description: a plain POSIX lock is lost when anything in this process closes the same file.
    if setLock(file, F_WRLCK) == 0 { return file }
    let code = errno
    close(file)
    if code == EAGAIN || code == EACCES { return nil }
    throw DiskError(.write, path, code: code)
  }

  /// To close it isn't enough: a child being started by another thread has a copy of the descriptor until it runs its
  /// program, and the lock would stay with that.
  package func unlock(_ lock: Int32) {
    _ = setLock(lock, F_UNLCK)
    close(lock)
  }

  private func setLock(_ file: Int32, _ type: Int32) -> Int32 {
    var range = flock(l_type: Int16(type), l_whence: Int16(SEEK_SET), l_start: 0, l_len: 0, l_pid: 0)
    let ofdSetLock: Int32 = 37
    return retrying { fcntl(file, ofdSetLock, &range) }
  }

  package func alarm(_ text: String) {
    var line = text
    line += "\n"
    let bytes = Array(line.utf8)
    _ = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }

  private static func parent(of path: String) -> String {
    let trimmed = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    guard let slash = trimmed.lastIndex(of: "/") else { return "." }
    return slash == trimmed.startIndex ? "/" : String(trimmed[..<slash])
  }
}

/// Glibc's module leaves it out (it is a GNU extension), so it is asked for by name; nil where the C library lacks it.
private let fallocate: (@convention(c) (Int32, Int32, off_t, off_t) -> Int32)? = {
  guard let symbol = dlsym(nil, "fallocate") else { return nil }
  return unsafeBitCast(symbol, to: (@convention(c) (Int32, Int32, off_t, off_t) -> Int32).self)
}()

/// A call again and again while a signal interrupts it.
private func retrying(_ call: () -> Int32) -> Int32 {
  while true {
    let result = call()
    if result >= 0 || errno != EINTR { return result }
  }
}

extension DiskError {
  package var isMissing: Bool { code == ENOENT }
  package var isFull: Bool { code == ENOSPC || code == EDQUOT }
  package var isNotDirectory: Bool { code == ENOTDIR }
  package var isForbidden: Bool { code == EACCES || code == EPERM }

  package var reason: String { String(cString: strerror(code)) }
}
