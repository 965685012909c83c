import Glibc
import Listings
import Synchronization
import Testing

@testable import Loading

/// A scan with all cores finds what a scan with one finds, in the same order, whoever loads which file.
@Suite struct ConcurrentScanTests {
  /// Whole and broken files, a repeated id, photos that several listings share, folders with defaults; more files in a
  /// folder than one task takes at once.
  private func shop() -> Shop {
    let shop = Shop()
    for number in 0..<150 {
      let folder = ["", "a/", "a/deep/", "b/"][number % 4]
      let id = number == 77 ? "item-3" : "item-\(number)"
      let price = number % 10 == 9 ? "price: 4,50.00" : "price: \(number + 1).50"
      let photos = number % 3 == 0 ? "photos: [../outside.jpg]" : "photos: [shared/*.jpg, own-\(number).jpg]"
      shop.write("listings/\(folder)item-\(number).yaml", Shop.listing("id: \(id)\n\(price)\n\(photos)"))
      shop.write("listings/\(folder)own-\(number).jpg", Shop.jpeg("\(number)"))
    }
    for folder in ["", "a/", "a/deep/", "b/"] { shop.write("listings/\(folder)shared/one.jpg", Shop.jpeg(folder)) }
    shop.write("listings/a/_defaults.yaml", "status: draft\n")
    shop.write("listings/b/tabbed.yaml", "id: tabbed\n\tprice: 1\n")
    return shop
  }

  private func expectSame(_ one: Wanted, _ other: Wanted) {
    #expect(one.root == other.root && one.listings == other.listings && one.problems == other.problems)
    #expect(one.frozenIDs == other.frozenIDs && one.frozenFiles == other.frozenFiles)
  }

  @Test func allCoresFindWhatOneFinds() async {
    let shop = shop()
    var alone = shop.loader()
    var together = shop.loader()
    let wanted = alone.scan()
    #expect(wanted.listings.count > 70 && wanted.problems.count > 50 && !wanted.frozenIDs.isEmpty)
    expectSame(await together.scanConcurrently(), wanted)
    #expect(together.shelf.hashed == alone.shelf.hashed)
    #expect(together.watchedFolders == alone.watchedFolders && together.photoFolders == alone.photoFolders)
  }

  @Test func aScanTakesOverWhatTheOtherKindLearnt() async {
    let shop = shop()
    var loader = shop.loader()
    let wanted = await loader.scanConcurrently()
    let hashed = loader.shelf.hashed
    expectSame(loader.scan(), wanted)
    // Only `_defaults.yaml` was read by the loader's own buffer, in the first scan.
    #expect(loader.buffer.reads == 1 && loader.shelf.hashed == hashed)
    shop.write("listings/item-0.yaml", Shop.listing("id: item-0\nprice: 7.25"))
    #expect(await loader.scanConcurrently().content("item-0", on: "facebook")?.price.minor == 725)
  }

  @Test func aFileThatMovesBehindTheScansBackIsNotLost() async {
    let shop = Shop()
    let root = "\(shop.path)/listings"
    shop.write("listings/a/desk.yaml", Shop.listing())
    shop.write("listings/b/lamp.yaml", Shop.listing("id: lamp"))
    // The loader asks for the time before each file, and that is when.
    let mover = Mover { rename("\(root)/b/lamp.yaml", "\(root)/a/lamp.yaml") }
    var loader = Loader(
      shop.config, options: LoadingOptions(capabilities: Shop.capabilities, publicURL: "https://shop.example.com"),
      clock: { mover() })
    let wanted = await loader.scanConcurrently()
    #expect(wanted.listings.map(\.id) == ["desk", "lamp"] && wanted.frozenFiles.isEmpty)
  }

  @Test func aFolderThatGoesBeforeItsFilesAreReadIsLookedForAgain() async {
    let shop = Shop()
    let root = "\(shop.path)/listings"
    for number in 0..<3 { shop.write("listings/a/item-\(number).yaml", Shop.listing("id: item-\(number)")) }
    shop.write("listings/b/desk.yaml", Shop.listing())
    var loader = shop.loader()
    let wanted = loader.scan()
    #expect(wanted.listings.count == 4)
    rename("\(root)/a", "\(shop.path)/away")
    #expect(await loader.scanConcurrently().listings.map(\.id) == ["desk"])
    // Its open root stands for the folders' paths, so a batch of a folder that is gone says so.
    let work = FolderWork(
      path: "a", prefix: "listings/a/", base: loader.bottom(), names: ["item-0.yaml"], old: [:], seeds: nil)
    let loading = FileLoading(
      surroundings: loader.surroundings, sources: loader.sources, clock: loader.clock, shelf: SharedShelf(loader.shelf))
    let descriptor = open(root, O_RDONLY | O_DIRECTORY)
    defer { close(descriptor) }
    let outcomes = await loading.loadConcurrently(Batch.split([work], size: 16), of: [work], in: descriptor)
    guard case .vanished? = outcomes.first else { Issue.record("the folder is not told as gone"); return }
  }
}

extension ConcurrentScanTests {
  /// Acts once, whichever task comes first.
  private final class Mover: Sendable {
    private let isDone = Atomic(false)
    private let action: @Sendable () -> Void

    init(_ action: @escaping @Sendable () -> Void) { self.action = action }

    func callAsFunction() -> FileTime {
      if isDone.compareExchange(expected: false, desired: true, ordering: .acquiringAndReleasing).exchanged { action() }
      return Shop.afterwards
    }
  }
}
