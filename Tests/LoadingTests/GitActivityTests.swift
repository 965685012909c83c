import Foundation
import Support
import Testing

@testable import Loading

/// While git works in the repository around the listings, withdrawals wait; the scan tells.
struct GitActivityTests {
  private func shop(_ body: (String) throws -> Void) throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    try FileManager.default.createDirectory(atPath: folder.path + "/shop/listings", withIntermediateDirectories: true)
    try body(folder.path)
  }

  private func make(_ path: String, isFolder: Bool) throws {
    let parent = URL(filePath: path).deletingLastPathComponent().path
    try FileManager.default.createDirectory(
      atPath: isFolder ? path : parent, withIntermediateDirectories: true)
    if !isFolder { try Data().write(to: URL(filePath: path)) }
  }

  @Test(arguments: [
    ("index.lock", false), ("rebase-merge", true), ("rebase-apply", true), ("MERGE_HEAD", false),
    ("CHERRY_PICK_HEAD", false), ("REVERT_HEAD", false),
  ])
  func eachSignOfWorkIsSeen(sign: String, isFolder: Bool) throws {
    try shop { path in
      try make("\(path)/.git/HEAD", isFolder: false)
      #expect(GitActivity.around("\(path)/shop/listings") == nil)
      try make("\(path)/.git/\(sign)", isFolder: isFolder)
      #expect(GitActivity.around("\(path)/shop/listings")?.contains("/.git/\(sign) is there") == true)
    }
  }

  @Test func aLinkedWorkTreeHasItsOwnFolder() throws {
    try shop { path in
      try make("\(path)/main/.git/worktrees/shop/MERGE_HEAD", isFolder: false)
      try "gitdir: ../main/.git/worktrees/shop\n".write(
        toFile: "\(path)/shop/.git", atomically: true, encoding: .utf8)
      #expect(GitActivity.around("\(path)/shop/listings")?.hasPrefix("a merge: ") == true)
    }
  }

  @Test func theNearestRepositoryCounts() throws {
    try shop { path in
      try make("\(path)/.git/index.lock", isFolder: false)
      try make("\(path)/shop/.git/HEAD", isFolder: false)
      #expect(GitActivity.around("\(path)/shop/listings") == nil)
    }
  }

  @Test func withoutARepositoryNothingIsGoingOn() throws {
    try shop { path in
      #expect(GitActivity.around("\(path)/shop/listings") == nil)
      #expect(GitActivity.around("\(path)/nowhere") == nil)
    }
  }
}
