import CLibInotifyTools
import Glibc

/// Whose watches are whose: listeners may watch the same folder, which for the kernel is one watch.
struct SharedWatches: FolderWatching {
  let tools: InotifyTools
  /// Whoever is being told something: adds and removals are its.
  var listener = 0
  private var owners: [Int32: Set<Int>] = [:]
  /// Watches that nobody needs any more. They are left alone, for to remove one is a race against the kernel, which drops
  /// it with its folder, and losing it makes the library complain on standard error. When they are many, or when the
  /// limit is reached, starting the library anew removes them all.
  private var unneeded: Set<Int32> = []
  private var needsRoom = false

  init(tools: InotifyTools) { self.tools = tools }

  /// The library's records of dead watches, or the watches nobody needs, outweigh the living.
  var isWorn: Bool {
    needsRoom || tools.adds > max(20_000, 4 * owners.count) || unneeded.count > max(500, owners.count)
  }

  var limit: Int { Int(inotifytools_get_max_user_watches()) }

  func owners(of watch: Int32) -> Set<Int> { owners[watch] ?? [] }

  /// The kernel dropped it.
  mutating func forget(_ watch: Int32) {
    owners[watch] = nil
    unneeded.remove(watch)
  }

  mutating func add(_ path: RawPath, followingLinks: Bool, listing: EntryFilter) -> AddOutcome {
    do {
      let folder = try OpenFolder(path, followingLinks: followingLinks)
      let watch = try tools.add(folder)
      owners[watch, default: []].insert(listener)
      unneeded.remove(watch)
      return .watching(WatchedFolder(watch: watch, identity: folder.identity, entries: folder.entries(listing)))
    } catch {
      switch error.number {
      case ENOENT, ENOTDIR, ELOOP: return .vanished
      case ENOSPC:
        needsRoom = !unneeded.isEmpty
        return .limitReached
      default: return .failed(errno: error.number)
      }
    }
  }

  mutating func remove(_ watch: Int32) {
    guard var others = owners[watch], others.remove(listener) != nil else { return }
    owners[watch] = others.isEmpty ? nil : others
    if others.isEmpty { unneeded.insert(watch) }
  }

  mutating func removeAll(of listener: Int) {
    self.listener = listener
    for (watch, listeners) in owners where listeners.contains(listener) { remove(watch) }
  }

  func identity(of path: RawPath) -> FolderIdentity? {
    var status = stat()
    guard path.withCString({ stat($0, &status) }) == 0, status.st_mode & S_IFMT == S_IFDIR else { return nil }
    return FolderIdentity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
  }
}
