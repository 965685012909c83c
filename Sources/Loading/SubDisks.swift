import Listings

/// Disks that are mounted below the root, as its mark keeps them: a folder that was one and is none now has lost its disk,
/// and what lay on that is not gone.
package enum SubDisks {
  /// `disk bikes/2026`. A path that a line can't hold is not kept.
  package static func line(_ path: String) -> String? {
    path.utf8.contains { $0 < 0x20 } ? nil : "disk \(path)"
  }

  package static func read(_ mark: some StringProtocol) -> [String] {
    mark.split(separator: "\n").filter { $0.hasPrefix("disk ") }.map { String($0.dropFirst(5)) }
  }
}

extension Walk {
  /// Sorted; without those below another one.
  var disks: [String] {
    var found: [String] = []
    for folder in visited.filter({ $0.stamp.device != device }).map(\.path).sorted() {
      if let last = found.last, folder.utf8.starts(with: (last + "/").utf8) { continue }
      found.append(folder)
    }
    return found
  }
}

extension Loader {
  /// Those of the mark that are not mounted any more.
  func missLostDisks(_ mark: [String], _ walk: inout Walk) {
    guard !mark.isEmpty else { return }
    let mounted = Set(walk.visited.filter { $0.stamp.device != walk.device }.map(\.path))
    for path in mark where !mounted.contains(path) {
      walk.frozenFiles.insert(named(path) + "/")
      walk.problems.append(
        Problem(
          .error, rule: Rule.folderUnreadable.rawValue, file: named(path),
          message: "a disk of its own was mounted here, and is not now: what was on it stays as it is; mount it again. "
            + Loader.adoptAdvice))
    }
  }
}
