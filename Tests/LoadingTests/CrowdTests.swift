import Glibc
import Listings
import Testing

@testable import Loading

/// Folders with more names than anybody reads: what is no listing costs nothing, what may be one is bounded.
@Suite struct CrowdTests {
  /// One file under many names.
  private func fill(_ folder: String, _ count: Int, _ name: (Int) -> String) {
    let first = "\(folder)/\(name(0))"
    close(open(first, O_WRONLY | O_CREAT, 0o644))
    for index in 1..<count { link(first, "\(folder)/\(name(index))") }
  }

  @Test func namesThatAreNoListingsAreNotKept() {
    let shop = Shop()
    let root = "\(shop.path)/listings"
    shop.write("listings/desk.yaml", Shop.listing())
    mkdir("\(root)/more", 0o755)
    fill(root, 20_000) { ["n\($0).txt", "\($0).jpg", ".\($0).yaml", "_\($0).yaml", "yaml\($0)"][$0 % 5] }
    guard let folder = Descriptor.open(root, in: AT_FDCWD, flags: O_DIRECTORY), let names = FolderNames(reading: folder)
    else {
      Issue.record("it can't be read")
      return
    }
    #expect(names.listings == ["desk.yaml"] && names.folders == ["more"] && names.count == 2)
    #expect(names.all.isEmpty && !names.isOverfull)
    let wanted = shop.scan()
    #expect(wanted.listings.map(\.id) == ["desk"] && wanted.problems.isEmpty)
  }

  @Test(arguments: ["a file", "a link", "a folder", "a name that is not UTF-8"])
  func aFolderWithMoreThanIsTakenIsAnErrorAndTheOthersGoOn(_ what: String) {
    let shop = Shop()
    shop.write("listings/desk.yaml", Shop.listing())
    shop.write("listings/a/lamp.yaml", Shop.listing("id: lamp"))
    var odd: [[CChar]] = []
    defer { for name in odd { unlink(name) } }
    for index in 0..<10 {
      let path = "\(shop.path)/listings/b"
      mkdir(path, 0o755)
      switch what {
      case "a file": shop.write("listings/b/f\(index).yaml", Shop.listing("id: f\(index)"))
      case "a link": symlink("nowhere", "\(path)/f\(index).yaml")
      case "a folder": mkdir("\(path)/f\(index)", 0o755)
      default:
        // `Shop` goes by names that are UTF-8.
        odd.append(Array("\(path)/\(index)".utf8CString.dropLast()) + [-1] + Array(".yaml".utf8CString))
        close(open(odd[index], O_WRONLY | O_CREAT, 0o644))
      }
    }
    var loader = shop.loader()
    // Two listings and two folders above it.
    for limit in [4, 13] {
      loader.sizeLimit = limit
      let wanted = loader.scan()
      #expect(wanted.root == .seen && wanted.listings.map(\.id) == ["desk", "lamp"], "\(limit)")
      #expect(wanted.problems.map(\.file) == ["listings/b"] && wanted.rules == ["listing/folder-unreadable"])
      #expect(wanted.problems.allSatisfy { $0.message.contains("more than \(limit) listing files") })
      // Also what may have moved there.
      for file in ["listings/b/x.yaml", "listings/a/gone.yaml", "listings/gone.yaml"] {
        #expect(wanted.freezes(id: "gone", lastFile: file))
      }
    }
    loader.sizeLimit = 14
    #expect(!loader.scan().problems.contains { $0.message.contains("more than") })
  }

  @Test func aRootWithMoreThanIsTakenWithdrawsNothing() {
    let shop = Shop()
    for index in 0..<10 { shop.write("listings/f\(index).yaml", Shop.listing("id: f\(index)")) }
    var loader = shop.loader()
    loader.sizeLimit = 9
    let wanted = loader.scan()
    #expect(wanted.listings.isEmpty && wanted.freezes(id: "f3", lastFile: "listings/f3.yaml"))
    #expect(wanted.freezes(id: "gone", lastFile: "listings/gone.yaml") && wanted.problems.count == 1)
  }
}
