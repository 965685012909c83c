import Glibc
import Listings

/// The machine's own file system.
package struct LocalDisk: Disk {
  private let calls: SystemCalls

  package init(calls: SystemCalls = SystemCalls()) { self.calls = calls }

  package func prepare(_ directory: String) throws(DiskError) {
    var status = stat()
    let parent = LocalDisk.parent(of: directory)
    if stat(directory, &status) == 0 {
      guard status.st_mode & S_IFMT == S_IFDIR else { throw DiskError(.write, directory, code: ENOTDIR) }
      if status.st_mode & 0o077 != 0, chmod(directory, 0o700) != 0 {
        throw DiskError(.write, directory, code: errno)
      }
      // Whoever made it may have been killed before it was durable. The parent may be closed to us, and is then not new.
      try? syncDirectory(parent)
      return
    }
    guard errno == ENOENT else { throw DiskError(.write, directory, code: errno) }
    var parentStatus = stat()
    if stat(parent, &parentStatus) != 0, parent != directory { try prepare(parent) }
    if mkdir(directory, 0o700) != 0, errno != EEXIST { throw DiskError(.write, directory, code: errno) }
    CrashPoint.reach("directory-made")
    try syncDirectory(parent)
  }

  package func open(_ path: String, create: Bool) throws(DiskError) -> Int32 {
    try opened(path, O_RDWR | (create ? O_CREAT : 0), .write).file
  }

  /// Opens a plain file and nothing else: a FIFO would keep us waiting, a device or a link is not what hawker made.
  private func opened(
    _ path: String, _ access: Int32, _ operation: DiskError.Operation
  ) throws(DiskError) -> (file: Int32, size: Int) {
    let flags = access | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK
    let file = retrying { calls.open(path, flags, 0o600) }
    if file < 0 { throw DiskError(operation, path, code: errno) }
    var status = stat()
    let code = fstat(file, &status) == 0 ? 0 : errno
    if code == 0, status.st_mode & S_IFMT == S_IFREG { return (file, Int(status.st_size)) }
    close(file)
    if code != 0 { throw DiskError(operation, path, code: code) }
    throw DiskError(operation, path, code: status.st_mode & S_IFMT == S_IFDIR ? EISDIR : DiskError.notAFile)
  }

  package func write(_ bytes: [UInt8], to file: Int32, at offset: Int, path: String) throws(DiskError) {
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes {
        calls.write(file, UnsafeRawBufferPointer(rebasing: $0[done...]), offset + done)
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
    if retrying({ calls.sync(file, false) }) != 0 { throw DiskError(.sync, path, code: errno) }
  }

  package func reserve(_ file: Int32, from start: Int, to end: Int, path: String) throws(DiskError) -> Bool {
    if retrying({ calls.reserve(file, start, end - start) }) == 0 { return true }
    if errno == EOPNOTSUPP || errno == ENOSYS { return false }
    throw DiskError(.write, path, code: errno)
  }

  package func truncate(_ file: Int32, to size: Int, path: String) throws(DiskError) {
    if retrying({ calls.truncate(file, size) }) != 0 { throw DiskError(.write, path, code: errno) }
  }

  package func rename(_ path: String, to target: String) throws(DiskError) {
    if retrying({ calls.rename(path, target) }) != 0 { throw DiskError(.write, path, code: errno) }
  }

  package func remove(_ path: String) throws(DiskError) {
    if retrying({ calls.remove(path) }) != 0, errno != ENOENT { throw DiskError(.write, path, code: errno) }
  }

  package func syncDirectory(_ path: String) throws(DiskError) {
    let file = retrying { calls.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0) }
    if file < 0 { throw DiskError(.sync, path, code: errno) }
    defer { close(file) }
    if retrying({ calls.sync(file, true) }) != 0 { throw DiskError(.sync, path, code: errno) }
  }

  package func read(_ path: String, limit: Int) throws(DiskError) -> [UInt8] {
    let (file, length) = try opened(path, O_RDONLY, .read)
    defer { close(file) }
    // A file that grows meanwhile is read up to the size it had; entries are looked at one by one anyway.
    let size = min(length, limit)
    guard size <= DiskError.readLimit else { throw DiskError(.read, path, code: EFBIG) }
    var failure: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      LocalDisk.useLargePages(UnsafeMutableRawBufferPointer(buffer))
      while count < size {
        let got = calls.read(
          file, UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[count..<size]), count)
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

  /// A large file is otherwise a fault for each 4 KiB of its bytes, which costs more than to copy them. A kernel that has
  /// no such pages goes on without.
  private static func useLargePages(_ buffer: UnsafeMutableRawBufferPointer) {
    let page = 2 * 1024 * 1024
    guard buffer.count >= 2 * page, let base = buffer.baseAddress else { return }
    let skipped = (page - Int(bitPattern: base) % page) % page
    madvise(base + skipped, (buffer.count - skipped) / page * page, MADV_HUGEPAGE)
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

  package func isThere(_ file: Int32, at path: String) throws(DiskError) -> Bool {
    var (held, found) = (stat(), stat())
    if fstat(file, &held) != 0 { throw DiskError(.write, path, code: errno) }
    if lstat(path, &found) != 0 {
      if errno == ENOENT || errno == ENOTDIR { return false }
      throw DiskError(.write, path, code: errno)
    }
    return held.st_ino == found.st_ino && held.st_dev == found.st_dev
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

  package func lockDirectory(_ path: String) throws(DiskError) -> Int32? {
    let file = retrying { calls.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0) }
    if file < 0 { throw DiskError(.write, path, code: errno) }
    // The other kind of lock needs a descriptor that can be written on, which a directory's can't. Over NFS this one does
    // too, and the lock file has to do.
    if retrying({ flock(file, LOCK_EX | LOCK_NB) }) == 0 { return file }
    let code = errno
    close(file)
    return code == EWOULDBLOCK ? nil : -1
  }

  /// To close it isn't enough: a child being started by another thread has a copy of the descriptor until it runs its
  /// program, and the lock would stay with that.
  package func unlock(_ lock: Int32) {
    _ = setLock(lock, F_UNLCK)
    _ = flock(lock, LOCK_UN)
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
    // By bytes: to a String, a slash with a combining mark behind it is another character.
    let trimmed = path.utf8.count > 1 && path.utf8.last == 0x2F ? path.utf8.dropLast() : path.utf8[...]
    guard let slash = trimmed.lastIndex(of: 0x2F) else { return "." }
    return slash == trimmed.startIndex ? "/" : String(Substring(trimmed[..<slash]))
  }
}

/// A call again and again while a signal interrupts it.
private func retrying(_ call: () -> Int32) -> Int32 {
  while true {
    let result = call()
    if result >= 0 || errno != EINTR { return result }
  }
}
