import Glibc

/// What git is doing in the repository around a folder. While it moves files about, a missing file says nothing.
enum GitActivity {
  /// The signs that git leaves while it works, or while it waits for a person to go on; with what they mean.
  private static let signs = [
    ("index.lock", "a command is running"), ("rebase-merge", "a rebase"), ("rebase-apply", "a rebase"),
    ("MERGE_HEAD", "a merge"), ("CHERRY_PICK_HEAD", "a cherry-pick"), ("REVERT_HEAD", "a revert"),
  ]

  /// `a rebase: /shop/.git/rebase-merge is there`; nil when nothing is going on, or there is no repository.
  static func around(_ folder: String) -> String? {
    guard let directory = directory(around: folder) else { return nil }
    for (name, meaning) in signs where exists("\(directory)/\(name)") {
      return "\(meaning): \(directory)/\(name) is there"
    }
    return nil
  }

  /// The `.git` folder of the nearest repository; in a linked work tree `.git` is a file that names it.
  private static func directory(around folder: String) -> String? {
    guard let resolved = realpath(folder, nil) else { return nil }
    defer { free(resolved) }
    var place = String(cString: resolved)
    while true {
      let git = place == "/" ? "/.git" : place + "/.git"
      var status = stat()
      if stat(git, &status) == 0 { return FileKind(status) == .folder ? git : linked(git, in: place) }
      guard place != "/" else { return nil }
      place = Paths.parent(place)
    }
  }

  private static func linked(_ file: String, in place: String) -> String? {
    let descriptor = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = read(descriptor, &bytes, bytes.count)
    guard count > 0 else { return nil }
    let line = String(decoding: bytes[..<count], as: UTF8.self).split(whereSeparator: \.isNewline).first ?? ""
    guard line.hasPrefix("gitdir: ") else { return nil }
    let path = String(line.dropFirst(8))
    return Paths.isAbsolute(path) ? path : "\(place)/\(path)"
  }

  private static func exists(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0
  }
}
