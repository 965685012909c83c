import Glibc
import Listings

/// The photos below the listings root: which files a text stands for, and what is in them. Each is hashed once and
/// then known by its stamp. Nothing outside of the root is opened, and no symbolic link followed.
struct PhotoShelf {
  struct Refusal: Error, Hashable {
    var rule: Rule
    var message: String
  }

  private enum Content: Hashable {
    case image(Digest, PhotoFormat)
    case refused(Refusal)
  }

  private struct Known {
    var stamp: Stamp
    var wasFresh: Bool
    var content: Content
    var seen: Int
  }

  /// No marketplace takes more; reading it would cost time for nothing.
  static let sizeLimit = 64 << 20
  static let countLimit = 500
  /// Longer ones are no slip, and each component costs a look at the disk.
  static let pathLimit = 1024
  /// How many names the patterns of one file may be held against.
  var glanceLimit = 1_000_000

  private let clock: @Sendable () -> FileTime
  private var root: Int32 = -1
  private var rootPath = ""
  private var known: [String: Known] = [:]
  private var generation = 0
  // What was found in this scan.
  private var realFolders: Set<String> = [""]
  private var names: [String: [String]] = [:]
  /// How many names the patterns of the file that asked last were held against: tests look at it.
  private(set) var glances = 0
  /// How many files were hashed: tests look at it.
  private(set) var hashed = 0
  /// Folders, relative to the root, that hold photos which listings name.
  private(set) var folders: Set<String> = []

  init(clock: @escaping @Sendable () -> FileTime) { self.clock = clock }

  /// Takes over what an earlier run hashed.
  mutating func learn(_ photos: [(path: String, stamp: Stamp, digest: Digest, format: PhotoFormat)]) {
    for photo in photos {
      known[photo.path] = Known(
        stamp: photo.stamp, wasFresh: false, content: .image(photo.digest, photo.format), seen: generation)
    }
  }

  /// What was hashed in this scan or before, and may be taken over by a later run.
  var learnt: [(path: String, stamp: Stamp, digest: Digest, format: PhotoFormat)] {
    known.compactMap { path, known in
      guard !known.wasFresh, case .image(let digest, let format) = known.content else { return nil }
      return (path, known.stamp, digest, format)
    }.sorted { $0.path < $1.path }
  }

  mutating func beginScan(root: borrowing Descriptor, path: String) {
    self.root = root.number
    rootPath = path
    generation += 1
    realFolders = [""]
    names = [:]
    folders = []
  }

  /// For a look at a few listings: what was learnt of the others' photos stays.
  mutating func beginGlance(root: borrowing Descriptor, path: String) {
    let known = folders
    beginScan(root: root, path: path)
    folders = known
  }

  mutating func endGlance() {
    root = -1
    names = [:]
  }

  mutating func endScan() {
    root = -1
    known = known.filter { $0.value.seen == generation }
    names = [:]
  }

  /// The photos that `text`, written by a file in `folder` (relative to the root), stands for. `glances` counts the names
  /// that the file's patterns were held against.
  mutating func photos(_ text: String, from folder: String, _ glances: inout Int) throws(Refusal) -> [Photo] {
    self.glances = glances
    defer { glances = self.glances }
    if PhotoShelf.isAddress(text) { return [try PhotoShelf.address(text)] }
    let path = try resolved(text, from: folder)
    guard Pattern.isPattern(path) else { return [try file(path, text)] }
    let matches = try expand(path, text)
    guard !matches.isEmpty else {
      throw Refusal(
        rule: .photoMissing, message: "\(text) matches no file in \(shown(parent(path))); look at the spelling")
    }
    guard matches.count <= PhotoShelf.countLimit else {
      throw Refusal(rule: .photoCount, message: "\(text) matches \(matches.count) files; name fewer")
    }
    var result: [Photo] = []
    for match in matches {
      result.append(try file(match, "\(Paths.relative(match, to: folder) ?? match), which \(text) matches,"))
    }
    return result
  }

  /// What has a scheme, of whatever kind, is no path.
  static func isAddress(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
      guard let colon = bytes.firstIndex(of: 0x3A) else { return false }
      let hasSlashes = colon + 2 < bytes.count && bytes[colon + 1] == 0x2F && bytes[colon + 2] == 0x2F
      return hasSlashes || (colon == 4 && bytes.prefix(4).elementsEqual("data".utf8))
    }
  }

  static func address(_ text: String) throws(Refusal) -> Photo {
    guard WebAddress.isAddress(text) else {
      throw Refusal(
        rule: .photoAddress,
        message: "the photo's address must be https://HOST/PATH or http://, of plain ASCII; percent-encode the rest")
    }
    return Photo(reference: .url(text))
  }

  // MARK: Paths

  /// The path relative to the root, without `.` and `..`. No link is followed anywhere, so the letters decide.
  private func resolved(_ text: String, from folder: String) throws(Refusal) -> String {
    guard let first = text.utf8.first, first != 0x2F, first != 0x7E else {
      throw Refusal(rule: .photoPath, message: "\(text) is no relative path; put the photo below the listings folder")
    }
    guard text.utf8.count <= PhotoShelf.pathLimit else {
      throw Refusal(
        rule: .photoPath, message: "the photo's path has more than \(PhotoShelf.pathLimit) bytes; shorten it")
    }
    var parts = Paths.components(folder)
    for part in Paths.components(text) where part != "." {
      if part != ".." {
        parts.append(part)
      } else if parts.popLast() == nil {
        throw Refusal(rule: .photoPath, message: "\(text) leaves the listings folder; put the photo below it")
      }
    }
    return parts.joined(separator: "/")
  }

  private func parent(_ path: String) -> String {
    path.utf8.lastIndex(of: 0x2F).map { String(path[..<$0]) } ?? ""
  }

  private func shown(_ folder: String) -> String { folder.isEmpty ? "the listings folder" : folder }

  /// Whether every component is a folder of its own, not a link to one.
  private mutating func requireReal(_ folder: String, _ text: String) throws(Refusal) {
    if realFolders.contains(folder) { return }
    try requireReal(parent(folder), text)
    guard let status = Files.status(folder, in: root) else {
      throw Refusal(rule: .photoMissing, message: "\(text) is not there: there is no folder \(folder)")
    }
    switch FileKind(status) {
    case .folder: realFolders.insert(folder)
    case .link:
      throw Refusal(rule: .photoPath, message: "\(text) leads through the symbolic link \(folder); use a real folder")
    default: throw Refusal(rule: .photoMissing, message: "\(text) is not there: \(folder) is no folder")
    }
  }

  private mutating func expand(_ path: String, _ text: String) throws(Refusal) -> [String] {
    var found = [""]
    var isMatched = false
    for part in Paths.components(path) {
      guard Pattern.isPattern(part) else {
        found = found.map { $0.isEmpty ? String(part) : "\($0)/\(part)" }
        // Behind a pattern, what isn't there is no match.
        if isMatched { found = found.filter { Files.status($0, in: root) != nil } }
        continue
      }
      defer { isMatched = true }
      let pattern = Pattern(part)
      var next: [String] = []
      for folder in found {
        // Behind a pattern, what has no such folder doesn't match; before it, that is worth an error.
        do throws(Refusal) { try requireReal(folder, text) } catch {
          if !isMatched { throw error }
          continue
        }
        folders.insert(folder)
        for name in try candidates(in: folder, for: pattern, text) where pattern.matches(name) {
          next.append(folder.isEmpty ? name : "\(folder)/\(name)")
        }
        if next.count > PhotoShelf.countLimit { break }
      }
      found = next
    }
    return found
  }

  /// The names that begin as the pattern does, which a sorted list gives at once; the others are counted.
  private mutating func candidates(
    in folder: String, for pattern: Pattern, _ text: String
  ) throws(Refusal) -> ArraySlice<String> {
    let names = try entries(of: folder, text)
    let prefix = pattern.prefix
    let start = names.firstIndex(sortedBy: { !$0.utf8.lexicographicallyPrecedes(prefix) })
    let candidates = names[start...].prefixRange { $0.utf8.starts(with: prefix) }
    guard glances + candidates.count <= glanceLimit else {
      throw Refusal(
        rule: .photoCount,
        message: "the patterns of this file go through more than \(glanceLimit) names; "
          + "begin them with letters, or name the photos one by one")
    }
    glances += candidates.count
    return candidates
  }

  private mutating func entries(of folder: String, _ text: String) throws(Refusal) -> [String] {
    if let known = names[folder] { return known }
    guard let descriptor = open(folder, flags: O_DIRECTORY), let list = FolderNames(reading: descriptor, listsAll: true)
    else { throw Refusal(rule: .photoUnreadable, message: "\(shown(folder)) can't be read: \(Files.reason(errno))") }
    names[folder] = list.all
    return list.all
  }

  private func open(_ path: String, flags: Int32 = 0) -> Descriptor? {
    Descriptor.open(path: Paths.components(path)[...], in: root, flags: flags)
  }

  // MARK: Files

  private mutating func file(_ path: String, _ text: String) throws(Refusal) -> Photo {
    let folder = parent(path)
    folders.insert(folder)
    try requireReal(folder, path)
    guard let status = Files.status(path, in: root) else {
      let number = errno
      if number == EACCES {
        throw Refusal(
          rule: .photoUnreadable,
          message: "\(shown(folder)) can't be looked into, so the photo \(text) can't be read; let this user in")
      }
      let reason = number == ENOENT ? "" : ": \(Files.reason(number))"
      throw Refusal(
        rule: .photoMissing, message: "the photo \(text) is not there\(reason); put it there, or correct the line")
    }
    switch FileKind(status) {
    case .file: break
    case .link: throw Refusal(rule: .photoPath, message: "\(text) is a symbolic link; put the photo itself there")
    case .folder:
      throw Refusal(
        rule: .photoNotImage, message: "\(text) is a folder; name what is in it, such as \(text)/*.jpg")
    default: throw Refusal(rule: .photoNotImage, message: "\(text) is no file; put the photo itself there")
    }
    switch content(path, Stamp(status), text) {
    case .refused(let refusal): throw refusal
    case .image(let digest, let format):
      return Photo(reference: .file(digest, format), path: "\(rootPath)/\(path)", size: Int(status.st_size))
    }
  }

  private mutating func content(_ path: String, _ stamp: Stamp, _ text: String) -> Content {
    if let old = known[path], old.stamp == stamp, !old.wasFresh || old.seen == generation {
      known[path]?.seen = generation
      return old.content
    }
    let now = clock()
    let content = read(path, stamp, text)
    // What could not be read may be readable the next time without a trace in the stamp.
    let isUnread = if case .refused(let refusal) = content { refusal.rule == .photoUnreadable } else { false }
    let wasFresh = isUnread || stamp.isFresh(at: now)
    known[path] = Known(stamp: stamp, wasFresh: wasFresh, content: content, seen: generation)
    return content
  }

  private mutating func read(_ path: String, _ stamp: Stamp, _ text: String) -> Content {
    guard stamp.size <= PhotoShelf.sizeLimit else {
      return .refused(
        Refusal(rule: .photoSize, message: "\(text) has \(stamp.size >> 20) MiB; make it smaller than 64 MiB"))
    }
    guard let file = open(path), let before = Files.status(of: file), FileKind(before) == .file else {
      return .refused(Refusal(rule: .photoUnreadable, message: "\(text) can't be read: \(Files.reason(errno))"))
    }
    hashed += 1
    var stream = DigestStream()
    var chunk = [UInt8](repeating: 0, count: min(256 * 1024, stamp.size + 1))
    var format: PhotoFormat?
    var total = 0
    while true {
      let got = chunk.withUnsafeMutableBytes { pread(file.number, $0.baseAddress, $0.count, off_t(total)) }
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else {
        return .refused(Refusal(rule: .photoUnreadable, message: "\(text) can't be read: \(Files.reason(errno))"))
      }
      if got == 0 { break }
      if total == 0 {
        format = PhotoFormat(sniffing: chunk[..<got])
        guard format != nil else { break }
      }
      stream.update(chunk[..<got])
      total += got
      if total > PhotoShelf.sizeLimit { break }
    }
    guard let format else {
      return .refused(
        Refusal(rule: .photoNotImage, message: "\(text) is no JPEG, PNG, GIF, BMP, TIFF or WebP; look at the file"))
    }
    guard let after = Files.status(of: file), Stamp(after) == stamp else {
      return .refused(
        Refusal(rule: .photoUnreadable, message: "\(text) changed while it was read; wait until it is written"))
    }
    return .image(stream.finish(), format)
  }
}
