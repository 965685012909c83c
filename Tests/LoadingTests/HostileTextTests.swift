import Glibc
import Listings
import Testing

@testable import Loading

/// What is no honest text: in a listing it freezes that listing, in a `_defaults.yaml` what is below it, in hawker.yaml it
/// is an error of the shop. Nothing else stops, and nothing is taken for deleted.
@Suite struct HostileTextTests {
  struct Text: Sendable, CustomTestStringConvertible {
    var name: String
    var bytes: [UInt8]
    var rule: String

    init(_ name: String, _ text: String, _ rule: String) { self.init(name, Array(text.utf8), rule) }

    init(_ name: String, _ bytes: [UInt8], _ rule: String) {
      self.name = name
      self.bytes = bytes
      self.rule = rule
    }

    var testDescription: String { name }
  }

  private static func nested(_ open: String, _ close: String = "") -> String {
    "x-a: " + String(repeating: open, count: 10_000) + String(repeating: close, count: 10_000)
  }

  private static let bomb =
    "x-a: &a [1,1,1,1,1,1,1,1,1,1]\n"
    + zip("abcdefgh", "bcdefghi").map { lower, upper in
      "x-\(upper): &\(upper) [\(Array(repeating: "*\(lower)", count: 10).joined(separator: ","))]\n"
    }.joined()

  static let texts = [
    Text("10,000 brackets", nested("["), "yaml/depth"), Text("10,000 closed ones", nested("[", "]"), "yaml/depth"),
    Text("10,000 braces", nested("{a: "), "yaml/depth"),
    Text("10,000 dashes", nested("\n- ").replacing("\n", with: ""), "yaml/syntax"),
    Text("10,000 lists", "x-a:\n" + String(repeating: "- ", count: 10_000), "yaml/depth"),
    Text(
      "400 maps by indentation", (0..<400).map { String(repeating: " ", count: $0) + "a:" }.joined(separator: "\n"),
      "yaml/depth"),
    Text("10,000 questions", String(repeating: "? ", count: 10_000), "yaml/depth"),
    Text("an alias bomb", bomb, "yaml/expansion"),
    Text(
      "an alias bomb of text",
      "x-a: &a \(String(repeating: "x", count: 60_000))\nx-b: [\(Array(repeating: "*a", count: 9000).joined(separator: ","))]",
      "yaml/expansion"),
    Text("NUL", "id: desk\ntitle: a\0b\n", "yaml/character"),
    Text("only NULs", [UInt8](repeating: 0, count: 4096), "yaml/character"),
    Text("bytes that are not UTF-8", Array("id: desk\ntitle: ".utf8) + [0xFF, 0xFE], "yaml/encoding"),
    Text("UTF-16, little end first", [0xFF, 0xFE] + utf16("id: desk"), "yaml/encoding"),
    Text("UTF-16, big end first", [0xFE, 0xFF, 0, 0x69, 0, 0x64], "yaml/encoding"),
    Text("UTF-16 without a mark", utf16("id: desk"), "yaml/encoding"),
    Text("UTF-32", [0xFF, 0xFE, 0, 0, 0x69, 0, 0, 0], "yaml/encoding"),
    Text("a control character", "id: \u{1B}[31m", "yaml/character"),
    Text("a half-written line", "id: desk\ntitle: \"De", "yaml/quote"),
  ]

  private static func utf16(_ text: String) -> [UInt8] { text.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] } }

  @Test(arguments: texts) func inAListingItCostsThatListing(_ text: Text) {
    let shop = Shop()
    shop.write("listings/lamp.yaml", Shop.listing("id: lamp"))
    shop.write("listings/desk.yaml", text.bytes)
    let wanted = shop.scan()
    #expect(wanted.listings.map(\.id) == ["lamp"] && wanted.root == .seen)
    #expect(wanted.rules.last == text.rule && wanted.rules.count <= 2)
    #expect(wanted.freezes(id: "desk", lastFile: "listings/elsewhere.yaml"))
    #expect(wanted.freezes(id: "other", lastFile: "listings/desk.yaml"))
    #expect(!wanted.freezes(id: "lamp", lastFile: "listings/lamp.yaml"))
  }

  @Test(arguments: texts) func inDefaultsItFreezesWhatIsBelow(_ text: Text) {
    let shop = Shop()
    shop.write("listings/lamp.yaml", Shop.listing("id: lamp"))
    shop.write("listings/a/desk.yaml", Shop.listing())
    shop.write("listings/a/_defaults.yaml", text.bytes)
    let wanted = shop.scan()
    #expect(wanted.listings.map(\.id) == ["lamp"])
    #expect(wanted.rules.contains(text.rule))
    #expect(wanted.freezes(id: "desk", lastFile: "listings/a/desk.yaml"))
    #expect(wanted.freezes(id: "gone", lastFile: "listings/a/gone.yaml"))
  }

  @Test(arguments: texts) func inTheConfigItStopsTheShop(_ text: Text) {
    let shop = Shop()
    shop.write("hawker.yaml", text.bytes)
    let loaded = ConfigReader.read(file: "\(shop.path)/hawker.yaml", folder: shop.path)
    #expect(loaded.hasErrors && loaded.problems.map(\.rule).contains(text.rule))
  }

  @Test(arguments: ["category", "photos"])
  func aPostThatCannotBeRecordedIsNotWanted(_ field: String) {
    let shop = Shop()
    let addresses = (0..<20).map { "https://example.com/\($0)/\(String(repeating: "a", count: 1_960))" }
    let long = field == "photos" ? "[\(addresses.joined(separator: ", "))]" : String(repeating: "c", count: 60_000)
    shop.write("listings/lamp.yaml", Shop.listing("id: lamp"))
    // Photo addresses alone are not enough.
    let description = String(repeating: "\\\"", count: 4_990)
    shop.write("listings/desk.yaml", Shop.listing("description: \"\(description)\"\n\(field): \(long)"))
    let wanted = shop.scan()
    let problem = wanted.problems.first { $0.rule == "listing/size" }
    let isTold = problem?.listing == "desk" && problem?.line == 7 && problem?.severity == .error
    #expect(isTold && problem?.message.hasSuffix("shorten its \(field)") == true, "\(wanted.rules)")
    #expect(wanted.problems.allSatisfy { $0.message.utf8.count < 1_000 })
    let contents = wanted.listings.map { listing in (listing.id, listing.posts.compactMap(\.content).count) }
    #expect(contents.map(\.0) == ["desk", "lamp"] && contents.map(\.1) == [0, 2])
  }

  /// The largest file that is taken, of nothing but mistakes.
  @Test func theMessagesOfOneFileAreBounded() {
    let shop = Shop()
    let line = "prise: \(String(repeating: "x", count: 80))\n"
    for name in ["listings/desk.yaml", "listings/_defaults.yaml", "hawker.yaml"] {
      shop.write(name, (0..<2500).map { "k\($0)" + line }.joined())
    }
    let loaded = ConfigReader.read(file: "\(shop.path)/hawker.yaml", folder: shop.path)
    #expect(loaded.problems.count == Interpreter.problemLimit + 1)
    shop.delete("hawker.yaml")
    let wanted = shop.scan()
    #expect(wanted.problems.count <= 3 * (Interpreter.problemLimit + 1))
    #expect(wanted.problems.allSatisfy { $0.message.utf8.count < 400 })
  }

  @Test func aFileOfOneByteTooManyIsNotRead() {
    let shop = Shop()
    let body = Array(Shop.listing().utf8)
    shop.write("listings/desk.yaml", body + Array(repeating: 0x0A, count: FileBuffer.limit - body.count))
    #expect(shop.scan().listings.map(\.id) == ["desk"])
    shop.write("listings/desk.yaml", body + Array(repeating: 0x0A, count: FileBuffer.limit - body.count + 1))
    #expect(shop.scan().rules == ["listing/file-size"])
  }
}
