import Journaling
import Listings
import Marketplaces
import Planning
import Support
import Testing

@testable import Reconciling

/// What is changed on a marketplace itself is seen, told, and neither undone nor written over unasked.
@Suite(.serialized, Sharing.inotify, .timeLimit(.minutes(2))) struct LookingTests {
  private let lamp = Office.lamp

  @Test func aChangeThereIsSeenAtTheNextRefreshAndLeftAlone() async throws {
    try await shop(refresh: .seconds(3600)) { shop in
      shop.edit("lamp", title: "edited there")
      try await shop.time.sleep(.seconds(4000))
      #expect(shop.ledger.drifts[lamp]?.values == ["title": "edited there"])
      let action = shop.plan().actions.first { $0.key == lamp }
      #expect(action?.hold?.by == .drift && action?.reason.code == "drift" && !shop.plan().needsPerson)
      #expect(shop.post("lamp", on: "a1")?.content.title == "edited there")
      // Changed back by hand, it is over.
      shop.edit("lamp", title: "lamp")
      try await shop.time.sleep(.seconds(4000))
      #expect(shop.ledger.drifts.isEmpty && shop.plan().executable.isEmpty)
    }
  }

  @Test func aWholeBookWrittenThereIsRecordedInShort() async throws {
    try await shop(refresh: .seconds(3600)) { shop in
      let book = String(repeating: "x", count: 200_000)
      shop.edit("lamp", title: book)
      try await shop.time.sleep(.seconds(4000))
      let first = try #require(shop.ledger.drifts[lamp]?.values["title"])
      #expect(first.utf8.count < 1_100 && first.hasPrefix("xxx"))
      shop.edit("lamp", title: book + "y")
      try await shop.time.sleep(.seconds(4000))
      #expect(shop.ledger.drifts[lamp]?.values["title"] != first)
    }
  }

  @Test func aNoticeMakesHawkerLookAndIsRememberedUntilItHas() async throws {
    try await shop { shop in
      let id = try #require(shop.edit("lamp", title: "edited there"))
      #expect(await shop.reconciler.take([Notice(marketplace: "alpha", remoteID: id, event: .changed)]))
      #expect(shop.ledger.hints.keys.elementsEqual([lamp]))
      try await shop.time.sleep(.seconds(20))
      #expect(shop.ledger.drifts[lamp]?.fields == ["title"] && shop.ledger.hints.isEmpty)
    }
  }

  @Test func repeatedNoticesLeaveNoTrace() async throws {
    try await shop { shop in
      let id = try #require(shop.post("lamp", on: "a1")?.id)
      let before = shop.ledger.sequence
      let requests = shop.requests
      for _ in 0..<1000 {
        #expect(await shop.reconciler.take([Notice(marketplace: "alpha", remoteID: id, event: .changed)]))
        #expect(await shop.reconciler.take([Notice(marketplace: "alpha", remoteID: "foreign", event: .sold)]))
      }
      try await shop.time.sleep(.seconds(60))
      #expect(shop.ledger.sequence - before <= 4 && shop.requests - requests <= 3)
    }
  }

  @Test func whatIsGoneIsHeldOnceThePostItselfWasAskedFor() async throws {
    try await shop { shop in
      let id = try #require(shop.post("lamp", on: "a1")?.id)
      shop.office.markets["a1"]?.change { $0.hide(id, at: shop.time.elapsed, stale: 0) }
      #expect(await shop.reconciler.take([Notice(marketplace: "alpha", remoteID: id, event: .removed)]))
      try await shop.time.sleep(.seconds(20))
      #expect(shop.ledger[lamp]?.state == .gone)
      #expect(shop.plan().actions.first { $0.key == lamp }?.hold?.by == .gone)
      #expect(shop.live == ["desk"])
    }
  }

  @Test func aListThatLeavesSomethingOutSaysNothingIsGone() async throws {
    try await shop(refresh: .seconds(3600)) { shop in
      shop.office.markets["a1"]?.change { state in
        for index in state.posts.indices where state.posts[index].listing == "lamp" {
          state.posts[index].visibleFrom = .seconds(1 << 30)
        }
      }
      try await shop.time.sleep(.seconds(8000))
      #expect(shop.ledger[lamp]?.state == .live && shop.live == ["desk", "lamp"])
    }
  }

  @Test func changedOnBothSidesWaitsForAPersonAndTheSameOnBothIsRecorded() async throws {
    try await shop(refresh: .seconds(3600)) { shop in
      shop.edit("lamp", price: 8_000)
      try await shop.time.sleep(.seconds(4000))
      try shop.write("lamp", price: "90.00")
      await shop.look()
      #expect(shop.plan().actions.first { $0.key == lamp }?.hold?.by == .conflict && shop.plan().needsPerson)
      #expect(shop.price("lamp") == 8_000)
      let requests = shop.requests
      try shop.write("lamp", price: "80.00")
      await shop.look()
      #expect(shop.requests == requests && shop.ledger[lamp]?.content?.price.minor == 8_000)
      #expect(shop.ledger.drifts.isEmpty && shop.plan().actions.allSatisfy { $0.kind == .unchanged })
    }
  }

  @Test func anEditOfAnotherFieldGoesOutAndTheDriftStays() async throws {
    try await shop(refresh: .seconds(3600)) { shop in
      shop.edit("lamp", title: "edited there")
      try await shop.time.sleep(.seconds(4000))
      try shop.write("lamp", price: "90.00")
      await shop.look()
      try await shop.time.sleep(.seconds(20))
      #expect(shop.price("lamp") == 9_000 && shop.post("lamp", on: "a1")?.content.title == "edited there")
      #expect(shop.ledger.drifts[lamp]?.fields == ["title"])
    }
  }

  /// An adopted post, or one whose last update was cut off: its next update waits for a person, and a buyer does not.
  @Test func whatIsUnsureOfAPostHidesNeitherItsSaleNorThatItIsGone() throws {
    let content = Content(
      title: "lamp", description: "", price: Money(minor: 9_000, currency: .usd), category: "X", condition: "USED")
    var ledger = Ledger(lineage: "test", sequence: 0)
    ledger.apply(
      .adopted(
        lamp, marketplace: "alpha", remoteID: "1", url: "u", file: "f", shows: Shown(content, unsure: [.price])),
      at: Timestamp(milliseconds: 1000))
    let record = try #require(ledger[lamp])
    func entries(_ sight: Look.Sight) -> [String] { Look(record, sight).entries(ledger, nil).map(\.kind) }
    var post = RemotePost(remoteID: "1", url: "u", title: "lamp", price: Money(minor: 1, currency: .usd))
    #expect(entries(.absent) == ["observed"] && entries(.shown(post)) == [])
    post.title = "edited there"
    let drift = Entry.observed(lamp, .drift(["title"], values: ["title": "edited there"]))
    #expect(Look(record, .shown(post)).entries(ledger, nil) == [drift])
    post.isSold = true
    var config = Config(shop: "/s", listings: "/s/l", state: "/s/state", accounts: [])
    #expect(entries(.shown(post)).contains("observed") && ledger.settled(on: lamp.account, config) == [record])
    // What stands on another marketplace or Page would end the look at all the others.
    config.accounts = [Config.Account(name: lamp.account, marketplace: "beta")]
    #expect(ledger.settled(on: lamp.account, config).isEmpty)
  }

  private func shop(
    refresh: Duration = .seconds(6 * 3600), _ body: @Sendable (RealShop) async throws -> Void
  ) async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let time = VirtualTime()
    try await time.run {
      let shop = try await RealShop(folder, time, rescan: .seconds(60), refresh: refresh)
      async let running: Void = shop.reconciler.run()
      try await shop.time.sleep(.seconds(150))
      #expect(shop.live == ["desk", "lamp"])
      try await body(shop)
      shop.reconciler.stop()
      try await running
      await shop.office.shop.journal.close()
    }
  }
}

extension RealShop {
  /// Somebody changes the live copy. Gives its id.
  @discardableResult
  func edit(_ name: String, title: String? = nil, price: Int64? = nil) -> String? {
    var id: String?
    office.markets["a1"]?.change { state in
      guard let index = state.posts.firstIndex(where: { $0.isLive && $0.listing == name }) else { return }
      if let title { state.posts[index].content.title = title }
      if let price { state.posts[index].content.price = Money(minor: price, currency: .usd) }
      id = state.posts[index].id
    }
    return id
  }
}
