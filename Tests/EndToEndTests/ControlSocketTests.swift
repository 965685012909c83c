import Foundation
import Glibc
import Support
import Testing

/// `state/control.sock`, as commands and as strangers meet it.
@Suite(.timeLimit(.minutes(3))) struct ControlSocketTests {
  private static func socket(_ shop: StarterShop) -> String { shop.path + "/state/sandbox/control.sock" }

  @Test func onlyItsOwnerMayConnect() async throws {
    try await withDaemon { shop, _ in
      let modes = try [Self.socket(shop), shop.path + "/state/sandbox"].map(mode)
      #expect(modes == [0o600, 0o700])
    }
  }

  @Test func garbageIsRefusedAndTheDaemonGoesOn() async throws {
    try await withDaemon { shop, _ in
      for line in [
        "\n", "{}\n", "\u{FF}\n", "{\"decision\":\"hold\"}\n", "{\"decision\":\"erase\",\"listing\":\"lamp\"}\n",
        "\u{0}\u{1}\u{7F}\n",
        String(repeating: "[", count: 60_000) + "\n", String(repeating: "x", count: 200_000),
      ] {
        let answer = try Wire(Self.socket(shop)).ask(Array(line.utf8))
        #expect(answer.contains("\"code\":\"refused\""), "\(line.prefix(20))")
      }
      #expect(try await shop.hawker("hold", "lamp", "--sandbox").status == 0)
    }
  }

  @Test func whoeverConnectsAndSaysNothingKeepsNobodyWaiting() async throws {
    try await withDaemon { shop, _ in
      let silent = try (0..<20).map { _ in try Wire(Self.socket(shop)) }
      try silent[0].send(Array("{\"decision\":".utf8))
      #expect(try await shop.hawker("hold", "lamp", "--sandbox").status == 0)
      withExtendedLifetime(silent) {}
    }
  }

  @Test func manyAtOnceAreAllAnswered() async throws {
    try await withDaemon { shop, _ in
      let statuses = try await withThrowingTaskGroup(of: Int32.self) { group in
        for listing in ["lamp", "trek-520", "walnut-table", "lamp", "trek-520", "walnut-table"] {
          group.addTask { try await shop.hawker("hold", listing, "--sandbox").status }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(statuses == [0, 0, 0, 0, 0, 0])
      let log = try await shop.hawker("log", "--sandbox", "--format", "json").out
      #expect(log.components(separatedBy: "\"by\":\"hold\"").count - 1 == 12)
    }
  }

  @Test func aSocketLeftBehindIsNoDaemon() async throws {
    let shop = try StarterShop()
    defer { shop.folder.remove() }
    let daemon = try Daemon(in: shop.path)
    try await daemon.says("in sync")
    try await daemon.kill()
    #expect(FileManager.default.fileExists(atPath: Self.socket(shop)))
    // Nobody listens: the command takes the lock itself.
    #expect(try await shop.hawker("hold", "lamp", "--sandbox").status == 0)
    let next = try Daemon(in: shop.path)
    try await next.says("in sync")
    #expect(try await shop.hawker("release", "lamp", "--sandbox").status == 0)
    try await next.says("lamp on facebook: released")
    #expect(try await next.interrupt() == 0)
    #expect(!FileManager.default.fileExists(atPath: Self.socket(shop)))
  }

  @Test func aPathLongerThanASocketsIsNoObstacle() async throws {
    let shop = try StarterShop()
    defer { shop.folder.remove() }
    let deep = shop.path + "/" + Array(repeating: String(repeating: "deep", count: 12), count: 3).joined(separator: "/")
    try FileManager.default.createDirectory(atPath: deep, withIntermediateDirectories: true)
    for name in ["listings", "hawker.yaml"] {
      try FileManager.default.moveItem(atPath: "\(shop.path)/\(name)", toPath: "\(deep)/\(name)")
    }
    let daemon = try Daemon(in: deep)
    try await daemon.says("in sync")
    let held = try await Program.run(["hold", "lamp", "--sandbox"], in: deep)
    #expect(held.status == 0)
    try await daemon.says("lamp on facebook, offerup: held until")
    #expect(try await daemon.interrupt() == 0)
  }

  @Test func whileApplyRunsADecisionNamesIt() async throws {
    let shop = try StarterShop()
    defer { shop.folder.remove() }
    let apply = try Daemon(
      in: shop.path, ["apply", "--sandbox", "--yes"], environment: ["HAWKER_SANDBOX_FAULTS": "hang@create"],
      hearsAll: true)
    try await apply.says("Plan: 6 create")
    let held = try await shop.hawker("hold", "lamp", "--sandbox")
    #expect(held.status == 5)
    #expect(held.err.contains("another hawker holds the state: process \(apply.processIdentifier) ("))
    #expect(held.err.contains("apply --sandbox --yes"))
    try await apply.kill()
  }

  @Test func aBrokenConfigIsNoReasonNotToBeTold() async throws {
    try await withDaemon { shop, daemon in
      let config = try shop.read("hawker.yaml")
      try shop.write("hawker.yaml", config + "gards: {}\n")
      try await daemon.says("the last good one stays in force")
      #expect(try await shop.hawker("hold", "lamp", "--sandbox").status == 0)
      try shop.write("hawker.yaml", config)
      try await daemon.says("the config is good again")
    }
  }

  // MARK: Parts

  private func withDaemon(_ body: (StarterShop, Daemon) async throws -> Void) async throws {
    let shop = try StarterShop()
    defer { shop.folder.remove() }
    let daemon = try Daemon(in: shop.path)
    do {
      try await daemon.says("in sync")
      try await body(shop, daemon)
    } catch {
      try? await daemon.kill()
      throw error
    }
    #expect(try await daemon.interrupt() == 0)
  }

  private func mode(_ path: String) throws -> Int {
    try #require(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
  }
}

/// A stranger's end of the socket.
private final class Wire {
  private let descriptor: Int32

  struct Failure: Error { let message: String }

  init(_ path: String) throws {
    descriptor = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix(107)) }
    let size = socklen_t(MemoryLayout<sockaddr_un>.size)
    let connected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, size) }
    }
    guard connected == 0 else { throw Failure(message: String(cString: strerror(errno))) }
  }

  deinit { Glibc.close(descriptor) }

  /// What can't be sent is what the other side does not want to hear any more.
  func send(_ bytes: [UInt8]) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      if count <= 0 { return }
      rest = rest.dropFirst(count)
    }
  }

  func ask(_ bytes: [UInt8]) throws -> String {
    try send(bytes)
    var answer: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = recv(descriptor, &piece, piece.count, 0)
      guard count > 0 else { break }
      answer += piece[..<count]
      if answer.last == 0x0A { break }
    }
    return String(decoding: answer, as: UTF8.self)
  }
}
