import Glibc

/// Paths by their letters; no file is looked at. By their bytes, rather: to a String, a slash with a combining mark behind
/// it is another character, and to the kernel it is still a slash.
package enum Paths {
  /// What stands between the slashes.
  package static func components(_ path: String) -> [Substring] {
    path.utf8.split(separator: 0x2F).map { Substring($0) }
  }

  package static func isAbsolute(_ path: String) -> Bool { path.utf8.first == 0x2F }

  /// Whether it is the folder itself or below it; neither has a slash at its end.
  package static func isIn(_ folder: String, _ path: String) -> Bool { relative(path, to: folder) != nil }

  /// Without `.`, `..` and doubled slashes. A relative path starts at `folder`, or at the working directory.
  package static func absolute(_ path: String, from folder: String? = nil) -> String {
    let whole = isAbsolute(path) ? path : "\(folder ?? current)/\(path)"
    var parts: [Substring] = []
    for part in components(whole) where part != "." {
      if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    return "/" + parts.joined(separator: "/")
  }

  package static func parent(_ path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: 0x2F), slash > path.startIndex else { return "/" }
    return String(path[..<slash])
  }

  package static func last(_ path: String) -> String {
    path.utf8.lastIndex(of: 0x2F).map { String(path[path.utf8.index(after: $0)...]) } ?? path
  }

  /// `path` from `folder`, when it is in it: empty for the folder itself, nil when it is elsewhere.
  static func relative(_ path: String, to folder: String) -> String? {
    if path == folder { return "" }
    let prefix = folder == "/" ? "/" : folder + "/"
    return path.utf8.starts(with: prefix.utf8) ? String(Substring(path.utf8.dropFirst(prefix.utf8.count))) : nil
  }

  /// The working directory.
  package static var current: String {
    guard let path = getcwd(nil, 0) else { return "/" }
    defer { free(path) }
    return String(cString: path)
  }
}
