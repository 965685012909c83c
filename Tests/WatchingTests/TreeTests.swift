import Glibc
import Inotify
import Testing

@testable import Watching

@Suite struct TreeTests {
  @Test func theFirstReportSaysThatTheWatchesStand() {
    let bench = TreeBench()
    bench.folders.make("/shop/listings/bikes", files: ["a.yaml"])
    #expect(bench.hear(.joined) == [.everything("hawker began to watch", settling: false)])
    #expect(bench.folders.watch("/shop/listings/bikes") > 0)
    #expect(bench.folders.watch("/shop") > 0, "the way to the root")
    #expect(bench.folders.watch("/") < 0, "nothing more than needed")
  }

  @Test func filesAreChangesByTheirKind() {
    let bench = TreeBench()
    bench.hear(.joined)
    #expect(
      bench.hear(.closedAfterWriting, in: "/shop/listings", "a.yaml") == [.changed("/shop/listings/a.yaml", .finished)])
    #expect(
      bench.hear(.movedTo, in: "/shop/listings", "a.yaml", cookie: 3)
        == [.changed("/shop/listings/a.yaml", .renamedTo(3))])
    #expect(bench.hear(.deleted, in: "/shop/listings", "a.yaml") == [.changed("/shop/listings/a.yaml", .gone)])
    #expect(bench.hear(.created, in: "/shop/listings", "a.yaml") == [.changed("/shop/listings/a.yaml", .touched)])
    #expect(bench.hear(.closedAfterWriting, in: "/shop/listings", ".a.yaml.swp") == [])
  }

  @Test func neighboursOfTheRootAndOfTheConfigDoNotCount() {
    let bench = TreeBench(files: ["/shop/hawker.yaml"])
    bench.hear(.joined)
    #expect(bench.hear(.closedAfterWriting, in: "/shop", "README.md") == [])
    #expect(
      bench.hear(.closedAfterWriting, in: "/shop", "hawker.yaml") == [.changed("/shop/hawker.yaml", .finished)])
  }

  @Test func aNewFolderIsScannedWithAllBelowIt() {
    let bench = TreeBench()
    bench.hear(.joined)
    bench.folders.make("/shop/listings/a", files: ["1.yaml", ".x.swp"])
    bench.folders.make("/shop/listings/a/b", files: ["2.yaml"])
    let reports = bench.hear([.created, .isFolder], in: "/shop/listings", "a")
    for path in ["a", "a/1.yaml", "a/b", "a/b/2.yaml"] {
      #expect(reports.contains(.changed(RawPath("/shop/listings/" + path), .touched)), "\(path)")
    }
    #expect(!reports.contains(.changed("/shop/listings/a/.x.swp", .touched)))
    #expect(
      bench.hear(.closedAfterWriting, in: "/shop/listings/a/b", "2.yaml")
        == [.changed("/shop/listings/a/b/2.yaml", .finished)])
    #expect(bench.hear([.created, .isFolder], in: "/shop/listings/a", "b").count == 1, "no second scan")
  }

  @Test func aFolderThatMovedAwayIsForgottenUnderItsOldPath() {
    let bench = TreeBench()
    bench.folders.make("/shop/listings/a")
    bench.folders.make("/shop/listings/a/b")
    bench.hear(.joined)
    let (a, b) = (bench.folders.watch("/shop/listings/a"), bench.folders.watch("/shop/listings/a/b"))
    bench.folders.delete("/shop/listings/a")
    #expect(bench.hear([.movedFrom, .isFolder], in: "/shop/listings", "a") == [.changed("/shop/listings/a", .touched)])
    #expect(Set(bench.folders.removed) == [a, b])
    #expect(bench.hear(b, .closedAfterWriting, "x.yaml") == [])
  }

  @Test func aFolderRenamedOntoAnotherTakesItsPlace() {
    let bench = TreeBench()
    bench.folders.make("/shop/listings/a")
    bench.hear(.joined)
    bench.folders.make("/shop/listings/a", inode: 77, files: ["new.yaml"])
    let reports = bench.hear([.movedTo, .isFolder], in: "/shop/listings", "a")
    #expect(reports.contains(.changed("/shop/listings/a/new.yaml", .touched)))
    #expect(bench.folders.watches.values.contains(77))
  }

  @Test func aFolderBelowTheDeepestLevelIsNotWatched() {
    let bench = TreeBench()
    var path = "/shop/listings"
    for _ in 0..<20 {
      path += "/d"
      bench.folders.make(path)
    }
    bench.hear(.joined)
    #expect(bench.folders.watches.count == 1 + 1 + Tree.deepest)
  }

  @Test func theSameFolderUnderTwoPathsIsOneWatchAndTwoChanges() {
    let bench = TreeBench()
    bench.folders.make("/shop/listings/a", inode: 5)
    bench.folders.make("/shop/listings/bound", inode: 5)
    bench.hear(.joined)
    let reports = bench.hear(.closedAfterWriting, in: "/shop/listings/a", "x.yaml")
    #expect(reports.count == 2)
    #expect(reports.contains(.changed("/shop/listings/a/x.yaml", .finished)))
    #expect(reports.contains(.changed("/shop/listings/bound/x.yaml", .finished)))
    _ = bench.hear([.deleted, .isFolder], in: "/shop/listings", "bound")
    #expect(bench.folders.removed.isEmpty, "the other path needs it")
  }

  @Test func aRootThatIsDeletedIsWaitedForAndFoundAgain() {
    let bench = TreeBench()
    bench.hear(.joined)
    let root = bench.folders.watch("/shop/listings")
    bench.folders.delete("/shop/listings")
    bench.folders.die(root)
    #expect(
      bench.hear(root, .ignored)
        == [.everything("/shop/listings is gone", settling: true), .wantsTicks(true)])
    bench.folders.make("/shop/listings")
    #expect(
      bench.hear([.created, .isFolder], in: "/shop", "listings")
        == [.everything("/shop/listings is back", settling: true), .wantsTicks(false)])
    #expect(bench.hear(.closedAfterWriting, in: "/shop/listings", "a.yaml").count == 1)
  }

  @Test func aRootWhoseParentsComeOneByOneIsFound() {
    let bench = TreeBench(roots: ["/shop/x/y/listings"])
    #expect(bench.hear(.joined).last == .wantsTicks(true))
    for path in ["/shop/x", "/shop/x/y", "/shop/x/y/listings"] {
      bench.folders.make(path)
      let parent = RawPath(path).parent!.string!
      let reports = bench.hear([.created, .isFolder], in: parent, String(path.split(separator: "/").last!))
      #expect(reports.isEmpty == (path != "/shop/x/y/listings"))
    }
    #expect(bench.folders.watch("/shop") < 0, "the way is shorter now")
  }

  @Test func aRootReplacedByAnotherFolderIsWatchedAnew() {
    let bench = TreeBench()
    bench.hear(.joined)
    bench.folders.make("/shop/listings", inode: 99)
    #expect(bench.command(.verify) == [.everything("/shop/listings was replaced", settling: true)])
    #expect(bench.folders.watches.values.contains(99))
  }

  @Test func anUnmountedFolderInATreeIsWatchedAnew() {
    let bench = TreeBench()
    bench.folders.make("/shop/listings/usb", inode: 50)
    bench.hear(.joined)
    let watch = bench.folders.watch("/shop/listings/usb")
    bench.folders.make("/shop/listings/usb", inode: 51, files: ["below.yaml"])
    _ = bench.hear(watch, .unmounted)
    bench.folders.die(watch)
    let reports = bench.hear(watch, .ignored)
    #expect(reports.contains(.changed("/shop/listings/usb/below.yaml", .touched)))
  }

  @Test func lostEventsStartEverythingAnew() {
    let bench = TreeBench()
    bench.hear(.joined)
    bench.folders.make("/shop/listings/missed")
    #expect(bench.hear(.reset("overflow")) == [.everything("overflow", settling: true)])
    #expect(bench.folders.watch("/shop/listings/missed") > 0)
  }

  @Test func thePhotoFolderIsWatchedWithoutWhatIsBelowIt() {
    let bench = TreeBench()
    bench.folders.make("/photos")
    bench.folders.make("/photos/raw")
    bench.hear(.joined)
    #expect(bench.command(.add(["/photos", "/later"])) == [.changed("/photos", .touched), .wantsTicks(true)])
    #expect(bench.hear(.closedAfterWriting, in: "/photos", "a.jpg") == [.changed("/photos/a.jpg", .finished)])
    #expect(bench.folders.watch("/photos/raw") < 0)
    bench.folders.make("/later")
    #expect(
      bench.hear([.created, .isFolder], in: "/", "later") == [.changed("/later", .touched), .wantsTicks(false)])
  }

  @Test func aPhotoFolderInsideTheRootSurvivesItsFoldersReturn() {
    let bench = TreeBench()
    bench.folders.make("/shop/listings/a")
    bench.folders.make("/shop/listings/a/photos")
    bench.hear(.joined)
    #expect(bench.command(.add(["/shop/listings/a/photos"])) == [], "the tree tells of it already")
    bench.folders.delete("/shop/listings/a")
    _ = bench.hear([.movedFrom, .isFolder], in: "/shop/listings", "a")
    bench.folders.make("/shop/listings/a")
    bench.folders.make("/shop/listings/a/photos")
    _ = bench.hear([.movedTo, .isFolder], in: "/shop/listings", "a")
    #expect(
      bench.hear(.closedAfterWriting, in: "/shop/listings/a/photos", "1.jpg")
        == [.changed("/shop/listings/a/photos/1.jpg", .finished)])
  }
}

@Suite struct BlindnessTests {
  @Test func theLimitIsReportedOnceAndRecoveredFrom() throws {
    let bench = TreeBench()
    for name in ["a", "b", "c"] { bench.folders.make("/shop/listings/" + name) }
    for name in ["a", "b", "c"] { bench.folders.failures["/shop/listings/" + name] = .limitReached }
    let first = bench.hear(.joined)
    guard case .degraded(let text) = try #require(first.dropFirst().first) else {
      Issue.record("\(first)")
      return
    }
    #expect(text.contains("3 folders") && text.contains("sudo sysctl fs.inotify.max_user_watches=524288"))
    #expect(first.last == .wantsTicks(true))
    #expect(bench.command(.tick) == [.everything("hawker looks at regular intervals", settling: false)])
    bench.folders.failures = [:]
    let last = bench.command(.tick)
    #expect(last.contains(.recovered("all folders are watched again")))
    #expect(last.last == .wantsTicks(false))
    #expect(bench.hear(.closedAfterWriting, in: "/shop/listings/c", "a.yaml").count == 1)
  }

  @Test func anUnreadableFolderIsNamedWithItsReason() throws {
    let bench = TreeBench()
    bench.folders.make("/shop/listings/closed")
    bench.folders.failures["/shop/listings/closed"] = .failed(errno: EACCES)
    let reports = bench.hear(.joined)
    #expect(
      reports.contains(
        .degraded(
          "/shop/listings/closed can't be watched: Permission denied; "
            + "hawker looks at all files every 60 s until they can be watched")))
    bench.folders.failures = [:]
    let opened = bench.hear([.attributes, .isFolder], in: "/shop/listings", "closed")
    #expect(opened.contains(.recovered("all folders are watched again")))
  }

  @Test func aBlindFolderThatIsDeletedIsNoReasonAnyMore() {
    let bench = TreeBench()
    bench.folders.make("/shop/listings/a")
    bench.folders.failures["/shop/listings/a"] = .limitReached
    bench.hear(.joined)
    bench.folders.delete("/shop/listings/a")
    #expect(bench.hear([.deleted, .isFolder], in: "/shop/listings", "a").contains(.wantsTicks(false)))
  }

  @Test func theLoopDoesNotEndWhenAnOwnersFolderCannotBeWatched() {
    let bench = TreeBench()
    bench.folders.failures["/shop"] = .failed(errno: EACCES)
    #expect(bench.hear(.joined) == [.everything("hawker began to watch", settling: false)])
    #expect(bench.hear(.closedAfterWriting, in: "/shop/listings", "a.yaml").count == 1)
  }
}
