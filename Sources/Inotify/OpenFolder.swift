import CLibInotifyTools
import Glibc

/// A folder held open, so that its watch, its identity and its list are certainly the same folder's.
struct OpenFolder: ~Copyable {
  let descriptor: CInt

  init(_ path: RawPath, followingLinks: Bool) throws(SystemFailure) {
    let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK | (followingLinks ? 0 : O_NOFOLLOW)
    let opened = path.withCString { open($0, flags) }
    guard opened >= 0 else { throw SystemFailure(errno) }
    descriptor = opened
  }

  deinit { close(descriptor) }

  var identity: FolderIdentity {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return FolderIdentity(device: 0, inode: 0) }
    return FolderIdentity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
  }

  /// Without `.` and `..`; what vanishes meanwhile is left out.
  func entries(_ filter: EntryFilter) -> [FolderEntry] {
    guard filter != .nothing else { return [] }
    let own = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard own >= 0 else { return [] }
    guard let stream = fdopendir(own) else {
      close(own)
      return []
    }
    defer { closedir(stream) }
    var entries: [FolderEntry] = []
    while let entry = readdir(stream) {
      let name = hawker_entry_name(entry)
      if strcmp(name, ".") == 0 || strcmp(name, "..") == 0 { continue }
      let isFolder = isFolder(name, type: entry.pointee.d_type)
      if isFolder || filter == .everything { entries.append(FolderEntry(name: copyBytes(name), isFolder: isFolder)) }
    }
    return entries
  }

  private func isFolder(_ name: UnsafePointer<CChar>, type: UInt8) -> Bool {
    guard type == DT_UNKNOWN else { return type == DT_DIR }
    var status = stat()
    return fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }
}

/// An `errno`.
struct SystemFailure: Error {
  let number: Int32
  init(_ number: Int32) { self.number = number }
}

extension RawPath {
  func withCString<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
    (bytes.map { CChar(bitPattern: $0) } + [0]).withUnsafeBufferPointer { buffer in
      // The array always holds the NUL, so it has a base address.
      buffer.baseAddress.map(body) ?? body("")
    }
  }
}

func copyBytes(_ text: UnsafePointer<CChar>) -> [UInt8] {
  Array(UnsafeRawBufferPointer(start: text, count: strlen(text)))
}
