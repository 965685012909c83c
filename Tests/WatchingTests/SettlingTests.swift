import Inotify
import Testing

@testable import Watching

/// On a clock that only these tests move.
@Suite struct SettlingTests {
  private var settling = Settling<ContinuousClock.Instant>(settle: .milliseconds(250))
  private let start = ContinuousClock.now

  private func at(_ milliseconds: Int) -> ContinuousClock.Instant { start + .milliseconds(milliseconds) }

  @Test mutating func aLoneWriteIsAnnouncedAtOnce() {
    #expect(settling.note("/l/a.yaml", .finished, at: at(0)) == .paths(["/l/a.yaml"]))
    #expect(settling.deadline == nil)
  }

  @Test mutating func aLoneRenameIsAnnouncedAtOnce() {
    #expect(settling.note("/l/a.yaml", .renamedTo(7), at: at(0)) == .paths(["/l/a.yaml"]))
  }

  @Test mutating func twoLoneEditsApartAreBothAnnouncedAtOnce() {
    #expect(settling.note("/l/a.yaml", .finished, at: at(0)) != nil)
    #expect(settling.note("/l/a.yaml", .finished, at: at(250)) == .paths(["/l/a.yaml"]))
  }

  @Test mutating func theSamePathAgainIsGathered() {
    #expect(settling.note("/l/a.yaml", .finished, at: at(0)) != nil)
    #expect(settling.note("/l/a.yaml", .finished, at: at(100)) == nil)
    #expect(settling.due(at: at(349)) == nil)
    #expect(settling.deadline == at(350))
    #expect(settling.due(at: at(350)) == .paths(["/l/a.yaml"]))
    #expect(settling.due(at: at(9999)) == nil)
  }

  @Test mutating func aBurstWaitsUntilItIsQuiet() {
    #expect(settling.note("/l/a.yaml", .finished, at: at(0)) == .paths(["/l/a.yaml"]))
    #expect(settling.note("/l/b.yaml", .finished, at: at(10)) == nil)
    #expect(settling.note("/l/c.yaml", .finished, at: at(200)) == nil)
    #expect(settling.due(at: at(260)) == nil)
    #expect(settling.due(at: at(450)) == .paths(["/l/b.yaml", "/l/c.yaml"]))
  }

  @Test mutating func aBurstThatNeverEndsIsAnnouncedAfterEightTimesTheSettling() {
    _ = settling.note("/l/a.yaml", .gone, at: at(0))
    var announced: [Int] = []
    for time in stride(from: 100, through: 4200, by: 100) {
      if settling.due(at: at(time)) != nil { announced.append(time) }
      #expect(settling.note("/l/b.yaml", .finished, at: at(time)) == nil, "no edit in a burst is a lone one")
    }
    #expect(announced == [2000, 4000])
  }

  @Test mutating func aDeletedFileWaitsForItsReturn() {
    #expect(settling.note("/l/a.yaml", .gone, at: at(0)) == nil)
    #expect(settling.deadline == at(250))
    #expect(settling.due(at: at(250)) == .paths(["/l/a.yaml"]))
  }

  @Test mutating func aFileDeletedAndWrittenAnewIsOneEdit() {
    #expect(settling.note("/l/a.yaml", .gone, at: at(0)) == nil)
    #expect(settling.note("/l/a.yaml", .touched, at: at(1)) == nil)
    #expect(settling.note("/l/a.yaml", .finished, at: at(2)) == .paths(["/l/a.yaml"]))
  }

  @Test mutating func aTemporaryFileRenamedOntoAnotherIsOneEdit() {
    #expect(settling.note("/l/sedX1", .touched, at: at(0)) == nil)
    #expect(settling.note("/l/sedX1", .finished, at: at(1)) == .paths(["/l/sedX1"]))
    #expect(settling.note("/l/sedX1", .renamedFrom(5), at: at(2)) == nil)
    #expect(settling.note("/l/a.yaml", .renamedTo(5), at: at(2)) == .paths(["/l/sedX1", "/l/a.yaml"]))
  }

  @Test mutating func anotherRenamesCookieDoesNotJoin() {
    _ = settling.note("/l/x", .renamedFrom(5), at: at(0))
    #expect(settling.note("/l/a.yaml", .renamedTo(6), at: at(1)) == nil)
    #expect(settling.due(at: at(251)) == .paths(["/l/x", "/l/a.yaml"]))
  }

  @Test mutating func aHardLinkThatNobodyWritesIsAnnouncedWhenQuiet() {
    #expect(settling.note("/l/a.yaml", .touched, at: at(0)) == nil)
    #expect(settling.due(at: at(250)) == .paths(["/l/a.yaml"]))
  }

  @Test mutating func tooManyPathsBecomeEverything() {
    settling = Settling(settle: .milliseconds(250), limit: 3)
    for number in 0..<6 { _ = settling.note(RawPath("/l/\(number)"), .touched, at: at(number)) }
    #expect(settling.due(at: at(300)) == .everything("more than 3 files and folders changed at once"))
    #expect(settling.deadline == nil)
  }

  @Test mutating func afterLostEventsAnEditIsNotLone() {
    #expect(settling.noteEverything("overflow", at: at(0)) == nil)
    #expect(settling.note("/l/a.yaml", .finished, at: at(10)) == nil)
    #expect(settling.due(at: at(260)) == .everything("overflow"))
    #expect(settling.note("/l/a.yaml", .finished, at: at(600)) == .paths(["/l/a.yaml"]))
  }

  @Test mutating func withoutSettlingEverythingIsAnnouncedAtOnce() {
    settling = Settling(settle: .zero)
    #expect(settling.note("/l/a", .gone, at: at(0)) == .paths(["/l/a"]))
    #expect(settling.note("/l/a", .finished, at: at(0)) == .paths(["/l/a"]))
    #expect(settling.note("/l/b", .finished, at: at(0)) == .paths(["/l/b"]))
    #expect(settling.noteEverything("lost", at: at(0)) == .everything("lost"))
    #expect(settling.deadline == nil)
  }

  @Test mutating func whatIsPendingIsNeverLost() {
    var random = SystemRandomNumberGenerator()
    var owed: Set<RawPath> = []
    var time = 0
    for _ in 0..<5000 {
      time += Int.random(in: 0...300, using: &random)
      let path = RawPath("/l/\(Int.random(in: 0..<5, using: &random))")
      let change: Change = [.finished, .gone, .touched, .renamedFrom(1), .renamedTo(1)].randomElement(using: &random)!
      owed.insert(path)
      if case .paths(let paths) = settling.note(path, change, at: at(time)) { owed.subtract(paths) }
      time += Int.random(in: 0...300, using: &random)
      if case .paths(let paths) = settling.due(at: at(time)) { owed.subtract(paths) }
      #expect(owed.isEmpty == (settling.deadline == nil))
    }
    if case .paths(let paths) = settling.due(at: at(time + 10_000)) { owed.subtract(paths) }
    #expect(owed.isEmpty)
  }
}
