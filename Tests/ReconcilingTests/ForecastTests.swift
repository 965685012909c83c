import Diffing
import Glibc
import Journaling
import Listings
import Loading
import Planning
import Support
import Testing

@testable import Reconciling

/// What a plan with a cache reads, writes and believes.
@Suite struct ForecastTests {
  /// A shop with some listings, all posted, and a cache of that.
  private func settled(_ count: Int = 6) async throws -> ForecastShop {
    let shop = try ForecastShop()
    shop.write("hawker.yaml", ForecastShop.config)
    shop.writePhoto(1, "first")
    for number in 0..<count {
      shop.write(
        "listings/a/t\(number).yaml",
        """
        id: t\(number)
        title: Thing \(number)
        description: A thing that nobody needs any more.
        price: \(number + 10).00
        category: chairs
        marketplaces: [facebook, offerup]
        photos: [photos/1.jpg]

        """)
    }
    try await shop.apply()
    try await shop.forecast(isCached: true).keep()
    return shop
  }

  private func files(_ shop: ForecastShop, _ folder: String) -> [String] {
    guard let stream = opendir(shop.path(folder)) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  @Test func whatIsSettledIsNotLookedInto() async throws {
    let shop = try await settled()
    defer { shop.folder.remove() }
    let forecast = try await shop.forecast(isCached: true)
    #expect(forecast.isShort)
    #expect(forecast.plan.actions.isEmpty)
    #expect(forecast.plan.summary[.unchanged] == 12)
  }

  @Test func anEditedListingIsPlannedAlone() async throws {
    let shop = try await settled()
    defer { shop.folder.remove() }
    shop.write("listings/a/t3.yaml", (shop.read("listings/a/t3.yaml") ?? "").replacing("13.00", with: "14.00"))
    let forecast = try await shop.forecast(isCached: true)
    #expect(forecast.isShort)
    #expect(forecast.plan.actions.map(\.key.listing) == ["t3", "t3"])
    #expect(forecast.plan.actions.allSatisfy { $0.kind == .update && $0.changes.map(\.field) == [.price] })
    #expect(try await ForecastShop.told(shop.forecast(isCached: false).plan) == ForecastShop.told(forecast.plan))
  }

  @Test func newStampsAreLookedBehindOnce() async throws {
    let shop = try await settled(40)
    defer { shop.folder.remove() }
    for number in 0..<40 { shop.write("listings/a/t\(number).yaml", shop.read("listings/a/t\(number).yaml") ?? "") }
    let contents = shop.stamp("state/cache/contents.bin")
    let index = shop.stamp("state/cache/plan.bin")
    let forecast = try await shop.forecast(isCached: true)
    #expect(forecast.isShort)
    forecast.keep()
    #expect(shop.stamp("state/cache/contents.bin") == contents)
    let refreshed = shop.stamp("state/cache/plan.bin")
    #expect(refreshed != index)
    try await shop.forecast(isCached: true).keep()
    #expect(shop.stamp("state/cache/plan.bin") == refreshed)
  }

  @Test func aFileOfThisMomentIsReadAgain() async throws {
    let shop = try await settled()
    defer { shop.folder.remove() }
    unlink(shop.path("state/cache/plan.bin"))
    // At the very time of its stamp a file is fresh, and not believed later.
    let newest = try #require(shop.stamp("listings/a/t0.yaml").last)
    let moment = shop.stamp("listings/a/t0.yaml")[4] * 1000 + newest / 1_000_000
    try await shop.forecast(isCached: true, at: Timestamp(milliseconds: Int64(moment))).keep()
    let cache = try #require(shop.scene(isCached: true).cache)
    #expect(cache.scan.fileCount == 6)
    #expect(!cache.head.isSettled)
    let text = shop.read("listings/a/t0.yaml") ?? ""
    let before = shop.stamp("listings/a/t0.yaml")
    shop.write("listings/a/t0.yaml", text.replacing("Thing", with: "Thong"))
    shop.setBack("listings/a/t0.yaml", to: before)
    #expect(try await shop.forecast(isCached: true).plan.hasChanges)
  }

  @Test func withoutAStateThereIsNoCache() async throws {
    let shop = try ForecastShop()
    defer { shop.folder.remove() }
    rmdir(shop.path("state"))
    shop.write("hawker.yaml", ForecastShop.config)
    try await shop.forecast(isCached: true).keep()
    #expect(files(shop, "").contains("state") == false)
  }

  @Test func onlyTheCacheIsWritten() async throws {
    let shop = try await settled()
    defer { shop.folder.remove() }
    #expect(files(shop, "state/cache") == ["contents.bin", "plan.bin"])
    let before = files(shop, "state").map { [$0] + shop.stamp("state/\($0)").map(String.init) }
    unlink(shop.path("state/cache/plan.bin"))
    try await shop.forecast(isCached: true).keep()
    let after = files(shop, "state").map { [$0] + shop.stamp("state/\($0)").map(String.init) }
    #expect(before.filter { $0[0] != "cache" } == after.filter { $0[0] != "cache" })
  }

  @Test func anotherProgramsCacheIsNotBelieved() async throws {
    let shop = try await settled()
    defer { shop.folder.remove() }
    var scene = shop.scene(isCached: true)
    #expect(scene.cache != nil)
    scene.build = "another"
    #expect(scene.cache == nil)
    shop.write("hawker.yaml", ForecastShop.config + "# a word\n")
    #expect(shop.scene(isCached: true).cache == nil)
  }

  /// Each bit of the index counts; of the contents, each bit of what is read.
  @Test func damageIsNeverBelieved() async throws {
    let shop = try await settled(2)
    defer { shop.folder.remove() }
    shop.write("listings/a/t1.yaml", (shop.read("listings/a/t1.yaml") ?? "") + "tags: [a]\n")
    let right = try await ForecastShop.told(shop.forecast(isCached: false).plan)
    let files = CacheFiles(shop.path("state"))
    for name in [PlanCache.indexName, PlanCache.contentsName] {
      let whole = try #require(files.read(name))
      let cuts = stride(from: 0, to: whole.count, by: max(1, whole.count / 40)).map { Array(whole[..<$0]) }
      let flips = stride(from: 0, to: whole.count, by: max(1, whole.count / 120)).map { place in
        var bytes = whole
        bytes[place] ^= 1 << (place % 8)
        return bytes
      }
      for bytes in cuts + flips + [whole + [0]] {
        files.replace(name) { $0.append(bytes) }
        let told = try await ForecastShop.told(shop.forecast(isCached: true).plan)
        #expect(told == right)
        if name == PlanCache.indexName { #expect(shop.scene(isCached: true).cache == nil) }
      }
      files.replace(name) { $0.append(whole) }
    }
    #expect(try await shop.forecast(isCached: true).isShort)
  }
}
