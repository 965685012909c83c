import Listings
import Marketplaces
import Support
import Synchronization
import Testing

private final class Counter: Sendable {
  private let count = Atomic(0)

  func next() -> Int { count.add(1, ordering: .relaxed).newValue }
}

@Suite struct MemoTests {
  private let time = VirtualTime()
  private let asked = Counter()

  private func memo() -> Memo<String, Int> { Memo(lasting: .seconds(60), ambient: time.ambient) }

  /// Asks for a second and answers with the number of the question.
  private func ask() async throws(MarketplaceFailure) -> Int {
    let number = asked.next()
    do { try await time.sleep(.seconds(1)) } catch { throw .unavailable(.init("cancelled")) }
    return number
  }

  @Test func manyThatWantToKnowAskOnce() async throws {
    let memo = memo()
    let answers = try await time.run {
      try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<50 { group.addTask { try await memo.value(of: "a", asking: ask) } }
        return try await group.reduce(into: Set()) { $0.insert($1) }
      }
    }
    #expect(answers == [1])
    #expect(time.elapsed == .seconds(1))
  }

  @Test func questionsDoNotWaitForEachOther() async throws {
    let memo = memo()
    let answers = try await time.run {
      async let first = memo.value(of: "a", asking: ask)
      async let second = memo.value(of: "b", asking: ask)
      return try await Set([first, second])
    }
    #expect(answers == [1, 2])
    #expect(time.elapsed == .seconds(1))
  }

  @Test func anAnswerIsForgottenInTime() async throws {
    let memo = memo()
    let answers = try await time.run { [time] in
      let first = try await memo.value(of: "a", asking: ask)
      try await time.sleep(.seconds(59))
      let second = try await memo.value(of: "a", asking: ask)
      try await time.sleep(.seconds(1))
      return [first, second, try await memo.value(of: "a", asking: ask)]
    }
    #expect(answers == [1, 1, 2])
  }

  @Test func onlyAStaleAnswerIsForgotten() async throws {
    let memo = memo()
    let answers = try await time.run {
      let first = try await memo.value(of: "a", asking: ask)
      memo.forget("a") { $0 != first }
      let second = try await memo.value(of: "a", asking: ask)
      memo.forget("a") { $0 == first }
      return [first, second, try await memo.value(of: "a", asking: ask)]
    }
    #expect(answers == [1, 1, 2])
  }

  @Test func aFailureIsToldToAllAndAskedAgainLater() async throws {
    let memo = memo()
    let failures = await time.run {
      await withTaskGroup(of: Bool.self) { group in
        for _ in 0..<5 {
          group.addTask {
            let failure = MarketplaceFailure.rejected(.init("no"))
            do throws(MarketplaceFailure) {
              _ = try await memo.value(of: "a") { () throws(MarketplaceFailure) in
                _ = try await ask()
                throw failure
              }
            } catch {
              return error == failure
            }
            return false
          }
        }
        return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
      }
    }
    #expect(failures == 5)
    #expect(try await time.run { try await memo.value(of: "a", asking: ask) } == 2)
  }

  @Test func whenTheOneThatAsksIsCancelledTheNextTakesOver() async throws {
    let memo = memo()
    let answer = try await time.run { [time] in
      try await withThrowingTaskGroup(of: Void.self) { leaders in
        leaders.addTask { _ = try? await memo.value(of: "a", asking: ask) }
        try await time.sleep(.milliseconds(100))
        async let second = memo.value(of: "a", asking: ask)
        async let third = memo.value(of: "a", asking: ask)
        try await time.sleep(.milliseconds(100))
        leaders.cancelAll()
        return try await [second, third]
      }
    }
    #expect(answer == [2, 2])
    #expect(time.elapsed == .milliseconds(1200))
  }

  @Test func aCancelledFollowerLeavesAtOnce() async throws {
    let memo = memo()
    try await time.run { [time] in
      async let leader = memo.value(of: "a", asking: ask)
      try await time.sleep(.milliseconds(100))
      await withTaskGroup(of: Void.self) { group in
        group.addTask {
          let result = try? await memo.value(of: "a", asking: ask)
          #expect(result == nil)
          #expect(time.elapsed == .milliseconds(200))
        }
        try? await time.sleep(.milliseconds(100))
        group.cancelAll()
      }
      #expect(try await leader == 1)
    }
  }
}
