import Foundation
import Support

/// Something that a seller does, at every point of which the program may die.
struct CrashScenario: Sendable {
  /// A command line of hawker.
  struct Line: Sendable {
    var arguments: [String]
    /// The program that runs it, with its arguments.
    var wrapper: [String] = []
    /// Only when the line is the scenario's own, not in what comes after a crash.
    var environment: [String: String] = [:]
    /// For what doesn't end by itself: the point at which it is killed at the latest.
    var lastPoint: String?
    /// What is done while it runs: the line is a daemon's, which is then ended, unless it dies by itself.
    var visit: (@Sendable (CrashShop, Daemon) async throws -> Void)?

    init(_ arguments: String...) { self.arguments = arguments + ["--sandbox"] }

    static let apply = Line("apply", "--yes")

    func with(faults: String) -> Line {
      var line = self
      line.environment["HAWKER_SANDBOX_FAULTS"] = faults
      return line
    }
  }

  typealias Lines = @Sendable (CrashShop) throws -> [Line]

  let name: String
  /// In every run.
  var environment: [String: String] = [:]
  /// Leads up to it, with a program that lives.
  var prepare: @Sendable (CrashShop) async throws -> Void = { _ in }
  var act: Lines = { _ in [.apply] }
  /// What a person does after a crash, and after no crash, before the `apply` that has to bring all in order.
  var afterwards: Lines = { _ in [] }
  /// The listings that are on the marketplace in the end.
  var shows: [String] = ["lamp"]
  /// The moments at which a listing is on the marketplace twice are no mistake.
  var mayDouble = false
  /// Once there, the listing is there at every moment.
  var staysLive = false
  /// What else has to hold in the end.
  var check: @Sendable (CrashShop) throws -> [String] = { _ in [] }
}

/// A shop with a lamp, on one emulated marketplace.
struct CrashShop: Sendable {
  let shop: StarterShop
  let market: String

  init(_ market: String) throws {
    let page = market == "facebook" ? ", page_id: \"10001\"" : ""
    let config = """
      version: 1
      defaults:
        currency: USD
        condition: good
        marketplaces: [\(market)]
        location: { latitude: 45.5231, longitude: -122.6765, postal_code: "97209" }
      accounts: { \(market): { marketplace: \(market)\(page) } }
      categories:
        lighting: { facebook: HOME_GOODS, offerup: home-garden.lighting }
        furniture: { facebook: HOME_GOODS_2, offerup: home-garden.furniture }
      guards: { grace: 100ms }
      sync: { absence_after: 250ms, settle: 20ms }

      """
    shop = try StarterShop(config: config)
    self.market = market
    try shop.remove("listings/trek-520.yaml")
    try FileManager.default.moveItem(atPath: shop.path + "/listings/walnut-table.yaml", toPath: shop.path + "/table")
    try edit("photos: [photos/lamp.png]", "photos: [photos/lamp.png, photos/walnut-table.png]")
  }

  private init(_ shop: StarterShop, _ market: String) { (self.shop, self.market) = (shop, market) }

  func copy() throws -> CrashShop { CrashShop(try StarterShop(copyOf: shop), market) }

  func remove() { shop.folder.remove() }

  func edit(_ old: String, _ new: String) throws {
    try shop.write("listings/lamp.yaml", try shop.read("listings/lamp.yaml").replacing(old, with: new))
  }

  func addTable() throws { try shop.write("listings/walnut-table.yaml", try shop.read("table")) }

  func removeLamp() throws { try shop.remove("listings/lamp.yaml") }

  @discardableResult
  func run(
    _ line: CrashScenario.Line, environment: [String: String] = [:], crashAt: String? = nil
  ) async throws -> Program.Outcome {
    var environment = environment
    let points = [crashAt, line.lastPoint].compactMap { $0 }
    if !points.isEmpty { environment["HAWKER_CRASH_AT"] = points.joined(separator: ",") }
    environment.merge(line.environment) { $1 }
    if let visit = line.visit { return try await visited(line, environment, visit) }
    return try await Program.run(line.arguments, in: shop.path, environment: environment, wrapper: line.wrapper)
  }

  private func visited(
    _ line: CrashScenario.Line, _ environment: [String: String],
    _ visit: @Sendable (CrashShop, Daemon) async throws -> Void
  ) async throws -> Program.Outcome {
    let daemon = try Daemon(in: shop.path, line.arguments, environment: environment)
    let end = ContinuousClock.now + .seconds(60)
    daemon.end(after: .seconds(60))
    // It may die while it is visited: that is what it is for.
    do { try await visit(self, daemon) } catch is Daemon.Silent {}
    let ends = line.lastPoint == nil && daemon.isRunning
    let status = ends ? try await daemon.interrupt() : try await daemon.status()
    let lines = daemon.lines
    guard ContinuousClock.now < end else { throw Daemon.Silent(wanted: "its end", heard: Array(lines.suffix(40))) }
    return Program.Outcome(status: status, out: "", err: lines.joined(separator: "\n"))
  }

  /// Every line of the emulated marketplaces' ledger that tells of a post, in their order.
  func posts() throws -> [SandboxPost] {
    guard let text = try? shop.read("state/sandbox/marketplaces/ledger.jsonl") else { return [] }
    return try text.split(separator: "\n").compactMap { line in
      (try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]).flatMap(SandboxPost.init)
    }
  }

  /// What somebody does on the marketplace's own page.
  func takeOffByHand(_ id: String) throws { try editThere(id, "\"live\":true", "\"live\":false") }

  func editThere(_ id: String, _ old: String, _ new: String) throws {
    try shop.editThere({ $0.contains("\"id\":\"\(id)\"") }, old, new)
  }
}

/// A post as the emulated marketplace keeps it.
struct SandboxPost: Sendable {
  let id: String
  let market: String
  let reference: String?
  let title: String
  let price: Int
  let photos: Int
  let createdAt: Int64
  let isLive: Bool

  /// Nil for a line about something else.
  init?(_ json: [String: Any]) {
    guard let id = json["id"] as? String, let market = json["marketplace"] as? String,
      let title = json["title"] as? String, let price = json["price"] as? Int,
      let photos = json["photos"] as? [String], let created = json["created"] as? Int64,
      let isLive = json["live"] as? Bool
    else { return nil }
    self.id = id
    self.market = market
    self.title = title
    self.price = price
    self.photos = photos.count
    self.isLive = isLive
    createdAt = created
    reference = json["reference"] as? String
  }

  var listing: String { reference.map { String($0.prefix { $0 != "." }) } ?? "" }
}
