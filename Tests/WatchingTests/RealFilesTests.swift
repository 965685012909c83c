import Glibc
import Inotify
import Support
import Testing

@testable import Watching

/// Real folders and the real inotify. One after the other, and none beside the scripts, because
/// events that are lost are lost for everybody.
@Suite(.serialized, Sharing.inotify, .timeLimit(.minutes(2))) struct RealFilesTests {
  private let shop = ShopFolder()
  private var root: String { shop.path + "/listings" }

  private func watcher(
    settle: Duration = .milliseconds(20), poll: Duration = .seconds(600),
    change: (inout WatchOptions) -> Void = { _ in }
  ) throws -> Watcher {
    var options = WatchOptions(roots: [root], settle: settle, poll: poll)
    change(&options)
    let watcher = Watcher(options)
    try watcher.start()
    return watcher
  }

  @Test func everythingAboveAndBelowIsSeenAlthoughFoldersComeFasterThanWatches() async throws {
    let watcher = try watcher()
    defer { watcher.stop() }
    var seen: Set<String> = []
    var all: Set<String> = []
    var isAllSeen = false
    let folders = (0..<2000).map { "\(root)/\($0 % 20)/\($0 / 20 % 10)/\($0)" }
    for number in folders.indices { all.insert("\(folders[number])/item.yaml") }
    for await signal in watcher.signals {
      switch signal {
      case .lookAgain:
        if seen.isEmpty {
          inBackground {
            for folder in folders {
              makeFolders(folder)
              write("x", to: folder + "/item.yaml")
            }
            write("end", to: self.root + "/zz-end.yaml")
          }
          seen.insert(root)
        } else {
          // So many that they were folded into this: whoever looks now sees what is there.
          seen.formUnion(
            all.filter { access($0, F_OK) == 0 } + ["\(root)/zz-end.yaml"].filter { access($0, F_OK) == 0 })
        }
      case .settled(let paths): seen.formUnion(paths)
      case .degraded(let text), .recovered(let text): Issue.record("\(text)")
      }
      isAllSeen = all.allSatisfy { seen.contains($0) }
      if seen.contains(root + "/zz-end.yaml") { break }
    }
    #expect(isAllSeen)
  }

  @Test func eventsThatTheKernelDroppedLeadToAnotherLook() async throws {
    let watcher = try watcher()
    defer { watcher.stop() }
    let gate = Gate()
    let holder = try Inotify.shared.listen { Holder(gate: gate) }
    defer { Inotify.shared.leave(holder) }
    let limit = Int(readNumber("/proc/sys/fs/inotify/max_queued_events"))
    try #require(limit > 0 && limit < 100_000)
    var looks = 0
    for await signal in watcher.signals {
      guard case .lookAgain = signal else { continue }
      looks += 1
      if looks == 1 {
        gate.close()
        Inotify.shared.poke(holder)
        inBackground {
          gate.waitUntilHeld()
          // Two events each, and every one about another name: none are folded. Of the folder nothing is told.
          for number in 0..<(limit / 2 + 100) { write("", to: "\(self.root)/\(number).yaml") }
          makeFolders(self.root + "/missed")
          gate.open()
        }
      }
      if access(root + "/missed", F_OK) == 0 { break }
    }
    try await expectAnnouncement(of: root + "/missed/x.yaml", by: watcher) {
      write("x", to: self.root + "/missed/x.yaml")
    }
  }

  @Test func afterLosingEventsNewFoldersAreWatched() async throws {
    let watcher = try watcher()
    defer { watcher.stop() }
    var isFirst = true
    for await signal in watcher.signals {
      guard case .lookAgain = signal else { continue }
      if !isFirst { break }
      isFirst = false
      makeFolders(root + "/a/b")
      Inotify.shared.loseEvents()
    }
    try await expectAnnouncement(of: root + "/a/b/x.yaml", by: watcher) { write("x", to: self.root + "/a/b/x.yaml") }
  }

  @Test func aRootThatComesLateIsFoundWithoutPolling() async throws {
    rmdir(root)
    rmdir(shop.path)
    let watcher = try watcher()
    defer { watcher.stop() }
    var reasons: [String] = []
    for await signal in watcher.signals {
      guard case .lookAgain(let why) = signal else { continue }
      reasons.append(why)
      if reasons.count == 1 { makeFolders(root) } else { break }
    }
    #expect(reasons.last == "\(root) is back")
    try await expectAnnouncement(of: root + "/x.yaml", by: watcher) { write("x", to: self.root + "/x.yaml") }
  }

  @Test func aRootThatIsRemovedAndMadeAgainIsFoundAgain() async throws {
    let watcher = try watcher()
    defer { watcher.stop() }
    var reasons: [String] = []
    for await signal in watcher.signals {
      guard case .lookAgain(let why) = signal else { continue }
      reasons.append(why)
      if reasons.count == 1 { rmdir(root) }
      if reasons.count == 2 { makeFolders(root + "/a") }
      if reasons.count == 3 { break }
    }
    #expect(reasons.dropFirst() == ["\(root) is gone", "\(root) is back"])
    try await expectAnnouncement(of: root + "/a/x.yaml", by: watcher) { write("x", to: self.root + "/a/x.yaml") }
  }

  @Test func atTheLimitItPollsAndRecovers() async throws {
    let refusal = Refusal(allowing: 3)
    for name in ["a", "b", "c"] { makeFolders("\(root)/\(name)") }
    let watcher = try watcher(poll: .milliseconds(20)) { $0.refuses = { refusal.refuses($0) } }
    defer { watcher.stop() }
    var degraded: [String] = []
    var polls = 0
    for await signal in watcher.signals {
      if case .degraded(let text) = signal { degraded.append(text) }
      if case .lookAgain("hawker looks at regular intervals") = signal { polls += 1 }
      if polls == 2 { refusal.end() }
      if case .recovered = signal { break }
    }
    #expect(degraded.count == 1 && degraded[0].contains("sudo sysctl fs.inotify.max_user_watches="))
    try await expectAnnouncement(of: root + "/c/x.yaml", by: watcher) { write("x", to: self.root + "/c/x.yaml") }
  }

  @Test func severalWatchersShareAFolder() async throws {
    let (first, second) = (try watcher(), try watcher())
    defer { second.stop() }
    try await expectAnnouncement(of: root + "/x.yaml", by: first) { write("x", to: self.root + "/x.yaml") }
    try await expectAnnouncement(of: root + "/y.yaml", by: second) { write("x", to: self.root + "/y.yaml") }
    first.stop()
    try await expectAnnouncement(of: root + "/z.yaml", by: second) { write("x", to: self.root + "/z.yaml") }
  }

  @Test func stoppingEndsTheSignals() async throws {
    let watcher = try watcher()
    var count = 0
    for await _ in watcher.signals {
      count += 1
      watcher.stop()
    }
    #expect(count == 1)
    #expect(throws: WatchError.startedBefore) { try watcher.start() }
  }

  @Test func photoFoldersOutsideOfTheRootAreWatched() async throws {
    let watcher = try watcher()
    defer { watcher.stop() }
    let photos = shop.path + "/photos"
    makeFolders(photos)
    watcher.add(folders: [photos])
    try await expectAnnouncement(of: photos + "/1.jpg", by: watcher) {
      write("x", to: photos + "/1.jpg")
    }
  }

  @Test func aRelativePathIsRefused() {
    let watcher = Watcher(WatchOptions(roots: ["listings"]))
    #expect(throws: WatchError.notAbsolute("listings")) { try watcher.start() }
  }

  @Test func manyFoldersThatComeAndGoDoNotWearItOut() async throws {
    // More adds than the library is trusted with: it is started anew in between.
    let watcher = try watcher()
    defer { watcher.stop() }
    var isFirst = true
    for await _ in watcher.signals {
      if isFirst {
        isFirst = false
        inBackground {
          for number in 0..<24_000 {
            makeFolders("\(self.root)/\(number % 50)")
            rmdir("\(self.root)/\(number % 50)")
          }
          write("x", to: self.root + "/end.yaml")
        }
      }
      if access(root + "/end.yaml", F_OK) == 0 { break }
    }
    try await expectAnnouncement(of: root + "/later.yaml", by: watcher) { write("x", to: self.root + "/later.yaml") }
  }

  /// Waits for the watches, acts, and waits for the path to be covered.
  private func expectAnnouncement(
    of path: String, by watcher: Watcher, _ act: () -> Void
  ) async throws {
    act()
    for await signal in watcher.signals {
      switch signal {
      case .settled(let paths): if paths.contains(path) { return } else { act() }
      // Either the watches stand only now, or what was done before is among everything.
      case .lookAgain: act()
      case .degraded, .recovered: break
      }
    }
    Issue.record("\(path) was not announced")
  }
}
