import Crypto
import Curl
import Foundation
import Journaling
import Listings

/// What a marketplace tells, while the daemon runs.
enum Courier {
  static func signature(_ body: String, _ secret: String) -> String {
    let code = HMAC<SHA256>.authenticationCode(for: Array(body.utf8), using: SymmetricKey(data: Array(secret.utf8)))
    return "sha256=" + code.map { String(Int($0) + 0x100, radix: 16).dropFirst() }.joined()
  }

  static func isTaken(_ name: String, _ shop: CrashShop) -> Bool {
    FileManager.default.fileExists(atPath: "\(shop.shop.path)/taken-\(name)")
  }

  /// Tells it twice, unless it was taken before.
  static func tell(_ event: String, _ name: String, _ shop: CrashShop, _ daemon: Daemon) async throws {
    if isTaken(name, shop) { return }
    let address = try await WebDaemonTests.address(of: daemon)
    guard let id = try shop.posts().last(where: { $0.market == shop.market && $0.listing == "lamp" })?.id else {
      return
    }
    let isFacebook = shop.market == "facebook"
    let number = name.dropFirst()
    let body =
      isFacebook
      ? #"{"object":"page","entry":[{"id":"10001","time":179500000\#(number),"changes":[{"field":"marketplace_listing","#
        + #""value":{"listing_id":"\#(id)","event":"\#(event)"}}]}]}"#
      : #"{"event":"listing.\#(event == "edited" ? "updated" : event)","listing_id":"\#(id)","id":"\#(name)"}"#
    let header =
      isFacebook
      ? ("X-Hub-Signature-256", signature(body, secrets.facebook))
      : ("X-OfferUp-Signature", signature(body, secrets.offerUp))
    for _ in 0..<2 {
      let path = "/webhooks/" + shop.market
      var answer = try? await WebDaemonTests.ask(.post, address + path, [header], body: body)
      // As a marketplace does: asked to, it tells it again later.
      for _ in 0..<200 where answer?.status == 503 {
        try await Task.sleep(for: .milliseconds(50))
        answer = try? await WebDaemonTests.ask(.post, address + path, [header], body: body)
      }
      if answer?.status == 200 { try shop.shop.write("taken-\(name)", "") }
    }
  }

  /// Those of the emulated marketplaces.
  private static let secrets = (facebook: "sandbox-app-secret", offerUp: "sandbox-client-secret")
}

extension CrashShop {
  /// The other marketplace too, and a web server of its own.
  func addOther() throws {
    let other = market == "facebook" ? "offerup" : "facebook"
    let account =
      market == "facebook"
      ? "offerup: { marketplace: offerup }" : "facebook: { marketplace: facebook, page_id: \"10001\" }"
    let config = try shop.read("hawker.yaml")
      .replacing("marketplaces: [\(market)]", with: "marketplaces: [\(market), \(other)]")
      .replacing("accounts: { ", with: "accounts: { \(account), ")
    try shop.write("hawker.yaml", config + "web: { listen: \"127.0.0.1:0\" }\n")
    try addTable()
  }

  func saysSold() throws {
    if try !shop.read("listings/lamp.yaml").contains("status: sold") { try edit("id: lamp", "id: lamp\nstatus: sold") }
  }

  /// How often the lamp is recorded as sold.
  func sales(expected: Int) throws -> [String] {
    let sales = try JournalReading.read(shop.path + "/state/sandbox")?.sales["lamp"] ?? []
    return sales.count == expected ? [] : ["\(expected) sold, recorded: \(sales)"]
  }

  fileprivate var lamp: Record? {
    get throws {
      try JournalReading.read(shop.path + "/state/sandbox")?.records[PostKey(listing: "lamp", account: market)]
    }
  }
}

extension CrashScenario {
  private static func run(until point: String?, _ visit: @escaping @Sendable (CrashShop, Daemon) async throws -> Void)
    -> Line
  {
    var line = Line("run")
    (line.lastPoint, line.visit) = (point, visit)
    return line
  }

  static let noticing: [CrashScenario] = [
    notices("notice of a sale", ["d1"]),
    notices("notices of two sales of two", ["d1", "d2"], quantity: 2),
    CrashScenario(
      name: "sold, told to the daemon", prepare: { try await sellable($0) },
      act: { _ in
        [
          run(until: "withdraw-recorded") { shop, daemon in
            try await daemon.says("in sync")
            try await shop.run(Line("sold", "lamp", "--account", shop.market))
          }
        ]
      },
      afterwards: { shop in
        try shop.saysSold()
        return [Line("sold", "lamp", "--account", shop.market)]
      }, shows: ["walnut-table", "walnut-table"], check: { try $0.sales(expected: 1) }),
    CrashScenario(
      name: "a sale found by looking",
      prepare: { shop in
        try await sellable(shop)
        try await Task.sleep(for: .milliseconds(300))
        for post in try shop.posts() where post.market == shop.market && post.listing == "lamp" {
          try shop.editThere(post.id, "\"sold\":false", "\"sold\":true")
        }
      }, act: { _ in [Line("apply", "--yes", "--enforce")] },
      afterwards: { shop in
        try shop.saysSold()
        return [Line("apply", "--yes", "--enforce")]
      }, shows: ["walnut-table", "walnut-table"], check: { try $0.sales(expected: 1) }),
    CrashScenario(
      name: "notice of a removal",
      prepare: { shop in
        try await sellable(shop)
        try await Task.sleep(for: .milliseconds(300))
        let id = try shop.lamp?.remoteID ?? ""
        try shop.takeOffByHand(id)
        try shop.shop.write("old-id", id)
      },
      act: { _ in [run(until: "decision-recorded:2") { try await Courier.tell("removed", "d1", $0, $1) }] },
      afterwards: { shop in
        guard let lamp = try shop.lamp, try lamp.remoteID == shop.shop.read("old-id") else { return [] }
        let release = Line("release", "lamp", "--account", shop.market)
        if lamp.state == .gone { return [release] }
        guard lamp.isLive else { return [] }
        return [
          run(until: nil) { shop, daemon in
            try await Courier.tell("removed", "d1", shop, daemon)
            try await daemon.says("held by gone")
          }, release,
        ]
      }, shows: ["lamp", "lamp", "walnut-table", "walnut-table"]),
  ]

  private static func sellable(_ shop: CrashShop) async throws {
    try shop.addOther()
    try await shop.run(.apply)
  }

  /// Buyers, on the shop's own marketplace; afterwards the file says so too.
  private static func notices(_ name: String, _ deliveries: [String], quantity: Int = 1) -> CrashScenario {
    CrashScenario(
      name: name,
      prepare: { shop in
        try shop.edit("id: lamp", "id: lamp\nquantity: \(quantity)")
        try await sellable(shop)
      },
      act: { _ in
        [
          run(until: "withdraw-recorded") { shop, daemon in
            for delivery in deliveries { try await Courier.tell("sold", delivery, shop, daemon) }
          }
        ]
      },
      afterwards: { _ in
        [
          run(until: nil) { shop, daemon in
            for delivery in deliveries { try await Courier.tell("sold", delivery, shop, daemon) }
            try shop.saysSold()
          }
        ]
      }, shows: ["walnut-table", "walnut-table"], check: { try $0.sales(expected: deliveries.count) })
  }
}
