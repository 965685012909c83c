import Listings
import Support
import Testing

@testable import Loading

struct RootDeviceTests {
  private let known = RootDevice(number: 2049, id: 7, boot: "b")

  @Test func anotherNumberAloneIsNoOtherDevice() {
    #expect(!known.isOther(than: known))
    #expect(!known.isOther(than: RootDevice(number: 2050, id: 7, boot: "b")))
    // NFS and FUSE have no id.
    let network = RootDevice(number: 50, id: 0, boot: "b")
    #expect(!network.isOther(than: RootDevice(number: 51, id: 0, boot: "b")))
  }

  @Test func anotherIdTooIsOne() {
    #expect(known.isOther(than: RootDevice(number: 2050, id: 8, boot: "b")))
    #expect(known.isOther(than: RootDevice(number: 50, id: 0, boot: "b")))
  }

  @Test func afterAnotherStartOfTheMachineNothingIsCompared() {
    #expect(!known.isOther(than: RootDevice(number: 9, id: 9, boot: "c")))
    #expect(!RootDevice(number: 2049, id: 7, boot: "").isOther(than: RootDevice(number: 9, id: 9, boot: "")))
  }

  @Test func aLineIsReadAsItWasWritten() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let device = try #require(RootDevice(of: folder.path))
    #expect(RootDevice(device.description) == device)
    #expect(RootDevice(mark: "lineage\nsequence 7\nconfig\n\(device)\n") == device)
    for text in ["", "device", "device 1 2", "device x 1 b", "lineage 1 1 b"] { #expect(RootDevice(text) == nil) }
  }

  @Test func aRootOnAnotherDeviceIsNotSeen() throws {
    let shop = Shop()
    let here = try #require(RootDevice(of: shop.path + "/listings"))
    #expect(root(of: shop, here) == .seen)
    var mark = here
    (mark.number, mark.id) = (here.number + 1, here.id &+ 1)
    guard case .unseen(let why) = root(of: shop, mark) else {
      Issue.record("it was seen")
      return
    }
    #expect(why.contains("is on another device") && why.contains("hawker init --adopt-root"))
    mark.boot = "another"
    #expect(root(of: shop, mark) == .seen)
  }

  /// The mount point is there, and what lay on its disk is not to be seen.
  @Test func aFolderThatLostItsDiskIsNotEmpty() {
    let shop = Shop()
    shop.write("listings/.hawker", "ours\nsequence 1\ndisk bikes\ndisk old/attic\n")
    shop.write("listings/lamp.yaml", Shop.listing())
    shop.write("listings/bikes/.keep", "")
    var loader = shop.loader(marker: .expected(lineage: "ours"))
    let wanted = loader.scan()
    #expect(wanted.root == .seen && wanted.listings.map(\.id) == ["desk"])
    #expect(wanted.frozenFiles == ["listings/bikes/", "listings/old/attic/"])
    #expect(wanted.problems.map(\.rule) == Array(repeating: "listing/folder-unreadable", count: 2))
    #expect(wanted.problems.allSatisfy { $0.message.contains("mount it again") })
    // Who looks without a journal knows of no disks.
    var stranger = shop.loader(marker: .ignored)
    #expect(stranger.scan().frozenFiles.isEmpty)
  }

  private func root(of shop: Shop, _ device: RootDevice) -> Wanted.Root {
    shop.write("listings/.hawker", "ours\nsequence 1\n\(device)\n")
    var loader = shop.loader(marker: .expected(lineage: "ours"))
    return loader.scan().root
  }
}
