import Listings
import Marketplaces
import Sandbox
import Support
import Testing

/// What every adapter must do, against the emulated marketplaces.
@Suite(Sharing.connections) struct ConformanceTests {
  @Test(arguments: Subject.allCases) func aPostIsMadeAsItsContentSays(subject: Subject) async throws {
    try await World.with(subject) { world in
      let draft = world.draft()
      let posted = try await world.marketplace.create(draft)
      let listing = try #require(world.live.first)
      #expect(world.live.count == 1)
      #expect(listing.marketplace == subject.marketplace)
      #expect(listing.remoteID == posted.remoteID)
      #expect(listing.reference == draft.reference)
      #expect(listing.title == draft.content.title)
      #expect(listing.description == draft.content.description)
      #expect(listing.price == 1999)
      #expect(listing.currency == "USD")
      #expect(listing.category == draft.content.category)
      #expect(listing.condition == draft.content.condition)
      #expect(listing.place?.description == (subject == .offerUp ? "45.5898, -122.7536" : nil))
      #expect(listing.photos == ["https://img.example/a1.jpg", "https://img.example/b.jpg"])
      #expect(posted.url.hasPrefix("http"))
    }
  }

  @Test(arguments: Subject.allCases) func aPostReadsBackAsItWasMade(subject: Subject) async throws {
    try await World.with(subject) { world in
      let draft = world.draft()
      let posted = try await world.marketplace.create(draft)
      let post = try #require(try await world.marketplace.read(posted.remoteID))
      #expect(post.remoteID == posted.remoteID)
      #expect(post.reference == draft.reference)
      #expect(post.title == draft.content.title)
      #expect(post.description == draft.content.description)
      #expect(post.price == draft.content.price)
      #expect(post.category == draft.content.category)
      #expect(post.condition == draft.content.condition)
      #expect(post.createdAt == world.clock.now)
      #expect(!post.isSold)
      #expect(world.sandbox.sellRemotely(posted.remoteID))
      #expect(try await world.marketplace.read(posted.remoteID)?.isSold == true)
      #expect(world.sandbox.edit(posted.remoteID, title: "By hand", price: 5))
      let edited = try await world.marketplace.read(posted.remoteID)
      #expect(edited?.title == "By hand")
      #expect(edited?.price == Money(minor: 5, currency: .usd))
    }
  }

  /// Each field alone: it changes, and nothing else does.
  @Test(arguments: Subject.allCases, Content.Field.allCases)
  func anUpdateChangesItsFieldAlone(subject: Subject, field: Content.Field) async throws {
    guard field != .location || subject == .offerUp else { return }
    try await World.with(subject) { world in
      let posted = try await world.marketplace.create(world.draft())
      let before = try #require(world.live.first)
      // Every field of the draft differs; only one is said to have changed.
      var draft = world.draft(2)
      draft.content.price = Money(minor: 29, currency: .usd)
      draft.content.location?.latitude = Coordinate(e7: -1)
      if field == .category { draft.content.category = "OTHER" }
      if field == .condition { draft.content.condition = subject == .offerUp ? "new" : "NEW" }
      try await world.marketplace.update(posted.remoteID, to: draft, changed: [field])
      var expected = before
      switch field {
      case .title: expected.title = "Thing 2"
      case .description: expected.description = draft.content.description
      case .price: expected.price = 29
      case .category: expected.category = "OTHER"
      case .condition: expected.condition = draft.content.condition
      case .location: expected.place?.latitude = "-0.0000001"
      case .photos: expected.photos = ["https://img.example/a2.jpg", "https://img.example/b.jpg"]
      }
      #expect(world.live == [expected])
    }
  }

  @Test(arguments: Subject.allCases) func aPostIsLookedUpByItsReferenceAlone(subject: Subject) async throws {
    try await World.with(subject) { world in
      let start = world.clock.now
      for number in 1...3 { _ = try await world.marketplace.create(world.draft(number)) }
      let found = try await world.marketplace.lookUp(world.draft(2), since: start)
      #expect(found.map(\.reference) == ["thing-2.op"])
      var again = world.draft(2)
      again.reference = "thing-2.other"
      #expect(try await world.marketplace.lookUp(again, since: start).isEmpty)
    }
  }

  @Test(arguments: Subject.allCases) func aListPagesThroughEverything(subject: Subject) async throws {
    try await World.with(subject) { world in
      let made = try await withThrowingTaskGroup(of: [String].self) { group in
        for worker in 0..<10 {
          group.addTask {
            var made: [String] = []
            for number in 0..<23 {
              made.append(try await world.marketplace.create(world.draft(worker * 23 + number)).remoteID)
            }
            return made
          }
        }
        return try await group.reduce(into: Set()) { $0.formUnion($1) }
      }
      #expect(made.count == 230)
      #expect(world.live.count == 230)
      var seen: [String] = []
      var pages = 0
      var cursor: String?
      repeat {
        let page = try await world.marketplace.list(after: cursor)
        seen += page.posts.map(\.remoteID)
        cursor = page.next
        pages += 1
      } while cursor != nil
      #expect(pages == 3)
      #expect(seen.count == 230)
      #expect(Set(seen) == made)
      #expect(try await world.marketplace.lookUp(world.draft(0), since: world.clock.now).count == 1)
    }
  }

  @Test(arguments: Subject.allCases) func aWithdrawnPostIsGoneAndMayBeWithdrawnAgain(subject: Subject) async throws {
    try await World.with(subject) { world in
      let posted = try await world.marketplace.create(world.draft())
      try await world.marketplace.withdraw(posted.remoteID, urgency: .sale)
      #expect(world.live.isEmpty)
      try await world.marketplace.withdraw(posted.remoteID, urgency: .normal)
      #expect(try await world.marketplace.read(posted.remoteID) == nil)
      let update = await world.outcome { () throws(MarketplaceFailure) in
        try await world.marketplace.update(posted.remoteID, to: world.draft(), changed: [.price])
      }
      #expect(update == "gone")
      #expect(try await world.marketplace.list(after: nil).posts.isEmpty)
    }
  }

  @Test(arguments: Subject.allCases) func aDataErrorIsRejected(subject: Subject) async throws {
    try await World.with(subject) { world in
      var draft = world.draft()
      draft.content.title = String(repeating: "x", count: 200)
      #expect(await world.create(draft) == "rejected")
      #expect(world.live.isEmpty)
    }
  }

  @Test(arguments: Subject.allCases) func aDeadTokenStopsEverythingUntilItLives(subject: Subject) async throws {
    try await World.with(subject) { world in
      let posted = try await world.marketplace.create(world.draft())
      world.sandbox.killToken(subject.token)
      #expect(await world.create(world.draft(2)) == "unauthorized")
      for operation in World.repeatable {
        #expect(await world.outcome(of: operation, posted.remoteID) == "unauthorized")
      }
      world.sandbox.reviveToken(subject.token)
      #expect(await world.create(world.draft(2)) == "done")
      #expect(world.live.count == 2)
    }
  }

  @Test(arguments: Subject.allCases) func verifyingTellsAGoodTokenFromADeadOne(subject: Subject) async throws {
    try await World.with(subject) { world in
      let identity = try await world.marketplace.verify()
      #expect(identity.id == (subject == .offerUp ? "offerup" : "10001"))
      world.sandbox.killToken(subject == .facebookAsUser ? SandboxCredentials.userToken : subject.token)
      let dead = await world.outcome { () throws(MarketplaceFailure) in _ = try await world.marketplace.verify() }
      #expect(dead == "unauthorized")
    }
  }
}
