import Foundation
import Journaling
import Listings
import Loading
import Planning
import Support
import Testing

/// A folder of `Cases`: what was applied last (`before/`), what the files say now (`listings/`), and the plan of it.
struct Case {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().path + "/Cases"
  static let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    .filter { !$0.hasSuffix(".yaml") && !$0.hasPrefix(".") }
  static let now = Timestamp(milliseconds: 1_795_000_000_000)

  let name: String
  var path: String { "\(Case.folder)/\(name)" }

  struct Failure: Error { let message: String }

  func text(_ file: String) -> String? { try? String(contentsOfFile: "\(path)/\(file)", encoding: .utf8) }

  func lines(_ file: String) -> [[String]] {
    (text(file) ?? "").split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
  }

  /// The plan, with the temporary folder's path taken out of every text that names it.
  func plan() throws -> (text: String, json: String) {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let records = try records(in: folder)
    let (config, wanted) = try load("listings", ["hawker.yaml"], at: folder.path + "/now", marker: marker)
    var input = PlanInput(
      wanted: wanted, records: records, config: config.config, capabilities: Case.capabilities, now: Case.now)
    for option in lines("options.txt") {
      switch option[0] {
      case "allow-withdraw": input.allowedWithdrawals = Int(option[1])
      case "only": input.onlyListings.insert(option[1])
      case "account": input.onlyAccount = option[1]
      case "enforce": input.enforces = true
      case "daemon": input.mode = .continuous
      case "git": input.wanted.gitActivity = option.dropFirst().joined(separator: " ")
      case "marker": break
      case "bare": input.accountCapabilities[option[1]] = Case.bare(option[1], config.config)
      default: throw Failure(message: "\(name)/options.txt: \(option[0])")
      }
    }
    try takeStanding(into: &input)
    let plan = Planner.plan(input)
    let texts = [PlanText().render(plan) + guards(plan), PlanJSON.render(plan, hawker: "0.0.0")]
      .map { $0.replacing(folder.path + "/now", with: "SHOP") }
    return (texts[0], texts[1])
  }

  /// What the guards say stands below the plan: the text of `hawker plan` shows it action by action only.
  private func guards(_ plan: Plan) -> String {
    plan.guards.filter(\.isTripped).map { report in
      "guard \(report.name.rawValue)\(report.account.map { " on \($0)" } ?? ""): \(report.text)"
        + (report.isLifted ? " (lifted)" : "; \(report.override)") + "\n"
    }.joined()
  }

  /// The shop's folder at `shop`: this case's listings, and the first of these configs that there is.
  private func load(
    _ listings: String, _ configs: [String], at shop: String, marker: Marker = .ignored
  ) throws -> (LoadedConfig, Wanted) {
    let files = FileManager.default
    try files.createDirectory(atPath: shop, withIntermediateDirectories: true)
    let config = configs.map { "\(path)/\($0)" }.first(where: files.fileExists) ?? "\(Case.folder)/hawker.yaml"
    try files.copyItem(atPath: config, toPath: "\(shop)/hawker.yaml")
    let loaded = ConfigReader.read(file: "\(shop)/hawker.yaml", folder: shop)
    guard !loaded.hasErrors else { throw Failure(message: "\(name): \(loaded.problems)") }
    if files.fileExists(atPath: "\(path)/\(listings)") {
      try files.copyItem(atPath: "\(path)/\(listings)", toPath: loaded.config.listings)
    }
    var loader = Loader(
      loaded,
      options: LoadingOptions(
        capabilities: Case.capabilities, publicURL: "https://shop.example.com", marker: marker))
    return (loaded, loader.scan())
  }

  /// `marker LINEAGE`: whose mark the root must bear.
  private var marker: Marker {
    lines("options.txt").first { $0[0] == "marker" }.map { .expected(lineage: $0[1]) } ?? .ignored
  }

  // MARK: Records

  /// As they are after an apply of `before/`: every post live with its content, but for what records.txt says.
  private func records(in folder: TemporaryFolder) throws -> [PostKey: Record] {
    guard FileManager.default.fileExists(atPath: path + "/before") else { return [:] }
    let (loaded, wanted) = try load("before", ["before.hawker.yaml", "hawker.yaml"], at: folder.path + "/before")
    guard wanted.root == .seen, !wanted.problems.contains(where: { $0.severity == .error }) else {
      throw Failure(message: "\(name)/before: \(wanted.root) \(wanted.problems)")
    }
    var records: [PostKey: Record] = [:]
    for listing in wanted.listings where listing.status == .available {
      for post in listing.posts {
        let record = Case.live(listing, post, loaded.config)
        records[record.key] = record
      }
    }
    for line in lines("records.txt") {
      let key = PostKey(listing: line[0], account: line[1])
      guard let record = records[key] else { throw Failure(message: "\(name)/records.txt: no record \(key)") }
      records[key] = try Case.record(record, as: line[2])
    }
    return records
  }

  private static func live(_ listing: Listing, _ post: WantedPost, _ config: Config) -> Record {
    Record(
      key: PostKey(listing: listing.id, account: post.account),
      marketplace: config.account(post.account)?.marketplace ?? "", state: .live,
      remoteID: "\(post.account)-\(listing.id)", content: post.content, file: listing.file,
      isProtected: listing.isProtected)
  }

  private static func record(_ live: Record, as state: String) throws -> Record {
    var record = live
    switch state {
    case "gone": record.state = .gone
    case "withdrawn": record.state = .withdrawn(sold: false)
    case "sold": record.state = .withdrawn(sold: true)
    case "rejected": record = failed(record, .rejected, "rejected", "the title says nothing")
    case "replaced": record.superseded = ["\(live.key.account)-old"]
    case "half-replaced":
      record.pending = Intent(
        op: "0123456789abcdef", action: .replace, key: live.key, marketplace: live.marketplace,
        reference: "\(live.key.listing).01234567", content: live.content, remoteID: live.remoteID, file: live.file,
        at: now)
    case "half-withdrawn":
      record.pending = Intent(
        op: "0123456789abcdef", action: .withdraw, key: live.key, marketplace: live.marketplace,
        remoteID: live.remoteID, file: live.file, at: now)
    case "failed": record = failed(record, .failed(retryAt: nil), "unavailable", "the marketplace is down")
    case "uncertain":
      record.state = .uncertain
      record.pending = Intent(
        op: "0123456789abcdef", action: .create, key: live.key, marketplace: live.marketplace,
        reference: "\(live.key.listing).01234567", content: live.content, file: live.file, at: now)
      (record.content, record.remoteID) = (nil, nil)
    default: throw Failure(message: "no state \(state)")
    }
    return record
  }

  /// A create that never came through.
  private static func failed(_ live: Record, _ state: Record.State, _ code: String, _ message: String) -> Record {
    var record = live
    record.state = state
    record.failedDigest = live.content?.digest
    record.failure = Listings.Failure(code: code, message: message)
    (record.content, record.remoteID) = (nil, nil)
    return record
  }

  /// An account that can't be asked.
  private static func bare(_ account: String, _ config: Config) -> Capabilities? {
    var bare = config.account(account).flatMap { capabilities[$0.marketplace] }
    bare?.canLookUp = false
    bare?.canRead = false
    return bare
  }

  static let capabilities: [String: Capabilities] = [
    "facebook": Capabilities(
      marketplace: "facebook", titleLimit: 100, descriptionLimit: 5000, photoCount: 1...20, photoSize: 10_000_000,
      photoFormats: [.jpeg, .png, .gif, .bmp, .tiff], photoTransport: .upload,
      conditions: [.new: "NEW", .likeNew: "LIKE_NEW", .good: "USED", .fair: "USED", .poor: "USED"], source: "test"),
    // Unlike the real one, it can't move a post to another category, so that there is something to replace.
    "offerup": Capabilities(
      marketplace: "offerup", titleLimit: 122, descriptionLimit: 5000, discouragesContacts: true, photoCount: 1...12,
      photoSize: .max, photoFormats: Set(PhotoFormat.allCases), photoTransport: .address, currencies: ["USD"],
      takesLocation: true, requiresLocation: true,
      conditions: [.new: "new", .likeNew: "like_new", .good: "used", .fair: "used", .poor: "used"],
      fixedFields: [.category], source: "test"),
  ]
}
