import Inotify

/// What a tree has to tell its watcher.
enum TreeReport: Sendable, Equatable {
  case changed(RawPath, Change)
  /// With `settling`, once it is quiet: where this comes from, more is coming.
  case everything(String, settling: Bool)
  case degraded(String)
  case recovered(String)
  /// Whether `Command.tick` is wanted at every poll.
  case wantsTicks(Bool)
  /// There will be no further reports: inotify can't be used now.
  case lost(InotifyFailure)
}

enum Command: Sendable {
  case add(Set<RawPath>)
  case tick
  case verify
}

/// Follows the folders of one watcher: turns what the kernel says of watches into changes of paths, and keeps the right
/// folders watched while they come, go and move. It lives on inotify's owner thread.
struct Tree: InotifyListener {
  static let deepest = 16

  let options: WatchOptions
  let report: @Sendable (TreeReport) -> Void
  let commands: @Sendable () -> [Command]

  var places: [Place]
  var atlas = Atlas()
  var blind = Blindness()
  /// A place, or the way to one, changed: find them all again when this notice is done with.
  var mustLocate = false
  private var wantedTicks = false

  init(
    _ options: WatchOptions, folders: Set<RawPath>, report: @escaping @Sendable (TreeReport) -> Void,
    commands: @escaping @Sendable () -> [Command]
  ) {
    self.options = options
    self.report = report
    self.commands = commands
    places = Place.all(in: options) + folders.map { Place(path: $0, kind: .folder) }
  }

  mutating func heard(_ notice: Notice, _ watches: inout some FolderWatching) {
    switch notice {
    case .joined:
      locate(&watches)
      report(.everything("hawker began to watch", settling: false))
    case .reset(let reason):
      startAnew(&watches)
      report(.everything(reason, settling: true))
    case .poked:
      for command in commands() { obey(command, &watches) }
    case .event(let event):
      for path in atlas.paths(of: event.watch) { handle(event, in: path, &watches) }
    case .unavailable(let failure):
      report(.lost(failure))
      return
    }
    if mustLocate { locate(&watches) }
    reportHealth(limit: watches.limit)
  }

  private mutating func startAnew(_ watches: inout some FolderWatching) {
    atlas = Atlas()
    _ = blind.takeFolders()
    for index in places.indices { places[index].isThere = nil }
    locate(&watches)
  }

  private mutating func obey(_ command: Command, _ watches: inout some FolderWatching) {
    switch command {
    case .add(let folders):
      let known = Set(places.map(\.path))
      let new = folders.filter { !known.contains($0) && atlas[$0]?.depth == nil }
      places.append(contentsOf: folders.subtracting(known).map { Place(path: $0, kind: .folder) })
      locate(&watches)
      // What changed before the watch stood was told by nobody.
      for path in new where atlas[path] != nil { report(.changed(path, .touched)) }
    case .verify:
      locate(&watches)
      retry(&watches)
    case .tick:
      let wasBlind = !blind.isEmpty
      locate(&watches)
      retry(&watches)
      if wasBlind { report(.everything("hawker looks at regular intervals", settling: false)) }
    }
  }

  private mutating func reportHealth(limit: @autoclosure () -> Int) {
    let isBlind = !blind.isEmpty
    if isBlind, !blind.isReported {
      report(.degraded(blind.message(limit: limit(), poll: options.poll)))
    } else if !isBlind, blind.isReported {
      report(.recovered("all folders are watched again"))
      report(.everything("all folders are watched again", settling: false))
    }
    blind.isReported = isBlind
    let wantsTicks = isBlind || places.contains { $0.isThere == false }
    if wantsTicks != wantedTicks { report(.wantsTicks(wantsTicks)) }
    wantedTicks = wantsTicks
  }
}

// MARK: Events

extension Tree {
  private mutating func handle(_ event: InotifyEvent, in path: RawPath, _ watches: inout some FolderWatching) {
    guard let folder = atlas[path] else { return }
    if event.name.isEmpty {
      handleOwn(event.kind, of: path, folder, &watches)
      return
    }
    // First the tree, then the places: a place's folder may be the tree's too.
    if folder.counts(event.name) { handleEntry(event, of: path, folder, &watches) }
    if folder.steps.contains(event.name) { mustLocate = true }
  }

  /// What the kernel says of a watched folder itself.
  private mutating func handleOwn(
    _ kind: InotifyEvent.Kind, of path: RawPath, _ folder: Folder, _ watches: inout some FolderWatching
  ) {
    if kind.contains(.ignored) {
      release(path, &watches)
      // Unmounted, or deleted and made again: what the path names now is another folder.
      if let depth = folder.depth, depth > 0 { adopt(path, depth: depth, isLoud: true, &watches) }
    } else if kind.contains(.selfMoved) || kind.contains(.unmounted) || kind.contains(.selfDeleted) {
      // The parent's event says so too, if the parent can be watched.
      mustLocate = mustLocate || folder.isPlaceOrWay
    } else if folder.depth != nil || folder.isWanted {
      report(.changed(path, .touched))
    }
  }

  private mutating func handleEntry(
    _ event: InotifyEvent, of path: RawPath, _ folder: Folder, _ watches: inout some FolderWatching
  ) {
    let isFolder = event.kind.contains(.isFolder)
    guard folder.names.contains(event.name) || !options.ignores(event.name, isFolder) else { return }
    let entry = path.appending(event.name)
    guard isFolder else {
      report(.changed(entry, change(of: event)))
      return
    }
    report(.changed(entry, .touched))
    if event.kind.contains(.deleted) || event.kind.contains(.movedFrom) {
      release(entry, &watches)
    } else if let depth = folder.depth {
      // A folder may be renamed onto another one, of whose end nothing else tells. One that is created may have been
      // found by a scan before this event was read, and if it went since, that event is still to come.
      if event.kind.contains(.movedTo) { release(entry, &watches) }
      if atlas[entry]?.depth == nil { adopt(entry, depth: depth + 1, isLoud: true, &watches) }
    }
  }

  private func change(of event: InotifyEvent) -> Change {
    if event.kind.contains(.closedAfterWriting) { return .finished }
    if event.kind.contains(.movedTo) { return .renamedTo(event.cookie) }
    if event.kind.contains(.movedFrom) { return .renamedFrom(event.cookie) }
    return event.kind.contains(.deleted) ? .gone : .touched
  }
}
