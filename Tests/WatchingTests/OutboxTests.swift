import Inotify
import Testing

@testable import Watching

@Suite struct OutboxTests {
  private var outbox = Outbox(limit: 3)

  @Test mutating func pathsThatNobodyTookAreFolded() {
    outbox.put(.paths(["/a"]))
    outbox.put(.paths(["/a", "/b"]))
    #expect(outbox.take() == .settled(["/a", "/b"]))
    #expect(outbox.take() == nil)
  }

  @Test mutating func lookingAgainStandsForThePaths() {
    outbox.put(.paths(["/a"]))
    outbox.put(.everything("first"))
    outbox.put(.everything("second"))
    outbox.put(.paths(["/b"]))
    #expect(outbox.take() == .lookAgain("first"))
    #expect(outbox.take() == nil)
  }

  @Test mutating func itNeverGrowsWithoutBound() {
    outbox.put(.paths(["/a", "/b", "/c", "/d"]))
    #expect(outbox.take() == .lookAgain("more than 3 files and folders changed"))
  }

  @Test mutating func onlyTheNewestHealthIsKept() {
    outbox.put(.everything("x"))
    outbox.putHealth(.degraded("d"))
    outbox.putHealth(.recovered("r"))
    #expect(outbox.take() == .recovered("r"))
    #expect(outbox.take() == .lookAgain("x"))
  }

  @Test func aPathThatIsNotTextIsAnnouncedByItsFolder() {
    let bad = RawPath("/shop/listings").appending([0x62, 0xFF])
    #expect(Outbox.texts(of: [bad]) == ["/shop/listings"])
    #expect(Outbox.texts(of: [bad.appending(Array("x.yaml".utf8))]) == nil, "its folder can't be told either")
  }

  @Test func twoSpellingsOfOneNameAreAnnouncedByTheirFolder() {
    // é as one scalar and as two: equal Swift strings, two files.
    let texts = Outbox.texts(of: ["/l/caf\u{E9}.yaml", "/l/cafe\u{301}.yaml"])
    #expect(texts == ["/l/caf\u{E9}.yaml", "/l"])
    #expect(Outbox.texts(of: ["/caf\u{E9}/x", "/cafe\u{301}/x"]) == ["/caf\u{E9}/x", "/cafe\u{301}"])
  }
}

@Suite struct NoiseTests {
  @Test(arguments: [
    ".bike.yaml.swp", "bike.yaml~", "bike.swp", "bike.swx", "bike.yaml.tmp", "bike.jpg.part", "4913", "#bike.yaml#",
    ".#bike.yaml", "bike.yaml___jb_tmp___",
  ])
  func editorsLeavings(name: String) { #expect(EditorNoise.isNoise(Array(name.utf8), isFolder: false)) }

  @Test(arguments: ["bike.yaml", "_defaults.yaml", "photo.jpg", "photo", "sedX3f", "#", "49130", "tmp", "a.tmp.yaml"])
  func whatCounts(name: String) { #expect(!EditorNoise.isNoise(Array(name.utf8), isFolder: false)) }

  @Test func foldersCountUnlessHidden() {
    #expect(!EditorNoise.isNoise(Array("old.tmp".utf8), isFolder: true))
    #expect(EditorNoise.isNoise(Array(".git".utf8), isFolder: true))
  }
}

@Suite struct RawPathTests {
  @Test(arguments: [("/", "/"), ("//a//b/", "/a/b"), ("/a/./b", "/a/b"), ("/a/../b", "/a/../b")])
  func spelling(text: String, expected: String) { #expect(RawPath(text).string == expected) }

  @Test func parentsAndNames() {
    #expect(RawPath("/a/b").parent == "/a")
    #expect(RawPath("/a").parent == "/")
    #expect(RawPath("/").parent == nil)
    #expect(RawPath("/").appending(Array("a".utf8)) == "/a")
    #expect(RawPath("/a/b").name == Array("b".utf8))
  }

  @Test func insideIsBelowAndNotBeside() {
    #expect(RawPath("/a/b").isInside("/a"))
    #expect(RawPath("/a").isInside("/a"))
    #expect(!RawPath("/ab").isInside("/a"))
    #expect(RawPath("/ab").isInside("/"))
  }

  @Test func controlCharactersDoNotReachTheTerminal() {
    #expect("\(RawPath("/a\u{1B}[31m"))" == "/a\\u{1b}[31m")
  }
}
