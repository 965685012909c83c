import Glibc
import Listings

/// What a scan did with the cache of an earlier run.
package struct Passing: Sendable {
  package struct File: Sendable {
    package let seed: FileSeed
    let stamp: Stamp
    let wasFresh: Bool
    /// Its stamp proved nothing: its bytes did.
    let isRead: Bool
    let problems: [Problem]
  }

  /// As they were, and noted: not looked into.
  package internal(set) var passed: [File] = []
  /// Read anew although the cache knew them, with what they come to now.
  var edited: [(seed: FileSeed, result: FileResult)] = []
  /// Files that the cache doesn't know.
  var strangers = 0
  var total = 0
  /// How many files were read.
  package internal(set) var learnt = 0
  package internal(set) var hashedPhotos = 0
  /// Something moved meanwhile, and it was all done once more.
  var isRepeated = false

  /// How many of the files that were passed over had to be read for that.
  package var reread: Int { passed.count(where: \.isRead) }

  /// The noted files that were read anew: what the cache says of them is what they were.
  package var editedSeeds: [FileSeed] { edited.map(\.seed).filter { $0.flags.contains(.noted) } }

  /// Whether the files are those that the cache knows.
  package func isAll(of cache: ScanCache) -> Bool { strangers == 0 && total == cache.fileCount }

  /// Whether what was passed over can be judged without looking into it: no file came or went, and none of those that
  /// were looked into says something about another listing.
  func isPlain(_ wanted: Wanted, of cache: ScanCache) -> Bool {
    guard wanted.root == .seen, !isRepeated, isAll(of: cache), wanted.listings.allSatisfy({ $0.movedFrom == nil })
    else { return false }
    return edited.allSatisfy { seed, result in
      guard let old = seed.result else { return false }
      return result.places.map(\.id) == old.places.map(\.id) && !result.hidesListings && result.frozen.isEmpty
        && result.listings.count == old.listings.count && !result.problems.contains { $0.severity == .error }
    }
  }
}

/// The part of a cache that is one folder's.
struct FolderSeeds: Sendable {
  let cache: ScanCache
  let folder: ScanCache.Folder

  func file(_ name: String, near index: Int) -> FileSeed? { cache.file(name, in: folder, near: index) }
}

extension Loader {
  /// Nil when the cache knows nothing of the folder, or its layers are others now.
  func seeds(of path: String, on base: Foundation) -> FolderSeeds? {
    guard let cache, let folder = cache.folders[path], folder.print == base.print else { return nil }
    return FolderSeeds(cache: cache, folder: folder)
  }

  static func print(of bytes: ArraySlice<UInt8>, _ file: String, on lower: Digest) -> Digest {
    var packer = Packer()
    packer.digest(lower)
    packer.digest(Digest(of: bytes))
    packer.text(file)
    return Digest(of: packer.bytes)
  }

  /// Scans, and passes over what the cache has a note of. Nil when that would not do: then a whole scan is needed.
  package mutating func scanPassingOver() async -> Wanted? {
    guard let cache else { return nil }
    passesOver = true
    defer { passesOver = false }
    let wanted = await scanConcurrently()
    return passing.isPlain(wanted, of: cache) ? wanted : nil
  }
}

extension FileLoading {
  /// What the stamp alone shows to be as it was.
  func unread(
    _ seed: FileSeed, _ name: String, of work: FolderWork, in folder: borrowing Descriptor
  ) -> LoadedFile? {
    guard !seed.flags.contains(.racy), let status = Files.status(name, in: folder.number) else { return nil }
    let stamp = Stamp(status)
    guard stamp == seed.stamp, photosAgree(seed) else { return nil }
    return taken(seed, at: stamp, wasFresh: false, isRead: false, of: work)
  }

  func photosAgree(_ seed: FileSeed) -> Bool {
    guard seed.flags.contains(.photos) else { return true }
    guard let (uses, print) = seed.photos else { return false }
    return photoPrint(uses) == print
  }

  /// What the earlier run made of the file; nil when that can't be read any more.
  func taken(_ seed: FileSeed, at stamp: Stamp, wasFresh: Bool, isRead: Bool, of work: FolderWork) -> LoadedFile? {
    if passesOver, seed.flags.contains(.noted) {
      guard let problems = seed.problems else { return nil }
      return .passed(
        Passing.File(seed: seed, stamp: stamp, wasFresh: wasFresh, isRead: isRead, problems: problems))
    }
    guard let result = seed.result else { return nil }
    let photos = seed.photos
    return .known(
      FileCache(
        stamp: stamp, wasFresh: wasFresh, generation: work.base.generation, result: result, photos: photos?.uses ?? [],
        photoPrint: photos?.print, digest: seed.digest), isRead: isRead)
  }
}
