import Foundation
import Journaling
import Listings
import Support
import Testing

/// `kill -9` of the daemon at any moment while it posts a shop on marketplaces that misbehave.
@Suite(.timeLimit(.minutes(Effort.isLong ? 600 : 5))) struct KillProofs {
  /// Ten in a hundred requests go wrong, in every way but one: a create that the marketplace does twice and whose answer
  /// is lost is for a person (spec/journal.md).
  private static let faults = [
    "status-500", "status-503", "status-502-after", "drop-before", "drop-after", "truncate", "garbage", "throttle",
    "slow", "refuse-repeats",
  ].map { $0 + ":1%" }
  /// Requests that are never answered, and posts that are not found for ten seconds.
  private static let lengthy = ["hang:0.2%", "hang-after:0.2%", "delay:1%"]
  /// Longer than a post stays hidden.
  private static let absence = "12s"
  /// Lines of the daemon's log before it is killed, at most.
  private static let longest: UInt64 = Effort.isLong ? 40 : 20
  private static let size = 500

  @Test func killedAtRandomItPostsEachListingOnce() async throws {
    var effort = Effort("kill -9", short: 30, long: 1000)
    var tally = Tally()
    var steps = 0
    while effort.goesOn() {
      let shop = try StarterShop()
      defer { shop.folder.remove() }
      try shop.write(
        "hawker.yaml", try shop.read("hawker.yaml") + "sync: { absence_after: \(Self.absence), concurrency: 16 }\n")
      try shop.add(Self.size - 3)
      let environment = ["HAWKER_SANDBOX_FAULTS": (Self.faults + Self.lengthy).joined(separator: " ")]
      repeat {
        let daemon = try Daemon(in: shop.path, environment: environment)
        let isDone = try await work(daemon, for: effort.random.next() % Self.longest)
        try await daemon.kill()
        tally.kills += 1
        if isDone { break }
      } while effort.goesOn()
      var applied = try await shop.hawker("apply", "--sandbox", "--yes")
      let asked = try await answer(shop)
      steps += asked
      if asked > 0 { applied = try await shop.hawker("apply", "--sandbox", "--yes") }
      #expect(applied.status == 0, "\(applied.out.suffix(500)) \(applied.err.suffix(500)); \(effort.replay)")
      let found = try KillCheck(shop: shop.path, state: shop.path + "/state/sandbox").run(
        shop.path + "/state/sandbox/marketplaces/ledger.jsonl", listings: Self.size)
      #expect(found.isEmpty, "\(found); \(effort.replay)")
      let plan = try await shop.hawker("plan", "--sandbox", "--detailed-exitcode")
      #expect(plan.status == 0, "\(plan.out); \(effort.replay)")
      tally.count(found, posts: Self.size * 2)
    }
    effort.report("\(tally.text), \(steps) posts settled that were sent twice and not found")
  }

  /// Killed during its second sending, a create that isn't found is a person's to settle. How many were.
  private func answer(_ shop: StarterShop) async throws -> Int {
    let records = try JournalReading.read(shop.path + "/state/sandbox")?.records.values ?? [:].values
    let ledger = try shop.read("state/sandbox/marketplaces/ledger.jsonl")
    let open = records.compactMap(\.pending).filter { $0.attempt > 1 }
    for intent in open {
      // Nothing carries its reference, or it would have been found.
      #expect(!ledger.contains(intent.reference))
      let told = try await shop.hawker(
        "resolve", intent.key.listing, "--account", intent.key.account, "--not-posted", "--sandbox")
      #expect(told.status == 0, "\(told.err)")
    }
    return open.count
  }

  /// Without references, look-ups and keys nobody can know what became of a request that was cut off.
  @Test func bareEachUnsettledPostIsListedWithTheCommandThatSettlesIt() async throws {
    var effort = Effort("kill -9, bare", short: 8, long: 200)
    var tally = Tally()
    var steps = 0
    // A person settles what is left uncertain one by one, so that the sample would wait for each of these.
    let faults = Self.faults + (Effort.isLong ? Self.lengthy : [])
    while effort.goesOn() {
      let places = try await Marketplaces.start(["--bare"] + faults.flatMap { ["--fault", $0] })
      let shop = try StarterShop(
        config: places.config
          + "sync: { absence_after: \(Effort.isLong ? Self.absence : "2s"), concurrency: 16, requests_per_second: 0 }\n"
      )
      defer { shop.folder.remove() }
      let size = Effort.isLong ? 200 : 25
      try shop.add(size - 3)
      repeat {
        let daemon = try Daemon(in: shop.path, ["run"], environment: places.environment)
        let isDone = try await work(daemon, for: effort.random.next() % Self.longest)
        try await daemon.kill()
        tally.kills += 1
        if isDone { break }
      } while effort.goesOn()
      steps += try await settle(shop, places)
      let found = try KillCheck(shop: shop.path, state: shop.path + "/state").run(
        places.folder.path + "/shown/ledger.jsonl", listings: size)
      #expect(found.isEmpty, "\(found); \(effort.replay)")
      tally.count(found, posts: size * 2)
      try await places.stop()
    }
    effort.report("\(tally.text), \(steps) posts settled by the command that `status` names")
  }

  /// Lets it do so much, told by its lines; true when it has nothing more to do.
  private func work(_ daemon: Daemon, for lines: UInt64) async throws -> Bool {
    for _ in 0...lines {
      try await daemon.says(anyOf: ["create ", "resolve ", "in sync", "held by unsettled"])
      if daemon.lines.contains(where: { $0.contains("in sync") }) { return true }
    }
    return false
  }

  /// Does what `status` says, as a person who looks at the marketplace, until nothing is open. How often.
  private func settle(_ shop: StarterShop, _ places: Marketplaces) async throws -> Int {
    var steps = 0
    for _ in 0..<20 {
      let applied = try await shop.hawker("apply", "--yes", environment: places.environment)
      let status = try await shop.hawker("status", "--format", "json", environment: places.environment)
      let json = try JSONSerialization.jsonObject(with: Data(status.out.utf8)) as? [String: Any]
      let posts = json?["posts"] as? [[String: Any]] ?? []
      let open = posts.filter { $0["state"] as? String == "uncertain" }
      if open.isEmpty, applied.status == 0 { return steps }
      for post in open { if try await settle(post, shop, places) { steps += 1 } }
    }
    Issue.record("after 20 rounds something is still open")
    return steps
  }

  private func settle(_ post: [String: Any], _ shop: StarterShop, _ places: Marketplaces) async throws -> Bool {
    guard let held = post["held"] as? [String: Any], let text = held["text"] as? String,
      let account = post["account"] as? String,
      let command = text.firstMatch(of: /hawker (resolve \S+ --account \S+) --posted REMOTE_ID, or --not-posted/)
    else { return false }
    let arguments = command.1.split(separator: " ").map(String.init)
    let records = try JournalReading.read(shop.path + "/state")?.records ?? [:]
    let key = PostKey(listing: arguments[1], account: account)
    let title = records[key]?.pending?.content?.title
    let taken = Set(records.values.compactMap(\.remoteID))
    let there = try places.posts().first { $0.market == account && $0.title == title && !taken.contains($0.id) }
    let settled = try await Program.run(
      arguments + (there.map { ["--posted", $0.id] } ?? ["--not-posted"]), in: shop.path)
    #expect(settled.status == 0, "\(arguments): \(settled.err)")
    let after = try JournalReading.read(shop.path + "/state")?.records[key]
    #expect(after?.pending == nil && (after?.isLive == true) == (there != nil))
    return true
  }

  private struct Tally {
    var kills = 0
    var posts = 0
    var shops = 0
    var violations = 0

    mutating func count(_ found: [String], posts: Int) {
      shops += 1
      self.posts += posts
      violations += found.count
    }

    var text: String { "\(kills) kills, \(posts) posts in \(shops) shops, \(violations) doubled, lost or contradicted" }
  }
}

/// Each listing made once and there once on each marketplace, and the journal of the same opinion.
struct KillCheck {
  let shop: String
  let state: String

  func run(_ ledger: String, listings: Int) throws -> [String] {
    let posts = try String(contentsOfFile: ledger, encoding: .utf8).split(separator: "\n").compactMap { line in
      (try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]).flatMap(SandboxPost.init)
    }
    let last = Dictionary(posts.map { ($0.id, $0) }) { $1 }
    var violations: [String] = []
    for market in ["facebook", "offerup"] {
      let made = last.values.filter { $0.market == market }
      let doubled = Dictionary(grouping: made, by: \.title).filter { $1.count > 1 }
      for (title, copies) in doubled { violations.append("\(title) was made \(copies.count) times on \(market)") }
      if made.count(where: \.isLive) != listings {
        violations.append("\(made.count(where: \.isLive)) of \(listings) are on \(market)")
      }
    }
    let records = try JournalReading.read(state)?.records ?? [:]
    let recorded = Set(records.values.filter(\.isLive).compactMap(\.remoteID))
    let live = Set(last.values.filter(\.isLive).map(\.id))
    if recorded != live {
      violations.append("recorded but not there, or the other way: \(recorded.symmetricDifference(live))")
    }
    violations += records.values.filter { $0.pending != nil }.map { "\($0.key) is unsettled" }
    violations += JournalReading.verify(state).problems.map(\.message)
    return violations
  }
}
