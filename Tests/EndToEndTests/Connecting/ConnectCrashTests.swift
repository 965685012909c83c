import Foundation
import Glibc
import Support
import Testing

/// The program dies while it keeps a token: the store is the old one or the new one, and never in between.
@Suite(.timeLimit(.minutes(3))) struct ConnectCrashTests {
  @Test(arguments: [
    ("credential-opened", false), ("credential-written", false), ("credential-synced", false),
    ("credential-renamed", true), ("credential-done", true),
  ])
  func aStoreIsReplacedWholeOrNotAtAll(point: String, isNew: Bool) async throws {
    try await ConnectShop.with { shop in
      try await shop.connect("offerup")
      let old = try shop.stored()
      let dying = try await shop.connecting("offerup", crashAt: point)
      _ = try? await dying.press("allow")
      #expect(try await dying.process.status() == SIGKILL)
      #expect(try (shop.stored() != old) == isNew)
      #expect(try await shop.hawker("connect", "offerup", "--check").status == 0)
      try await shop.connect("offerup")
    }
  }

  /// A refresh token is good once. What dies between the answer and the store costs a login, and says so.
  @Test(arguments: [("renewal-before", 0), ("renewal-answered", 6), ("renewal-kept", 0)] as [(String, Int32)])
  func aRenewalThatWasCutOffIsGoneOnWithOrTold(point: String, status: Int32) async throws {
    try await ConnectShop.with { shop in
      try await shop.connect("offerup")
      try shop.endToken()
      let dead = try await shop.hawker("connect", "offerup", "--check", environment: ["HAWKER_CRASH_AT": point])
      #expect(dead.status == SIGKILL)
      let next = try await shop.hawker("connect", "offerup", "--check")
      #expect(next.status == status, "\(next.out)")
      if status == 6 { #expect(next.out.contains("run `hawker connect offerup`")) }
      try await shop.connect("offerup")
      #expect(try await shop.hawker("connect", "offerup", "--check").status == 0)
    }
  }
}
