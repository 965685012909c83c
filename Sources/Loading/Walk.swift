import Glibc
import Listings

/// The state of one pass over the root.
struct Walk {
  struct Visited {
    var path: String
    var stamp: Stamp
  }

  /// The caches of the scan before, and those of this one.
  var old: [String: FolderCache]
  var folders: [String: FolderCache] = [:]
  var visited: [Visited] = []
  let device: UInt64
  var problems: [Problem] = []
  /// Relative to the shop.
  var frozenFiles: Set<String> = []
  var frozenIDs: Set<String> = []
  /// Ids in files that are not taken, by such a file: frozen unless a listing file that is says them.
  var strays: [String: String] = [:]
  /// Files and folders of which nobody can tell what listings they hold; relative to the shop.
  var unseen: [String] = []
  /// Listed, and not there any more when they were to be read; relative to the shop.
  var vanished: [String] = []
  /// Folders in which something came or went meanwhile, relative to the root.
  var changed: [String] = []
  /// The listing files found, folder by folder, still to be loaded.
  var work: [FolderWork] = []
  /// The results with their files, in the order of the walk.
  var results: [(file: String, result: FileResult)] = []
  var passing = Passing()
  /// How many more listing files and folders are taken.
  var room: Int

  init(old: [String: FolderCache], device: UInt64, room: Int = Loader.sizeLimit) {
    self.old = old
    self.device = device
    self.room = room
  }
}

extension Loader {
  static let depthLimit = 32
  /// Listing files and folders of a shop: many times what anybody sells, and what a machine can hold in its memory.
  static let sizeLimit = 250_000

  mutating func visit(
    _ folder: borrowing Descriptor, _ path: String, on lower: Foundation, depth: Int, _ walk: inout Walk
  ) {
    guard let status = Files.status(of: folder), let names = FolderNames(reading: folder, room: walk.room) else {
      unreadable(path, Files.reason(errno), &walk)
      return
    }
    guard !names.isOverfull else { return overfull(path, &walk) }
    walk.room -= names.count
    walk.visited.append(Walk.Visited(path: path, stamp: Stamp(status)))
    let old = walk.old.removeValue(forKey: path) ?? FolderCache()
    var cache = FolderCache()
    let base = foundation(names, folder, path, on: lower, old: old, &cache, &walk)
    refuse(names, path, &walk)
    refuse(names.unnamed, in: folder, path, &walk)
    refuse(misnamed: names.misnamed, in: folder, path, &walk)
    cache.print = base.print
    walk.folders[path] = cache
    if !names.listings.isEmpty {
      let prefix = named(path).isEmpty ? "" : named(path) + "/"
      walk.work.append(
        FolderWork(
          path: path, prefix: prefix, base: base, names: names.listings, old: old.files,
          seeds: seeds(of: path, on: base)))
    }
    for name in names.folders {
      descend(name, in: folder, path.isEmpty ? name : "\(path)/\(name)", on: base, depth: depth, &walk)
    }
  }

  private mutating func descend(
    _ name: String, in folder: borrowing Descriptor, _ path: String, on base: Foundation, depth: Int,
    _ walk: inout Walk
  ) {
    guard depth < Loader.depthLimit else {
      unreadable(path, "it lies more than \(Loader.depthLimit) folders deep", &walk)
      return
    }
    // Longer ones the kernel doesn't take, and below it nothing could be compared later.
    guard path.utf8.count + Int(NAME_MAX) < Int(PATH_MAX) else {
      unreadable(path, "its path is longer than the system takes", &walk)
      return
    }
    guard let inner = Descriptor.open(name, in: folder.number, flags: O_DIRECTORY) else {
      if errno == ENOENT {
        walk.vanished.append(named(path) + "/")
      } else {
        unreadable(path, Files.reason(errno), &walk)
      }
      return
    }
    visit(inner, path, on: base, depth: depth + 1, &walk)
  }

  /// Puts what was loaded in its place, in the order of the walk.
  func gather(_ outcomes: consuming [Batch.Outcome], of batches: [Batch], _ walk: inout Walk) {
    walk.results.reserveCapacity(walk.work.reduce(0) { $0 + $1.names.count })
    for index in batches.indices {
      let (work, batch) = (walk.work[batches[index].folder], batches[index])
      var outcome = Batch.Outcome.vanished
      swap(&outcome, &outcomes[index])
      switch consume outcome {
      case .vanished: walk.vanished.append(work.prefix.isEmpty ? "/" : work.prefix)
      case .unreadable(let reason): unreadable(work.path, reason, &walk)
      case .loaded(let files): gather(files, named: work.names[batch.names], of: work, &walk)
      }
    }
  }

  /// The files are taken out of their list one by one: to copy them would count every value in them.
  private func gather(
    _ files: consuming [LoadedFile], named names: ArraySlice<String>, of work: FolderWork, _ walk: inout Walk
  ) {
    var known: [String: FileCache] = [:]
    if remembers {
      swap(&known, &walk.folders[work.path, default: FolderCache()].files)
      known.reserveCapacity(work.names.count)
    }
    files.reverse()
    for name in names {
      guard let file = files.popLast() else { break }
      if remembers {
        switch file {
        case .known(let cache, _), .parsed(let cache, _): known[name] = cache
        case .passed, .refused, .vanished: break
        }
      }
      take(file, work.prefix + name, &walk)
    }
    if remembers { walk.folders[work.path]?.files = known }
  }

  private func take(_ file: consuming LoadedFile, _ shown: String, _ walk: inout Walk) {
    switch consume file {
    case .known(let cache, let isRead):
      walk.passing.total += 1
      if isRead { walk.passing.learnt += 1 }
      add(cache.result, shown, &walk)
    case .parsed(let cache, let seed):
      walk.passing.total += 1
      walk.passing.learnt += 1
      if let seed { walk.passing.edited.append((seed, cache.result)) } else { walk.passing.strangers += 1 }
      add(cache.result, shown, &walk)
    case .passed(let passed):
      walk.passing.total += 1
      if passed.isRead { walk.passing.learnt += 1 }
      if !passed.problems.isEmpty { add(FileResult(problems: passed.problems), shown, &walk) }
      walk.passing.passed.append(passed)
    case .refused(let refused):
      walk.passing.strangers += 1
      add(refused, shown, &walk)
    case .vanished: walk.vanished.append(shown)
    }
  }

  private func add(_ result: consuming FileResult, _ shown: String, _ walk: inout Walk) {
    if result.hidesListings { walk.unseen.append(shown) }
    // A listing with an error may be one that was here under another id: what the file held last, stays.
    if result.hidesListings || result.problems.contains(where: { $0.severity == .error }) {
      walk.frozenFiles.insert(shown)
    }
    walk.results.append((shown, result))
  }

  private func unreadable(_ path: String, _ reason: String, _ walk: inout Walk) {
    walk.frozenFiles.insert(named(path) + "/")
    walk.unseen.append(named(path) + "/")
    walk.problems.append(
      Problem(
        .error, rule: Rule.folderUnreadable.rawValue, file: named(path),
        message: "the folder can't be read: \(reason); everything below it stays as it is until it can"))
  }

  /// It holds more than is taken. What is missing elsewhere may have moved here, so nothing is taken for gone.
  private func overfull(_ path: String, _ walk: inout Walk) {
    walk.frozenFiles.insert(rootName.isEmpty ? "/" : rootName + "/")
    walk.problems.append(
      Problem(
        .error, rule: Rule.folderUnreadable.rawValue, file: named(path),
        message:
          "with this folder there are more than \(sizeLimit) listing files and folders, and hawker takes no more; "
          + "move what is no listing elsewhere, or begin the folder's name with _; until then nothing in it is looked at, "
          + "and nothing is withdrawn anywhere"))
  }

  /// What looks like listings and is no file.
  private func refuse(_ names: FolderNames, _ path: String, _ walk: inout Walk) {
    for (name, what) in names.refused {
      let file = named(path.isEmpty ? name : "\(path)/\(name)")
      walk.frozenFiles.insert(file)
      walk.unseen.append(file)
      walk.frozenIDs.formUnion(Loader.stem(name))
      walk.problems.append(
        Problem(
          .error, rule: Rule.fileType.rawValue, file: file,
          message: "it is \(what), which is never followed or opened; put the file itself here, or rename it"))
    }
    for name in names.nearDefaults {
      walk.problems.append(
        Problem(
          .warning, rule: Rule.defaultsName.rawValue, file: named(path.isEmpty ? name : "\(path)/\(name)"),
          message: "a file of this name is not looked at; did you mean \(FolderNames.defaultsName)?"))
    }
    for name in names.links {
      let file = named(path.isEmpty ? name : "\(path)/\(name)")
      walk.frozenFiles.insert(file + "/")
      walk.unseen.append(file + "/")
      walk.problems.append(
        Problem(
          .error, rule: Rule.fileType.rawValue, file: file,
          message: "it is a symbolic link to a folder, which is never followed; put the folder itself here, "
            + "or begin its name with _ or ."))
    }
  }

  /// Names that no message and no journal can keep. The files are read all the same, for the ids in them: a listing that
  /// came to such a name is not gone.
  private mutating func refuse(
    _ unnamed: [(name: [CChar], isFile: Bool)], in folder: borrowing Descriptor, _ path: String, _ walk: inout Walk
  ) {
    for (name, isFile) in unnamed {
      let shown = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
      let file = named(path.isEmpty ? shown : "\(path)/\(shown)")
      walk.frozenFiles.formUnion([file, file + "/"])
      if isFile { identify(name, as: file, in: folder, &walk) } else { walk.unseen.append(file + "/") }
      walk.problems.append(
        Problem(
          .error, rule: Rule.fileName.rawValue, file: file,
          message: "its name is not UTF-8; rename it, until then what is in it stays as it is"))
    }
  }

  /// Names that end in capitals are no listings': on some systems they are the same, and a listing may have come here.
  private mutating func refuse(
    misnamed names: [String], in folder: borrowing Descriptor, _ path: String, _ walk: inout Walk
  ) {
    for name in names {
      let dot = name.utf8.lastIndex(of: 0x2E) ?? name.endIndex
      let right = String(name[..<dot]) + name[dot...].lowercased()
      let prefix = named(path).isEmpty ? "" : named(path) + "/"
      walk.frozenFiles.insert(prefix + right)
      let stem = Loader.stem(name.lowercased())
      for id in stem { walk.strays[id] = prefix + name }
      identify(name, as: prefix + name, in: folder, stem: stem.first, &walk)
      walk.problems.append(
        Problem(
          .warning, rule: Rule.fileEnding.rawValue, file: prefix + name,
          message: "a file that ends so is not looked at; if it is a listing, rename it to \(right); what is posted of "
            + "it and stands in no other file stays as it is until then"))
    }
  }

  /// The ids in a file that is not taken: what came there is not gone. `stem`: the id of a listing that names none.
  private mutating func identify(
    _ name: UnsafePointer<CChar>, as file: String, in folder: borrowing Descriptor, stem: String? = nil,
    _ walk: inout Walk
  ) {
    guard case .read(let count, _) = buffer.read(name, in: folder.number) else { return walk.unseen.append(file) }
    let bytes = buffer.bytes.span.extracting(0..<count)
    let parsed = ListingFile(bytes, file: file, keys: KeySet.listing, source: Source.own)
    for id in parsed.identifiers { walk.strays[id] = file }
    let isNamed = stem != nil || parsed.drafts.allSatisfy { $0.entries.find(.id) != nil }
    if parsed.hidesListings || !isNamed { walk.unseen.append(file) }
  }

  /// The id that a file's name stands for, if it is a valid one.
  static func stem(_ name: String) -> [String] {
    let end = name.utf8.lastIndex(of: 0x2E) ?? name.endIndex
    let stem = String(name[..<end])
    return Interpreter.isIdentifier(stem) ? [stem] : []
  }
}
