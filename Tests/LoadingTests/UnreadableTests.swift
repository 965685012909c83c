import Glibc
import Listings
import Testing

@testable import Loading

/// Unreadable is not absent: whatever hides a listing, keeps it.
@Suite struct UnreadableTests {
  /// The broken line, and what else of the file says which listing it was.
  @Test(arguments: ["moved_form: desk", "price: 30,00", "photos: [gone.jpg]", "status:", "photos: []\nid: table"])
  func anEditedIdTogetherWithAnErrorTakesNothingOff(_ wrong: String) {
    let shop = Shop()
    shop.write("listings/desk.yaml", Shop.listing("id: table\n\(wrong)"))
    let wanted = shop.scan()
    #expect(wanted.freezes(id: "desk", lastFile: "listings/desk.yaml"), "\(wanted.problems)")
    #expect(!wanted.freezes(id: "lamp", lastFile: "listings/lamp.yaml"))
  }

  @Test func whatCouldBeReadOfAFileWithAnErrorGoesOn() {
    let shop = Shop()
    shop.write(
      "listings/both.yaml", Shop.listing("id: desk\nmarketplaces: [facebook]") + "---\nid: lamp\nprice: cheap\n")
    let wanted = shop.scan()
    #expect(wanted.listings.map(\.id) == ["desk"])
    #expect(!wanted.freezes(id: "desk", lastFile: "listings/both.yaml"))
    #expect(wanted.freezes(id: "gone", lastFile: "listings/both.yaml"))
  }

  @Test(arguments: ["listings/both.yaml", "listings/lamp.yaml"])
  func aSecondIdInOneDocumentIsAnotherListingThatStays(_ lastFile: String) {
    let shop = Shop()
    shop.write("listings/both.yaml", Shop.listing("id: desk") + Shop.listing("id: lamp"))
    let wanted = shop.scan()
    #expect(wanted.listings.isEmpty)
    for id in ["desk", "lamp"] { #expect(wanted.freezes(id: id, lastFile: lastFile)) }
    #expect(wanted.freezes(id: "third", lastFile: "listings/both.yaml"))
    #expect(wanted.unseen == ["listings/both.yaml"])
  }

  @Test func aNameThatDiffersInCapitalsKeepsItsListing() {
    let shop = Shop()
    shop.write("listings/Desk.yaml", Shop.listing(without: ["id"]))
    shop.write("listings/lamp.YAML", Shop.listing(without: ["id"]))
    shop.write("listings/stock.Yml", Shop.listing("id: stool"))
    let wanted = shop.scan()
    #expect(wanted.rules.sorted() == ["listing/file-ending", "listing/file-ending", "listing/id-missing"])
    #expect(wanted.problems.contains { $0.severity == .warning && $0.message.contains("rename it to stock.yml") })
    for id in ["desk", "lamp", "stool"] { #expect(wanted.freezes(id: id, lastFile: "listings/old.yaml"), "\(id)") }
    #expect(wanted.freezes(id: "other", lastFile: "listings/stock.yml"))
    #expect(wanted.unseen == ["listings/Desk.yaml"])
  }

  /// An old copy beside it takes nothing from what the listing's own file says.
  @Test func aListingThatCanBeReadIsNotFrozenByAnotherFile() {
    let shop = Shop()
    shop.write("listings/desk.yaml", Shop.listing())
    shop.write("listings/OLD.YML", Shop.listing() + "---\n" + Shop.listing("id: stool"))
    let wanted = shop.scan()
    #expect(wanted.frozenIDs == ["stool", "old"])
    #expect(wanted.problems.contains { $0.message.contains("stays as it is until then") })
  }

  /// Put into another listing's file, below what is broken there.
  @Test func anIdBehindAnErrorIsSeen() {
    let shop = Shop()
    shop.write(
      "listings/desk.yaml",
      "id: desk\ntitle: [oops\n---\n" + Shop.listing("id: 'stool'  # from the attic\nmoved_from: bench"))
    let wanted = shop.scan()
    #expect(wanted.frozenIDs.isSuperset(of: ["desk", "stool", "bench"]), "\(wanted.frozenIDs)")
    let text = "a: 1\r\nid: x\r\n  - id: \"y\"\nids: z\nid: two words\nid:"
    #expect(SpokenIDs.find(in: Array(text.utf8).span) == ["x", "y", "two"])
  }

  /// fsck's own, in each ext file system.
  @Test func lostAndFoundIsNoFolderOfListings() {
    let shop = Shop()
    shop.write("listings/lost+found/desk.yaml", "title: [")
    let wanted = shop.scan()
    #expect(wanted.problems.isEmpty && wanted.unseen.isEmpty)
  }

  @Test func everyPlaceThatCanNotBeLookedIntoIsNamed() {
    let shop = Shop()
    let deep = (0...Loader.depthLimit).map { "d\($0)" }.joined(separator: "/")
    shop.write("listings/\(deep)/desk.yaml", Shop.listing())
    shop.write("elsewhere/desk.yaml", Shop.listing())
    symlink("../elsewhere", "\(shop.path)/listings/link")
    symlink("../elsewhere/desk.yaml", "\(shop.path)/listings/link.yaml")
    shop.write("listings/broken.yaml", "title: \"x\n")
    shop.write("listings/large.yaml", String(repeating: "#", count: FileBuffer.limit + 1))
    shop.write("listings/x.YAML", "title: \"x\n")
    let wanted = shop.scan()
    #expect(
      wanted.unseen == [
        "listings/broken.yaml", "listings/\(deep)/", "listings/large.yaml", "listings/link.yaml", "listings/link/",
        "listings/x.YAML",
      ])
    // A mistake in a listing that is known hides no other.
    let other = Shop()
    other.write("listings/desk.yaml", Shop.listing("price: cheap"))
    #expect(other.scan().unseen.isEmpty)
  }

  // MARK: Whose word it is

  private func desk(_ own: String, defaults: String? = nil, config: String = "version: 1") -> Listing? {
    let shop = Shop()
    shop.write("hawker.yaml", config)
    if let defaults { shop.write("listings/_defaults.yaml", defaults) }
    shop.write("listings/desk.yaml", Shop.listing(own))
    return shop.scan().listing("desk")
  }

  @Test func protectionIsSaidOnlyWhereAFileSaysIt() {
    #expect(desk("")?.saysProtection == false)
    for own in ["protect: false", "protect: null", "protect: true"] { #expect(desk(own)?.saysProtection == true) }
    #expect(desk("", defaults: "protect: false")?.saysProtection == true)
    #expect(desk("", config: "defaults: { protect: false }")?.saysProtection == true)
  }

  @Test func anAccountIsDroppedByTheFileOnlyWhereItSaysSo() {
    func drops(_ own: String) -> [Bool] {
      let listing = desk(own, config: "defaults: { marketplaces: [facebook] }")
      return ["facebook", "offerup"].map { listing?.drops($0) == true }
    }
    #expect(drops("") == [false, false])
    #expect(drops("marketplaces: [facebook]") == [true, true])
    #expect(drops("marketplaces: null") == [true, true])
    // A map adds to what the defaults name.
    #expect(drops("marketplaces: { facebook: { price: 3 } }") == [false, false])
    #expect(drops("marketplaces: { offerup: { enabled: false } }") == [false, true])
    #expect(drops("marketplaces: { offerup: null }") == [false, true])
  }

  // MARK: Empty values

  @Test(arguments: [
    "id", "moved_from", "price", "quantity", "status", "protect", "marketplaces", "adopt", "hold",
  ])
  func anEmptyValueThatWouldActIsAnError(_ key: String) {
    let shop = Shop()
    shop.write("listings/desk.yaml", Shop.listing("\(key):"))
    let wanted = shop.scan()
    #expect(wanted.listings.isEmpty && wanted.freezes(id: "desk", lastFile: "listings/desk.yaml"))
    let problem = wanted.problems.first
    #expect(problem?.rule == "listing/value-empty" && wanted.problems.count == 1, "\(wanted.problems)")
    #expect(problem?.column == 1 && (problem?.line ?? 0) > 1)
    #expect(problem?.message.hasPrefix("\(key) has no value; write one, or remove the line") == true)
  }

  @Test func aWrittenNullStillTakesTheDefault() {
    for null in ["null", "~"] {
      let desk = desk("status: \(null)\nquantity: \(null)\nprotect: \(null)\ntags:", defaults: "status: draft")
      #expect(desk?.status == .available && desk?.quantity == 1)
    }
  }

  @Test func anEmptyValueInDefaultsFreezesWhatIsBelow() {
    let shop = Shop()
    shop.write("listings/_defaults.yaml", "marketplaces:\n")
    shop.write("listings/desk.yaml", Shop.listing())
    let wanted = shop.scan()
    #expect(wanted.rules == ["listing/value-empty"] && wanted.listings.isEmpty)
    #expect(wanted.freezes(id: "lamp", lastFile: "listings/lamp.yaml"))
  }

  @Test func anAccountWithoutAValueIsNotLeftOut() {
    for own in ["marketplaces:\n  facebook:\n  offerup: {}", "marketplaces: { facebook, offerup: {} }"] {
      let shop = Shop()
      shop.write("listings/desk.yaml", Shop.listing(own))
      let wanted = shop.scan()
      #expect(wanted.listings.isEmpty && wanted.rules == ["listing/value-empty"], "\(wanted.problems)")
      #expect(wanted.problems.first?.message.hasPrefix("marketplaces.facebook has no value; write {}") == true)
    }
  }
}
