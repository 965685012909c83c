import Foundation
import Support

/// A copy of the starter shop in a folder of its own.
struct StarterShop: Sendable {
  let folder: TemporaryFolder
  var path: String { folder.path }

  init(config: String? = nil) throws {
    folder = try TemporaryFolder()
    let files = FileManager.default
    try files.copyItem(atPath: Program.repository + "/listings", toPath: path + "/listings")
    try? files.removeItem(atPath: path + "/listings/.hawker")
    if let config {
      try config.write(toFile: path + "/hawker.yaml", atomically: true, encoding: .utf8)
    } else {
      try files.copyItem(atPath: Program.repository + "/hawker.yaml", toPath: path + "/hawker.yaml")
    }
  }

  /// The shop as another one is now, its state too, in a folder of its own.
  init(copyOf other: StarterShop, in parent: String = "/tmp") throws {
    folder = try TemporaryFolder(in: parent)
    let files = FileManager.default
    for name in try files.contentsOfDirectory(atPath: other.path) {
      try files.copyItem(atPath: "\(other.path)/\(name)", toPath: "\(path)/\(name)")
    }
  }

  /// Adds `count` more listings, made from the lamp.
  func add(_ count: Int, to account: String = "") throws {
    let lamp = try String(contentsOfFile: path + "/listings/lamp.yaml", encoding: .utf8)
    for number in 0..<count {
      let text = lamp.replacing("id: lamp", with: "id: lamp-\(number)")
        .replacing("Desk lamp, brass", with: "Desk lamp \(number)")
      try write("listings/lamp-\(number).yaml", text)
    }
  }

  func write(_ name: String, _ text: String) throws {
    try text.write(toFile: "\(path)/\(name)", atomically: true, encoding: .utf8)
  }

  func read(_ name: String) throws -> String { try String(contentsOfFile: "\(path)/\(name)", encoding: .utf8) }

  func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: "\(path)/\(name)") }

  func hawker(_ arguments: String..., environment: [String: String] = [:]) async throws -> Program.Outcome {
    try await Program.run(arguments, in: path, environment: environment)
  }

  /// What the emulated marketplaces show, by marketplace and reference's listing.
  func shown() throws -> [String] {
    var live: [String: String] = [:]
    for line in try read("state/sandbox/marketplaces/ledger.jsonl").split(separator: "\n") {
      guard let post = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any],
        let id = post["id"] as? String, let market = post["marketplace"] as? String,
        let reference = post["reference"] as? String
      else { continue }
      live[id] = post["live"] as? Bool == true ? "\(market) \(reference.split(separator: ".")[0])" : nil
    }
    return live.values.sorted()
  }

  /// What somebody does on the marketplace's own page, to the newest post that is the one.
  func editThere(_ isTheOne: (Substring) -> Bool, _ old: String, _ new: String) throws {
    let path = "state/sandbox/marketplaces/ledger.jsonl"
    let text = try read(path)
    guard let line = text.split(separator: "\n").last(where: isTheOne) else { return }
    try write(path, text + line.replacing(old, with: new) + "\n")
  }

  /// What the journal believes to be live.
  func recorded() async throws -> [String] {
    let export = try await hawker("state", "export", "--sandbox")
    let json = try JSONSerialization.jsonObject(with: Data(export.out.utf8)) as? [String: Any]
    return (json?["records"] as? [[String: Any]] ?? []).filter { $0["state"] as? String == "live" }.compactMap {
      guard let market = $0["marketplace"] as? String, let listing = $0["listing"] as? String else { return nil }
      return "\(market) \(listing)"
    }.sorted()
  }
}
