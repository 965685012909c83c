import Inotify

/// A folder that is watched, and what it is watched for.
struct Folder {
  let watch: Int32
  let identity: FolderIdentity
  /// How deep below its root; nil when it belongs to no tree.
  var depth: Int?
  /// Everything directly in it counts.
  var isWanted = false
  /// Only these entries count.
  var names: Set<[UInt8]> = []
  /// Entries on the way to a place: when one changes, the place has to be found again.
  var steps: Set<[UInt8]> = []
  var subfolders: Set<[UInt8]> = []

  var hasPurpose: Bool { depth != nil || isPlaceOrWay }
  var isPlaceOrWay: Bool { depth == 0 || isWanted || !names.isEmpty || !steps.isEmpty }

  mutating func servePurposes(of other: Folder) {
    isWanted = other.isWanted
    names = other.names
    steps = other.steps
  }

  func counts(_ name: [UInt8]) -> Bool { depth != nil || isWanted || names.contains(name) }
}

/// Which folders are watched under which numbers. One folder may have several paths (bind mounts): one watch, then.
struct Atlas {
  private(set) var folders: [RawPath: Folder] = [:]
  private var paths: [Int32: [RawPath]] = [:]

  subscript(path: RawPath) -> Folder? { folders[path] }

  func paths(of watch: Int32) -> [RawPath] { paths[watch] ?? [] }

  /// Found again under the same number it stays as it is. Found under another one, whatever was known of it has to have
  /// been forgotten.
  mutating func insert(_ path: RawPath, _ found: WatchedFolder) {
    guard folders[path]?.watch != found.watch else { return }
    folders[path] = Folder(watch: found.watch, identity: found.identity)
    paths[found.watch, default: []].append(path)
    if let parent = path.parent { folders[parent]?.subfolders.insert(path.name) }
  }

  mutating func change(_ path: RawPath, _ body: (inout Folder) -> Void) {
    if var folder = folders[path] {
      body(&folder)
      folders[path] = folder
    }
  }

  struct Forgotten {
    /// The watches that nothing needs any more.
    var watches: [Int32] = []
    /// A place, or the way to one, was among them.
    var hadPlace = false
  }

  /// Forgets the folder and all below it.
  mutating func forget(_ path: RawPath) -> Forgotten {
    var forgotten = Forgotten()
    var rest = [path]
    if let parent = path.parent { folders[parent]?.subfolders.remove(path.name) }
    while let next = rest.popLast() {
      guard let folder = folders[next] else { continue }
      rest.append(contentsOf: folder.subfolders.map { next.appending($0) })
      if folder.isPlaceOrWay { forgotten.hadPlace = true }
      if let watch = drop(next) { forgotten.watches.append(watch) }
    }
    return forgotten
  }

  /// Forgets this folder alone; its watch, when nothing needs it any more.
  mutating func drop(_ path: RawPath) -> Int32? {
    guard let folder = folders.removeValue(forKey: path) else { return nil }
    paths[folder.watch]?.removeAll { $0 == path }
    guard paths[folder.watch]?.isEmpty == true else { return nil }
    paths[folder.watch] = nil
    return folder.watch
  }

  mutating func clearSteps() {
    for (path, folder) in folders where !folder.steps.isEmpty { folders[path]?.steps = [] }
  }

  /// Folders that are watched for nothing.
  var idle: [RawPath] { folders.filter { !$0.value.hasPurpose }.map(\.key) }
}
