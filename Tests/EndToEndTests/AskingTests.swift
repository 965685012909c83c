import Foundation
import Glibc
import Support
import Testing

/// `apply` on a terminal.
@Suite(.timeLimit(.minutes(2))) struct AskingTests {
  @Test func whatIsAskedAboutIsShownFirst() async throws {
    let shop = try StarterShop()
    defer { shop.folder.remove() }
    let terminal = try Terminal(typing: "n\n")
    let json = try await Program.run(
      ["apply", "--format", "json", "--sandbox"], in: shop.path, input: terminal.slave)
    #expect(json.status == 0 && json.out.isEmpty, "\(json)")
    let parts = json.err.components(separatedBy: "Apply? [y/N]")
    #expect(parts.count == 2 && parts[0].contains("Plan: 6 create"), "\(json)")
    #expect(try shop.shown().isEmpty)
  }
}

/// A terminal at which somebody has typed already.
private final class Terminal {
  let slave: FileHandle
  private let master: Int32

  init(typing text: String) throws {
    master = open("/dev/ptmx", O_RDWR | O_NOCTTY)
    var (number, isLocked) = (Int32(-1), Int32(0))
    // TIOCSPTLCK and TIOCGPTN, which Glibc's module doesn't have.
    try #require(ioctl(master, 0x4004_5431, &isLocked) == 0 && ioctl(master, 0x8004_5430, &number) == 0)
    slave = try #require(FileHandle(forUpdatingAtPath: "/dev/pts/\(number)"))
    _ = write(master, text, text.utf8.count)
  }

  deinit { close(master) }
}
