import Listings

/// What an earlier scan made of each file, kept between runs: an index that is read whole, and contents of which only what
/// is wanted is read. It says what bytes with a certain digest, on certain layers, come to; that a file still has them, its
/// stamp or its bytes must show. The index was checked as a whole by whoever read it, each content has its own check.
package final class ScanCache: Sendable {
  /// The files of one folder, in the order of their names' bytes.
  struct Folder: Sendable {
    /// Of the layers that they were resolved on.
    let print: Digest
    let first: Int
    let count: Int
  }

  typealias Contents = @Sendable (_ offset: Int, _ count: Int) -> [UInt8]?

  let bytes: [UInt8]
  /// Where the scan's part of the bytes begins: places in it count from there.
  let start: Int
  let folders: [String: Folder]
  package let fileCount: Int
  private let photosStart: Int
  private let contents: Contents

  /// Nil when the bytes from `start` on are not a scan's index. `contents`: the bytes at a place; nil when they are not
  /// there.
  package init?(_ bytes: [UInt8], from start: Int, contents: @escaping @Sendable (Int, Int) -> [UInt8]?) {
    guard start <= bytes.count else { return nil }
    var packed = Unpacker(bytes, start..<bytes.count)
    do throws(PackDamage) {
      photosStart = Int(try packed.number())
      let limit = bytes.count - start
      guard (0...limit).contains(photosStart) else { return nil }
      var (folders, total): ([String: Folder], Int) = ([:], 0)
      for _ in 0..<(try packed.count()) {
        let path = try packed.text()
        let folder = Folder(
          print: try packed.digest(), first: Int(try packed.number()), count: Int(try packed.number()))
        guard (0...limit).contains(folder.first), folder.count >= 0, folder.count <= limit / FileSeed.size,
          folder.first + folder.count * FileSeed.size <= limit
        else { return nil }
        folders[path] = folder
        total += folder.count
      }
      (self.folders, fileCount) = (folders, total)
    } catch { return nil }
    (self.bytes, self.start, self.contents) = (bytes, start, contents)
  }

  /// The file of that name. `index`: where it most likely is.
  func file(_ name: String, in folder: Folder, near index: Int) -> FileSeed? {
    var name = name
    return name.withUTF8 { name in
      func seed(_ index: Int) -> FileSeed { FileSeed(cache: self, offset: folder.first + index * FileSeed.size) }
      if index < folder.count, seed(index).order(of: name) == 0 { return seed(index) }
      var (low, high) = (0, folder.count)
      while low < high {
        let middle = (low + high) / 2
        let order = seed(middle).order(of: name)
        if order == 0 { return seed(middle) }
        if order < 0 { high = middle } else { low = middle + 1 }
      }
      return nil
    }
  }

  /// The bytes of a content, if they are still those that were written.
  func content(_ seed: FileSeed) -> [UInt8]? {
    guard let found = contents(seed.contentOffset, seed.contentCount), found.count == seed.contentCount,
      Digest(of: found).prefix == seed.contentCheck
    else { return nil }
    return found
  }

  /// The photos that were hashed, by their paths from the root.
  func photos() -> [(path: String, stamp: Stamp, digest: Digest, format: PhotoFormat)] {
    var packed = Unpacker(bytes, start + photosStart..<bytes.count)
    let photos = try? packed.list { (packed) throws(PackDamage) in
      let (path, stamp, digest) = (try packed.text(), try packed.stamp(), try packed.digest())
      guard let format = PhotoFormat(rawValue: try packed.text()) else { throw PackDamage() }
      return (path, stamp, digest, format)
    }
    return photos ?? []
  }

  /// The index without its photos: what stays when only stamps are new.
  var withoutPhotos: ArraySlice<UInt8> { bytes[start..<start + photosStart] }
}

/// One file of a scan cache: a place in its bytes.
package struct FileSeed: Sendable {
  let cache: ScanCache
  /// From the start of the scan's part.
  let offset: Int

  /// Where an entry's words are.
  enum Word {
    /// Place and count.
    static let name = 0
    static let stamp = 1
    static let digest = stamp + Stamp.wordCount
    static let content = digest + 4
    /// The content's count, and the flags.
    static let size = content + 1
    static let check = content + 2
    /// Place and count.
    static let more = content + 3
    static let count = content + 4
  }
  static let size = 8 * Word.count

  struct Flags: OptionSet, Hashable {
    let rawValue: UInt32
    /// Its stamp proves nothing: it was too fresh.
    static let racy = Flags(rawValue: 1)
    /// It has a note, so that a scan may pass over it.
    static let noted = Flags(rawValue: 2)
    static let photos = Flags(rawValue: 4)
    static let problems = Flags(rawValue: 8)
  }

  private func word(_ index: Int) -> UInt64 {
    let bytes = cache.bytes
    return bytes.span.word(at: cache.start + offset + 8 * index)
  }
  private func halves(_ index: Int) -> (Int, Int) {
    let word = word(index)
    return (Int(word & 0xFFFF_FFFF), Int(word >> 32))
  }

  var stamp: Stamp { Stamp { word(Word.stamp + $0) } }
  var digest: Digest {
    let first = cache.start + offset + 8 * Word.digest
    let bytes = cache.bytes
    return Digest(raw: bytes.span.extracting(first..<first + 32))
  }
  var contentOffset: Int { Int(truncatingIfNeeded: word(Word.content)) }
  var contentCount: Int { halves(Word.size).0 }
  var flags: Flags { Flags(rawValue: UInt32(truncatingIfNeeded: word(Word.size) >> 32)) }
  var contentCheck: UInt64 { word(Word.check) }

  /// Below 0 when `name` comes before the file's, above when behind it.
  func order(of name: UnsafeBufferPointer<UInt8>) -> Int {
    let (place, count) = halves(Word.name)
    guard let own = range(place, count) else { return -1 }
    var index = 0
    while index < name.count, index < count {
      let (one, other) = (name[index], cache.bytes[own.lowerBound + index])
      if one != other { return one < other ? -1 : 1 }
      index += 1
    }
    return name.count - count
  }

  private func range(_ place: Int, _ count: Int) -> Range<Int>? {
    let first = cache.start + place
    return first + count <= cache.bytes.count ? first..<first + count : nil
  }

  private func more() throws(PackDamage) -> Unpacker {
    let (place, count) = halves(Word.more)
    guard let range = range(place, count) else { throw PackDamage() }
    return Unpacker(cache.bytes, range)
  }

  /// What whoever kept the cache noted of the file.
  package var note: Unpacker? {
    guard flags.contains(.noted), var packed = try? more(), let count = try? packed.count() else { return nil }
    return Unpacker(cache.bytes, packed.place..<packed.place + count)
  }

  private func behindNote() throws(PackDamage) -> Unpacker {
    var packed = try more()
    _ = try packed.raw(try packed.count())
    return packed
  }

  /// The photos that the file names, and what they came to.
  var photos: (uses: [Resolver.PhotoUse], print: Digest)? {
    guard flags.contains(.photos), var packed = try? behindNote() else { return nil }
    return try? packed.photos()
  }

  /// Nil when they can't be read.
  var problems: [Problem]? {
    guard flags.contains(.problems) else { return [] }
    guard var packed = try? behindNote() else { return nil }
    if flags.contains(.photos), (try? packed.photos()) == nil { return nil }
    return try? packed.list { (packed) throws(PackDamage) in try packed.problem() }
  }

  /// Nil when the content can't be read.
  var result: FileResult? {
    guard let bytes = cache.content(self) else { return nil }
    var packed = Unpacker(bytes)
    return try? packed.fileResult()
  }

  /// What whoever kept the cache put beside the content; nil when it can't be read.
  package var attachment: [UInt8]? {
    guard let bytes = cache.content(self) else { return nil }
    var packed = Unpacker(bytes)
    guard (try? packed.fileResult()) != nil else { return nil }
    return Array(bytes[packed.place...])
  }

  /// The listings as the file said them then; nil when they can't be read.
  package var listings: [Listing]? { result?.listings }
}
