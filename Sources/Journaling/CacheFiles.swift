import Glibc
import Listings

/// `cache/`: files that can be deleted at any time at the cost of one slower run. No truth: nothing in it is synced, what
/// can't be read or written is done without, and two writers harm nobody: a file is replaced whole. Whoever reads one must
/// be able to tell whether it is whole, and his.
package struct CacheFiles: Sendable {
  private let state: String
  private let folder: String
  private let disk: any Disk

  /// `directory`: the journal's.
  package init(_ directory: String, disk: any Disk = LocalDisk()) {
    (state, folder, self.disk) = (directory, directory + "/cache", disk)
  }

  /// Whether there is a state directory to keep something in.
  package var arePossible: Bool { access(state, W_OK) == 0 }

  /// Nil when it isn't there or can't be read.
  package func read(_ name: String) -> [UInt8]? { try? disk.read("\(folder)/\(name)", limit: .max) }

  /// Opens a file of which only pieces are wanted: what is opened stays what it is, also when it is replaced meanwhile.
  package func open(_ name: String) -> CachePieces? { CachePieces("\(folder)/\(name)") }

  /// Replaces a file. False: it is as it was before. Never makes the state directory itself.
  @discardableResult
  package func replace(_ name: String, _ fill: (CacheWriting) -> Void) -> Bool {
    guard mkdir(folder, 0o700) == 0 || errno == EEXIST else { return false }
    // One's own: another process that writes at the same time has its own too.
    let temporary = "\(folder)/\(name).\(getpid()).tmp"
    guard let file = try? disk.open(temporary, create: true) else { return false }
    let writing = CacheWriting(disk, file, temporary)
    fill(writing)
    disk.close(file)
    if !writing.isFailed, (try? disk.rename(temporary, to: "\(folder)/\(name)")) != nil {
      sweep()
      return true
    }
    try? disk.remove(temporary)
    return false
  }

  /// Takes away what writers that were killed have left.
  private func sweep() {
    for name in (try? disk.names(in: folder)) ?? [] where name.hasSuffix(".tmp") {
      guard let process = name.split(separator: ".").dropLast().last.flatMap({ Int32($0) }), process != getpid(),
        kill(process, 0) != 0, errno == ESRCH
      else { continue }
      try? disk.remove("\(folder)/\(name)")
    }
  }
}

/// A cache file that is being written.
package final class CacheWriting {
  private let disk: any Disk
  private let file: Int32
  private let path: String
  private var end = 0
  fileprivate private(set) var isFailed = false

  fileprivate init(_ disk: any Disk, _ file: Int32, _ path: String) {
    (self.disk, self.file, self.path) = (disk, file, path)
    isFailed = (try? disk.truncate(file, to: 0, path: path)) == nil
  }

  package func append(_ bytes: [UInt8]) {
    guard !isFailed, !bytes.isEmpty else { return }
    isFailed = (try? disk.write(bytes, to: file, at: end, path: path)) == nil
    end += bytes.count
  }
}

/// An open cache file.
package final class CachePieces: Sendable {
  private let file: Int32

  fileprivate init?(_ path: String) {
    file = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    if file < 0 { return nil }
  }

  deinit { close(file) }

  /// Nil when there are not so many bytes.
  package func read(_ offset: Int, _ count: Int) -> [UInt8]? {
    guard offset >= 0, count >= 0, count <= 64 << 20 else { return nil }
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, done in
      while done < count {
        let got = pread(file, buffer.baseAddress.map { $0 + done }, count - done, off_t(offset + done))
        if got < 0, errno == EINTR { continue }
        guard got > 0 else { return }
        done += got
      }
    }
    return bytes.count == count ? bytes : nil
  }
}
