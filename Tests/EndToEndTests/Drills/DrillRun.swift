import Foundation
import Support

/// Carries a drill out on a copy of a shop. Throws what was not as it should be.
struct DrillRun: Sendable {
  let drill: Drill
  let applied: DrillShop

  struct Violation: Error, CustomStringConvertible { let description: String }

  // MARK: By apply

  func byApply() async throws {
    if drill.status == nil { return }
    let shop = try await applied.copy()
    do { try await byApply(shop) } catch {
      await shop.close()
      throw error
    }
    await shop.close()
  }

  private func byApply(_ shop: DrillShop) async throws {
    let (before, environment) = try await prepare(shop)
    try await strike(shop)
    if [3, 4].contains(drill.status) {
      let plan = try await shop.hawker(["plan"], launcher: drill.launcher(mounted: true), environment: environment)
      try require(plan.status == drill.status, "plan ends with \(plan.status), not with \(drill.status ?? 0)", plan)
    }
    let struck = try await shop.hawker(
      ["apply", "--yes", "--no-wait"], launcher: drill.launcher(mounted: true), environment: environment)
    try check(struck)
    try await unchanged(shop, since: before)
    try await undo(shop)
    let undone = try await shop.hawker(
      ["apply", "--yes", "--no-wait"], launcher: drill.launcher(mounted: false), environment: environment)
    try require(undone.status == 0 && undone.out.contains(" 0 held, "), "undone, it ends with \(undone.status)", undone)
    try await unchanged(shop, since: before)
  }

  private func check(_ struck: Program.Outcome) throws {
    try require(struck.status == drill.status, "it ends with \(struck.status), not with \(drill.status ?? 0)", struck)
    for text in drill.says.map({ Drill.text($0, applied.count) }) {
      // What is told to be typed has the flag here.
      let said = (struck.out + struck.err).replacing(" --sandbox", with: "")
      try require(said.contains(text), "it does not say ‘\(text)’", struck)
    }
  }

  // MARK: By the daemon

  func byDaemon() async throws {
    if case .none = drill.daemon { return }
    let shop = try await applied.copy()
    do { try await byDaemon(shop) } catch {
      await shop.close()
      throw error
    }
    await shop.close()
  }

  private func byDaemon(_ shop: DrillShop) async throws {
    let (before, environment) = try await prepare(shop)
    switch drill.daemon {
    case .refuses:
      try await strike(shop)
      let launcher = ["/usr/bin/timeout", "60"] + drill.launcher(mounted: true)
      try check(try await shop.hawker(["run"], launcher: launcher, environment: environment))
      try await unchanged(shop, since: before)
      try await undo(shop)
    case .starts: try await strike(shop)
    case .none, .says, .goesOn: break
    }
    let daemon = try shop.daemon(launcher: drill.launcher(mounted: false), environment: environment)
    do { try await live(shop, daemon, before) } catch {
      try? await daemon.kill()
      throw Violation(description: "\(error); the daemon said:\n" + daemon.lines.suffix(12).joined(separator: "\n"))
    }
  }

  private func live(_ shop: DrillShop, _ daemon: Daemon, _ before: Seen) async throws {
    let inSync = Drill.text("in sync: {n} listings, {2n} posts on 2 accounts", shop.count)
    try await daemon.says(inSync)
    switch drill.daemon {
    case .says(let text): try await strikes(shop, daemon, before, heard: Drill.text(text, shop.count), then: inSync)
    case .goesOn: try await strikes(shop, daemon, before, heard: nil, then: nil)
    case .none, .refuses, .starts: break
    }
    let status = try await daemon.interrupt()
    guard status == 0 else { throw Violation(description: "the daemon ends with \(status)") }
    try await unchanged(shop, since: before)
  }

  private func strikes(
    _ shop: DrillShop, _ daemon: Daemon, _ before: Seen, heard: String?, then inSync: String?
  ) async throws {
    try await strike(shop, daemon)
    if let heard { try await daemon.says(heard) }
    // It answers, and has looked at the files once more.
    try await decide("hold", shop, daemon)
    try await unchanged(shop, since: before)
    try await undo(shop, daemon)
    if let inSync { try await daemon.says(anyOf: [inSync, "the config is good again"]) }
    try await decide("release", shop, daemon)
  }

  private func decide(_ word: String, _ shop: DrillShop, _ daemon: Daemon) async throws {
    let outcome = try await shop.hawker([word, "lamp"], launcher: drill.mounts == nil ? [] : inside(daemon, shop))
    try require(outcome.status == 0, "\(word) is not answered well", outcome)
  }

  /// A command in the daemon's mount namespace.
  private func inside(_ daemon: Daemon, _ shop: DrillShop) -> [String] {
    ["/usr/bin/nsenter", "-t", String(daemon.processIdentifier), "-m", "--wd=\(shop.path)", "--"]
  }

  // MARK: Parts

  private struct Seen {
    var ledger: Data
    var requests: Int
  }

  private func prepare(_ shop: DrillShop) async throws -> (Seen, [String: String]) {
    try await shop.sh(drill.before)
    var environment = DrillShop.tokens
    if drill.appliesBefore {
      let outcome = try await shop.hawker("apply", "--yes")
      try require(outcome.status == 0, "the apply before it ends with \(outcome.status)", outcome)
    }
    if drill.clock != nil { environment.merge(try await shop.buildClock()) { $1 } }
    return (Seen(ledger: try shop.ledger(), requests: try await shop.requests()), environment)
  }

  private func strike(_ shop: DrillShop, _ daemon: Daemon? = nil) async throws {
    try await shop.sh(drill.strike)
    if let clock = drill.clock { try shop.setClock(clock) }
    guard let mounts = drill.mounts, let daemon else { return }
    try await mount(mounts, shop, daemon)
  }

  private func undo(_ shop: DrillShop, _ daemon: Daemon? = nil) async throws {
    if drill.clock != nil { try shop.setClock(0) }
    if drill.mounts != nil, let daemon { try await mount("umount -l listings", shop, daemon) }
    try await shop.sh(drill.undo)
  }

  private func mount(_ script: String, _ shop: DrillShop, _ daemon: Daemon) async throws {
    let outcome = try await Program.start(inside(daemon, shop) + ["/bin/sh", "-ec", script], in: shop.path)
    try require(outcome.status == 0, "can't mount", outcome)
  }

  private func unchanged(_ shop: DrillShop, since before: Seen) async throws {
    guard try shop.ledger() == before.ledger else {
      throw Violation(description: "the marketplaces changed: \(try shop.withdrawn().count) posts were withdrawn")
    }
    let requests = try await shop.requests()
    guard drill.mayRead || requests == before.requests else {
      throw Violation(description: "\(requests - before.requests) requests were made")
    }
  }

  private func require(_ isTrue: Bool, _ what: String, _ outcome: Program.Outcome) throws {
    guard !isTrue else { return }
    throw Violation(description: "\(what):\n\(outcome.out.suffix(1500))\(outcome.err.suffix(1500))")
  }
}
