import Glibc
import Listings

/// Scans the listings root, level-triggered: each scan looks at everything, and reads again only what may have changed.
package struct Loader {
  let loaded: LoadedConfig
  let options: LoadingOptions
  let surroundings: Surroundings
  let clock: @Sendable () -> FileTime
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
  /// What an earlier run made of the files: looked into until the first scan has its own.
  package var cache: ScanCache?
  /// Whether files that the cache has a note of are passed over when they are as they were.
  var passesOver = false
  /// Whether the next cache is going to be made from what is scanned.
  package var isKept = false
  /// Shares a large scan among threads; nil: the caller's alone.
  package var spread: Spread?
  /// How many listing files and folders it takes; what is beyond is an error and freezes all that is not seen.
  var sizeLimit = Loader.sizeLimit
  /// Whether there will be a next scan, that wants to know what this one made of each file.
  package var remembers = true
  /// What the last scan did with the cache.
  package internal(set) var passing = Passing()

  package init(_ loaded: LoadedConfig, options: LoadingOptions) {
    self.init(loaded, options: options, clock: FileTime.now)
  }

  /// `clock`: to tell which files are too fresh to be trusted unread.
  package init(_ loaded: LoadedConfig, options: LoadingOptions, clock: @escaping @Sendable () -> FileTime) {
    self.loaded = loaded
    self.options = options
    self.clock = clock
    let fromShop = Paths.relative(loaded.config.listings, to: loaded.config.shop)
    rootName = fromShop ?? loaded.config.listings
    surroundings = Surroundings(
      accounts: Loader.accounts(loaded, options), publicURL: options.publicURL ?? loaded.config.web.publicURL,
      rootFromShop: fromShop)
    configProblems = Loader.unknownMarketplaces(loaded, options.capabilities)
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

  /// Accounts and categories of a marketplace that no adapter is for: errors of the config.
  package static func unknownMarketplaces(
    _ loaded: LoadedConfig, _ capabilities: [String: Capabilities]
  ) -> [Problem] {
    accounts(of: loaded, without: capabilities) + categories(of: loaded, without: capabilities)
  }

  private static func categories(of loaded: LoadedConfig, without capabilities: [String: Capabilities]) -> [Problem] {
    let known = capabilities.keys.sorted()
    return loaded.categoryMarks.sorted { $0.key < $1.key }.flatMap { word, row in
      row.filter { capabilities[$0.key] == nil }.sorted { $0.key < $1.key }.map { name, mark in
        let hint = Suggestion.text(for: name, among: known)
        return Problem(
          .error, rule: Rule.configUnknownKey.rawValue, file: loaded.configName, line: Int(mark.line),
          column: Int(mark.column),
          message: "categories.\(Interpreter.shown(word)) has no marketplace \(Interpreter.shown(name))"
            + (hint.isEmpty ? "; it may have \(known.joined(separator: ", "))" : hint))
      }
    }
  }

  private static func accounts(of loaded: LoadedConfig, without capabilities: [String: Capabilities]) -> [Problem] {
    loaded.config.accounts.filter { capabilities[$0.marketplace] == nil }.map { account in
      let known = capabilities.keys.sorted()
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

  /// The layers that no folder has a part in.
  func bottom() -> Foundation {
    let builtIn = Foundation.builtIn(accounts: surroundings.accounts.map(\.name))
    return Foundation(
      generation: 0, entries: loaded.defaults.merged(over: builtIn), isBroken: false, print: Digest(of: []))
  }
}
