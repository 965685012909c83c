import Curl
import Foundation
import Support
import Testing

/// The starter shop on a `hawker sandbox` beside it, with a home of its own and nothing connected yet.
struct ConnectShop: Sendable {
  static let application = [
    "FACEBOOK_APP_ID": "900001", "FACEBOOK_APP_SECRET": "sandbox-app-secret", "OFFERUP_CLIENT_ID": "sandbox-client",
    "OFFERUP_CLIENT_SECRET": "sandbox-client-secret",
  ]

  let shop: StarterShop
  let market: Daemon
  let address: String

  static func with(
    _ faults: String..., pageID: String? = "10001", _ body: (ConnectShop) async throws -> Void
  ) async throws {
    let shop = try await ConnectShop(faults, pageID)
    let result: Result<Void, any Error>
    do { result = .success(try await body(shop)) } catch { result = .failure(error) }
    try? await shop.market.kill()
    shop.shop.folder.remove()
    try result.get()
  }

  private init(_ faults: [String], _ pageID: String?) async throws {
    shop = try StarterShop()
    let flags = faults.flatMap { ["--fault", $0] }
    market = try Daemon(in: shop.path, ["sandbox", "--port", "0"] + flags, hearsAll: true)
    market.end(after: .seconds(120))
    try await market.says("Ctrl-C ends it")
    let line = market.lines.first { $0.contains("What buyers would see") } ?? ""
    address = String(line.split(separator: " ").last?.dropLast() ?? "")
    try write(pageID: pageID)
  }

  /// `listen`: where the daemon's web server is.
  func write(pageID: String?, listen: String = "off") throws {
    let page = pageID.map { ", page_id: \"\($0)\"" } ?? ""
    try shop.write(
      "hawker.yaml",
      """
      version: 1
      defaults: { currency: USD, condition: good, marketplaces: [facebook, offerup],
                  location: { latitude: 45.5231, longitude: -122.6765 } }
      accounts:
        facebook: { marketplace: facebook\(page), graph_url: "\(address)/facebook", login_url: "\(address)/facebook" }
        offerup: { marketplace: offerup, api_url: "\(address)/offerup/v1", login_url: "\(address)/offerup" }
      sync: { settle: 30ms, requests_per_second: 0 }
      web: { listen: "\(listen)", public_url: "https://shop.example.com" }

      """)
  }

  var environment: [String: String] { ConnectShop.application.merging(["HOME": shop.path + "/home"]) { $1 } }
  var store: String { shop.path + "/home/.config/hawker/credentials.json" }

  func hawker(_ arguments: String..., environment: [String: String] = [:]) async throws -> Program.Outcome {
    try await Program.run(arguments, in: shop.path, environment: self.environment.merging(environment) { $1 })
  }

  /// `hawker connect`, up to where it waits for the browser.
  func connecting(_ arguments: String..., crashAt point: String? = nil) async throws -> Connecting {
    let crash = point.map { ["HAWKER_CRASH_AT": $0] } ?? [:]
    let process = try Daemon(
      in: shop.path, ["connect"] + arguments, environment: environment.merging(crash) { $1 }, hearsAll: true)
    process.end(after: .seconds(60))
    try await process.says("  http://")
    let line = process.lines.last { $0.contains("  http://") } ?? ""
    return Connecting(process: process, consent: line.trimmingCharacters(in: .whitespaces))
  }

  /// `hawker … --print-url`, with this text on its standard input.
  func pasting(_ text: String, to arguments: String...) throws -> Daemon {
    try shop.write("input", text)
    return try reading(shop.path + "/input", arguments)
  }

  func reading(_ file: String, _ arguments: String...) throws -> Daemon { try reading(file, arguments) }

  private func reading(_ file: String, _ arguments: [String]) throws -> Daemon {
    let process = try Daemon(
      in: shop.path, arguments + ["--print-url"], environment: environment,
      launcher: ["/bin/sh", "-c", "exec \"$0\" \"$@\" < '\(file)'"], hearsAll: true)
    process.end(after: .seconds(60))
    return process
  }

  /// Everything that was consented to, for both accounts.
  func connectAll() async throws {
    for account in ["facebook", "offerup"] { try await connect(account) }
  }

  func connect(_ account: String) async throws {
    let connecting = try await connecting(account)
    _ = try await connecting.press("allow")
    #expect(try await connecting.process.status() == 0, "\(connecting.process.lines)")
  }

  func stored() throws -> String { try String(contentsOfFile: store, encoding: .utf8) }

  /// As if the hour for which OfferUp's access token is good were over.
  func endToken() throws {
    let text = try stored().replacing(/"expires_at":"[0-9]{4}/, with: "\"expires_at\":\"2001")
    // In place: the file stays the user's alone.
    let handle = try FileHandle(forWritingTo: URL(filePath: store))
    try handle.write(contentsOf: Data(text.utf8))
    try handle.close()
  }
}

/// A `hawker connect` that waits, and the address that its browser is at.
struct Connecting: Sendable {
  let process: Daemon
  let consent: String

  /// Presses a button of the consent page and follows to hawker's own page.
  func press(_ decision: String) async throws -> (status: Int, text: String) {
    try await get(Connecting.press(decision, at: consent))
  }

  /// Presses a button of a consent page: where that leads.
  static func press(_ decision: String, at consent: String) async throws -> String {
    var press = Request(.post, consent)
    press.headers.append(("Content-Type", "application/x-www-form-urlencoded"))
    press.body = .bytes(Array("decision=\(decision)".utf8))
    let answer = try await Client.shared.send(press)
    #expect(answer.status == 302)
    return answer.headers["Location"] ?? ""
  }

  func get(_ address: String) async throws -> (status: Int, text: String) { try await Connecting.get(address) }

  static func get(_ address: String) async throws -> (status: Int, text: String) {
    let answer = try await Client.shared.send(Request(.get, address))
    return (answer.status, String(decoding: answer.body, as: UTF8.self))
  }
}
