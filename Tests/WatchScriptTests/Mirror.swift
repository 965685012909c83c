import Glibc
import Watching

/// What a reader of signals knows of the files: it looks only where a signal sends it. In the end it must know the truth.
struct FileMirror {
  typealias Path = [UInt8]

  struct Fingerprint: Hashable {
    var inode: UInt64
    var size: Int
    var modified: Int
    var mode: UInt32

    var isFolder: Bool { mode & S_IFMT == S_IFDIR }
  }

  let root: Path
  private(set) var known: [Path: Fingerprint] = [:]

  init(root: String) {
    self.root = Array(root.utf8)
    known = Self.truth(of: self.root)
  }

  mutating func take(_ signal: WatchSignal) {
    switch signal {
    case .settled(let paths):
      for path in paths.map({ Array($0.utf8) }) where path == root || Self.isBelow(path, root) { look(at: path) }
    case .lookAgain: known = Self.truth(of: root)
    case .degraded, .recovered: break
    }
  }

  /// The entry itself, and what is directly in it.
  private mutating func look(at path: Path) {
    guard let fingerprint = Self.fingerprint(path) else { return forget(path) }
    if path != root { known[path] = fingerprint }
    guard fingerprint.isFolder else { return }
    let entries = Self.entries(of: path)
    for (entry, fingerprint) in entries { known[entry] = fingerprint }
    for entry in known.keys where Self.isBelow(entry, path) && entries[entry] == nil {
      if !entry.dropFirst(path.count + 1).contains(UInt8(ascii: "/")) { forget(entry) }
    }
  }

  private mutating func forget(_ path: Path) {
    known = known.filter { $0.key != path && !Self.isBelow($0.key, path) }
  }

  private static func isBelow(_ path: Path, _ folder: Path) -> Bool { path.starts(with: folder + [UInt8(ascii: "/")]) }

  static func truth(of folder: Path) -> [Path: Fingerprint] {
    var all: [Path: Fingerprint] = [:]
    var rest = [folder]
    while let next = rest.popLast() {
      for (path, fingerprint) in entries(of: next) {
        all[path] = fingerprint
        if fingerprint.isFolder { rest.append(path) }
      }
    }
    return all
  }

  private static func entries(of folder: Path) -> [Path: Fingerprint] {
    var all: [Path: Fingerprint] = [:]
    for name in entryNames(in: folder) {
      let path = folder + [UInt8(ascii: "/")] + name
      guard let fingerprint = fingerprint(path) else { continue }
      if !EditorNoise.isNoise(name, isFolder: fingerprint.isFolder) { all[path] = fingerprint }
    }
    return all
  }

  /// A folder's size and time change with its entries, which are looked at themselves.
  private static func fingerprint(_ path: Path) -> Fingerprint? {
    var status = stat()
    guard path.withCString({ lstat($0, &status) }) == 0 else { return nil }
    let isFolder = status.st_mode & S_IFMT == S_IFDIR
    return Fingerprint(
      inode: UInt64(status.st_ino), size: isFolder ? 0 : Int(status.st_size),
      modified: isFolder ? 0 : status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec, mode: status.st_mode)
  }
}
