import Glibc
import Listings
import Testing

@testable import Loading

@Suite struct GlanceTests {
  /// A shop of two files in a folder with defaults, looked at once.
  private func looked() -> (shop: Shop, loader: Loader, wanted: Wanted) {
    let shop = Shop()
    shop.write("listings/_defaults.yaml", "condition: fair\n")
    shop.write("listings/a/desk.yaml", Shop.listing("photos: [desk.jpg]"))
    shop.write("listings/a/desk.jpg", Shop.jpeg())
    shop.write("listings/lamp.yaml", Shop.listing("id: lamp"))
    var loader = shop.loader()
    let wanted = loader.scan()
    #expect(wanted.listings.count == 2)
    return (shop, loader, wanted)
  }

  private func glance(_ shop: Shop, _ loader: inout Loader, _ wanted: Wanted, _ names: String...) -> [Listing]? {
    loader.glance(at: Set(names.map { "\(shop.path)/listings/\($0)" }), since: wanted)
  }

  @Test func aNewValueIsSeenAsAFullLookSeesIt() {
    var (shop, loader, wanted) = looked()
    #expect(glance(shop, &loader, wanted, "a/desk.yaml") == [])
    shop.write("listings/a/desk.yaml", Shop.listing("photos: [desk.jpg]\nprice: 451.00"))
    let seen = glance(shop, &loader, wanted, "a/desk.yaml", "lamp.yaml")
    #expect(seen?.map(\.id) == ["desk"] && seen?.first?.posts.first?.content?.price.minor == 45_100)
    let hashed = loader.shelf.hashed
    #expect(seen == loader.scan().listings.filter { $0.id == "desk" })
    // What the last full look learnt of the photos is still known.
    #expect(loader.shelf.hashed == hashed)
  }

  @Test(arguments: [
    "photos: [desk.jpg, https://example.com/b.jpg]", "id: table", "price: much", "moved_from: table", "sofa: soft",
    "marketplaces: [facebook]",
  ]) func moreThanANewValueIsLeftToAFullLook(_ change: String) {
    var (shop, loader, wanted) = looked()
    shop.write("listings/a/desk.yaml", Shop.listing("photos: [desk.jpg]\n\(change)"))
    #expect(glance(shop, &loader, wanted, "a/desk.yaml") == nil)
  }

  @Test func whatTheLastFullLookDidNotKnowIsLeftToAFullLook() {
    var (shop, loader, wanted) = looked()
    shop.write("listings/sofa.yaml", Shop.listing("id: sofa"))
    #expect(glance(shop, &loader, wanted, "sofa.yaml") == nil)
    #expect(glance(shop, &loader, wanted, "a") == nil && glance(shop, &loader, wanted, "gone.yaml") == nil)
    #expect(loader.glance(at: ["/elsewhere/lamp.yaml"], since: wanted) == nil)
    #expect(loader.glance(at: [], since: wanted) == nil)
    shop.delete("listings/lamp.yaml")
    #expect(glance(shop, &loader, wanted, "lamp.yaml") == nil)
  }

  @Test(arguments: ["listings/_defaults.yaml", "listings/a/_defaults.yaml"])
  func otherDefaultsAreLeftToAFullLook(_ defaults: String) {
    var (shop, loader, wanted) = looked()
    shop.write(defaults, "condition: new\n")
    shop.write("listings/a/desk.yaml", Shop.listing("photos: [desk.jpg]\nprice: 451.00"))
    #expect(glance(shop, &loader, wanted, "a/desk.yaml") == nil)
  }

  @Test func whileGitIsAtWorkEverythingIsLookedAt() {
    var (shop, loader, wanted) = looked()
    shop.write(".git/index.lock", "")
    shop.write("listings/lamp.yaml", Shop.listing("id: lamp\nprice: 451.00"))
    #expect(glance(shop, &loader, wanted, "lamp.yaml") == nil)
  }

  @Test func anIdThatStandsTwiceIsLeftToAFullLook() {
    let shop = Shop()
    for name in ["one", "two"] { shop.write("listings/\(name).yaml", Shop.listing("id: lamp")) }
    var loader = shop.loader()
    let wanted = loader.scan()
    shop.write("listings/one.yaml", Shop.listing("id: lamp\nprice: 451.00"))
    #expect(glance(shop, &loader, wanted, "one.yaml") == nil)
  }
}
