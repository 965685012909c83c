import Glibc
import Listings
import Testing

@testable import Loading

/// Files that are none, and names that nobody would give: each costs its own listing at most.
@Suite struct HostileFileTests {
  /// What stands where a file should; nil: this system can't make one.
  enum Kind: String, CaseIterable {
    case fifo, socket, device, loop, dangling, folder, sparse

    func make(at path: String) -> Bool {
      switch self {
      case .fifo: mkfifo(path, 0o644) == 0
      case .socket: mknod(path, S_IFSOCK | 0o644, 0) == 0
      // /dev/zero, which would never end.
      case .device: mknod(path, S_IFCHR | 0o644, 0x105) == 0
      case .loop: symlink(path, path) == 0
      case .dangling: symlink("/nowhere/at/all", path) == 0
      case .folder: mkdir(path, 0o755) == 0
      case .sparse: HostileFileTests.sparse(path, 1 << 30)
      }
    }
  }

  static func sparse(_ path: String, _ size: off_t) -> Bool {
    let file = open(path, O_WRONLY | O_CREAT, 0o644)
    defer { close(file) }
    return file >= 0 && ftruncate(file, size) == 0
  }

  @Test(arguments: Kind.allCases) func whatIsNoListingFileFreezesItsOwnIdAlone(_ kind: Kind) {
    let shop = Shop()
    shop.write("listings/lamp.yaml", Shop.listing("id: lamp"))
    guard kind.make(at: "\(shop.path)/listings/desk.yaml") else { return }
    var loader = shop.loader()
    let wanted = loader.scan()
    #expect(wanted.listings.map(\.id) == ["lamp"])
    // A folder that ends like a listing is a folder.
    if kind != .folder {
      #expect(wanted.rules == [kind == .sparse ? "listing/file-size" : "listing/file-type"])
      #expect(wanted.freezes(id: "desk", lastFile: "listings/other.yaml"))
      #expect(wanted.freezes(id: "other", lastFile: "listings/desk.yaml"))
    }
    #expect(!wanted.freezes(id: "lamp", lastFile: "listings/lamp.yaml"))
    // Only the lamp's bytes were read.
    #expect(loader.buffer.reads == 1)
  }

  @Test(arguments: Kind.allCases) func whatIsNoDefaultsFileFreezesWhatIsBelowIt(_ kind: Kind) {
    let shop = Shop()
    shop.write("listings/lamp.yaml", Shop.listing("id: lamp"))
    shop.write("listings/a/desk.yaml", Shop.listing())
    guard kind.make(at: "\(shop.path)/listings/a/_defaults.yaml") else { return }
    let wanted = shop.scan()
    #expect(wanted.listings.map(\.id) == ["lamp"])
    #expect(wanted.rules == [kind == .sparse ? "listing/file-size" : "listing/file-type"])
    #expect(wanted.freezes(id: "gone", lastFile: "listings/a/gone.yaml"))
    #expect(!wanted.freezes(id: "gone", lastFile: "listings/gone.yaml"))
  }

  @Test(arguments: Kind.allCases) func whatIsNoConfigIsAnErrorOfTheWholeShop(_ kind: Kind) {
    let shop = Shop()
    guard kind.make(at: "\(shop.path)/hawker.yaml") else { return }
    let loaded = ConfigReader.read(file: "\(shop.path)/hawker.yaml", folder: shop.path)
    #expect(loaded.problems.map(\.rule) == ["config/unreadable"])
  }

  /// A FIFO that is opened would wake its writer, and a tape would wind back: looking at it must be enough.
  @Test func aFifoIsNeverOpened() throws {
    let shop = Shop()
    for name in ["hawker.yaml", "listings/desk.yaml", "listings/_defaults.yaml", "listings/p.jpg"] {
      mkfifo("\(shop.path)/\(name)", 0o644)
    }
    shop.write("listings/lamp.yaml", Shop.listing("id: lamp\nphotos: [p.jpg]"))
    let readers = ["hawker.yaml", "listings/desk.yaml", "listings/_defaults.yaml", "listings/p.jpg"].map { name in
      inotify(on: "\(shop.path)/\(name)")
    }
    defer { for reader in readers { close(reader) } }
    _ = ConfigReader.read(file: "\(shop.path)/hawker.yaml", folder: shop.path)
    var loader = Loader(
      LoadedConfig(config: Config(shop: shop.path, listings: "\(shop.path)/listings", state: "", accounts: [])),
      options: LoadingOptions(capabilities: [:]))
    #expect(loader.scan().rules.contains("listing/file-type"))
    for reader in readers {
      var event = [UInt8](repeating: 0, count: 512)
      #expect(read(reader, &event, event.count) == -1 && errno == EAGAIN)
    }
  }

  private func inotify(on path: String) -> Int32 {
    let descriptor = inotify_init1(Int32(O_NONBLOCK))
    #expect(inotify_add_watch(descriptor, path, UInt32(IN_OPEN)) >= 0)
    return descriptor
  }

  // MARK: Names

  @Test func oddNamesAreOnlyNames() {
    let shop = Shop()
    let long = String(repeating: "x", count: 250)
    for (index, name) in ["a\nb", "\u{1B}[31m", "\u{202E}gpj", long, "\u{301}", "; rm -rf", "-n", "%s"].enumerated() {
      shop.write("listings/\(name).yaml", Shop.listing("id: l\(index)"))
    }
    let wanted = shop.scan()
    #expect(wanted.listings.count == 8 && wanted.problems.isEmpty)
  }

  @Test func aNameThatIsNotUTF8IsToldAndWhatIsInItStays() {
    let shop = Shop()
    shop.write("listings/lamp.yaml", Shop.listing("id: lamp"))
    shop.write("listings/x.yaml", Shop.listing())
    let root = "\(shop.path)/listings"
    // `Büro.yaml` in Latin-1, as an archive from an old system brings it.
    let raw = Array("\(root)/B".utf8CString.dropLast()) + [CChar(bitPattern: 0xFC)] + Array("ro.yaml".utf8CString)
    rename("\(root)/x.yaml", raw)
    defer { unlink(raw) }
    let wanted = shop.scan()
    #expect(wanted.rules == ["listing/file-name"])
    #expect(wanted.listings.map(\.id) == ["lamp"])
    #expect(wanted.freezes(id: "desk", lastFile: "listings/x.yaml"))
  }

  @Test func aFolderWhoseNameIsNotUTF8IsTold() {
    let shop = Shop()
    shop.write("listings/lamp.yaml", Shop.listing("id: lamp"))
    let raw = Array("\(shop.path)/listings/".utf8CString.dropLast()) + [CChar(bitPattern: 0xFF), 0]
    mkdir(raw, 0o755)
    defer { rmdir(raw) }
    let wanted = shop.scan()
    #expect(wanted.rules == ["listing/file-name"] && wanted.listings.map(\.id) == ["lamp"])
  }

  /// To a String, a slash with a combining mark behind it is another character.
  @Test func aFolderIsFoundWhateverTheNameBehindItBeginsWith() {
    let wanted = Wanted(frozenFiles: ["listings/a/"])
    #expect(wanted.freezes(id: "x", lastFile: "listings/a/\u{301}x.yaml"))
    #expect(!wanted.freezes(id: "x", lastFile: "listings/b/\u{301}x.yaml"))
  }
}
