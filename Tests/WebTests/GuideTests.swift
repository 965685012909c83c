import Foundation
import Journaling
import Listings
import Marketplaces
import Planning
import Synchronization
import Testing

@testable import Web

/// docs/api.md shows what the server says: each example has the members of the real answer, no more and no less.
struct GuideTests {
  private static let guide: String = {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    return (try? String(contentsOf: root.appending(path: "docs/api.md"), encoding: .utf8)) ?? ""
  }()

  private static func example(_ name: String) throws -> JSONValue {
    let part = try #require(guide.components(separatedBy: "<!-- json: \(name) -->\n```json\n").dropFirst().first)
    return try JSONValue(parsing: part.components(separatedBy: "\n```")[0])
  }

  /// `a`, `a.b`, `list[].c`: the members, as deep as both have something there.
  private static func members(_ value: JSONValue, beside other: JSONValue, _ path: String = "") -> Set<String> {
    switch (value, other) {
    case (.object(let all), .object):
      all.reduce(into: Set<String>()) { found, member in
        found.insert("\(path).\(member.key)")
        if let twin = other[member.key] {
          found.formUnion(members(member.value, beside: twin, "\(path).\(member.key)"))
        }
      }
    case (.array(let left), .array(let right)):
      if let one = left.first, let twin = right.first { members(one, beside: twin, path + "[]") } else { [] }
    default: []
    }
  }

  private func expectSame(_ name: String, _ real: JSONValue?) throws {
    let (told, real) = (try Self.example(name), try #require(real))
    #expect(Self.members(told, beside: real) == Self.members(real, beside: told), "docs/api.md: \(name)")
  }

  private static var bench: Bench {
    let bench = Bench()
    bench.loop.state.withLock { state in
      var view = Given.view([Given.record("lamp"), Given.record("sofa")])
      view.accounts[0].token = .good(until: nil)
      view.accounts[1].token = .missing
      view.exposures = [
        Exposure(key: PostKey(listing: "lamp", account: "offerup"), soldOn: "facebook", soldAt: Given.now)
      ]
      let reason = Action.Reason("c", "t")
      let action = Action(
        .update, key: PostKey(listing: "lamp", account: "facebook"), marketplace: "facebook", file: "f", reason: reason)
      view.plan = Plan(actions: [action.held(by: .hold, "held by the seller")], createdAt: Given.now)
      state.view = view
    }
    return bench
  }

  @Test func theExamplesAreReal() async throws {
    let bench = Self.bench
    try expectSame("status", await bench.ask("GET", "/api/v1/status").json)
    try expectSame("posts", await bench.ask("GET", "/api/v1/posts?limit=1").json)
    try expectSame("readyz", await bench.ask("GET", "/readyz").json)
    try expectSame("log", await bench.ask("GET", "/api/v1/log").json)
    let decided = await bench.ask("POST", "/api/v1/hold", ["x-csrf-token": bench.csrf], body: #"{"listing":"lamp"}"#)
    try expectSame("decision", decided.json)
  }

  @Test func theEventsAreReal() async throws {
    let bench = Self.bench
    let (texts, told) = AsyncStream.makeStream(of: String.self)
    let stream = EventStream(loop: bench.loop, views: bench.door.views)
    let reading = Task { try await stream.run { told.yield($0) } }
    var wanted: Set<String> = ["state", "activity"]
    for await text in texts {
      let lines = text.split(separator: "\n")
      guard let name = lines.first(where: { $0.hasPrefix("event: ") })?.dropFirst(7),
        let data = lines.first(where: { $0.hasPrefix("data: ") })?.dropFirst(6)
      else { continue }
      try expectSame(String(name), JSONValue(parsing: String(data)))
      // The reader listens by now.
      if name == "state" { bench.loop.tell(Activity(at: Given.now, level: .info, text: "x")) }
      wanted.remove(String(name))
      if wanted.isEmpty { break }
    }
    reading.cancel()
    _ = await reading.result
  }

  @Test func theMetricsThatAreToldExist() async {
    let bench = Self.bench
    bench.loop.state.withLock { $0.view.accounts[0].token = .good(until: Given.now) }
    bench.loop.state.withLock { $0.view.lastScan = Given.now }
    let door = bench.door.instruments
    door.acted("a", "create", result: "failed", error: "rejected", took: .zero, at: Given.now)
    door.called("a", "create", outcome: "done", took: .zero)
    door.posted("a", took: .zero)
    door.synced(took: .zero)
    door.delivered("facebook", status: 200)
    let lines = await bench.ask("GET", "/metrics").text.split(separator: "\n")
    let real = Set(lines.filter { $0.hasPrefix("# TYPE ") }.map { String($0.split(separator: " ")[2]) })
    let table = Self.guide.components(separatedBy: "## Metrics")[1].split(separator: "\n").filter {
      $0.hasPrefix("| `")
    }
    let told = Set(table.flatMap { $0.matches(of: /`(hawker_[a-z_]+)`/).map { String($0.1) } })
    #expect(real == told)
  }
}
