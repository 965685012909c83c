import Glibc

/// The names in one folder, told apart by what a listings root may hold.
struct FolderNames {
  /// Ending in .yaml or .yml; sorted.
  var listings: [String] = []
  var folders: [String] = []
  /// Names of listing files that are no files, with what they are.
  var refused: [(name: String, what: String)] = []
  /// Of what looks like a listing or is a folder, names that are not UTF-8: as they are, with their NUL.
  var unnamed: [(name: [CChar], isFile: Bool)] = []
  /// Files whose ending would be a listing's in small letters; sorted.
  var misnamed: [String] = []
  /// Links to folders: not followed.
  var links: [String] = []
  var hasDefaults = false
  /// What was meant as that, as it seems; sorted.
  var nearDefaults: [String] = []
  /// Every name, sorted by its bytes, when asked for.
  var all: [String] = []
  /// There are more than were asked for: the rest was not read.
  var isOverfull = false

  static let defaultsName = "_defaults.yaml"

  /// How many of them are kept: names of anything else cost nothing.
  var count: Int { listings.count + folders.count + refused.count + unnamed.count + misnamed.count + links.count }

  /// Reads the open folder; nil with `errno` set. `listsAll` keeps every name instead, for patterns. `room`: so many
  /// names are kept at most.
  init?(reading folder: borrowing Descriptor, listsAll: Bool = false, room: Int = .max) {
    // `fdopendir` takes its descriptor over: give it one of its own, at the start of the folder.
    let copy = openat(folder.number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard copy >= 0, let stream = fdopendir(copy) else {
      if copy >= 0 { close(copy) }
      return nil
    }
    defer { closedir(stream) }
    while true {
      errno = 0
      guard let entry = readdir(stream) else { break }
      take(entry, in: folder.number, listsAll: listsAll)
      isOverfull = count > room
      if isOverfull { return }
    }
    guard errno == 0 else { return nil }
    listings.sort()
    folders.sort()
    all.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    refused.sort { $0.name < $1.name }
    misnamed.sort()
    links.sort()
    nearDefaults.sort()
  }

  private mutating func take(_ entry: UnsafeMutablePointer<dirent>, in folder: Int32, listsAll: Bool) {
    let start = UnsafeRawPointer(entry) + (MemoryLayout<dirent>.offset(of: \.d_name) ?? 0)
    let bytes = start.assumingMemoryBound(to: UInt8.self)
    if bytes[0] == 0x2E, bytes[1] == 0 || (bytes[1] == 0x2E && bytes[2] == 0) { return }
    if listsAll {
      all.append(String(cString: bytes))
      return
    }
    let length = strlen(UnsafePointer<CChar>(OpaquePointer(bytes)))
    // fsck's own, which nobody else may look into, stands in each ext file system.
    if bytes[0] == 0x2E || strcmp(bytes, "lost+found") == 0 { return }
    if bytes[0] == 0x5F {
      takeUnderscored(String(cString: bytes))
      return
    }
    var kind = Int32(entry.pointee.d_type)
    let ending = UnsafeBufferPointer(start: bytes, count: length)
    let isListing = FolderNames.endsAsListing(ending)
    let isMisnamed = !isListing && FolderNames.endsAsListing(ending, or: 0x20)
    guard isListing || isMisnamed || kind == 4 || kind == 10 || kind == 0 else { return }
    let text = UnsafePointer<CChar>(OpaquePointer(bytes))
    guard let name = String(validatingCString: text) else {
      let raw = Array(UnsafeBufferPointer(start: text, count: length + 1))
      if isListing || kind == 4 { unnamed.append((raw, isFile: kind == 8)) }
      return
    }
    if kind == 0 {
      // Some file systems don't tell the type here.
      switch Files.status(name, in: folder).map({ FileKind($0) }) {
      case .file: kind = 8
      case .folder: kind = 4
      case .link: kind = 10
      case .other: kind = 1
      case nil: kind = 8
      }
    }
    switch kind {
    case 4: folders.append(name)
    case 8 where isListing: listings.append(name)
    case 8 where isMisnamed: misnamed.append(name)
    case 10 where isListing: refused.append((name, "a symbolic link"))
    case 10: if leadsToFolder(name, in: folder) { links.append(name) }
    case _ where isListing: refused.append((name, "no regular file"))
    default: break
    }
  }

  /// Such a name is no listing's; only a slip of the finger is worth a word.
  private mutating func takeUnderscored(_ name: String) {
    if name == FolderNames.defaultsName {
      hasDefaults = true
    } else if FolderNames.endsAsListing(name), Suggestion.nearest(to: name, among: [FolderNames.defaultsName]) != nil {
      nearDefaults.append(name)
    }
  }

  private static func endsAsListing(_ name: String) -> Bool { name.hasSuffix(".yaml") || name.hasSuffix(".yml") }

  private func leadsToFolder(_ name: String, in folder: Int32) -> Bool {
    var status = stat()
    return fstatat(folder, name, &status, 0) == 0 && FileKind(status) == .folder
  }

  /// `fold`: a bit that is set in each byte first; that of the small letters takes capitals, too.
  private static func endsAsListing(_ name: UnsafeBufferPointer<UInt8>, or fold: UInt8 = 0) -> Bool {
    guard name.count > 4, name[name.count - 1] | fold == 0x6C else { return false }
    let tail = (name[name.count - 4] | fold, name[name.count - 3] | fold, name[name.count - 2] | fold)
    if tail == (0x2E, 0x79, 0x6D) { return name[name.count - 4] == 0x2E }
    return name.count > 5 && name[name.count - 5] == 0x2E && tail == (0x79, 0x61, 0x6D)
  }
}
