import Glibc
import Listings
import Synchronization
import Testing

@testable import Loading

/// What happens to the files while they are read: the loader asks for the time before each file, and that is when.
@Suite struct RaceTests {
  private final class Once: Sendable {
    private let left: Mutex<Int>
    private let action: @Sendable () -> Void

    private let clock: @Sendable () -> FileTime

    init(times: Int, clock: @escaping @Sendable () -> FileTime, _ action: @escaping @Sendable () -> Void) {
      left = Mutex(times)
      self.clock = clock
      self.action = action
    }

    func callAsFunction() -> FileTime {
      let isDue = left.withLock { count in
        count -= 1
        return count >= 0
      }
      if isDue { action() }
      return clock()
    }
  }

  private final class Counter: Sendable {
    private let value = Mutex(1_000_000)

    func next() -> Int {
      value.withLock { value in
        value += 1
        return value
      }
    }
  }

  private func scan(
    _ shop: Shop, times: Int = 1, clock: @escaping @Sendable () -> FileTime = { Shop.afterwards },
    _ action: @escaping @Sendable () -> Void
  ) -> Wanted {
    let once = Once(times: times, clock: clock, action)
    var loader = Loader(
      shop.config, options: LoadingOptions(capabilities: Shop.capabilities, publicURL: "https://shop.example.com"),
      clock: { once() })
    return loader.scan()
  }

  @Test func aFileThatMovesBehindTheScansBackIsNotLost() {
    let shop = Shop()
    let root = "\(shop.path)/listings"
    shop.write("listings/a/desk.yaml", Shop.listing())
    shop.write("listings/b/lamp.yaml", Shop.listing("id: lamp"))
    // While `a` is read, lamp moves from `b` (still to come) into it.
    let wanted = scan(shop) { rename("\(root)/b/lamp.yaml", "\(root)/a/lamp.yaml") }
    #expect(wanted.listings.map(\.id) == ["desk", "lamp"])
    #expect(wanted.frozenFiles.isEmpty)
  }

  @Test func foldersThatNeverRestAreFrozenNotEmptied() {
    let shop = Shop()
    let root = "\(shop.path)/listings"
    shop.write("listings/a/desk.yaml", Shop.listing())
    let second = Counter()
    // The file is always fresh, so that each pass reads it; the folder's time is set, since clocks tick too slowly.
    let wanted = scan(shop, times: 100, clock: { FileTime.now() }) {
      let now = second.next()
      let times = [timespec(tv_sec: now, tv_nsec: 0), timespec(tv_sec: now, tv_nsec: 0)]
      utimensat(AT_FDCWD, "\(root)/a", times, 0)
    }
    #expect(wanted.root == .seen)
    #expect(wanted.freezes(id: "other", lastFile: "listings/a/other.yaml"))
    #expect(!wanted.freezes(id: "other", lastFile: "listings/other.yaml"))
  }

  @Test func aFileThatGoesWhileItIsReadIsLookedForAgain() {
    let shop = Shop()
    let root = "\(shop.path)/listings"
    shop.write("listings/desk.yaml", Shop.listing())
    let wanted = scan(shop) { unlink("\(root)/desk.yaml") }
    #expect(wanted.root == .seen && wanted.listings.isEmpty && wanted.problems.isEmpty)
    #expect(!wanted.freezes(id: "desk", lastFile: "listings/desk.yaml"))
  }

  @Test func aRootThatIsReplacedWhileItIsReadIsUnseen() {
    let shop = Shop()
    let path = shop.path
    shop.write("listings/desk.yaml", Shop.listing())
    let gone = scan(shop) { rename("\(path)/listings", "\(path)/away") }
    #expect(gone.root != .seen && gone.listings.isEmpty)
    let another = Shop()
    let other = another.path
    another.write("listings/desk.yaml", Shop.listing())
    let replaced = scan(another) {
      rename("\(other)/listings", "\(other)/away")
      mkdir("\(other)/listings", 0o755)
    }
    #expect(replaced.root != .seen)
  }
}

@Suite struct OriginsTests {
  @Test func originsKeepWhatTheyAreGiven() {
    var origins: Origins = [.title: Origin(layer: .listing, file: "a", line: 3), .price: .builtIn]
    #expect(origins[.title] == Origin(layer: .listing, file: "a", line: 3))
    #expect(origins[.price] == .builtIn && origins[.photos] == nil && !origins.isEmpty)
    origins[.title] = nil
    origins[.price] = nil
    #expect(origins.isEmpty && origins == [:])
    for layer in [Origin.Layer.builtIn, .config, .directory, .listing, .override, .mapping] {
      origins[.photos] = Origin(layer: layer, file: "\(layer)", line: 8_000_000)
      #expect(origins[.photos] == Origin(layer: layer, file: "\(layer)", line: 8_000_000))
    }
  }

  @Test func equalOriginsAreEqualWhateverTheirHistory() {
    let one = Origin(layer: .listing, file: "a", line: 1)
    let two = Origin(layer: .config, file: "b", line: 2)
    let left: Origins = [.title: one, .price: two]
    let right: Origins = [.price: two, .title: one]
    #expect(left == right && left.hashValue == right.hashValue)
  }
}
