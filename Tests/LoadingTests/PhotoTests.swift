import Glibc
import Listings
import Testing

@testable import Loading

@Suite struct PhotoTests {
  private func photos(_ shop: Shop, _ list: String) -> (names: [String], rules: [String]) {
    shop.write("listings/desk.yaml", Shop.listing("photos: [\(list)]"))
    let wanted = shop.scan()
    let post = wanted.listing("desk")?.posts.first { $0.account == "facebook" }
    let names = post?.photos.compactMap { $0.path?.split(separator: "/").last.map(String.init) } ?? []
    return (names, wanted.problems.filter { $0.account == nil && $0.listing != nil }.map(\.rule))
  }

  @Test func patternsAreSortedAndRepeatsTakenOnce() {
    let shop = Shop()
    for name in ["b.jpg", "a.jpg", "C.jpg", "10.jpg", "2.jpg", ".x.jpg", "é.jpg"] {
      shop.write("listings/p/\(name)", Shop.jpeg(name))
    }
    shop.write("listings/q/a.jpg", Shop.jpeg("q"))
    #expect(photos(shop, "p/*.jpg").names == ["10.jpg", "2.jpg", "C.jpg", "a.jpg", "b.jpg", "é.jpg"])
    #expect(photos(shop, "p/b.jpg, p/*.jpg").names == ["b.jpg", "10.jpg", "2.jpg", "C.jpg", "a.jpg", "é.jpg"])
    #expect(photos(shop, "'p/[a-c].jpg'").names == ["a.jpg", "b.jpg"])
    #expect(photos(shop, "'p/[!a-c]?.jpg'").names == ["10.jpg"])
    #expect(photos(shop, "'p/?.jpg'").names == ["2.jpg", "C.jpg", "a.jpg", "b.jpg", "é.jpg"])
    #expect(photos(shop, "'?/a.jpg'").names == ["a.jpg", "a.jpg"])
    #expect(photos(shop, "'p/*.png'").rules == ["listing/photo-missing"])
    #expect(photos(shop, "'*/nothing.jpg'").rules == ["listing/photo-missing"])
  }

  @Test func aPatternTakesBoundedTime() {
    let pattern = Pattern(String(repeating: "*a", count: 100) + "b")
    #expect(!pattern.matches(String(repeating: "a", count: 255)))
    #expect(Pattern("[").matches("[") && Pattern("a[]b").matches("a[]b"))
  }

  @Test func nothingOutsideOfTheRootIsReached() {
    let shop = Shop()
    shop.write("secret/s.jpg", Shop.jpeg())
    shop.write("listings/real/s.jpg", Shop.jpeg())
    symlink("../secret", "\(shop.path)/listings/link")
    symlink("../../secret/s.jpg", "\(shop.path)/listings/real/l.jpg")
    mkfifo("\(shop.path)/listings/real/pipe.jpg", 0o644)
    for path in [
      "../secret/s.jpg", "link/s.jpg", "real/l.jpg", "real/../../secret/s.jpg", "link/*.jpg", "'../*/s.jpg'",
    ] {
      #expect(photos(shop, path).rules == ["listing/photo-path"], "\(path)")
    }
    #expect(photos(shop, "real/pipe.jpg").rules == ["listing/photo-not-image"])
    #expect(photos(shop, "real/../real/./s.jpg").names == ["s.jpg"])
  }

  @Test func pathsStartAtTheFileThatWroteThem() {
    let shop = Shop()
    shop.write("hawker.yaml", "defaults: { photos: [listings/common/c.jpg] }\n")
    shop.write("listings/common/c.jpg", Shop.jpeg("c"))
    shop.write("listings/a/_defaults.yaml", "photos: [size.jpg]\n")
    shop.write("listings/a/size.jpg", Shop.jpeg("s"))
    shop.write("listings/a/b/desk.yaml", Shop.listing("", without: ["photos"]))
    shop.write("listings/lamp.yaml", Shop.listing("id: lamp", without: ["photos"]))
    let wanted = shop.scan()
    #expect(wanted.listing("desk")?.posts[0].photos.first?.path?.hasSuffix("listings/a/size.jpg") == true)
    #expect(wanted.listing("lamp")?.posts[0].photos.first?.path?.hasSuffix("listings/common/c.jpg") == true)
  }

  @Test func unreadablePhotosAreToldAndLookedAtAgain() {
    let shop = Shop()
    shop.write("listings/desk.yaml", Shop.listing("photos: [a/x.jpg]"))
    shop.write("listings/a", "no folder")
    #expect(shop.scan().rules == ["listing/photo-missing"])
    let long = String(repeating: "x", count: 300)
    #expect(photos(shop, "\(long).jpg").rules == ["listing/photo-missing"])
    shop.write("listings/big.jpg", Shop.jpeg())
    truncate("\(shop.path)/listings/big.jpg", off_t(PhotoShelf.sizeLimit + 1))
    #expect(photos(shop, "big.jpg").rules == ["listing/photo-size"])
  }

  @Test func manyPhotosAreHashedInPieces() {
    let shop = Shop()
    let bytes = Shop.jpeg(String(repeating: "0123456789", count: 60_000))
    shop.write("listings/x.jpg", bytes)
    shop.write("listings/desk.yaml", Shop.listing("photos: [x.jpg]"))
    #expect(shop.scan().content("desk", on: "facebook")?.photos == [.file(Digest(of: bytes), .jpeg)])
  }
}
