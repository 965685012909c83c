import Glibc
import Listings

/// A look at a few listing files that are known already, for an edit that should not wait until everything was looked at.
/// It says what a full look would say of their listings, or nothing: whatever is more than a new value in a listing that
/// stood there before is for a full look.
extension Loader {
  /// More files at once are a burst.
  package static let glanceLimit = 8

  /// The listings of these files (absolute paths) that differ from those in `wanted`, which the last full look gave. Nil:
  /// only a full look can tell.
  package mutating func glance(at paths: Set<String>, since wanted: Wanted) -> [Listing]? {
    guard wanted.root == .seen, wanted.gitActivity == nil, !paths.isEmpty, paths.count <= Loader.glanceLimit,
      gitActivity() == nil, let root = openRoot(), markerProblem(root) == nil
    else { return nil }
    var changed: [Listing] = []
    for path in paths.sorted() {
      guard let place = place(of: path), let listings = glance(at: place, in: root, wanted) else { return nil }
      changed += listings
    }
    return changed
  }

  /// A listing file's folder (relative to the root) and name.
  private struct Place {
    var folder: String
    var name: String
  }

  private func place(of path: String) -> Place? {
    guard let inner = Paths.relative(path, to: loaded.config.listings), !inner.isEmpty else { return nil }
    let slash = inner.utf8.lastIndex(of: 0x2F)
    return Place(
      folder: slash.map { String(inner[..<$0]) } ?? "",
      name: slash.map { String(inner[inner.utf8.index(after: $0)...]) } ?? inner)
  }

  private mutating func glance(at place: Place, in root: borrowing Descriptor, _ wanted: Wanted) -> [Listing]? {
    guard let old = folders[place.folder]?.files[place.name], isPlain(old.result),
      let base = foundation(of: place.folder, in: root), base.generation == old.generation,
      let folder = Descriptor.open(path: Paths.components(place.folder)[...], in: root.number, flags: O_DIRECTORY)
    else { return nil }
    let prefix = named(place.folder).isEmpty ? "" : named(place.folder) + "/"
    let work = FolderWork(
      path: place.folder, prefix: prefix, base: base, names: [place.name], old: [place.name: old], seeds: nil)
    shelf.beginGlance(root: root, path: loaded.config.listings)
    let loading = self.loading()
    let outcome = loading.load(0, of: work, in: folder, &buffer)
    shelf = loading.shelf.value
    shelf.endGlance()
    guard let new = outcome.cache, isPlain(new.result), new.stamp.device == old.stamp.device else { return nil }
    guard let changed = differences(new.result, from: old.result, prefix + place.name, wanted) else { return nil }
    folders[place.folder]?.files[place.name] = new
    return changed
  }

  /// Whole listings without anything to tell of.
  private func isPlain(_ result: FileResult) -> Bool {
    result.problems.isEmpty && result.frozen.isEmpty && !result.hidesListings
      && result.places.count == result.listings.count
  }

  /// Nil when more than values of the same listings changed. Photos are looked at in full: whoever serves them has to know
  /// them first.
  private func differences(
    _ new: FileResult, from old: FileResult, _ shown: String, _ wanted: Wanted
  ) -> [Listing]? {
    guard new.listings.map(\.id) == old.listings.map(\.id) else { return nil }
    var changed: [Listing] = []
    for (new, old) in zip(new.listings, old.listings) {
      guard let index = wanted.index(of: new.id), wanted.listings[index].file == shown, new.movedFrom == old.movedFrom,
        new.posts.elementsEqual(old.posts, by: { $0.account == $1.account && $0.photos == $1.photos })
      else { return nil }
      if new != wanted.listings[index] { changed.append(new) }
    }
    return changed
  }

  /// The layers under a folder's files as the last full look found them; nil when they are not the same any more.
  private func foundation(of folder: String, in root: borrowing Descriptor) -> Foundation? {
    var path = ""
    var base = bottom()
    for part in [""] + Paths.components(folder).map(String.init) {
      path = path.isEmpty ? part : "\(path)/\(part)"
      guard let cache = folders[path] else { return nil }
      let name = path.isEmpty ? FolderNames.defaultsName : "\(path)/\(FolderNames.defaultsName)"
      let status = Files.status(name, in: root.number)
      guard let defaults = cache.defaults else {
        if status != nil || errno != ENOENT { return nil }
        continue
      }
      guard !defaults.wasFresh, let status, Stamp(status) == defaults.stamp else { return nil }
      base = defaults.foundation
    }
    return base
  }
}

extension LoadedFile {
  /// What is known of a file that was looked into.
  fileprivate var cache: FileCache? {
    switch self {
    case .known(let cache, _), .parsed(let cache, _): cache
    case .passed, .refused, .vanished: nil
    }
  }
}
