import Listings
import Support
import Testing

/// Values as a cache keeps them.
@Suite struct PackingTests {
  private var listing: Listing {
    let content = Content(
      title: "A chair of oak, with arms", description: "Four legs.\nNone of them is loose.",
      price: Money(minor: 1999, currency: .usd), category: "CHAIRS", condition: "USED",
      location: Location(latitude: Coordinate(e7: -1), longitude: Coordinate(e7: 1_800_000_000), postalCode: "97209"),
      photos: [.file(Digest(of: "x"), .jpeg), .url("https://example.com/a.jpg")])
    let photo = Photo(reference: .file(Digest(of: "x"), .jpeg), path: "/shop/listings/a photo.jpg", size: 12)
    let origins: Origins = [.price: Origin(layer: .override, file: "listings/chair.yaml", line: 7)]
    var listing = Listing(
      id: "chair", file: "listings/chair.yaml", line: 3, status: .reserved, isProtected: true, quantity: 4,
      tags: ["oak", "e\u{301}"], allowsReplace: true, movedFrom: "stool", adopt: ["offerup": "7", "facebook": "8_9"],
      hold: "not before May",
      posts: [
        WantedPost(account: "facebook", content: content, photos: [photo], origins: origins),
        WantedPost(account: "offerup", content: content, photos: [photo], origins: origins),
        WantedPost(account: "third", content: nil),
      ])
    (listing.saysStatus, listing.saysProtection, listing.saysAccounts) = (true, false, false)
    listing.leavesOut = ["ebay", "craigslist"]
    return listing
  }

  private var packed: [UInt8] {
    var packer = Packer()
    packer.listing(listing)
    packer.problem(
      Problem(.warning, rule: "a/b", file: "f", line: 1, column: 2, message: "m", listing: "l", account: "a"))
    return packer.bytes
  }

  @Test func aListingComesBackAsItWas() throws {
    var unpacker = Unpacker(packed)
    #expect(try unpacker.listing() == listing)
    #expect(try unpacker.problem().message == "m")
    #expect(unpacker.isAtEnd)
  }

  @Test func textsThatArePutInTwiceAreKeptOnce() {
    var (once, twice) = (Packer(), Packer())
    once.text("a text of some length")
    twice.text("a text of some length")
    twice.text("a text of some length")
    #expect(twice.bytes.count == once.bytes.count + 4)
  }

  @Test func textsThatOnlyReadAlikeStayApart() throws {
    var packer = Packer()
    let texts = ["caf\u{E9} au lait, please", "cafe\u{301} au lait, please"]
    for text in texts { packer.text(text) }
    var unpacker = Unpacker(packer.bytes)
    for text in texts { #expect(try Array(unpacker.text().utf8) == Array(text.utf8)) }
  }

  @Test func whatIsCutOffIsDamage() {
    let whole = packed
    for end in whole.indices {
      var unpacker = Unpacker(Array(whole[..<end]))
      #expect(throws: PackDamage.self) {
        _ = try unpacker.listing()
        _ = try unpacker.problem()
      }
    }
  }

  /// Any other bytes are read as something or refused; nothing traps.
  @Test func spoiltBytesDoNotTrap() {
    var random = SeededRandom(seed: 5)
    let whole = packed
    var refused = 0
    for _ in 0..<5000 {
      var bytes = whole
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      var unpacker = Unpacker(bytes)
      do {
        _ = try unpacker.listing()
      } catch { refused += 1 }
    }
    #expect(refused > 1000)
  }
}
