import Listings

/// What whoever keeps a scan puts beside a file that it need not look into again while it is as it is.
package struct FileNote: Sendable {
  /// Read with the index.
  package var note: [UInt8]
  /// Read with the file's content.
  package var attachment: [UInt8]

  package init(note: [UInt8], attachment: [UInt8]) { (self.note, self.attachment) = (note, attachment) }
}

extension Loader {
  /// Hands out the contents of a new cache, piece by piece, and returns its index. `noting` is asked for a note of each
  /// file without an error, by its listings.
  package func kept(
    noting: (_ listings: [Listing]) -> FileNote?, contents: ([UInt8]) -> Void
  ) -> [UInt8] {
    var kept: [(path: String, print: Digest, names: [(key: String, value: FileCache)])] = []
    for (path, folder) in folders {
      guard let print = folder.print else { continue }
      let names = folder.files.filter { $0.value.digest != nil }
        .sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      kept.append((path, print, names))
    }
    let count = kept.reduce(0) { $0 + $1.names.count }
    var index = ScanIndex(
      count: count, headLength: Loader.head(kept.map { ($0.path, $0.print, 0, 0) }, photos: 0).count)
    var table: [(String, Digest, Int, Int)] = []
    for folder in kept {
      table.append((folder.path, folder.print, index.end, folder.names.count))
      for (name, file) in folder.names {
        let content = index.add(name, file, file.result.isSound ? noting(file.result.listings) : nil)
        contents(content)
      }
    }
    let bytes = index.bytes
    let head = Loader.head(table, photos: index.headLength + bytes.count)
    return head + bytes + Loader.photos(shelf.learnt)
  }

  /// The index of the cache that the last scan used, with the stamps of now.
  package func refreshed() -> [UInt8]? {
    guard let cache else { return nil }
    var bytes = Array(cache.withoutPhotos)
    for file in passing.passed where file.isRead {
      for (place, word) in file.stamp.words.enumerated() {
        bytes.replace(at: file.seed.offset + 8 * (FileSeed.Word.stamp + place), word: word)
      }
      var flags = file.seed.flags
      if file.wasFresh { flags.insert(.racy) } else { flags.remove(.racy) }
      bytes.replace(
        at: file.seed.offset + 8 * FileSeed.Word.size,
        word: UInt64(file.seed.contentCount) | UInt64(flags.rawValue) << 32)
    }
    return bytes + Loader.photos(shelf.learnt)
  }

  private static func head(_ folders: [(path: String, print: Digest, first: Int, count: Int)], photos: Int) -> [UInt8] {
    var packer = Packer()
    packer.number(photos)
    packer.list(folders) { packer, folder in
      packer.text(folder.path)
      packer.digest(folder.print)
      packer.number(folder.first)
      packer.number(folder.count)
    }
    return packer.bytes
  }

  private static func photos(
    _ photos: [(path: String, stamp: Stamp, digest: Digest, format: PhotoFormat)]
  ) -> [UInt8] {
    var packer = Packer(reserving: 160 * photos.count + 16)
    packer.list(photos) { packer, photo in
      packer.text(photo.path)
      packer.stamp(photo.stamp)
      packer.digest(photo.digest)
      packer.text(photo.format.rawValue)
    }
    return packer.bytes
  }
}

extension FileResult {
  /// Nothing in the file is wrong enough to hide or freeze a listing.
  fileprivate var isSound: Bool {
    !hidesListings && frozen.isEmpty && listings.count == places.count && !problems.contains { $0.severity == .error }
  }
}

/// The entries of an index, and behind them their names and whatever has no fixed length.
private struct ScanIndex {
  let headLength: Int
  private let moreStart: Int
  private var entries: [UInt8] = []
  private var more: [UInt8] = []
  private var contentEnd = 0

  init(count: Int, headLength: Int) {
    self.headLength = headLength
    moreStart = headLength + count * FileSeed.size
    entries.reserveCapacity(count * FileSeed.size)
    more.reserveCapacity(count * 96)
  }

  /// Where the next entry will be.
  var end: Int { headLength + entries.count }
  var bytes: [UInt8] { entries + more }

  /// Returns the file's content.
  mutating func add(_ name: String, _ file: FileCache, _ note: FileNote?) -> [UInt8] {
    let nameStart = moreStart + more.count
    more.append(contentsOf: name.utf8)
    let nameCount = moreStart + more.count - nameStart
    let (flags, behind) = ScanIndex.behind(file, note)
    let behindStart = moreStart + more.count
    more.append(contentsOf: behind)
    let content = ScanIndex.content(file, note)
    entries.append(word: UInt64(nameStart) | UInt64(nameCount) << 32)
    for word in file.stamp.words { entries.append(word: word) }
    (file.digest ?? Digest(of: [])).append(to: &entries)
    entries.append(word: UInt64(contentEnd))
    entries.append(word: UInt64(content.count) | UInt64(flags.rawValue) << 32)
    entries.append(word: Digest(of: content).prefix)
    entries.append(word: UInt64(behindStart) | UInt64(behind.count) << 32)
    contentEnd += content.count
    return content
  }

  private static func behind(_ file: FileCache, _ note: FileNote?) -> (FileSeed.Flags, [UInt8]) {
    var flags: FileSeed.Flags = []
    var packer = Packer()
    packer.count(note?.note.count ?? 0)
    if let note { packer.raw(note.note) }
    if note != nil { flags.insert(.noted) }
    if file.wasFresh { flags.insert(.racy) }
    if !file.photos.isEmpty, let print = file.photoPrint {
      flags.insert(.photos)
      packer.photos(file.photos, print)
    }
    if !file.result.problems.isEmpty {
      flags.insert(.problems)
      packer.list(file.result.problems) { $0.problem($1) }
    }
    return (flags, packer.bytes)
  }

  private static func content(_ file: FileCache, _ note: FileNote?) -> [UInt8] {
    var packer = Packer(reserving: 2048)
    packer.fileResult(file.result)
    if let note { packer.raw(note.attachment) }
    return packer.bytes
  }
}
