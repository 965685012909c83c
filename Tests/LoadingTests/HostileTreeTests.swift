import Glibc
import Listings
import Testing

@testable import Loading

/// Trees of a shape that nobody would plant. Their cost is told by counts, never by a clock.
@Suite struct HostileTreeTests {
  @Test func foldersEndAtADepth() {
    let shop = Shop()
    var path = "listings"
    for _ in 0..<200 { path += "/d" }
    shop.write("\(path)/desk.yaml", Shop.listing())
    shop.write("listings/lamp.yaml", Shop.listing("id: lamp"))
    let wanted = shop.scan()
    #expect(wanted.listings.map(\.id) == ["lamp"])
    #expect(wanted.rules == ["listing/folder-unreadable"])
    #expect(wanted.freezes(id: "desk", lastFile: "\(path)/desk.yaml"))
  }

  /// A slash with a combining mark behind it is one character to a String, and a slash to the kernel.
  @Test func aFolderMayBeginWithACombiningMark() {
    let shop = Shop()
    shop.write("listings/\u{613}a/_defaults.yaml", "category: lighting\n")
    shop.write(
      "listings/\u{613}a/\u{301}b/desk.yaml", Shop.listing(without: ["category", "photos"]) + "photos: [p.jpg]\n")
    shop.write("listings/\u{613}a/\u{301}b/p.jpg", Shop.jpeg())
    let wanted = shop.scan()
    #expect(wanted.problems.allSatisfy { $0.severity == .warning }, "\(wanted.problems)")
    let desk = wanted.listing("desk")
    #expect(desk?.file == "listings/\u{613}a/\u{301}b/desk.yaml")
    #expect(desk?.posts.allSatisfy { $0.content?.photos.count == 1 && $0.content?.category == "lighting" } == true)
  }

  @Test func aPathThatTheSystemDoesNotTakeIsTold() {
    let shop = Shop()
    shop.write("listings/lamp.yaml", Shop.listing("id: lamp"))
    let name = String(repeating: "x", count: 250)
    var folders = [open("\(shop.path)/listings", O_RDONLY | O_DIRECTORY)]
    for _ in 0..<20 {
      mkdirat(folders[folders.count - 1], name, 0o755)
      folders.append(openat(folders[folders.count - 1], name, O_RDONLY | O_DIRECTORY))
    }
    defer {
      // `Shop` goes by whole paths.
      for folder in folders.reversed() {
        unlinkat(folder, name, Int32(AT_REMOVEDIR))
        close(folder)
      }
    }
    let wanted = shop.scan()
    #expect(wanted.listings.map(\.id) == ["lamp"])
    #expect(wanted.rules == ["listing/folder-unreadable"])
  }

  @Test func linksToFoldersAreNotFollowedInCircles() {
    let shop = Shop()
    shop.write("listings/a/desk.yaml", Shop.listing())
    symlink("..", "\(shop.path)/listings/a/up")
    symlink(".", "\(shop.path)/listings/a/same")
    symlink("/", "\(shop.path)/listings/a/everything")
    let wanted = shop.scan()
    #expect(wanted.listings.map(\.id) == ["desk"])
    #expect(wanted.rules == Array(repeating: "listing/file-type", count: 3))
  }

  /// The counts grow with the names, and with nothing else.
  @Test(arguments: [2_000, 20_000]) func manyNamesCostEachTheSame(_ count: Int) {
    let shop = Shop()
    let root = "\(shop.path)/listings"
    var listings = 0
    for index in 0..<count {
      let path = "\(root)/f\(index)"
      switch index % 10 {
      case 0:
        shop.write("listings/f\(index).yaml", Shop.listing("id: f\(index)"))
        listings += 1
      case 1: symlink("nowhere", path + ".yaml")
      case 2: mkfifo(path + ".yml", 0o644)
      case 3: symlink("nowhere", path)
      case 4: shop.write("listings/_f\(index).yaml", "")
      default: close(open(path + ".txt", O_WRONLY | O_CREAT, 0o644))
      }
    }
    var loader = shop.loader()
    let wanted = loader.scan()
    #expect(wanted.listings.count == listings && wanted.problems.count == count / 5)
    #expect(loader.buffer.reads == listings)
    #expect(loader.scan().listings == wanted.listings && loader.buffer.reads == listings)
  }

  @Test func oneIdTenThousandTimesIsToldOncePerPlace() {
    let shop = Shop()
    // 100 files of 100 documents.
    let text = (0..<100).map { _ in "---\nid: desk\n" }.joined()
    for index in 0..<100 { shop.write("listings/f\(index).yaml", text) }
    shop.write("listings/lamp.yaml", Shop.listing("id: lamp"))
    let wanted = shop.scan()
    #expect(wanted.listings.map(\.id) == ["lamp"])
    #expect(wanted.rules.count { $0 == "listing/id-duplicate" } == 10_000)
    #expect(wanted.frozenIDs.contains("desk"))
  }

  @Test func tenThousandProblemsAreAllToldAndTheOthersGoOn() {
    let shop = Shop()
    for index in 0..<1000 { shop.write("listings/f\(index).yaml", Self.mistakes) }
    shop.write("listings/lamp.yaml", Shop.listing("id: lamp"))
    let wanted = shop.scan()
    #expect(wanted.listings.map(\.id) == ["lamp"])
    #expect(wanted.problems.count == 10_000)
    #expect(wanted.problems.allSatisfy { $0.message.utf8.count < 400 })
  }

  private static let mistakes = (0..<9).map { "unknown\($0): 1\n" }.joined()

  /// Past the limit a file's problems are no longer told; they are errors all the same.
  @Test func whatIsNotToldAnyMoreIsFrozenAllTheSame() {
    let shop = Shop()
    let last = Shop.listing("id: last")
    for wrong in [
      "marketplaces: [facebook, facebok]", "moved_from: last", "unknown: 1", "location: ~\nmarketplaces: [offerup]",
    ] {
      let many = (0..<150).map { "---\n" + Shop.listing("id: l\($0)\nmoved_from: l\($0)\nnothing: 1") }.joined()
      shop.write("listings/many.yaml", many + "---\n" + Shop.listing("id: last\n\(wrong)"))
      let wanted = shop.scan()
      #expect(wanted.listing("last")?.posts.allSatisfy { $0.content == nil } ?? true, "\(wrong)")
      #expect(wanted.rules.count <= 202 && wanted.rules.contains("yaml/too-many"), "\(wrong)")
      #expect(wanted.frozenIDs.contains("last") || wanted.listing("last") != nil, "\(wrong)")
      if !wrong.hasPrefix("location") { #expect(wanted.listing("last") == nil, "\(wrong)") }
    }
    shop.write("listings/many.yaml", "---\n" + last)
    #expect(shop.scan().listings.map(\.id) == ["last"])
  }

  @Test func aThousandDefaultsAreFoundEachAtOnce() {
    let shop = Shop()
    for index in 0..<1000 { shop.write("listings/d\(index)/_defaults.yaml", "condition: fair\n") }
    shop.write("listings/d7/desk.yaml", Shop.listing())
    var loader = shop.loader()
    #expect(loader.scan().content("desk", on: "facebook")?.condition == "USED")
    // The three that every loader has, and each file once, however often it is scanned.
    _ = loader.scan()
    #expect(loader.sources.count == 1003 && loader.sourceIndexes.count == 1000)
  }
}
