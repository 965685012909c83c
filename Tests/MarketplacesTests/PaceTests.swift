import Listings
import Marketplaces
import Support
import Synchronization
import Testing

@Suite struct PaceTests {
  private let time = VirtualTime()

  private func pace(_ requestsPerSecond: Int) -> Pace {
    Pace(requestsPerSecond: requestsPerSecond, ambient: time.ambient)
  }

  /// The times at which `count` callers that ask at once get their turns, in the order of asking.
  private func turns(_ count: Int, of pace: Pace) async throws -> [Duration] {
    try await time.run { [time] in
      try await withThrowingTaskGroup(of: (Int, Duration).self) { group in
        for number in 0..<count {
          group.addTask {
            try await pace.turn()
            return (number, time.elapsed)
          }
        }
        return try await group.reduce(into: [Duration](repeating: .zero, count: count)) { $0[$1.0] = $1.1 }
      }
    }
  }

  @Test func aSecondsWorthGoesAtOnceAndTheRestAtTheRate() async throws {
    let turns = try await turns(25, of: pace(10))
    #expect(turns.prefix(10).allSatisfy { $0 == .zero })
    #expect(Array(turns.dropFirst(10)) == (1...15).map { .milliseconds($0 * 100) })
  }

  @Test func idleTimeFillsNoMoreThanASecondsWorth() async throws {
    let pace = pace(4)
    _ = try await turns(4, of: pace)
    try await time.run { [time] in try await time.sleep(.seconds(3600)) }
    let turns = try await turns(6, of: pace).map { $0 - .seconds(3600) }
    #expect(turns == [.zero, .zero, .zero, .zero, .milliseconds(250), .milliseconds(500)])
  }

  @Test func zeroIsNoLimit() async throws {
    #expect(try await turns(1000, of: pace(0)).allSatisfy { $0 == .zero })
  }

  /// What became of a turn: nil where there was one.
  private func refusal(_ pace: Pace, _ urgency: Urgency = .normal) async -> MarketplaceFailure? {
    await time.run {
      do throws(MarketplaceFailure) { try await pace.turn(urgency) } catch { return error }
      return nil
    }
  }

  private func isToldToWait(_ refusal: MarketplaceFailure?, until moment: Duration) -> Bool {
    guard case .throttled(_, let until?) = refusal else { return false }
    let wanted = VirtualTime().ambient.now().advanced(by: moment)
    return until >= wanted && until <= wanted.advanced(by: .milliseconds(1))
  }

  @Test(arguments: [Urgency.normal, .sale])
  func aPauseSendsEverybodyAwayAndTheBucketHoldsAfterIt(urgency: Urgency) async throws {
    let pace = pace(2)
    pace.pause(for: .seconds(10))
    #expect(pace.pausedUntil == time.ambient.now().advanced(by: .seconds(10)))
    #expect(isToldToWait(await refusal(pace, urgency), until: .seconds(10)))
    #expect(time.elapsed == .zero)
    try await time.run { [time] in try await time.sleep(.seconds(10)) }
    #expect(try await turns(4, of: pace) == [10_000, 10_000, 10_500, 11_000].map { .milliseconds($0) })
    #expect(pace.pausedUntil == nil)
  }

  @Test func aPauseThatIsAllButOverIsWaitedOut() async throws {
    let pace = pace(2)
    pace.pause(for: .seconds(1))
    #expect(try await turns(3, of: pace) == [1000, 1000, 1500].map { .milliseconds($0) })
  }

  @Test func aShorterPauseNeverEndsALongerOne() async throws {
    let pace = pace(0)
    pace.pause(until: time.ambient.now().advanced(by: .seconds(60)))
    pace.pause(for: .seconds(5))
    pace.pause(for: .seconds(-5))
    #expect(isToldToWait(await refusal(pace), until: .seconds(60)))
  }

  @Test func aPauseThatBeginsWhileTheyWaitSendsThemAwayAtOnce() async throws {
    let pace = pace(1)
    let refusals = try await time.run { [time] in
      try await pace.turn()
      async let first = refusal(pace)
      async let second = refusal(pace)
      try await time.sleep(.milliseconds(200))
      pace.pause(for: .seconds(3600))
      return await [first, second]
    }
    #expect(refusals.allSatisfy { isToldToWait($0, until: .milliseconds(3_600_200)) })
    #expect(time.elapsed == .milliseconds(200))
  }

  @Test func aTurnThatWasTakenAheadIsUsedOnce() async throws {
    let pace = pace(1)
    let times = try await time.run { [time] in
      let turn = try await pace.turnAhead(.normal)
      return try await turn.use { () throws(MarketplaceFailure) in
        try await pace.turn()
        let first = time.elapsed
        try await pace.turn()
        return [first, time.elapsed]
      }
    }
    #expect(times == [.zero, .seconds(1)])
  }

  /// Neither after a pause nor of another account; and what was kept for long is taken anew.
  @Test func aTurnThatWasTakenAheadIsNoWayAroundAnything() async throws {
    let (slow, other) = (pace(1), pace(1))
    let times = try await time.run { [time] in
      _ = try await other.turnAhead(.normal)
      let turn = try await slow.turnAhead(.normal)
      return try await turn.use { () throws(MarketplaceFailure) in
        try await other.turn()
        let first = time.elapsed
        try? await time.sleep(.seconds(1))
        try await slow.turn()
        return [first, time.elapsed]
      }
    }
    #expect(times == [.seconds(1), .seconds(2)])
    slow.pause(for: .seconds(60))
    #expect(isToldToWait(await refusal(slow), until: .seconds(62)))
  }

  @Test func aPauseHoldsForWhomATurnWasTakenAhead() async throws {
    let pace = pace(0)
    let refusal = try await time.run {
      let turn = try await pace.turnAhead(.normal)
      pace.pause(for: .seconds(60))
      return await turn.refusal(of: pace)
    }
    #expect(isToldToWait(refusal, until: .seconds(60)))
  }

  @Test func aSaleSkipsTheQueueAndTheBucket() async throws {
    let pace = pace(1)
    let sale = try await time.run { [time] in
      async let others = turns(10, of: pace)
      try await time.sleep(.milliseconds(1500))
      try await pace.turn(.sale)
      let sale = time.elapsed
      _ = try await others
      return sale
    }
    #expect(sale == .milliseconds(1500))
  }

  @Test(arguments: [(74, 100), (75, 100), (80, 125), (90, 250), (99, 2500)])
  func usageSlowsDownFrom75(percent: Int, milliseconds: Int) async throws {
    let pace = pace(10)
    _ = try await turns(10, of: pace)
    pace.usage(percent: percent)
    let turns = try await turns(3, of: pace)
    #expect(turns[2] - turns[1] == .milliseconds(milliseconds))
  }

  @Test func usageSlowsDownWhereThereIsNoLimit() async throws {
    let pace = pace(0)
    pace.usage(percent: 95)
    let turns = try await turns(20, of: pace)
    #expect(turns[19] - turns[18] == .milliseconds(100))
  }

  @Test func allUsedUpStopsForAMinuteThenGoesOnSlowly() async throws {
    let pace = pace(10)
    pace.usage(percent: 100)
    #expect(isToldToWait(await refusal(pace), until: .seconds(60)))
    try await time.run { [time] in try await time.sleep(.seconds(60)) }
    #expect(try await turns(2, of: pace) == [.seconds(60), .milliseconds(62_500)])
  }

  @Test func usageIsForgottenAfterFiveMinutes() async throws {
    let pace = pace(10)
    pace.usage(percent: 99)
    try await time.run { [time] in try await time.sleep(.seconds(300)) }
    #expect(try await turns(10, of: pace).allSatisfy { $0 == .seconds(300) })
  }

  @Test func aCancelledCallerTakesNothingAndHoldsNobodyUp() async throws {
    let pace = pace(1)
    let last = try await time.run { [time] in
      try await pace.turn()
      async let head: Void = pace.turn()
      try await time.sleep(.milliseconds(100))
      let cancelled = try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<5 {
          group.addTask {
            do { try await pace.turn() } catch { return 1 }
            return 0
          }
        }
        try await time.sleep(.milliseconds(100))
        group.cancelAll()
        return try await group.reduce(0, +)
      }
      #expect(cancelled == 5)
      #expect(time.elapsed == .milliseconds(200))
      try await head
      try await pace.turn()
      return time.elapsed
    }
    #expect(last == .seconds(2))
  }

  @Test func aCancelledHeadPassesOn() async throws {
    let pace = pace(1)
    let end = try await time.run { [time] in
      try await pace.turn()
      return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try? await pace.turn() }
        try await time.sleep(.milliseconds(100))
        async let next: Void = pace.turn()
        try await time.sleep(.milliseconds(100))
        group.cancelAll()
        try await group.waitForAll()
        #expect(time.elapsed == .milliseconds(200))
        try await next
        return time.elapsed
      }
    }
    #expect(end == .seconds(1))
  }

  /// On real threads, where a wake-up could be lost: then this would not end.
  @Test(.timeLimit(.minutes(1))) func underContentionEveryCallerComesThroughOrIsCancelled() async {
    let pace = Pace(requestsPerSecond: 0, ambient: .system)
    let through = await withTaskGroup(of: Bool.self) { group in
      for number in 0..<2000 {
        group.addTask {
          let task = Task { (try? await pace.turn()) != nil }
          if number % 3 == 0 { task.cancel() }
          return await task.value || number % 3 == 0
        }
      }
      return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect(through == 2000)
  }
}

extension Turn {
  fileprivate func refusal(of pace: Pace) async -> MarketplaceFailure? {
    do throws(MarketplaceFailure) {
      try await use { () throws(MarketplaceFailure) in try await pace.turn() }
    } catch { return error }
    return nil
  }
}
