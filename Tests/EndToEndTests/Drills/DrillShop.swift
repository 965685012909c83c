import Foundation
import Glibc
import Support

/// A shop that was applied before, in a folder of its own, and its marketplaces: those inside the program, or a
/// `hawker sandbox` beside it, which a shop needs whose real journal and root's mark are at stake.
struct DrillShop: Sendable {
  enum Venue: Sendable { case inside, beside }

  let folder: TemporaryFolder
  let venue: Venue
  let count: Int
  /// The marketplaces as a process of their own.
  let market: Daemon?
  private let port: UInt16
  var path: String { folder.path + "/shop" }
  private var ledgerPath: String { path + (market == nil ? "/state/sandbox" : "") + "/marketplaces/ledger.jsonl" }

  struct Failure: Error, CustomStringConvertible { let description: String }

  /// A new shop with `count` listings, applied. Others are made from it by `copy`.
  static func applied(_ venue: Venue, count: Int) async throws -> DrillShop {
    let starter = try StarterShop()
    defer { starter.folder.remove() }
    try starter.add(count - 3)
    let folder = try TemporaryFolder()
    try FileManager.default.moveItem(atPath: starter.path, toPath: folder.path + "/shop")
    let shop = try await DrillShop(folder, venue, count)
    let outcome = try await shop.hawker("apply", "--yes")
    await shop.close(keepingFiles: true)
    guard outcome.status == 0, outcome.out.contains("Applied: \(2 * count) done") else {
      throw Failure(description: outcome.out + outcome.err)
    }
    return shop
  }

  /// `forgetful`: on marketplaces that know nothing of it.
  func copy(forgetful: Bool = false) async throws -> DrillShop {
    let folder = try TemporaryFolder()
    try FileManager.default.copyItem(atPath: path, toPath: folder.path + "/shop")
    if forgetful { try FileManager.default.removeItem(atPath: folder.path + "/shop/marketplaces") }
    return try await DrillShop(folder, venue, count)
  }

  private init(_ folder: TemporaryFolder, _ venue: Venue, _ count: Int) async throws {
    (self.folder, self.venue, self.count) = (folder, venue, count)
    var port: UInt16 = 0
    if venue == .beside {
      let market = try Daemon(
        in: folder.path, ["sandbox", "--port", "0", "--verbose", "--directory", folder.path + "/shop/marketplaces"],
        hearsAll: true)
      try await market.says("What buyers would see")
      let line = market.lines.first { $0.contains("What buyers would see") } ?? ""
      port = line.split(separator: ":").last.flatMap { UInt16($0.prefix(while: \.isNumber)) } ?? 0
      try await market.says("Ctrl-C ends it")
      self.market = market
    } else {
      market = nil
    }
    self.port = port
    try write("hawker.yaml", DrillShop.config(port: port))
    try await sh("mkdir -p ../saved && cp -a listings hawker.yaml ../saved/")
  }

  /// The daemon looks often, and believes a missing file soon, so that what holds is a guard and no patience.
  private static func config(port: UInt16) -> String {
    """
    version: 1
    listings: listings
    defaults:
      currency: USD
      condition: good
      marketplaces: [facebook, offerup]
      location: { latitude: 45.5231, longitude: -122.6765, postal_code: "97209" }
    accounts:
      facebook: { marketplace: facebook, page_id: "10001", graph_url: "http://127.0.0.1:\(port)/facebook" }
      offerup: { marketplace: offerup, api_url: "http://127.0.0.1:\(port)/offerup/v1" }
    categories:
      lighting: { facebook: HOME_GOODS, offerup: home-garden.lighting }
    guards: { grace: 2s }
    sync: { settle: 30ms, rescan: 1s, requests_per_second: 0, absence_after: 1s }
    web: { listen: off, public_url: "https://shop.example.com" }

    """
  }

  func close(keepingFiles: Bool = false) async {
    try? await market?.kill()
    if !keepingFiles { folder.remove() }
  }

  // MARK: Commands

  static let tokens = [
    "HAWKER_TOKEN_FACEBOOK": "sandbox-user-token", "HAWKER_TOKEN_OFFERUP": "sandbox-offerup-token",
  ]

  /// `run` and `apply` take `--sandbox` where the marketplaces are inside.
  func arguments(_ arguments: [String]) -> [String] { arguments + (venue == .inside ? ["--sandbox"] : []) }

  func hawker(_ arguments: String...) async throws -> Program.Outcome { try await hawker(arguments) }

  func hawker(
    _ words: [String], launcher: [String] = [], environment: [String: String] = tokens
  ) async throws -> Program.Outcome {
    try await Program.start(launcher + [Program.path] + arguments(words), in: path, environment: environment)
  }

  func daemon(launcher: [String] = [], environment: [String: String] = tokens) throws -> Daemon {
    let daemon = try Daemon(in: path, arguments(["run"]), environment: environment, launcher: launcher)
    daemon.end(after: .seconds(90))
    return daemon
  }

  /// Runs a script of the shell in the shop's folder; it has to end well.
  @discardableResult
  func sh(_ script: String) async throws -> String {
    let outcome = try await Program.start(
      ["/bin/sh", "-ec", script], in: path,
      environment: [
        "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b",
        "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b", "SHOP": path, "HAWKER": Program.path,
        "PATH": "/usr/bin:/bin:/usr/sbin:/sbin",
      ])
    guard outcome.status == 0 else { throw Failure(description: "\(script): \(outcome.out)\(outcome.err)") }
    return outcome.out
  }

  func write(_ name: String, _ text: String) throws {
    try text.write(toFile: "\(path)/\(name)", atomically: true, encoding: .utf8)
  }

  func read(_ name: String) throws -> String { try String(contentsOfFile: "\(path)/\(name)", encoding: .utf8) }

  // MARK: What the marketplaces saw

  /// Every change that they made, byte for byte.
  func ledger() throws -> Data { try Data(contentsOf: URL(filePath: ledgerPath)) }

  /// What a daemon asks about its tokens when it starts. OfferUp has no other call for that than its list; one of posts
  /// would be seen on Facebook's side.
  private static let aboutTokens = [
    " GET /facebook/v26.0/me ", " GET /facebook/v26.0/me/accounts ", " GET /offerup/v1/listings ",
  ]

  /// How many requests were made, reading ones too, but for those about tokens; only of marketplaces beside the program.
  func requests() async throws -> Int {
    guard let market else { return 0 }
    // Its log comes through a pipe: what was said before this knock is counted, and all of it.
    let knock = "/facebook/knock-\(UInt64.random(in: 0 ... .max))"
    try Knock.get(knock, port: port)
    try await market.says(knock)
    return market.lines.count { line in
      !line.contains("/facebook/knock-") && !DrillShop.aboutTokens.contains(where: line.contains)
        && [" GET /", " POST /", " PUT /", " PATCH /", " DELETE /"].contains(where: line.contains)
    }
  }

  /// References of the posts on show with how often, by marketplace and listing.
  func shown() throws -> [String: Int] { try posts { $0["live"] as? Bool == true } }

  /// Of those that were taken off.
  func withdrawn() throws -> [String: Int] { try posts { $0["live"] as? Bool == false } }

  private func posts(_ isCounted: ([String: Any]) -> Bool) throws -> [String: Int] {
    var newest: [String: [String: Any]] = [:]
    for line in try ledger().split(separator: 0x0A) {
      if let post = try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any], let id = post["id"] as? String
      {
        newest[id] = post
      }
    }
    return newest.values.filter(isCounted).reduce(into: [:]) { counts, post in
      guard let market = post["marketplace"] as? String, let reference = post["reference"] as? String else { return }
      counts["\(market) \(reference.split(separator: ".")[0])", default: 0] += 1
    }
  }
}

/// The smallest request there is.
private enum Knock {
  static func get(_ path: String, port: UInt16) throws {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { Glibc.close(descriptor) }
    var address = sockaddr_in()
    (address.sin_family, address.sin_port) = (sa_family_t(AF_INET), port.bigEndian)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let connected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, size) }
    }
    let text = Array("GET \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\n\r\n".utf8)
    guard connected == 0, send(descriptor, text, text.count, Int32(MSG_NOSIGNAL)) == text.count else {
      throw DrillShop.Failure(description: "the sandbox is not there: \(String(cString: strerror(errno)))")
    }
    var answer = [UInt8](repeating: 0, count: 4096)
    _ = recv(descriptor, &answer, answer.count, 0)
  }
}
