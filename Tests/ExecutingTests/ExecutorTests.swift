import Executing
import Journaling
import Listings
import Marketplaces
import Planning
import Support
import Synchronization
import Testing

struct ExecutorTests {
  @Test func postsWhatIsWantedOnceAndThenRests() async throws {
    try await bench { bench in
      try await bench.converge([Samples.listing("lamp"), Samples.listing("bike")])
      #expect(bench.market.calls.sorted() == ["create bike", "create lamp"])
      #expect(bench.journal.ledger.records.values.allSatisfy { $0.isLive })
      try await bench.converge([Samples.listing("lamp"), Samples.listing("bike")])
      #expect(bench.market.calls.count == 2)
    }
  }

  @Test func updatesOnlyWhatChanged() async throws {
    try await bench { bench in
      try await bench.converge([Samples.listing("lamp")])
      try await bench.converge([Samples.listing("lamp", price: 3000)])
      #expect(bench.market.calls.last == "update r1 price")
    }
  }

  @Test func anUpdateThatAnEarlierPlanHasDoneIsNotSentAgain() async throws {
    try await bench { bench in
      try await bench.converge([Samples.listing("lamp")])
      let plan = bench.plan([Samples.listing("lamp", price: 3000)])
      for _ in 0..<2 {
        try await bench.executor.submit(plan)
        _ = try await bench.executor.settle()
        try await bench.time.sleep(.seconds(1))
      }
      #expect(bench.market.calls == ["create lamp", "update r1 price"])
    }
  }

  /// The look came between the plan and its turn.
  @Test(arguments: [("31.00 USD", 1), ("30.00 USD", 2)])
  func whatWasChangedThereSinceThePlanIsNotWrittenOver(shown: String, calls: Int) async throws {
    try await bench { bench in
      try await bench.converge([Samples.listing("lamp")])
      let plan = bench.plan([Samples.listing("lamp", price: 3000)])
      let key = try #require(plan.actions.first?.key)
      try await bench.journal.append([.observed(key, .drift(["price"], values: ["price": shown]))])
      try await bench.executor.submit(plan)
      _ = try await bench.executor.settle()
      #expect(bench.market.calls.count == calls)
      let isOvertaken = bench.events.all.withLock { $0.contains { if case .overtaken = $0 { true } else { false } } }
      #expect(isOvertaken == (calls == 1))
    }
  }

  /// Else each plan of a long run would ask for the next one.
  @Test(arguments: [(3000, false), (3100, true)])
  func onlySomethingElseOfAPostInFlightIsPlannedAgain(price: Int64, isOvertaken: Bool) async throws {
    try await bench { bench in
      try await bench.converge([Samples.listing("lamp")])
      try await bench.executor.submit(bench.plan([Samples.listing("lamp", price: 3000)]))
      #expect(await bench.executor.isBusy)
      try await bench.executor.submit(bench.plan([Samples.listing("lamp", price: price)]))
      _ = try await bench.executor.settle()
      let overtaken = bench.events.all.withLock { $0.contains { if case .overtaken = $0 { true } else { false } } }
      #expect(overtaken == isOvertaken)
      #expect(bench.market.calls == ["create lamp", "update r1 price"])
    }
  }

  /// Its intent is refused before anything was waited for. On the machine's own time: there it begins at once.
  @Test func whatEndsBeforeItsStartReturnsIsNotInFlight() async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let journal = try Journal.open(folder.path + "/state", program: "test", now: Ambient.system.now)
    let account = Executor.Account(
      name: "a", marketplace: FakeMarketplace(.system), pace: Pace(requestsPerSecond: 0, ambient: .system),
      concurrency: 1)
    let executor = Executor(
      accounts: [account], journal: journal, ambient: .system, absenceAfter: .seconds(30), tell: { _ in })
    await journal.close()
    let post = WantedPost(account: "a", content: Samples.content())
    let create = Action(
      .create, key: PostKey(listing: "lamp", account: "a"), marketplace: "fake", file: "listings/lamp.yaml",
      reason: Action.Reason("new", "new listing"), post: post)
    try await executor.submit(Plan(actions: [create], createdAt: Ambient.system.now()))
    await #expect(throws: JournalError.self) { _ = try await executor.settle() }
    #expect(await !executor.isBusy)
  }

  @Test func whatHawkersStopKeptFromBeingSentIsNoFailure() async throws {
    try await bench { bench in
      try await bench.converge([Samples.listing("lamp")])
      bench.market.fail(.before(.stopped))
      try await bench.executor.submit(bench.plan([Samples.listing("lamp", price: 3000)]))
      _ = try await bench.executor.settle()
      #expect(bench.events.results.last?.kind == .skipped)
      #expect(bench.journal.record(of: PostKey(listing: "lamp", account: "a"))?.tries == 0)
      try await bench.converge([Samples.listing("lamp", price: 3000)])
      #expect(bench.market.calls.last == "update r1 price")
    }
  }

  @Test func aNewExecutorWaitsAsLongAsTheLastOneWasTold() async throws {
    try await bench { bench in
      let ambient = bench.time.ambient
      let paces = (0..<2).map { _ in Pace(requestsPerSecond: 0, ambient: ambient) }
      let executors = paces.map { pace in
        Executor(
          accounts: [Executor.Account(name: "a", marketplace: bench.market, pace: pace, concurrency: 1)],
          journal: bench.journal, ambient: ambient, absenceAfter: .seconds(30), tell: { _ in })
      }
      paces[0].pause(until: ambient.now().advanced(by: .seconds(90)))
      await executors[1].takeOver(from: executors[0])
      #expect(paces[1].pausedUntil != nil && paces[1].pausedUntil == paces[0].pausedUntil)
    }
  }

  @Test func aPlanOfAFewPostsBeginsOnlyWhereNothingWaits() async throws {
    try await bench { bench in
      try await bench.converge([Samples.listing("lamp")])
      let plan = bench.plan([Samples.listing("lamp", price: 3000)])
      #expect(await bench.executor.begin(plan))
      // In flight by now: a plan of it is for when it has ended.
      #expect(await !bench.executor.begin(plan))
      _ = try await bench.executor.settle()
      #expect(bench.market.calls == ["create lamp", "update r1 price"])
    }
  }

  @Test func referenceBeginsWithTheListingAndHasEightCharactersOfTheOp() async throws {
    try await bench { bench in
      try await bench.converge([Samples.listing("lamp")])
      let draft = try #require(bench.market.sent.first)
      #expect(draft.reference == "lamp.\(draft.op.prefix(8))")
      #expect(draft.op.count == 32)
    }
  }

  @Test func lostAnswerIsLookedUpAndNeverSentAgain() async throws {
    try await bench { bench in
      bench.market.fail(.after(.uncertain(.init("cut"))))
      try await bench.converge([Samples.listing("lamp")])
      #expect(bench.market.calls == ["create lamp", "look up lamp"])
      #expect(bench.journal.ledger.records.values.first?.remoteID == "r1")
      // The first look-up comes a 24th of the consistency delay after the intent.
      #expect(bench.time.elapsed >= .seconds(5) && bench.time.elapsed < .seconds(6))
    }
  }

  @Test func withdrawalThatDidNotArriveIsLookedAtOnceWhenItsFileIsBack() async throws {
    try await bench { bench in
      try await bench.converge([Samples.listing("lamp")])
      bench.market.fail(.before(.uncertain(.init("cut"))))
      try await bench.executor.submit(bench.plan([]))
      _ = try await bench.executor.settle()
      #expect(bench.journal.ledger.records.values.first?.pending?.action == .withdraw)
      try await bench.converge([Samples.listing("lamp")])
      #expect(bench.market.calls == ["create lamp", "withdraw r1", "read r1"])
      #expect(bench.journal.ledger.records.values.allSatisfy { $0.isLive && $0.pending == nil })
    }
  }

  @Test func lostRequestIsSentAgainOnlyAfterTheConsistencyDelay() async throws {
    try await bench { bench in
      bench.market.fail(.before(.uncertain(.init("cut"))))
      try await bench.converge([Samples.listing("lamp")])
      #expect(bench.market.calls == ["create lamp"] + Array(repeating: "look up lamp", count: 3) + ["create lamp"])
      #expect(bench.time.elapsed >= .seconds(120))
      let sent = bench.market.sent
      #expect(sent.count == 1 && bench.market.references == [sent[0].reference])
      let ops = try JournalReading.entries(bench.config.state).filter { $0.kind == "intent" }
      #expect(ops.count == 2 && ops[0].json["op"] == ops[1].json["op"])
      #expect(ops[1].json["attempt"]?.integer == 2)
    }
  }

  /// A marketplace that shows posts late, or answers each create as a repetition of one before, would be sent them without
  /// end.
  @Test func aCreateThatIsNeverFoundIsSentTwiceAndThenHeldForAPerson() async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let time = VirtualTime()
    try await time.run {
      let (lamp, state) = (Samples.listing("lamp"), folder.path + "/state")
      let lost = FakeMarketplace.Fault.before(.uncertain(.init("cut")))
      let first = try Workbench(time, folder: state)
      first.market.fail(lost, .none, .none, .none, lost)
      try await first.converge([lamp])
      let creates = first.market.calls.filter { $0 == "create lamp" }
      #expect(creates.count == 2 && first.market.calls.count == 8)
      await first.journal.close()

      let next = try Workbench(time, folder: state)
      for listing in [lamp, Samples.listing("lamp", price: 3000)] {
        try await next.converge([listing])
        let held = try #require(next.plan([listing]).actions.first)
        #expect(held.kind == .resolve && held.hold?.by == .unsettled && held.hold?.by.needsPerson == true)
        for part in ["sent twice and not found there", "hawker resolve lamp --account a --posted", "--not-posted"] {
          #expect(held.hold?.text.contains(part) == true)
        }
      }
      #expect(next.market.calls.isEmpty)
      let intents = try JournalReading.entries(state).filter { $0.kind == "intent" }
      #expect(intents.count == 2 && intents[0].json["op"] == intents[1].json["op"])

      let open = try #require(next.journal.ledger.records.values.first?.pending)
      let told = Failure(code: "not-posted", message: "the seller does not see it there")
      try await next.journal.append([.outcome(Outcome(op: open.op, result: .failed, failure: told))])
      try await next.converge([lamp])
      #expect(next.market.calls == ["create lamp"])
      #expect(next.journal.ledger.records.values.allSatisfy { $0.isLive && $0.pending == nil })
      await next.journal.close()
    }
  }

  /// What was certainly not sent needs no look-up, and no person.
  @Test func aSecondSendingThatCertainlyDidNotLeaveIsTriedAgain() async throws {
    try await bench { bench in
      bench.market.fail(
        .before(.uncertain(.init("cut"))), .none, .none, .none, .before(.unavailable(.init("no connection"))))
      try await bench.converge([Samples.listing("lamp")])
      #expect(bench.market.calls.count { $0 == "create lamp" } == 3)
      #expect(bench.journal.ledger.records.values.allSatisfy { $0.isLive })
    }
  }

  @Test func withoutLookUpsAnUncertainCreateIsHeldForAPerson() async throws {
    try await bench(canLookUp: false) { bench in
      bench.market.fail(.after(.uncertain(.init("cut"))))
      try await bench.converge([Samples.listing("lamp")])
      #expect(bench.market.calls == ["create lamp"])
      #expect(bench.plan([Samples.listing("lamp")]).actions.first?.hold?.by == .unsettled)
    }
  }

  /// It would be asked for ever otherwise, and nobody would know that a person is needed.
  @Test func anAccountThatRefusesTheQuestionIsHeldForAPersonUntilReleased() async throws {
    try await bench { bench in
      bench.market.fail(.after(.uncertain(.init("cut"))), .before(.rejected(.init("no such question"))))
      for _ in 0..<2 { try await bench.converge([Samples.listing("lamp")]) }
      #expect(bench.market.calls == ["create lamp", "look up lamp"])
      let held = try #require(bench.plan([Samples.listing("lamp")]).actions.first)
      #expect(held.kind == .resolve && held.hold?.by == .unsettled)
      for part in ["no such question", "hawker resolve lamp --account a --posted", "hawker release lamp asks again"] {
        #expect(held.hold?.text.contains(part) == true)
      }
      try await bench.journal.append([.released(held.key, by: RecordedHold.unaskable)])
      try await bench.converge([Samples.listing("lamp")])
      #expect(bench.market.calls == ["create lamp", "look up lamp", "look up lamp"])
      #expect(bench.journal.ledger.records[held.key]?.isLive == true)
    }
  }

  @Test func aPersonsWordEndsWhatCouldNotBeAsked() async throws {
    try await bench { bench in
      bench.market.fail(.before(.uncertain(.init("cut"))), .before(.rejected(.init("no such question"))))
      try await bench.converge([Samples.listing("lamp")])
      let record = try #require(bench.journal.ledger.records.values.first)
      let told = Failure(code: "not-posted", message: "the seller does not see it there")
      try await bench.journal.append([
        .outcome(Outcome(op: record.pending?.op ?? "", result: .failed, failure: told))
      ])
      #expect(bench.journal.ledger.standing.holds.isEmpty)
      try await bench.converge([Samples.listing("lamp")])
      #expect(bench.market.calls == ["create lamp", "look up lamp", "create lamp"])
    }
  }

  @Test func aQuestionWithoutAnswerIsAskedLessAndLessOften() async throws {
    try await bench { bench in
      bench.market.fail(.after(.uncertain(.init("cut"))))
      for _ in 0..<9 { bench.market.fail(.before(.unavailable(.init("down")))) }
      try await bench.converge([Samples.listing("lamp")])
      #expect(bench.market.calls == ["create lamp"] + Array(repeating: "look up lamp", count: 10))
      let times = bench.events.results.filter { $0.failure?.code == "unavailable" }.compactMap(\.retryAt)
      for (index, pair) in zip(times, times.dropFirst()).enumerated() {
        #expect(pair.1.duration(since: pair.0) >= .milliseconds(500 << (index + 1)))
      }
    }
  }

  @Test func severalMatchesAreHeldForAPersonAndAskedForNoMore() async throws {
    try await bench { bench in
      bench.market.fail(.after(.uncertain(.init("cut"))))
      try await bench.executor.submit(bench.plan([Samples.listing("lamp")]))
      _ = try await bench.executor.settle()
      bench.market.state.withLock { state in
        guard let draft = state.drafts.first else { return }
        _ = state.post(draft)
      }
      try await bench.converge([Samples.listing("lamp")])
      let calls = bench.market.calls
      #expect(calls.count { $0 == "create lamp" } == 1)
      let plan = bench.plan([Samples.listing("lamp")])
      #expect(plan.actions.first?.hold?.by == .unsettled)
      #expect(plan.actions.first?.hold?.text.contains("(r1, r2)") == true)
      try await bench.converge([Samples.listing("lamp")])
      #expect(bench.market.calls == calls)
    }
  }

  /// The update landed, its answer was lost, and the seller took the edit back: the post must follow.
  @Test func anEditTakenBackAfterALostAnswerIsUndone() async throws {
    try await bench { bench in
      try await bench.converge([Samples.listing("lamp", price: 3500)])
      bench.market.fail(.after(.unavailable(.init("502"))))
      try await bench.executor.submit(bench.plan([Samples.listing("lamp", price: 3000)]))
      _ = try await bench.executor.settle()
      try await bench.converge([Samples.listing("lamp", price: 3500)])
      #expect(bench.market.calls == ["create lamp", "update r1 price", "update r1 price"])
    }
  }

  /// The withdrawal landed, its answer was lost, and the file came back: the post is made again.
  @Test func aFileThatComesBackAfterALostWithdrawalIsLookedAt() async throws {
    try await bench { bench in
      try await bench.converge([Samples.listing("lamp"), Samples.listing("bike")])
      bench.market.fail(.after(.unavailable(.init("502"))))
      try await bench.executor.submit(bench.plan([Samples.listing("bike")]))
      _ = try await bench.executor.settle()
      try await bench.converge([Samples.listing("lamp"), Samples.listing("bike")])
      #expect(bench.market.references.map { $0.split(separator: ".")[0] } == ["bike", "lamp"])
      #expect(bench.journal.ledger.records.values.allSatisfy { $0.isLive && $0.pending == nil })
    }
  }

  @Test(arguments: ["r99", "r1"]) func aPostThatCannotBeAdoptedIsAskedForOnce(remote: String) async throws {
    try await bench { bench in
      try await bench.converge([Samples.listing("lamp")])
      var bike = Samples.listing("bike")
      bike.adopt = ["a": remote]
      try await bench.converge([Samples.listing("lamp"), bike])
      try await bench.converge([Samples.listing("lamp"), bike])
      #expect(bench.market.calls == ["create lamp", "read \(remote)"])
      #expect(bench.plan([Samples.listing("lamp"), bike]).actions.first { $0.kind == .adopt }?.hold?.by == .adopt)
    }
  }

  /// What stands there is what an update is compared with: a price that would drop is seen.
  @Test func anAdoptionRecordsWhatThePostShows() async throws {
    try await bench { bench in
      bench.market.state.withLock { state in
        state.posts["x"] = RemotePost(
          remoteID: "x", url: "https://x", title: "Bike", description: "Works.",
          price: Money(minor: 5_000_000, currency: .usd))
      }
      var bike = Samples.listing("bike", price: 11_000)
      bike.adopt = ["a": "x"]
      try await bench.executor.submit(bench.plan([bike]))
      _ = try await bench.executor.settle()
      let record = try #require(bench.journal.record(of: PostKey(listing: "bike", account: "a")))
      #expect(record.content?.title == "Bike" && record.content?.price.minor == 5_000_000)
      #expect(record.unsure == [.category, .condition, .location, .photos])
      let update = bench.plan([bike]).actions.first
      #expect(update?.kind == .update && update?.hold?.by == .priceDrop)
      #expect(update?.hold?.text.contains("price 50000.00 → 110.00 USD") == true)
    }
  }

  /// What somebody wrote there may be more than a line of the journal holds: one post's trouble, and nobody else's.
  @Test func anAdoptionOfABookIsRecordedWithoutIt() async throws {
    try await bench { bench in
      let book = String(repeating: "ы", count: 40_000)
      bench.market.state.withLock { state in
        state.posts["x"] = RemotePost(
          remoteID: "x", url: "https://x", title: "Bike", description: book, price: Money(minor: 9_000, currency: .usd))
      }
      var bike = Samples.listing("bike", price: 11_000)
      bike.adopt = ["a": "x"]
      try await bench.executor.submit(bench.plan([bike, Samples.listing("lamp")]))
      _ = try await bench.executor.settle()
      let record = try #require(bench.journal.record(of: PostKey(listing: "bike", account: "a")))
      #expect(record.content?.description == "Works." && record.content?.price.minor == 9_000)
      #expect(record.unsure.isSuperset(of: [.title, .description]) && !record.unsure.contains(.price))
      #expect(bench.journal.record(of: PostKey(listing: "lamp", account: "a"))?.isLive == true)
    }
  }

  /// Else a listing whose category another line of hawker.yaml maps would be one of hawker.yaml, and never gone.
  @Test func aRecordNamesTheListingsFileWhereverTheChangeStands() async throws {
    try await bench { bench in
      var plan = bench.plan([Samples.listing("lamp")])
      plan.actions[0].file = "hawker.yaml"
      try await bench.executor.submit(plan)
      _ = try await bench.executor.settle()
      let key = PostKey(listing: "lamp", account: "a")
      #expect(bench.journal.record(of: key)?.isLive == true)
      #expect(bench.journal.record(of: key)?.file == "listings/lamp.yaml")
    }
  }

  @Test func whatTheJournalHasNoRoomForFailsAlone() async throws {
    try await bench { bench in
      bench.market.state.withLock { state in
        state.posts["x"] = RemotePost(
          remoteID: "x", url: "https://" + String(repeating: "x", count: 80_000), title: "Bike", description: "Works.",
          price: Money(minor: 9_000, currency: .usd))
      }
      var bike = Samples.listing("bike")
      bike.adopt = ["a": "x"]
      try await bench.executor.submit(bench.plan([bike]))
      try await bench.executor.submit(bench.plan([bike, Samples.listing("lamp")]))
      _ = try await bench.executor.settle()
      #expect(bench.events.results.contains { $0.action.key.listing == "bike" && $0.kind == .failed })
      #expect(bench.journal.record(of: PostKey(listing: "lamp", account: "a"))?.isLive == true)
    }
  }

  @Test func aRefusedWithdrawalIsTriedAgainWithBackoff() async throws {
    try await bench { bench in
      try await bench.converge([Samples.listing("lamp")])
      bench.market.fail(.before(.rejected(.init("no"))), .before(.rejected(.init("no"))))
      try await bench.executor.submit(bench.plan([]))
      _ = try await bench.executor.settle()
      #expect(bench.plan([]).executable.isEmpty)
      try await bench.converge([])
      #expect(bench.market.calls == ["create lamp", "withdraw r1", "withdraw r1", "withdraw r1"])
    }
  }

  /// A marketplace that answers with the id of another listing's post: believed, two listings would share one post.
  @Test func anAnswerWithAnotherPostsIdIsNotBelieved() async throws {
    try await bench { bench in
      try await bench.converge([Samples.listing("lamp")])
      bench.market.state.withLock { $0.answersWith = "r1" }
      try await bench.executor.submit(bench.plan([Samples.listing("lamp"), Samples.listing("bike")]))
      _ = try await bench.executor.settle()
      #expect(bench.journal.ledger.records[PostKey(listing: "bike", account: "a")]?.state == .uncertain)
      bench.market.state.withLock { $0.answersWith = nil }
      try await bench.converge([Samples.listing("lamp"), Samples.listing("bike")])
      let ids = bench.journal.ledger.records.values.compactMap(\.remoteID).sorted()
      #expect(ids == ["r1", "r2"])
      #expect(bench.market.calls.count { $0.hasPrefix("create") } == 2)
    }
  }

  /// All at once: none of them is recorded when the others' answers come.
  @Test func anIdThatSeveralAnswersNameAtOnceIsBelievedOnce() async throws {
    try await bench { bench in
      bench.market.state.withLock { $0.answersWith = "r1" }
      let listings = ["bike", "desk", "lamp"].map { Samples.listing($0) }
      try await bench.executor.submit(bench.plan(listings))
      _ = try await bench.executor.settle()
      let records = bench.journal.ledger.records.values
      #expect(records.count { $0.isLive } == 1 && records.count { $0.state == .uncertain } == 2)
      bench.market.state.withLock { $0.answersWith = nil }
      try await bench.converge(listings)
      #expect(Set(bench.journal.ledger.records.values.compactMap(\.remoteID)) == ["r1", "r2", "r3"])
      #expect(bench.market.calls.count { $0.hasPrefix("create") } == 3)
    }
  }

  /// And so do two files that ask for one post of the marketplace.
  @Test func aPostThatTwoListingsAdoptAtOnceBecomesOneOfThem() async throws {
    try await bench { bench in
      bench.market.state.withLock { $0.posts["r9"] = RemotePost(remoteID: "r9", url: "https://example.com/r9") }
      let listings = ["bike", "lamp"].map { id in
        var listing = Samples.listing(id)
        listing.adopt = ["a": "r9"]
        return listing
      }
      try await bench.executor.submit(bench.plan(listings))
      _ = try await bench.executor.settle()
      #expect(bench.journal.ledger.records.values.count { $0.remoteID == "r9" } == 1)
      #expect(bench.plan(listings).actions.count { $0.hold?.by == .adopt } == 1)
    }
  }

  /// Facebook takes a post's own number, and answers with its page's in front: what it answers is the post's id.
  @Test func anAdoptedPostHasTheIdThatTheMarketplaceTells() async throws {
    try await bench { bench in
      bench.market.state.withLock { state in
        let post = RemotePost(remoteID: "10001_77", url: "https://example.com/10001_77")
        (state.posts["77"], state.posts["10001_77"]) = (post, post)
      }
      func adopting(_ id: String, _ remote: String) -> Listing {
        var listing = Samples.listing(id)
        listing.adopt = ["a": remote]
        return listing
      }
      let listings = [adopting("bike", "77"), adopting("desk", "10001_77"), adopting("lamp", "77")]
      try await bench.executor.submit(bench.plan(listings))
      _ = try await bench.executor.settle()
      #expect(bench.journal.ledger.records.values.map(\.remoteID) == ["10001_77"])
      #expect(bench.plan(listings).actions.count { $0.hold?.by == .adopt } == 2)
      let result = try #require(bench.events.results.first { $0.kind == .done })
      #expect(result.remoteID == "10001_77")
      // Nor is one that a create's answer names in short believed.
      bench.market.state.withLock { $0.answersWith = "77" }
      try await bench.executor.submit(bench.plan(listings + [Samples.listing("rug")]))
      _ = try await bench.executor.settle()
      #expect(bench.journal.record(of: PostKey(listing: "rug", account: "a"))?.state == .uncertain)
    }
  }

  /// Two pages' posts may have one number: an id that names its page names that page's post.
  @Test func aNumberOnAnotherPageIsAnotherPost() async throws {
    try await bench { bench in
      for (listing, id) in [("bike", "10001_77"), ("desk", "20002_77")] {
        bench.market.state.withLock { $0.answersWith = id }
        try await bench.executor.submit(bench.plan([Samples.listing("bike"), Samples.listing(listing)]))
        _ = try await bench.executor.settle()
      }
      let records = bench.journal.ledger.records.values
      #expect(Set(records.compactMap(\.remoteID)) == ["10001_77", "20002_77"] && records.allSatisfy(\.isLive))
    }
  }

  /// What a replace left behind is known by the record alone: the listing is forgotten only when both posts are off.
  @Test func aListingIsForgottenAfterWhatItReplaced() async throws {
    try await bench { bench in
      try await bench.converge([Samples.listing("lamp")])
      let key = PostKey(listing: "lamp", account: "a")
      let record = try #require(bench.journal.ledger.records[key])
      let intent = Intent(
        op: "feed", action: .replace, key: key, marketplace: "fake", reference: "lamp.feed", content: record.content,
        remoteID: "r1", file: record.file, at: bench.time.ambient.now())
      bench.market.state.withLock { $0.posts["r9"] = $0.posts["r1"] }
      try await bench.journal.append([
        .intent(intent), .outcome(Outcome(op: "feed", result: .done, remoteID: "r9")),
      ])
      bench.market.state.withLock { state in
        state.faults = [.before(.unavailable(.init("down"))), .before(.unavailable(.init("down")))]
      }
      try await bench.executor.submit(bench.plan([Samples.listing("bike")]))
      _ = try await bench.executor.settle()
      try await bench.converge([Samples.listing("bike")])
      #expect(bench.journal.ledger.records.keys.map(\.listing) == ["bike"])
      #expect(bench.market.references.count == 1)
    }
  }

  @Test func unavailableIsTriedAgainWithBackoff() async throws {
    try await bench { bench in
      bench.market.fail(.before(.unavailable(.init("down"))), .before(.unavailable(.init("down"))))
      try await bench.converge([Samples.listing("lamp")])
      #expect(bench.market.calls.count == 3)
      #expect(bench.journal.ledger.records.values.first?.isLive == true)
      #expect(bench.events.results.map(\.attempts) == [1, 2, 3])
    }
  }

  @Test func rejectedIsNotSentAgainUntilItChanges() async throws {
    try await bench { bench in
      bench.market.fail(.before(.rejected(.init("bad category"))))
      try await bench.converge([Samples.listing("lamp")])
      try await bench.converge([Samples.listing("lamp")])
      #expect(bench.market.calls == ["create lamp"])
      try await bench.converge([Samples.listing("lamp", price: 3000)])
      #expect(bench.market.calls == ["create lamp", "create lamp"])
    }
  }

  @Test func anAccountThatMustStopStopsAloneAndSaysSoOnce() async throws {
    try await bench(accounts: ["a", "b"], concurrency: 1) { bench in
      bench.markets["a"]?.fail(.before(.unauthorized(.init("token expired"))))
      let listings = (1...5).map { Samples.listing("l\($0)", accounts: ["a", "b"]) }
      try await bench.executor.submit(bench.plan(listings))
      _ = try await bench.executor.settle()
      #expect(bench.markets["a"]?.calls.count == 1)
      #expect(bench.markets["b"]?.calls.count == 5)
      #expect(bench.events.stops == ["a"])
    }
  }

  @Test func throttledAccountWaitsAsLongAsItWasTold() async throws {
    try await bench(concurrency: 1) { bench in
      let until = bench.time.ambient.now().advanced(by: .seconds(90))
      bench.market.fail(.before(.throttled(.init("slow down"), until: until)))
      try await bench.converge([Samples.listing("lamp"), Samples.listing("bike")])
      #expect(bench.time.elapsed >= .seconds(90))
      #expect(bench.market.calls.count == 3)
    }
  }

  @Test func keepsToItsConcurrency() async throws {
    try await bench(concurrency: 3) { bench in
      bench.market.state.withLock { $0.gate = 3 }
      try await bench.converge((1...21).map { Samples.listing("l\($0)") })
      #expect(bench.market.state.withLock(\.mostRunning) == 3)
    }
  }

  /// With its withdrawal: the next plan may find the file saying available already.
  @Test(arguments: [false, true]) func aSaleIsOverWhenItsFileSaysSoldAndThePostIsOff(isOversold: Bool) async throws {
    try await bench { bench in
      try await bench.converge([Samples.listing("lamp")])
      let key = PostKey(listing: "lamp", account: "a")
      if isOversold { try await bench.journal.append([.held(key, by: "oversold", until: nil, text: "twice")]) }
      try await bench.journal.append([.sold(listing: "lamp", account: nil, price: nil)])
      try await bench.executor.submit(bench.plan([Samples.listing("lamp", status: .sold)]))
      _ = try await bench.executor.settle()
      #expect(bench.journal.ledger.standing.openSales(on: key).isEmpty != isOversold)
      let again = bench.plan([Samples.listing("lamp")])
      #expect(again.actions.map(\.kind) == [.create] && (again.actions.first?.hold?.by == .sold) == isOversold)
    }
  }

  @Test func soldIsWithdrawnAheadOfEverything() async throws {
    try await bench(concurrency: 1) { bench in
      try await bench.converge([Samples.listing("z")])
      let more = (1...5).map { Samples.listing("l\($0)") }
      try await bench.executor.submit(bench.plan(more + [Samples.listing("z", status: .sold)]))
      _ = try await bench.executor.settle()
      // It has room of its own: beside it one create may be on its way.
      let started = bench.events.all.withLock { events in
        events.compactMap {
          if case .started(let action) = $0 { "\(action.kind.rawValue) \(action.key.listing)" } else { nil }
        }
      }
      #expect(started.dropFirst().first == "withdraw z")
      #expect(bench.market.calls[1...2].contains("withdraw r1 now"))
    }
  }

  @Test func breakerOpensAfterTenFailuresAndProbesOnce() async throws {
    try await bench(concurrency: 1) { bench in
      for _ in 0..<10 { bench.market.fail(.before(.unavailable(.init("down")))) }
      try await bench.executor.submit(bench.plan((1...30).map { Samples.listing("l\($0)") }))
      let due = try await bench.executor.settle()
      #expect(bench.market.calls.count == 10)
      #expect(due == bench.time.ambient.now().advanced(by: .seconds(5)))
    }
  }

  @Test func stopLeavesTheRestUnstartedAndTheJournalComplete() async throws {
    try await bench(concurrency: 2) { bench in
      try await bench.executor.submit(bench.plan((1...10).map { Samples.listing("l\($0)") }))
      await bench.executor.stop(grace: .seconds(10))
      _ = try await bench.executor.settle()
      #expect(bench.market.calls.count == 2)
      #expect(await bench.executor.unstarted.count == 8)
      #expect(bench.journal.ledger.records.values.allSatisfy { $0.pending == nil })
    }
  }

  /// And asks for another plan only where it wants something that has not come about.
  @Test(arguments: [(2000, false), (3000, true)])
  func aPlanThatIsOlderThanWhatWasDoneDoesNotDoItAgain(price: Int64, isOvertaken: Bool) async throws {
    try await bench { bench in
      let plans = [
        bench.plan([Samples.listing("lamp", price: 2000)]), bench.plan([Samples.listing("lamp", price: price)]),
      ]
      for plan in plans {
        try await bench.executor.submit(plan)
        _ = try await bench.executor.settle()
      }
      #expect(bench.market.calls == ["create lamp"])
      let overtaken = bench.events.all.withLock { $0.contains { if case .overtaken = $0 { true } else { false } } }
      #expect(overtaken == isOvertaken)
    }
  }

  /// The plan was made while a create of an id that it doesn't know waited for its turn: whether that has begun since, or
  /// has even ended, what looks like it is not made beside it.
  @Test(arguments: [1, 3, 30]) func whatBeganSinceAPlanWasMadeIsNotMadeAgainByIt(tenths: Int64) async throws {
    try await bench(concurrency: 1) { bench in
      bench.time.waits { [journal = bench.journal] in !journal.isIdle }
      bench.market.state.withLock { $0.latencies = ["create bike": .milliseconds(200), "create lamp": .seconds(1)] }
      let bike = Samples.listing("bike")
      try await bench.executor.submit(bench.plan([bike, Samples.listing("lamp")]))
      var renamed = Samples.listing("floor")
      renamed.posts[0].content = Samples.content("lamp")
      let plan = bench.plan([bike, renamed], underWay: await bench.executor.underWay)
      #expect(plan.executable.map(\.key.listing) == ["bike", "floor"])
      try await bench.time.sleep(.milliseconds(tenths * 100))
      try await bench.executor.submit(plan)
      _ = try await bench.executor.settle()
      // What had not begun by then is dropped; the listing has its new id in time.
      #expect(bench.market.calls == ["create bike", tenths == 1 ? "create floor" : "create lamp"])
      let overtaken = bench.events.all.withLock { events in
        events.contains { if case .overtaken(let key) = $0 { key.listing == "lamp" } else { false } }
      }
      #expect(overtaken == (tenths > 1))
      let next = bench.plan([bike, renamed], underWay: await bench.executor.underWay)
      #expect(next.executable.isEmpty)
    }
  }

  @Test(arguments: [false, true]) func duplicatesOfOneReferenceAreSweptUp(isMoved: Bool) async throws {
    try await bench { bench in
      bench.market.fail(.twice)
      try await bench.converge([Samples.listing("lamp")])
      #expect(bench.market.references.count == 2)
      if isMoved {
        try await bench.journal.append([.moved(listing: "floor", from: "lamp", file: "listings/floor.yaml")])
      }
      let account = Executor.Account(
        name: "a", marketplace: bench.market, pace: Pace(requestsPerSecond: 0, ambient: bench.time.ambient),
        concurrency: 1)
      let sweep = Sweep(account, journal: bench.journal, ambient: bench.time.ambient)
      let found = try #require(await sweep.find(within: .zero))
      let removed = try await sweep.remove(found, claiming: bench.executor).results
      #expect(removed.count == 1)
      #expect(bench.market.references.count == 1)
      #expect(
        bench.market.state.withLock { $0.posts.keys.sorted() } == [bench.journal.ledger.records.values.first?.remoteID])
    }
  }

  /// Two operations of one post at once would be recorded as one.
  @Test(arguments: [true, false])
  func aCopyIsTakenOffWhileNothingElseHappensToItsPost(sweepFirst: Bool) async throws {
    try await bench { bench in
      bench.market.fail(.twice)
      try await bench.converge([Samples.listing("lamp")])
      let account = Executor.Account(
        name: "a", marketplace: bench.market, pace: Pace(requestsPerSecond: 0, ambient: bench.time.ambient),
        concurrency: 1)
      let sweep = Sweep(account, journal: bench.journal, ambient: bench.time.ambient)
      let found = try #require(await sweep.find(within: .zero))
      if !sweepFirst { try await bench.executor.submit(bench.plan([Samples.listing("lamp", price: 3000)])) }
      async let removal = sweep.remove(found, claiming: bench.executor)
      if sweepFirst {
        // Its request is under way.
        while bench.journal.ledger.records.values.first?.pending == nil { try await bench.time.sleep(.milliseconds(1)) }
        try await bench.executor.submit(bench.plan([Samples.listing("lamp", price: 3000)]))
      }
      let isWhole = try await removal.isWhole
      #expect(isWhole == sweepFirst)
      if !isWhole {
        _ = try await bench.executor.settle()
        #expect(try await sweep.remove(found, claiming: bench.executor).isWhole)
      }
      try await bench.converge([Samples.listing("lamp", price: 3000)])
      let kinds = try JournalReading.entries(bench.config.state).map(\.kind).filter {
        $0 == "intent" || $0 == "outcome"
      }
      #expect(kinds == ["intent", "outcome", "intent", "outcome", "intent", "outcome"])
      #expect(bench.market.references.count == 1)
      let record = try #require(bench.journal.ledger.records.values.first)
      #expect(record.isLive && record.pending == nil && record.content?.price.minor == 3000)
      #expect(bench.market.state.withLock { $0.posts.keys.sorted() } == [record.remoteID])
    }
  }

  @Test func anAccountThatListsNothingIsNotAskedAgain() async throws {
    try await bench { bench in
      bench.market.fail(.before(.rejected(.init("no such question"))))
      let account = Executor.Account(
        name: "a", marketplace: bench.market, pace: Pace(requestsPerSecond: 0, ambient: bench.time.ambient),
        concurrency: 1)
      let sweep = Sweep(account, journal: bench.journal, ambient: bench.time.ambient)
      #expect(await sweep.find(within: .seconds(600)) == [])
      #expect(bench.market.calls == ["list"])
    }
  }

  /// A machine that dies meanwhile leaves nothing behind that might have been sent.
  @Test(arguments: [true, false]) func whatWaitsForItsTurnIsNotInTheJournal(isStopped: Bool) async throws {
    try await bench(rate: 1) { bench in
      bench.time.waits { [journal = bench.journal] in !journal.isIdle }
      try await bench.executor.submit(bench.plan(["bike", "desk", "lamp"].map { Samples.listing($0) }))
      try await bench.time.sleep(.milliseconds(500))
      #expect(await bench.executor.inFlight.count == 2)
      #expect(bench.journal.ledger.records.keys.map(\.listing) == ["bike"])
      if isStopped {
        await bench.executor.stop(grace: .seconds(10))
        #expect(bench.events.results.map(\.kind) == [.done, .skipped, .skipped])
      }
      _ = try await bench.executor.settle()
      #expect(bench.journal.ledger.records.count == (isStopped ? 1 : 3))
      #expect(bench.time.elapsed < .seconds(isStopped ? 1 : 3))
    }
  }

  /// A list that runs in a circle proves nothing, and must end.
  @Test func aListWithoutEndIsNotSwept() async throws {
    try await bench { bench in
      try await bench.converge([Samples.listing("lamp")])
      bench.market.state.withLock { $0.nextPage = "again" }
      let account = Executor.Account(
        name: "a", marketplace: bench.market, pace: Pace(requestsPerSecond: 0, ambient: bench.time.ambient),
        concurrency: 1)
      #expect(await Sweep(account, journal: bench.journal, ambient: bench.time.ambient).find(within: .zero) == nil)
      #expect(bench.market.calls == ["create lamp", "list", "list"])
    }
  }

  @Test func aFileThatIsGoneIsForgottenWithItsPost() async throws {
    try await bench { bench in
      try await bench.converge([Samples.listing("lamp"), Samples.listing("bike"), Samples.listing("desk")])
      try await bench.converge([Samples.listing("bike"), Samples.listing("desk")])
      #expect(bench.market.references.count == 2)
      #expect(bench.journal.ledger.records.keys.map(\.listing).sorted() == ["bike", "desk"])
    }
  }

  private func bench(
    accounts: [String] = ["a"], concurrency: Int = 4, canLookUp: Bool = true, rate: Int = 0,
    _ body: @Sendable (Workbench) async throws -> Void
  ) async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let time = VirtualTime()
    try await time.run {
      let bench = try Workbench(
        time, folder: folder.path + "/state", accounts: accounts, concurrency: concurrency, canLookUp: canLookUp,
        rate: rate)
      try await body(bench)
      await bench.journal.close()
    }
  }
}

extension Workbench {
  var market: FakeMarketplace { markets.values.first! }
}
