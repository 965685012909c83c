import Foundation
import Journaling
import Listings

/// What has to hold when a crash and all that came after it are over.
struct CrashCheck {
  let shop: CrashShop
  let scenario: CrashScenario
  /// Intents that compaction may have taken out of the journal since: reference → when.
  var known: [String: Int64] = [:]

  private var state: String { shop.shop.path + "/state/sandbox" }

  /// How often the marketplace made a post, from the beginning.
  func creates() throws -> Int { Set(try shop.posts().map(\.id)).count }

  /// Nothing pending, nothing double, nothing lost, marketplace and journal of one opinion; empty when all is well.
  func violations(creates expected: Int?) throws -> [String] {
    var violations: [String] = []
    let posts = try shop.posts()
    let live = Dictionary(posts.map { ($0.id, $0) }) { $1 }.filter(\.value.isLive)
    let records = try JournalReading.read(state)?.records ?? [:]
    for record in records.values {
      violations += contradictions(record, live)
    }
    let recorded = records.values.filter(\.isLive)
    if Set(recorded.compactMap(\.remoteID)) != Set(live.keys) {
      violations.append("live are \(live.keys.sorted()), recorded \(recorded.compactMap(\.remoteID).sorted())")
    }
    if recorded.map(\.key.listing).sorted() != scenario.shows {
      violations.append("recorded live are \(recorded.map(\.key.listing).sorted()), wanted \(scenario.shows)")
    }
    if let expected, Set(posts.map(\.id)).count != expected {
      violations.append("\(Set(posts.map(\.id)).count) posts were made, \(expected) without a crash")
    }
    violations += history(posts)
    violations += try scenario.check(shop)
    violations += try unannounced(posts)
    let report = JournalReading.verify(state)
    violations += report.problems.map(\.message)
    let left = try FileManager.default.subpathsOfDirectory(atPath: state).filter { $0.hasSuffix(".tmp") }
    if !left.isEmpty { violations.append("left behind: \(left)") }
    return violations
  }

  private func contradictions(_ record: Record, _ live: [String: SandboxPost]) -> [String] {
    var violations: [String] = []
    if let pending = record.pending { violations.append("\(record.key): its \(pending.action.rawValue) is unsettled") }
    if !record.superseded.isEmpty { violations.append("\(record.key): \(record.superseded) are still to be taken off") }
    guard record.isLive, let post = record.remoteID.flatMap({ live[$0] }), let content = record.content else {
      return violations
    }
    if post.title != content.title || Int64(post.price) != content.price.minor || post.photos != content.photos.count {
      violations.append("\(record.key): the marketplace shows something else than is recorded: \(post), \(content)")
    }
    return violations
  }

  /// How the marketplace looked at each moment.
  private func history(_ posts: [SandboxPost]) -> [String] {
    var violations: [String] = []
    var live: [String: Set<String>] = [:]
    for post in posts {
      let place = "\(post.listing) on \(post.market)"
      let before = live[place] ?? []
      if post.isLive { live[place, default: []].insert(post.id) } else { live[place]?.remove(post.id) }
      let count = live[place]?.count ?? 0
      if count > 1, !scenario.mayDouble { violations.append("\(post.listing) was there \(count) times at once") }
      if count == 0, !before.isEmpty, scenario.staysLive {
        violations.append("\(post.listing) was taken off before its new post was there")
      }
    }
    return violations
  }

  /// I2: whatever the marketplace made was announced in the journal before.
  private func unannounced(_ posts: [SandboxPost]) throws -> [String] {
    let intents = try self.intents()
    return posts.compactMap { post in
      guard let reference = post.reference else { return "\(post.id) carries no reference" }
      guard let at = intents[reference] else { return "\(post.id) was made without an intent (\(reference))" }
      return at <= post.createdAt ? nil : "\(post.id) was made before its intent (\(reference))"
    }
  }

  func intents() throws -> [String: Int64] {
    var intents = known
    for entry in try JournalReading.entries(state) where entry.kind == "intent" {
      guard let reference = entry.json["reference"]?.string, intents[reference] == nil else { continue }
      intents[reference] = entry.at.milliseconds
    }
    return intents
  }
}
