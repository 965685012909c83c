import Foundation
import Support
import Testing

/// A seller's day with marketplaces that others change too: what docs/selling.md tells.
@Suite(.timeLimit(.minutes(3))) struct SellingTests {
  private func posted() async throws -> StarterShop {
    let shop = try StarterShop()
    #expect(try await shop.hawker("apply", "--sandbox", "--yes").status == 0)
    return shop
  }

  private func editThere(_ shop: StarterShop, _ market: String, _ old: String, _ new: String) throws {
    try shop.editThere(
      { $0.contains("\"marketplace\":\"\(market)\"") && $0.contains("\"reference\":\"lamp.") }, old, new)
  }

  @Test func soldOnOneMarketplaceComesOffTheOther() async throws {
    let shop = try await posted()
    defer { shop.folder.remove() }
    let told = try await shop.hawker("sold", "lamp", "--account", "facebook", "--price", "30", "--sandbox")
    #expect(told.status == 0 && told.out.contains("lamp: sold on facebook for 30.00 USD; it comes off offerup"))
    #expect(told.out.contains("`hawker apply --sandbox` does it"))
    let plan = try await shop.hawker("plan", "--sandbox")
    #expect(plan.status == 0 && plan.out.contains("- withdraw  offerup    sold on facebook"))
    #expect(try await shop.hawker("status", "lamp", "--sandbox").out.contains("still live on offerup for"))
    #expect(try await shop.hawker("apply", "--sandbox", "--yes").status == 0)
    #expect(try shop.shown().filter { $0.hasSuffix("lamp") } == ["facebook lamp"])
    let status = try await shop.hawker("status", "lamp", "--sandbox")
    #expect(status.out.contains("on facebook, off offerup") && status.out.contains("held by sold"))
    let again = try await shop.hawker("sold", "lamp", "--account", "facebook", "--sandbox")
    #expect(again.status == 0 && again.out.contains("was recorded as sold on facebook"))
    let log = try await shop.hawker("log", "lamp", "--sandbox")
    #expect(log.out.contains("sold       lamp on facebook for 30.00 USD"), "\(log.out)")
    let nothing = try await shop.hawker("log", "-n", "0", "--sandbox")
    #expect(nothing.status == 0 && nothing.out.isEmpty, "\(nothing)")
    // A second buyer.
    #expect(try await shop.hawker("sold", "lamp", "--account", "offerup", "--sandbox").status == 0)
    let twice = try await shop.hawker("plan", "--sandbox")
    #expect(twice.status == 3 && twice.out.contains("oversold: lamp: it was sold on offerup"))
    for (price, why) in [
      ("3 euros", "is no price: there is no currency euros"), ("3EUR", "is no price: it is not a plain decimal"),
      ("5 EUR", "the listing's price in USD"), ("-3", "is no price"), ("$3", "is no price"), ("3,50", "is no price"),
      ("1e3", "is no price"), ("3.005", "has more than 2 decimals"), (" 3", "is no price"),
    ] {
      let refused = try await shop.hawker("sold", "lamp", "--price=\(price)", "--sandbox")
      #expect(refused.status == 64 && refused.err.contains(why), "\(price): \(refused)")
    }
  }

  @Test func theDaemonTakesASoldThingOffAtOnce() async throws {
    let shop = try await posted()
    defer { shop.folder.remove() }
    let daemon = try Daemon(in: shop.path)
    try await daemon.says("in sync")
    #expect(try await shop.hawker("sold", "lamp", "--account", "facebook", "--sandbox").status == 0)
    try await daemon.says("on facebook, off offerup")
    #expect(try await daemon.interrupt() == 0)
    #expect(try shop.shown().filter { $0.hasSuffix("lamp") } == ["facebook lamp"])
  }

  @Test func aChangeThereIsShownAndPutBack() async throws {
    let shop = try await posted()
    defer { shop.folder.remove() }
    try editThere(shop, "offerup", "\"price\":3500", "\"price\":3100")
    #expect(try await shop.hawker("plan", "--sandbox").out.contains("0 held"))
    let plan = try await shop.hawker("plan", "--refresh", "--sandbox")
    #expect(plan.status == 0 && plan.out.contains("price is 31.00 USD there and 35.00 USD in the file"))
    #expect(
      try await shop.hawker("plan", "--refresh", "--format", "json", "--sandbox").out.contains(#""code":"drift""#))
    // Nothing of that was recorded.
    #expect(try await shop.hawker("plan", "--sandbox").out.contains("0 held"))
    let applied = try await shop.hawker("apply", "--enforce", "--sandbox", "--yes")
    #expect(applied.status == 0 && applied.out.contains("1 done"))
    let after = try await shop.hawker("plan", "--refresh", "--sandbox")
    #expect(after.out.contains("0 held") && after.out.contains("0 update"))
  }

  @Test func pullTakesAChangeIntoTheFile() async throws {
    let shop = try await posted()
    defer { shop.folder.remove() }
    let before = try shop.read("listings/lamp.yaml")
    #expect(try await shop.hawker("pull", "lamp", "--yes", "--sandbox").out.contains("nothing was changed there"))
    try editThere(shop, "offerup", "\"price\":3500", "\"price\":3100")
    let pulled = try await shop.hawker("pull", "lamp", "--yes", "--sandbox")
    #expect(pulled.status == 0 && pulled.out.contains("price: 35.00 USD → 31.00 USD (offerup)"), "\(pulled)")
    #expect(try shop.read("listings/lamp.yaml") == before.replacing("35.00", with: "31.00"))
    #expect(try await shop.hawker("apply", "--sandbox", "--yes").status == 0)
    #expect(
      try await shop.hawker("plan", "--refresh", "--sandbox").out.contains("0 update, 0 replace, 0 withdraw, 0 held"))
    #expect(try await shop.hawker("pull", "nothing", "--yes", "--sandbox").status == 64)
  }

  @Test func whatIsGoneThereIsHeld() async throws {
    let shop = try await posted()
    defer { shop.folder.remove() }
    try editThere(shop, "facebook", "\"live\":true", "\"live\":false")
    // So young a post the marketplace might just not show yet.
    let young = try await shop.hawker("plan", "--refresh", "--sandbox")
    #expect(young.out.contains("0 held"))
    #expect(
      young.err.contains("1 post that is not shown there is younger than sync.absence_after (2m): too young"),
      "\(young)")
    let enforced = try await shop.hawker("apply", "--enforce", "--yes", "--sandbox")
    #expect(enforced.err.contains("1 post that is not shown there is younger"))
    try shop.write("hawker.yaml", shop.read("hawker.yaml") + "\nsync: { absence_after: 1ms }\n")
    let plan = try await shop.hawker("plan", "--refresh", "--sandbox")
    #expect(plan.status == 3 && plan.out.contains("gone from facebook, and not by hawker"), "\(plan)")
  }
}
