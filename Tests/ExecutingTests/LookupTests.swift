import Journaling
import Listings
import Marketplaces
import Support
import Synchronization
import Testing

@testable import Executing

/// When an empty answer proves that a create never arrived, and what else a restart must not forget.
struct LookupTests {
  @Test func absenceIsProvedByTheTimeSinceItMayHaveBeenSentLast() {
    let schedule = LookupSchedule(
      intendedAt: .seconds(10), sentBy: .seconds(300), absenceAfter: .seconds(120), last: nil)
    #expect(schedule.next(after: nil) == .seconds(15))
    #expect(schedule.next(after: .seconds(15)) == .seconds(40))
    #expect(schedule.next(after: .seconds(200)) == .seconds(305))
    #expect(schedule.next(after: .seconds(330)) == .seconds(420))
    #expect(!schedule.provesAbsence(at: .seconds(419)))
    #expect(schedule.provesAbsence(at: .seconds(420)))
  }

  @Test func aRequestThatLeftLateIsNotTakenForLostAtOnce() async throws {
    try await onVirtualTime { time, folder in
      // Photos, or the account's pace, stand between the intent and the request.
      let bench = try Workbench(time, folder: folder, latency: .seconds(200))
      bench.market.fail(.before(.uncertain(.init("cut"))))
      try await bench.converge([Samples.listing("lamp")])
      #expect(bench.market.calls.count { $0 == "create lamp" } == 2)
      // 200 s for the first, 120 s of doubt, 200 s for each look-up and for the second.
      #expect(bench.time.elapsed >= .seconds(200 + 120 + 400))
      await bench.journal.close()
    }
  }

  @Test func whatACrashCutOffCountsFromTheStart() async throws {
    try await onVirtualTime { time, folder in
      let listing = Samples.listing("lamp")
      let before = try Journal.open(folder, program: "test", now: time.ambient.now)
      let intent = Intent(
        op: "0123456789abcdef0123456789abcdef", action: .create, key: PostKey(listing: "lamp", account: "a"),
        marketplace: "fake", reference: "lamp.01234567", content: listing.posts[0].content, file: listing.file,
        at: time.ambient.now())
      try await before.append([.intent(intent)])
      await before.close()
      try await time.sleep(.seconds(3600))
      let bench = try Workbench(time, folder: folder)
      try await bench.converge([listing])
      #expect(bench.market.calls.first == "look up lamp")
      #expect(bench.market.calls.last == "create lamp")
      #expect(time.elapsed >= .seconds(3600 + 120) && time.elapsed < .seconds(3600 + 130))
      await bench.journal.close()
    }
  }

  /// Its request may still be on its way under the old one: an empty look-up proves nothing.
  @Test func aCreateThatGetsAnotherIdWhileItIsUnderWayIsNotSentAgain() async throws {
    try await onVirtualTime { time, folder in
      let bench = try Workbench(time, folder: folder)
      time.waits { [journal = bench.journal] in !journal.isIdle }
      try await time.sleep(.seconds(3600))
      bench.market.state.withLock { $0.latencies["create lamp"] = .seconds(200) }
      try await bench.executor.submit(bench.plan([Samples.listing("lamp")]))
      try await time.sleep(.seconds(1))
      try await bench.journal.append([.moved(listing: "floor", from: "lamp", file: "listings/floor.yaml")])
      var floor = Samples.listing("floor")
      floor.posts[0].content = Samples.content("lamp")
      try await bench.executor.submit(bench.plan([floor]))
      for _ in 0..<400 {
        try await time.sleep(.seconds(1))
        await bench.executor.resume()
      }
      #expect(bench.market.calls.filter { $0.hasPrefix("create") } == ["create lamp"])
      let record = try #require(bench.journal.ledger.records.values.first)
      #expect(record.key.listing == "floor" && record.isLive && record.pending == nil)
      await bench.executor.stop(grace: .zero)
      await bench.journal.close()
    }
  }

  /// Whoever opens the journal in between may sweep nothing.
  @Test func whatIsToBeSweptOutlivesRestartsUntilASweepCameLateEnough() async throws {
    try await onVirtualTime { time, folder in
      let first = try Workbench(time, folder: folder)
      first.market.fail(.after(.uncertain(.init("cut"))))
      try await first.converge([Samples.listing("lamp")])
      await first.executor.stop(grace: .zero)
      await first.journal.close()
      let command = try Journal.open(folder, program: "test", now: time.ambient.now)
      #expect(command.opening.state == .clean && command.unswept.keys.sorted() == ["a"])
      await command.close()
      for (pause, rest) in [(0, ["a"]), (120, [])] {
        try await time.sleep(.seconds(pause))
        let next = try Workbench(time, folder: folder)
        #expect(await next.executor.takeTroubled() == ["a"])
        await next.executor.swept("a")
        #expect(next.journal.unswept.keys.sorted() == rest)
        await next.executor.stop(grace: .zero)
        await next.journal.close()
      }
      let last = try Workbench(time, folder: folder)
      #expect(await last.executor.takeTroubled() == [])
      await last.journal.close()
    }
  }

  @Test func whatAnAccountWasToldToWaitOutlivesARestart() async throws {
    try await onVirtualTime { time, folder in
      let until = time.ambient.now().advanced(by: .seconds(900))
      let before = try Journal.open(folder, program: "test", now: time.ambient.now)
      let listing = Samples.listing("lamp")
      let intent = Intent(
        op: "a", action: .create, key: PostKey(listing: "lamp", account: "a"), marketplace: "fake",
        reference: "lamp.a", content: listing.posts[0].content, file: listing.file, at: time.ambient.now())
      let told = Failure(code: "throttled", message: "too fast", retryAt: until)
      try await before.append([.intent(intent), .outcome(Outcome(op: "a", result: .failed, failure: told))])
      await before.close()
      let after = try Workbench(time, folder: folder)
      time.waits { [journal = after.journal] in !journal.isIdle }
      try await after.executor.submit(after.plan([Samples.listing("bike")]))
      let due = try await after.executor.settle()
      #expect(due == until)
      #expect(after.market.calls.isEmpty)
      await after.journal.close()
    }
  }

  @Test func aClockPutForwardBeforeTheConfigIsReadAgainProvesNothing() async throws {
    try await onVirtualTime { time, folder in
      let bench = try Workbench(time, folder: folder)
      time.waits { [journal = bench.journal] in !journal.isIdle }
      bench.market.fail(.before(.uncertain(.init("cut"))))
      let listing = Samples.listing("lamp")
      try await bench.executor.submit(bench.plan([listing]))
      while bench.journal.ledger.records.values.first?.failure == nil { try await time.sleep(.milliseconds(10)) }
      await bench.executor.stop(grace: .zero)
      // The same program goes on with another executor, an hour later by the wall clock alone.
      var ambient = time.ambient
      ambient.now = { [now = ambient.now] in now().advanced(by: .seconds(3600)) }
      let account = Executor.Account(
        name: "a", marketplace: bench.market, pace: Pace(requestsPerSecond: 0, ambient: ambient), concurrency: 1)
      let next = Executor(
        accounts: [account], journal: bench.journal, ambient: ambient, absenceAfter: .seconds(120), tell: { _ in })
      await next.takeOver(from: bench.executor)
      try await next.submit(bench.plan([listing]))
      try await time.sleep(.seconds(1))
      #expect(bench.market.calls == ["create lamp"])
      await next.stop(grace: .zero)
      await bench.journal.close()
    }
  }

  @Test func aClockPutForwardBeforeAnotherStartProvesNothing() async throws {
    try await onVirtualTime { time, folder in
      let listing = Samples.listing("lamp")
      let bench = try Workbench(time, folder: folder)
      time.waits { [journal = bench.journal] in !journal.isIdle }
      bench.market.fail(.before(.uncertain(.init("cut"))))
      try await bench.executor.submit(bench.plan([listing]))
      while bench.journal.ledger.records.values.first?.failure == nil { try await time.sleep(.milliseconds(10)) }
      await bench.executor.stop(grace: .zero)
      let answeredLast = time.elapsed
      // Another program, which knows only the journal, an hour later by the wall clock alone.
      var ambient = time.ambient
      ambient.now = { [now = ambient.now] in now().advanced(by: .seconds(3600)) }
      let account = Executor.Account(
        name: "a", marketplace: bench.market, pace: Pace(requestsPerSecond: 0, ambient: ambient), concurrency: 1)
      let next = Executor(
        accounts: [account], journal: bench.journal, ambient: ambient, absenceAfter: .seconds(120), tell: { _ in })
      try await next.submit(bench.plan([listing]))
      for _ in 0..<300 where bench.market.calls.count(where: { $0 == "create lamp" }) < 2 {
        try await time.sleep(.seconds(1))
        await next.resume()
      }
      #expect(bench.market.calls.last == "create lamp")
      #expect(time.elapsed - answeredLast >= .seconds(119) && time.elapsed - answeredLast < .seconds(130))
      await next.stop(grace: .zero)
      await bench.journal.close()
    }
  }

  private func onVirtualTime(_ body: @Sendable (VirtualTime, String) async throws -> Void) async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let time = VirtualTime()
    try await time.run { try await body(time, folder.path + "/state") }
  }
}
