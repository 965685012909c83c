import Glibc
import Listings
import Testing

@testable import Loading

/// Photos and patterns that would cost much, or lead elsewhere.
@Suite struct HostilePhotoTests {
  /// The rules that the desk's photos break; the lamp beside it goes on.
  private func rules(_ shop: Shop, _ list: String) -> [String] {
    shop.write("listings/desk.yaml", Shop.listing("photos: [\(list)]"))
    shop.write("listings/lamp.yaml", Shop.listing("id: lamp"))
    let wanted = shop.scan()
    #expect(wanted.listing("lamp") != nil)
    #expect(wanted.listing("desk") != nil || wanted.frozenIDs.contains("desk"))
    return wanted.problems.filter { $0.listing == "desk" && $0.account == nil }.map(\.rule)
  }

  @Test(arguments: HostileFileTests.Kind.allCases) func whatIsNoPhotoIsToldAndNotRead(
    _ kind: HostileFileTests.Kind
  ) {
    let shop = Shop()
    guard kind.make(at: "\(shop.path)/listings/p.jpg") else { return }
    let expected: [HostileFileTests.Kind: String] = [
      .sparse: "listing/photo-size", .loop: "listing/photo-path", .dangling: "listing/photo-path",
    ]
    #expect(rules(shop, "p.jpg") == [expected[kind] ?? "listing/photo-not-image"])
    #expect(rules(shop, "'p.*'") == [expected[kind] ?? "listing/photo-not-image"])
  }

  @Test func fiveGigabytesAreNotRead() {
    let shop = Shop()
    #expect(HostileFileTests.sparse("\(shop.path)/listings/p.jpg", 5 << 30))
    #expect(rules(shop, "p.jpg") == ["listing/photo-size"])
    // No image: its first bytes are enough.
    #expect(truncate("\(shop.path)/listings/p.jpg", off_t(PhotoShelf.sizeLimit)) == 0)
    #expect(rules(shop, "p.jpg") == ["listing/photo-not-image"])
  }

  /// A slash with a combining mark behind it is one character to a String, and a slash to the kernel.
  @Test func aSlashIsASlashWhateverFollowsIt() {
    let shop = Shop()
    shop.write("\u{301}x/s.jpg", Shop.jpeg())
    shop.write("secret/\u{301}s.jpg", Shop.jpeg())
    shop.write("listings/a/\u{301}s.jpg", Shop.jpeg())
    symlink("../secret", "\(shop.path)/listings/link")
    for path in [
      "../\u{301}x/s.jpg", "link/\u{301}s.jpg", "a/../../\u{301}x/s.jpg", "/\u{301}x/s.jpg", "link/\u{301}*",
    ] {
      #expect(rules(shop, "'\(path)'") == ["listing/photo-path"], "\(path)")
    }
    #expect(rules(shop, "'a/\u{301}s.jpg', 'a/\u{301}*'").isEmpty)
  }

  @Test func starsUponStarsFindWhatIsThere() {
    let shop = Shop()
    for folder in ["a/b/c", "a/b/d", "e/f/g"] { shop.write("listings/\(folder)/p.jpg", Shop.jpeg(folder)) }
    #expect(rules(shop, "'**/**/**/*.jpg'").isEmpty)
    #expect(rules(shop, "'**/**/**'") == ["listing/photo-not-image"])
    #expect(rules(shop, "'" + String(repeating: "*/", count: 400) + "*'") == ["listing/photo-missing"])
    #expect(rules(shop, "'[[[*?/!'") == ["listing/photo-missing"])
  }

  private func photos(_ count: Int, _ shop: Shop) {
    for index in 0..<count { shop.write("listings/p/\(index).jpg", Shop.jpeg("\(index % 3)")) }
  }

  @Test func morePhotosThanAnyoneTakesAreRefusedHoweverTheyAreNamed() {
    let shop = Shop()
    photos(501, shop)
    #expect(rules(shop, "'p/*'") == ["listing/photo-count"])
    #expect(rules(shop, "'p/[1-4]*', 'p/[05-9]*'") == ["listing/photo-count"])
    shop.delete("listings/p/500.jpg")
    #expect(rules(shop, "'p/[1-4]*', 'p/[05-9]*'").isEmpty)
    // The same ones over and over.
    #expect(rules(shop, Array(repeating: "'p/*'", count: 100).joined(separator: ",")) == ["listing/photo-count"])
  }

  /// What patterns are held against is bounded for each file, and a pattern that begins with letters costs what it finds.
  @Test func patternsGoThroughABoundedNumberOfNames() {
    let shop = Shop()
    mkdir("\(shop.path)/listings/p", 0o755)
    for index in 0..<300 { close(open("\(shop.path)/listings/p/\(index).txt", O_WRONLY | O_CREAT, 0o644)) }
    shop.write("listings/p/trek-1.jpg", Shop.jpeg())
    func text(_ pattern: String) -> String {
      (0..<40).map { "---\n" + Shop.listing("id: l\($0)\nphotos: ['\(pattern)']") }.joined()
    }
    var loader = shop.loader()
    loader.shelf.glanceLimit = 10_000
    shop.write("listings/many.yaml", text("p/*.jpg"))
    let wanted = loader.scan()
    // 33 × 301 names, then no more.
    #expect(wanted.listings.count == 33 && wanted.frozenIDs.count == 7)
    #expect(wanted.rules.allSatisfy { $0 == "listing/photo-count" } && wanted.rules.count == 7)
    #expect(loader.shelf.glances == 33 * 301)
    shop.write("listings/many.yaml", text("p/trek-*.jpg"))
    #expect(loader.scan().listings.count == 40)
    #expect(loader.shelf.glances == 40)
  }

  @Test func aListingsFolderOfAnyNameCanBeMeantInTheConfig() {
    let shop = Shop()
    shop.write("hawker.yaml", "version: 1\nlistings: bücher\ndefaults: { photos: [bücher/c.jpg] }\n")
    shop.write("bücher/c.jpg", Shop.jpeg())
    shop.write("bücher/desk.yaml", Shop.listing("", without: ["photos"]))
    let wanted = shop.scan()
    #expect(wanted.listing("desk")?.posts.first?.photos.first?.path?.hasSuffix("bücher/c.jpg") == true)
  }

  // MARK: While it is read

  private func scan(_ shop: Shop, _ action: @escaping @Sendable () -> Void) -> Wanted {
    var loader = Loader(
      shop.config, options: LoadingOptions(capabilities: Shop.capabilities, publicURL: "https://shop.example.com"),
      clock: {
        action()
        return Shop.afterwards
      })
    return loader.scan()
  }

  /// The shelf asks for the time between looking at a photo and hashing it.
  @Test(arguments: ["vanishes", "grows", "becomes a FIFO", "becomes a link"])
  func aPhotoThatChangesUnderTheReaderFreezesItsListing(_ what: String) {
    let shop = Shop()
    shop.write("listings/desk.yaml", Shop.listing("photos: [p.jpg]"))
    shop.write("listings/lamp.yaml", Shop.listing("id: lamp"))
    shop.write("listings/p.jpg", Shop.jpeg())
    let photo = "\(shop.path)/listings/p.jpg"
    let wanted = scan(shop) {
      if what == "grows" {
        let file = open(photo, O_WRONLY | O_APPEND)
        write(file, "x", 1)
        close(file)
      } else {
        unlink(photo)
        if what == "becomes a FIFO" { mkfifo(photo, 0o644) }
        if what == "becomes a link" { symlink("/dev/zero", photo) }
      }
    }
    #expect(wanted.listings.map(\.id) == ["lamp"], "\(wanted.problems)")
    #expect(wanted.frozenIDs.contains("desk"))
  }
}

/// Patterns are matched in a hurry; a slow and simple matcher says the same.
@Suite struct PatternTests {
  @Test func everyShortPatternMatchesAsTheSimpleMatcherSays() {
    let letters = ["a", "b", "é", "*", "?", "]", "."]
    let names = ["", "a", "b", "ab", "ba", "aé", "éa", "a.b", ".a", "aab", "bab", "a]", "é"]
    var patterns = [""]
    var longest = [""]
    for _ in 0..<4 {
      longest = longest.flatMap { start in letters.map { start + $0 } }
      patterns += longest
    }
    for text in patterns {
      let pattern = Pattern(text)
      for name in names where !(name.hasPrefix(".") && !text.hasPrefix(".")) {
        let expected = simple(Substring(text).unicodeScalars, Substring(name).unicodeScalars)
        if pattern.matches(name) != expected { Issue.record("\(text) and \(name): not \(expected)") }
      }
    }
  }

  private func simple(_ pattern: Substring.UnicodeScalarView, _ name: Substring.UnicodeScalarView) -> Bool {
    guard let first = pattern.first else { return name.isEmpty }
    if first == "*" {
      return simple(pattern.dropFirst(), name) || (!name.isEmpty && simple(pattern, name.dropFirst()))
    }
    guard let letter = name.first, first == "?" || first == letter else { return false }
    return simple(pattern.dropFirst(), name.dropFirst())
  }
}
