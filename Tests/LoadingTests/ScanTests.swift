import Glibc
import Listings
import Testing

@testable import Loading

@Suite struct ScanTests {
  @Test func aRescanReadsNothingAgain() {
    let shop = Shop()
    shop.write("listings/_defaults.yaml", "condition: fair\n")
    shop.write("listings/a/desk.yaml", Shop.listing("photos: [p/*.jpg, p/x.jpg]"))
    shop.write("listings/a/p/x.jpg", Shop.jpeg())
    shop.write("listings/lamp.yaml", Shop.listing("id: lamp\nprise: 1"))
    var loader = shop.loader()
    let first = loader.scan()
    #expect(loader.buffer.reads == 3 && loader.shelf.hashed == 1)
    let second = loader.scan()
    #expect(loader.buffer.reads == 3 && loader.shelf.hashed == 1)
    #expect(first.listings == second.listings && first.problems == second.problems)
    #expect(first.frozenIDs == second.frozenIDs && first.listings.count == 1)
  }

  @Test func whatIsTooFreshIsReadAgain() {
    let shop = Shop()
    shop.write("listings/desk.yaml", Shop.listing("photos: [x.jpg]"))
    shop.write("listings/x.jpg", Shop.jpeg())
    var loader = shop.loader(clock: FileTime.now())
    _ = loader.scan()
    _ = loader.scan()
    #expect(loader.buffer.reads == 2 && loader.shelf.hashed == 2)
  }

  @Test func aChangeIsSeenWhateverItTouches() {
    let shop = Shop()
    shop.write("listings/desk.yaml", Shop.listing("photos: [p/*.jpg]"))
    shop.write("listings/p/x.jpg", Shop.jpeg("1"))
    var loader = shop.loader()
    let before = loader.scan().content("desk", on: "facebook")
    shop.write("listings/p/x.jpg", Shop.jpeg("other"))
    let bytes = loader.scan().content("desk", on: "facebook")
    #expect(bytes != nil && bytes != before)
    shop.write("listings/p/y.jpg", Shop.jpeg("2"))
    #expect(loader.scan().content("desk", on: "facebook")?.photos.count == 2)
    rename("\(shop.path)/listings/p/x.jpg", "\(shop.path)/listings/p/a.jpg")
    let renamed = loader.scan().content("desk", on: "facebook")
    #expect(renamed?.photos.first == bytes?.photos.first && renamed?.photos.count == 2)
    shop.write("listings/_defaults.yaml", "condition: new\n")
    #expect(loader.scan().content("desk", on: "facebook")?.condition == "NEW")
    shop.write("listings/_defaults.yaml", "condition: like_new\n")
    #expect(loader.scan().content("desk", on: "facebook")?.condition == "LIKE_NEW")
    shop.delete("listings/_defaults.yaml")
    #expect(loader.scan().content("desk", on: "facebook")?.condition == "USED")
    shop.delete("listings/p/a.jpg")
    shop.delete("listings/p/y.jpg")
    #expect(loader.scan().frozenIDs == ["desk"])
    shop.delete("listings/desk.yaml")
    let gone = loader.scan()
    #expect(gone.listings.isEmpty && gone.problems.isEmpty && gone.root == .seen)
    #expect(!gone.freezes(id: "desk", lastFile: "listings/desk.yaml"))
  }

  @Test func namesThatAreNotListingsAreLeftAlone() {
    let shop = Shop()
    for name in [
      ".hidden.yaml", "_draft.yaml", ".git/x.yaml", "_old/x.yaml", "notes.txt", "x.yaml~", "x.yaml.bak", ".yaml",
    ] {
      shop.write("listings/\(name)", "not: [yaml")
    }
    shop.write("listings/a.yml", Shop.listing("id: a"))
    let wanted = shop.scan()
    #expect(wanted.problems == [] && wanted.listings.map(\.id) == ["a"])
  }

  @Test func linksAndDevicesAreRefusedAndFrozen() {
    let shop = Shop()
    shop.write("elsewhere/lamp.yaml", Shop.listing("id: lamp"))
    symlink("../elsewhere/lamp.yaml", "\(shop.path)/listings/lamp.yaml")
    symlink("../elsewhere", "\(shop.path)/listings/more")
    symlink("nowhere", "\(shop.path)/listings/photo.jpg")
    mkfifo("\(shop.path)/listings/pipe.yaml", 0o644)
    let wanted = shop.scan()
    #expect(wanted.rules == ["listing/file-type", "listing/file-type", "listing/file-type"])
    #expect(wanted.frozenIDs == ["lamp", "pipe"])
    #expect(wanted.freezes(id: "x", lastFile: "listings/more/deep/x.yaml"))
    #expect(wanted.listings.isEmpty)
  }

  @Test func aFileThatIsTooLargeIsFrozen() {
    let shop = Shop()
    shop.write("listings/desk.yaml", Shop.listing() + "#" + String(repeating: "x", count: FileBuffer.limit))
    let exact = Shop.listing("id: exact")
    shop.write("listings/exact.yaml", exact + String(repeating: "\n", count: FileBuffer.limit - exact.utf8.count))
    let wanted = shop.scan()
    #expect(wanted.rules == ["listing/file-size"])
    #expect(wanted.frozenIDs == ["desk"] && wanted.frozenFiles == ["listings/desk.yaml"])
    #expect(wanted.listings.map(\.id) == ["exact"])
  }

  @Test func aFolderThatIsNotReadFreezesWhatIsBelow() {
    let shop = Shop()
    let deep = (0...Loader.depthLimit).map { "d\($0)" }.joined(separator: "/")
    shop.write("listings/\(deep)/desk.yaml", Shop.listing())
    let wanted = shop.scan()
    #expect(wanted.rules == ["listing/folder-unreadable"])
    #expect(wanted.freezes(id: "desk", lastFile: "listings/\(deep)/desk.yaml"))
  }

  @Test func whatCanNotBeReadIsToldAndFrozen() {
    #expect(Loader.problem(.failed("Permission denied"), "x").rule == Rule.fileUnreadable.rawValue)
    #expect(Loader.problem(.changing, "x").rule == Rule.fileChanging.rawValue)
    let shop = Shop()
    // A folder where a defaults file should be: everything below is frozen, since its values are not known.
    shop.write("listings/a/_defaults.yaml/x", "")
    shop.write("listings/a/desk.yaml", Shop.listing())
    shop.write("listings/lamp.yaml", Shop.listing("id: lamp"))
    let wanted = shop.scan()
    #expect(wanted.rules == ["listing/file-type"])
    #expect(wanted.frozenFiles == ["listings/a/"] && wanted.frozenIDs == ["desk"])
    #expect(wanted.listings.map(\.id) == ["lamp"])
  }

  @Test func aHalfWrittenFileFreezesEveryIdItMayHold() {
    let shop = Shop()
    let text = "id: one\nmoved_from: old\ntitle: One\n---\nid: two\ndescription: \"never en"
    shop.write("listings/both.yaml", text)
    let wanted = shop.scan()
    #expect(wanted.frozenIDs == ["one", "old", "two", "both"])
    #expect(wanted.freezes(id: "three", lastFile: "listings/both.yaml"))
    #expect(wanted.listings.isEmpty && wanted.root == .seen)
  }

  @Test func errorsOfAListingFreezeTheIdThatItHadBefore() {
    let shop = Shop()
    shop.write("listings/desk.yaml", Shop.listing("moved_from: table\nquantity: many"))
    #expect(shop.scan().frozenIDs == ["desk", "table"])
  }

  @Test func severalDocumentsAreSeveralListings() {
    let shop = Shop()
    shop.write(
      "listings/all.yaml",
      "---\n" + Shop.listing("id: a") + "---\n" + Shop.listing("id: b\nprice: x") + "---\n" + Shop.listing("id: c")
        + "...\n")
    let wanted = shop.scan()
    #expect(wanted.listings.map(\.id) == ["a", "c"])
    #expect(wanted.listings.map(\.line) == [2, 18])
    #expect(wanted.frozenIDs == ["b"] && wanted.frozenFiles == ["listings/all.yaml"])
  }

  @Test func theSameIdTwiceFreezesBothAndNamesBothPlaces() {
    let shop = Shop()
    shop.write("listings/a.yaml", Shop.listing("id: desk"))
    shop.write("listings/desk.yaml", Shop.listing("moved_from: was", without: ["id"]))
    shop.write("listings/lamp.yaml", Shop.listing("id: lamp"))
    var loader = shop.loader()
    let wanted = loader.scan()
    #expect(wanted.rules == ["listing/id-duplicate", "listing/id-duplicate"])
    #expect(wanted.problems[0].message.contains("listings/desk.yaml:1:1"))
    #expect(wanted.problems[1].message.contains("listings/a.yaml:7:5"))
    #expect(wanted.frozenIDs == ["desk", "was"] && wanted.listings.map(\.id) == ["lamp"])
    shop.delete("listings/a.yaml")
    #expect(loader.scan().listings.map(\.id) == ["desk", "lamp"])
  }

  @Test func watchedFoldersHoldListingsOrPhotos() {
    let shop = Shop()
    shop.write("listings/a/desk.yaml", Shop.listing("photos: [../_photos/x.jpg]"))
    shop.write("listings/_photos/x.jpg", Shop.jpeg())
    var loader = shop.loader()
    _ = loader.scan()
    #expect(loader.watchedFolders == ["", "/_photos", "/a"].map { "\(shop.path)/listings\($0)" })
    #expect(loader.photoFolders == ["\(shop.path)/listings/_photos"])
  }
}

@Suite struct RootTests {
  private func reason(_ wanted: Wanted) -> String? {
    if case .unseen(let reason) = wanted.root { reason } else { nil }
  }

  @Test func aRootThatIsNotThereIsUnseen() {
    let shop = Shop()
    shop.write("hawker.yaml", "listings: gone\n")
    let missing = reason(shop.scan())
    #expect(missing?.contains("gone is not there") == true)
    shop.write("gone", "a file")
    #expect(reason(shop.scan())?.contains("is no folder") == true)
  }

  @Test func aRootWithoutTheJournalsMarkIsUnseen() throws {
    let shop = Shop()
    shop.write("listings/desk.yaml", Shop.listing())
    var loader = shop.loader(marker: .expected(lineage: "1b4e28ba"))
    let missing = try #require(reason(loader.scan()))
    #expect(missing.contains("is not the folder") && !missing.contains(".hawker"))
    shop.write("listings/.hawker", "another\n")
    #expect(reason(loader.scan())?.contains("another journal") == true)
    shop.write("listings/.hawker", "1b4e28ba\n")
    let wanted = loader.scan()
    #expect(wanted.root == .seen && wanted.listings.count == 1)
    shop.delete("listings/.hawker")
    #expect(loader.scan().root != .seen)
    for marker in [Marker.ignored, .none] {
      var free = shop.loader(marker: marker)
      #expect(free.scan().root == .seen)
    }
  }

  @Test func namesAreRelativeToTheShopOrWhole() {
    let shop = Shop()
    shop.write("shop/hawker.yaml", "listings: ../things\n")
    shop.write("things/desk.yaml", "a: [\n")
    let loaded = ConfigReader.read(file: "\(shop.path)/shop/hawker.yaml", folder: "/")
    var loader = Loader(loaded, options: LoadingOptions(capabilities: Shop.capabilities))
    let wanted = loader.scan()
    #expect(wanted.frozenFiles == ["\(shop.path)/things/desk.yaml"])
    shop.write("shop/hawker.yaml", "listings: .\n")
    shop.write("shop/desk.yaml", "a: [\n")
    var flat = Loader(
      ConfigReader.read(file: "\(shop.path)/shop/hawker.yaml", folder: "/"),
      options: LoadingOptions(capabilities: Shop.capabilities))
    #expect(flat.scan().frozenFiles.contains("desk.yaml"))
  }
}

struct AcceptableMarkTests {
  /// A new journal's root need not be marked yet; one that is another journal's is not taken.
  @Test func aNewJournalTakesAnUnmarkedRootAndNoOther() {
    let shop = Shop()
    shop.write("listings/lamp.yaml", Shop.listing("id: lamp"))
    var loader = shop.loader(marker: .acceptable(lineage: "ours"))
    #expect(loader.scan().root == .seen)
    shop.write("listings/.hawker", "theirs\n")
    guard case .unseen(let why) = loader.scan().root else {
      Issue.record("another journal's root was taken")
      return
    }
    #expect(why.contains("belongs to another journal"))
    shop.write("listings/.hawker", "ours\nsequence 7\n")
    #expect(loader.scan().root == .seen)
  }
}
