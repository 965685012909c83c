import Glibc
import Listings

/// Scans the listings root, level-triggered: each scan looks at everything, and reads again only what may have changed.
package struct Loader {
  let loaded: LoadedConfig
  let options: LoadingOptions
  let surroundings: Surroundings
  let clock: @Sendable () -> Int64
  /// What `hawker.yaml` and the shop's folder are to messages: the root's path from the shop, or its whole path.
  let rootName: String
  var sources: [Source]
  /// Where in `sources` each `_defaults.yaml` is.
  var sourceIndexes: [String: Int32] = [:]
  var buffer = FileBuffer()
  var shelf: PhotoShelf
  var folders: [String: FolderCache] = [:]
  var generations = 0
  let configProblems: [Problem]

  package init(_ loaded: LoadedConfig, options: LoadingOptions) {
    self.init(loaded, options: options, clock: Files.now)
  }

  /// `clock`: nanoseconds since 1970, to tell which files are too fresh to be trusted unread.
  init(_ loaded: LoadedConfig, options: LoadingOptions, clock: @escaping @Sendable () -> Int64) {
    self.loaded = loaded
    self.options = options
    self.clock = clock
    let fromShop = Paths.relative(loaded.config.listings, to: loaded.config.shop)
    rootName = fromShop ?? loaded.config.listings
    surroundings = Surroundings(
      accounts: Loader.accounts(loaded, options), publicURL: options.publicURL ?? loaded.config.web.publicURL,
      rootFromShop: fromShop)
    configProblems = Loader.unknownMarketplaces(loaded, options)
    shelf = PhotoShelf(clock: clock)
    sources = [
      Source(layer: .listing, file: "", folder: nil), Source(layer: .builtIn, file: "", folder: nil),
      Source(layer: .config, file: loaded.configName, folder: nil),
    ]
  }

  private static func accounts(_ loaded: LoadedConfig, _ options: LoadingOptions) -> [AccountContext] {
    var maps: [String: CategoryMap] = [:]
    return loaded.config.accounts.map { account in
      let map = maps[account.marketplace] ?? CategoryMap(marketplace: account.marketplace, config: loaded)
      maps[account.marketplace] = map
      return AccountContext(account, capabilities: options.capabilities[account.marketplace], categories: map)
    }
  }

  private static func unknownMarketplaces(_ loaded: LoadedConfig, _ options: LoadingOptions) -> [Problem] {
    loaded.config.accounts.filter { options.capabilities[$0.marketplace] == nil }.map { account in
      let known = options.capabilities.keys.sorted()
      let mark = loaded.accountMarks[account.name] ?? Mark()
      let hint = Suggestion.text(for: account.marketplace, among: known)
      return Problem(
        .error, rule: Rule.configMarketplaceUnknown.rawValue, file: loaded.configName, line: Int(mark.line),
        column: Int(mark.column),
        message: "hawker knows no marketplace \(Interpreter.shown(account.marketplace))"
          + (hint.isEmpty ? "; it knows \(known.joined(separator: ", "))" : hint),
        account: account.name)
    }
  }

  /// Absolute paths of the folders that hold listings, or might, and of those that hold photos of listings, as the last
  /// scan saw them; sorted.
  package var watchedFolders: [String] {
    Set(folders.keys).union(shelf.folders).map(absolute).sorted()
  }

  /// Absolute paths of the folders that hold photos of listings; sorted.
  package var photoFolders: [String] { shelf.folders.map(absolute).sorted() }

  private func absolute(_ folder: String) -> String {
    folder.isEmpty ? loaded.config.listings : "\(loaded.config.listings)/\(folder)"
  }

  /// A path below the root as messages name it.
  func named(_ path: String) -> String {
    rootName.isEmpty ? path : path.isEmpty ? rootName : "\(rootName)/\(path)"
  }

  // MARK: The scan

  /// Looked at before and after: git may begin, or end, while the files are read.
  package mutating func scan() -> Wanted {
    let before = GitActivity.around(loaded.config.listings)
    var wanted = look()
    wanted.gitActivity = before ?? GitActivity.around(loaded.config.listings)
    return wanted
  }

  private mutating func look() -> Wanted {
    for attempt in 1...3 {
      switch scanOnce(isLast: attempt == 3) {
      case .unseen(let reason): return Wanted(root: .unseen(reason), problems: configProblems)
      case .seen(let walk): return assemble(walk)
      case .changed: continue
      }
    }
    return Wanted(root: .unseen("the listings changed while they were read; run it again"), problems: configProblems)
  }

  private enum Pass {
    case unseen(String)
    case seen(Walk)
    /// A file may have moved from a folder not read yet to one already read: neither place would show it.
    case changed
  }

  private mutating func scanOnce(isLast: Bool) -> Pass {
    let path = loaded.config.listings
    // The root itself may be a link; what is below it may not.
    let number = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard number >= 0 else { return .unseen(Loader.rootMissing(path, errno)) }
    let root = Descriptor(number)
    guard let before = Files.status(of: root) else { return .unseen(Loader.rootMissing(path, errno)) }
    if let reason = markerProblem(root) { return .unseen(reason) }
    shelf.beginScan(root: root, path: path)
    defer { shelf.endScan() }
    var walk = Walk(old: folders, device: UInt64(before.st_dev))
    let base = bottom()
    visit(root, "", on: base, depth: 0, &walk)
    walk.changed = walk.visited.filter { isChanged($0, root) }.map(\.path)
    var after = stat()
    guard stat(path, &after) == 0, after.st_ino == before.st_ino, after.st_dev == before.st_dev else {
      return .unseen("\(path) went away or was replaced while it was read; is its disk still mounted?")
    }
    if let reason = markerProblem(root) { return .unseen(reason) }
    folders = walk.folders
    if !walk.changed.isEmpty || !walk.vanished.isEmpty, !isLast { return .changed }
    return .seen(walk)
  }

  private func isChanged(_ visited: Walk.Visited, _ root: borrowing Descriptor) -> Bool {
    let now = visited.path.isEmpty ? Files.status(of: root) : Files.status(visited.path, in: root.number)
    return now.map { Stamp($0) } != visited.stamp
  }

  private static func rootMissing(_ path: String, _ code: Int32) -> String {
    switch code {
    case ENOENT:
      "the listings folder \(path) is not there; is its disk mounted, and is `listings` in hawker.yaml right?"
    case ENOTDIR: "\(path) is no folder; correct `listings` in hawker.yaml"
    case EACCES: "the listings folder \(path) can't be read; give this user the permission"
    default: "the listings folder \(path) can't be read: \(Files.reason(code))"
    }
  }

  /// Nil when the root is the one that the journal knows. The advice never is to make the marker: a wrong folder with a
  /// marker would empty the shop.
  private func markerProblem(_ root: borrowing Descriptor) -> String? {
    guard case .expected(let lineage) = options.marker else { return nil }
    let path = loaded.config.listings
    var marker = FileBuffer()
    switch marker.read(".hawker", in: root.number) {
    case .read(let count, _):
      if String(decoding: marker.bytes[..<count], as: UTF8.self).contains(lineage) { return nil }
      return
        "\(path) belongs to another journal; use the state folder that belongs to it, or correct `listings` in hawker.yaml"
    case .vanished:
      return
        "\(path) is not the folder that this journal was kept for (its mark is gone); mount or restore the right one. "
        + "If you moved the listings on purpose, `hawker init --adopt-root` shows what would change and asks"
    default:
      return "\(path) can't be recognised: its mark can't be read; look at the disk and the permissions"
    }
  }

  /// The layers that no folder has a part in.
  func bottom() -> Foundation {
    let builtIn = Foundation.builtIn(accounts: surroundings.accounts.map(\.name))
    return Foundation(generation: 0, entries: loaded.defaults.merged(over: builtIn), isBroken: false)
  }
}
