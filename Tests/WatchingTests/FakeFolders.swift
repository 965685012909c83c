import Inotify
import Synchronization

@testable import Watching

/// Folders that exist only here, for what real ones won't do when asked.
struct FakeFolders: FolderWatching {
  struct Entry {
    var inode: UInt64
    var files: [String] = []
  }

  var folders: [String: Entry] = [:]
  var failures: [String: AddOutcome] = [:]
  var limit = 8192
  private(set) var watches: [Int32: UInt64] = [:]
  private(set) var removed: [Int32] = []
  private var lastWatch: Int32 = 0
  private var lastInode: UInt64 = 0

  mutating func make(_ path: String, inode: UInt64? = nil, files: [String] = []) {
    lastInode += 1
    folders[path] = Entry(inode: inode ?? lastInode + 1000, files: files)
  }

  mutating func delete(_ path: String) {
    for key in folders.keys where RawPath(key).isInside(RawPath(path)) { folders[key] = nil }
  }

  func watch(_ path: String) -> Int32 { watches.first { $0.value == folders[path]?.inode }?.key ?? -1 }

  mutating func add(_ path: RawPath, followingLinks: Bool, listing: EntryFilter) -> AddOutcome {
    let text = "\(path)"
    guard let folder = folders[text] else { return .vanished }
    if let failure = failures[text] { return failure }
    var watch = watches.first { $0.value == folder.inode }?.key
    if watch == nil {
      lastWatch += 1
      watch = lastWatch
      watches[lastWatch] = folder.inode
    }
    let below = folders.keys.filter { RawPath($0).parent == path }.map {
      FolderEntry(name: RawPath($0).name, isFolder: true)
    }
    let files = listing == .everything ? folder.files.map { FolderEntry(name: Array($0.utf8), isFolder: false) } : []
    return .watching(
      WatchedFolder(
        watch: watch!, identity: FolderIdentity(device: 1, inode: folder.inode),
        entries: listing == .nothing ? [] : below + files))
  }

  mutating func remove(_ watch: Int32) {
    watches[watch] = nil
    removed.append(watch)
  }

  /// The kernel lets go of a folder by itself.
  mutating func die(_ watch: Int32) { watches[watch] = nil }

  func identity(of path: RawPath) -> FolderIdentity? {
    folders["\(path)"].map { FolderIdentity(device: 1, inode: $0.inode) }
  }
}

/// A tree over fake folders, and what it reported since it was last asked.
final class TreeBench {
  var tree: Tree
  var folders = FakeFolders()
  private let log = ReportLog()

  init(roots: [String] = ["/shop/listings"], files: [String] = [], change: (inout WatchOptions) -> Void = { _ in }) {
    var options = WatchOptions(roots: roots, files: files)
    change(&options)
    let log = log
    tree = Tree(options, folders: []) { report in
      log.reports.withLock { $0.append(report) }
    } commands: {
      log.commands.withLock { commands in
        defer { commands = [] }
        return commands
      }
    }
    for path in ["/", "/shop", "/shop/listings"] { folders.make(path) }
  }

  @discardableResult func hear(_ notice: Notice) -> [TreeReport] {
    tree.heard(notice, &folders)
    return log.reports.withLock { reports in
      defer { reports = [] }
      return reports
    }
  }

  func hear(_ kind: InotifyEvent.Kind, in path: String, _ name: String = "", cookie: UInt32 = 0) -> [TreeReport] {
    hear(folders.watch(path), kind, name, cookie: cookie)
  }

  func hear(_ watch: Int32, _ kind: InotifyEvent.Kind, _ name: String = "", cookie: UInt32 = 0) -> [TreeReport] {
    hear(.event(InotifyEvent(watch: watch, kind: kind, cookie: cookie, name: Array(name.utf8))))
  }

  func command(_ command: Command) -> [TreeReport] {
    log.commands.withLock { $0 = [command] }
    return hear(.poked)
  }

  private final class ReportLog: Sendable {
    let reports = Mutex<[TreeReport]>([])
    let commands = Mutex<[Command]>([])
  }
}
