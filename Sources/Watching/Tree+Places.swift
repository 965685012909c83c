import Inotify

/// A folder that the options name: a root, a photo folder, the folder of a single file.
struct Place {
  enum Kind: Equatable {
    case tree
    case folder
    case file([UInt8])
  }

  let path: RawPath
  let kind: Kind
  /// Nil: not looked for yet.
  var isThere: Bool?

  init(path: RawPath, kind: Kind) {
    self.path = path
    self.kind = kind
  }

  static func all(in options: WatchOptions) -> [Place] {
    let files = options.files.map { RawPath($0) }
    return options.roots.map { Place(path: RawPath($0), kind: .tree) }
      + files.compactMap { file in file.parent.map { Place(path: $0, kind: .file(file.name)) } }
  }

  func isServed(by folder: Folder) -> Bool {
    switch kind {
    case .tree: folder.depth != nil
    case .folder: folder.depth != nil || folder.isWanted
    case .file(let name): folder.names.contains(name)
    }
  }
}

extension Tree {
  /// Finds every place and the way to it again. Whatever was watched for a folder that a path no longer names is let go.
  mutating func locate(_ watches: inout some FolderWatching) {
    // Letting go for one place may take another one's watch with it: then once more, though not for ever.
    for _ in 0..<4 {
      mustLocate = false
      atlas.clearSteps()
      blind.forgetPlaces()
      for index in places.indices { locate(index, &watches) }
      if !mustLocate { break }
    }
    for path in atlas.idle {
      if let watch = atlas.drop(path) { watches.remove(watch) }
    }
  }

  private mutating func locate(_ index: Int, _ watches: inout some FolderWatching) {
    let before = places[index].isThere
    var isNew = false
    var isThere = false
    // The folder may come between the look for it and the watch on its parent.
    for _ in 0..<8 {
      (isThere, isNew) = settleOn(places[index], isNew, &watches)
      if watchWay(to: places[index].path, isThere, &watches) { break }
    }
    places[index].isThere = isThere
    guard let before, before != isThere || isNew else { return }
    tell(places[index], before ? (isThere ? "was replaced" : "is gone") : "is back")
  }

  private func tell(_ place: Place, _ news: String) {
    switch place.kind {
    case .tree: report(.everything("\(place.path) \(news)", settling: true))
    case .folder: report(.changed(place.path, .touched))
    case .file(let name): report(.changed(place.path.appending(name), .touched))
    }
  }

  private mutating func settleOn(
    _ place: Place, _ wasNew: Bool, _ watches: inout some FolderWatching
  ) -> (isThere: Bool, isNew: Bool) {
    guard let identity = watches.identity(of: place.path) else {
      release(place.path, &watches)
      return (false, wasNew)
    }
    if let folder = atlas[place.path], folder.identity != identity { release(place.path, &watches) }
    if let folder = atlas[place.path], place.isServed(by: folder) { return (true, wasNew) }
    guard place.kind != .tree else {
      adopt(place.path, depth: 0, isLoud: false, &watches)
      return (true, true)
    }
    switch watch(place.path, followingLinks: true, listing: .nothing, &watches) {
    case .watching: break
    case .vanished: return (false, wasNew)
    case .limitReached: blind.add(place: place.path, .limit)
    case .failed(let number): blind.add(place: place.path, .failed(place.path, number))
    }
    atlas.change(place.path) { folder in
      if case .file(let name) = place.kind { folder.names.insert(name) } else { folder.isWanted = true }
    }
    return (true, true)
  }

  /// Watches the nearest folder above that exists for the next step towards the place. False when that step came to be
  /// before the watch did.
  private mutating func watchWay(to place: RawPath, _ isThere: Bool, _ watches: inout some FolderWatching) -> Bool {
    var child = place
    while let parent = child.parent {
      if let known = atlas[parent], known.identity != watches.identity(of: parent) { release(parent, &watches) }
      if atlas[parent] == nil {
        switch watch(parent, followingLinks: true, listing: .nothing, &watches) {
        case .watching: break
        case .vanished:
          child = parent
          continue
        // It can't be seen, as in a folder that others own: the regular looks have to do.
        case .limitReached, .failed: return true
        }
      }
      let step = child
      atlas.change(parent) { $0.steps.insert(step.name) }
      return (child == place && isThere) || watches.identity(of: child) == nil
    }
    return true
  }
}
