import Inotify

extension Tree {
  /// Watches a folder and all below it: the watch first, then the list, so that nothing falls between. Loud: what is found
  /// is news. False when the limit is reached: the rest of it is blind, and trying more is in vain.
  @discardableResult
  mutating func adopt(_ path: RawPath, depth: Int, isLoud: Bool, _ watches: inout some FolderWatching) -> Bool {
    var rest = [(path, depth)]
    while let (next, depth) = rest.popLast() {
      switch watch(next, followingLinks: depth == 0, listing: isLoud ? .everything : .folders, &watches) {
      case .watching(let found):
        atlas.change(next) { $0.depth = depth }
        blind.remove(next)
        if isLoud { report(.changed(next, .touched)) }
        for entry in found.entries where !options.ignores(entry.name, entry.isFolder) {
          let path = next.appending(entry.name)
          if isLoud { report(.changed(path, .touched)) }
          if entry.isFolder, depth < Tree.deepest { rest.append((path, depth + 1)) }
        }
      case .vanished: break
      case .failed(let number): blind.add(next, depth: depth, .failed(next, number))
      case .limitReached:
        blind.add(next, depth: depth, .limit)
        for (path, depth) in rest { blind.add(path, depth: depth, .limit) }
        return false
      }
    }
    return true
  }

  /// Adds one watch, for the purposes that the path had before.
  mutating func watch(
    _ path: RawPath, followingLinks: Bool, listing: EntryFilter, _ watches: inout some FolderWatching
  ) -> AddOutcome {
    let isRefused = options.refuses?(path) == true
    let outcome =
      isRefused ? .limitReached : watches.add(path, followingLinks: followingLinks, listing: listing)
    let known = atlas[path]
    guard case .watching(let found) = outcome else {
      if known != nil { release(path, &watches) }
      return outcome
    }
    guard known?.watch != found.watch else { return outcome }
    if known != nil { release(path, &watches) }
    atlas.insert(path, found)
    if let known { atlas.change(path) { $0.servePurposes(of: known) } }
    return outcome
  }

  /// Forgets a folder and all below it. A watch left on a folder that moved away would report under its old path.
  mutating func release(_ path: RawPath, _ watches: inout some FolderWatching) {
    let forgotten = atlas.forget(path)
    for watch in forgotten.watches { watches.remove(watch) }
    if forgotten.hadPlace { mustLocate = true }
    blind.forget(path)
  }

  /// Tries again where watches are missing, from the top.
  mutating func retry(_ watches: inout some FolderWatching) {
    var missing = blind.takeFolders()[...]
    while let (path, depth) = missing.popFirst() {
      if !adopt(path, depth: depth, isLoud: false, &watches) { break }
    }
    for (path, depth) in missing { blind.add(path, depth: depth, .limit) }
  }
}

/// Folders that should be watched and aren't.
struct Blindness {
  enum Cause {
    case limit
    case failed(RawPath, Int32)
  }

  /// In trees, with their depth.
  private var folders: [RawPath: Int] = [:]
  private var places: Set<RawPath> = []
  private var cause: Cause?
  /// The seller knows.
  var isReported = false

  var isEmpty: Bool { folders.isEmpty && places.isEmpty }

  mutating func add(_ folder: RawPath, depth: Int, _ cause: Cause) {
    folders[folder] = depth
    self.cause = cause
  }

  mutating func add(place: RawPath, _ cause: Cause) {
    places.insert(place)
    self.cause = cause
  }

  mutating func remove(_ folder: RawPath) { folders[folder] = nil }

  /// The folder and all below it.
  mutating func forget(_ path: RawPath) {
    if !folders.isEmpty { folders = folders.filter { !$0.key.isInside(path) } }
  }

  mutating func forgetPlaces() { places = [] }

  mutating func takeFolders() -> [(RawPath, Int)] {
    defer { folders = [:] }
    return folders.map { ($0.key, $0.value) }.sorted { $0.1 < $1.1 }
  }

  func message(limit: Int, poll: Duration) -> String {
    let consequence = "hawker looks at all files every \(poll.components.seconds) s until they can be watched"
    switch cause {
    case .failed(let path, let number):
      return "\(path) can't be watched: \(errorText(number)); \(consequence)"
    case .limit, nil:
      return """
        \(folders.count + places.count) folders or more can't be watched, because this user's inotify watches are used up \
        (fs.inotify.max_user_watches is \(limit)); \(consequence). To raise the limit: \
        sudo sysctl fs.inotify.max_user_watches=\(max(524_288, limit * 2))
        """
    }
  }
}
