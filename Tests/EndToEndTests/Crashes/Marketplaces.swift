import Foundation
import Support

/// `hawker sandbox` as a process of its own: it lives on when the program that posts is killed, and what that had sent
/// still happens.
struct Marketplaces: Sendable {
  let process: Daemon
  /// What a shop's environment needs.
  let environment: [String: String]
  let config: String
  let folder: TemporaryFolder

  static func start(_ arguments: [String] = []) async throws -> Marketplaces {
    let folder = try TemporaryFolder()
    let process = try Daemon(
      in: folder.path, ["sandbox", "--port", "0", "--directory", folder.path + "/shown"] + arguments, hearsAll: true)
    try await process.says("HAWKER_TOKEN_OFFERUP=")
    let lines = process.lines.map { $0.trimmingCharacters(in: .whitespaces) }
    var environment: [String: String] = [:]
    for line in lines where line.hasPrefix("HAWKER_TOKEN_") {
      let parts = line.split(separator: "=", maxSplits: 1)
      environment[String(parts[0])] = String(parts[1])
    }
    let accounts = lines.filter { $0.hasPrefix("facebook:") || $0.hasPrefix("offerup:") }
    let config = """
      version: 1
      defaults:
        currency: USD
        condition: good
        marketplaces: [facebook, offerup]
        location: { latitude: 45.5231, longitude: -122.6765, postal_code: "97209" }
      categories:
        lighting: { facebook: HOME_GOODS, offerup: home-garden.lighting }
      web: { listen: off, public_url: "https://shop.example.com" }
      accounts:
        \(accounts.joined(separator: "\n  "))

      """
    return Marketplaces(process: process, environment: environment, config: config, folder: folder)
  }

  func stop() async throws {
    _ = try await process.interrupt()
    folder.remove()
  }

  func posts() throws -> [SandboxPost] {
    try String(contentsOfFile: folder.path + "/shown/ledger.jsonl", encoding: .utf8).split(separator: "\n")
      .compactMap { line in
        (try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]).flatMap(SandboxPost.init)
      }
  }
}
