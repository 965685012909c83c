import Foundation
import Support
import Testing

@Suite(.timeLimit(.minutes(2))) struct ValidateTests {
  @Test func aConfigThatIsWrongIsWrongForEveryPath() async throws {
    let shop = try StarterShop()
    defer { shop.folder.remove() }
    try shop.write("hawker.yaml", try shop.read("hawker.yaml") + "bogus: 1\n")
    for words in [["validate"], ["validate", "listings"], ["validate", "listings/lamp.yaml", "--format", "json"]] {
      let checked = try await Program.run(words + ["--sandbox"], in: shop.path)
      #expect(checked.status == 4 && checked.out.contains("config/unknown-key"), "\(words) \(checked)")
    }
  }

  @Test(arguments: ["listings/sub/bad.yaml", "./listings/sub", "listings/../listings/sub/", "listings", ".", "..", ""])
  func aFileIsFoundHoweverItsPathIsWritten(_ path: String) async throws {
    let shop = try StarterShop()
    defer { shop.folder.remove() }
    try FileManager.default.createDirectory(atPath: shop.path + "/listings/sub", withIntermediateDirectories: true)
    try shop.write("listings/sub/bad.yaml", "title: [\n")
    let named = path.isEmpty ? shop.path + "/listings/sub" : path
    let checked = try await shop.hawker("validate", "--sandbox", named)
    #expect(checked.status == 4 && checked.out.contains("listings/sub/bad.yaml:"), "\(checked)")
    let other = try await shop.hawker("validate", "--sandbox", "listings/lamp.yaml")
    #expect(other.status == 0 && other.out.hasPrefix("1 valid listing, 0 problems"), "\(other)")
  }

  @Test(arguments: ["nope", "listings/lamp.yml", "/etc"]) func aPathThatIsNotOfThisShopIsTold(_ path: String)
    async throws
  {
    let shop = try StarterShop()
    defer { shop.folder.remove() }
    let checked = try await shop.hawker("validate", "--sandbox", path)
    #expect(checked.status == 64 && checked.err.contains(path), "\(checked)")
  }
}
