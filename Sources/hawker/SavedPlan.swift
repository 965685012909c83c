import Glibc
import Journaling
import Listings
import Marketplaces
import Planning
import Reconciling

/// A plan in a file: applied exactly, or refused when the inputs or the journal have moved on. It carries what it was
/// narrowed to, and whether live copies were looked at for it, so that it is made in the same way again.
struct SavedPlan {
  let id: String
  let lineage: String?
  let sequence: Int?
  let choice: Plan.Choice

  static func save(_ plan: Plan, to path: String) throws {
    let text = PlanJSON.render(plan, hawker: Version.text) + "\n"
    guard isOurs(path) else {
      throw Exit(
        .usage, "\(path) is there already, and is no saved plan; it was left as it is: give --out another name")
    }
    guard let file = fopen(path, "w") else { throw Exit(.usage, "\(path): \(Self.reason)") }
    let count = text.utf8.count
    let written = fputs(text, file)
    guard fclose(file) == 0, written >= 0 || count == 0 else { throw Exit(.usage, "\(path): \(Self.reason)") }
  }

  /// Whether nothing else is lost there: no regular file, an empty one, or a plan that was saved before.
  private static func isOurs(_ path: String) -> Bool {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size > 0 else { return true }
    let json = Files.read(path, limit: 256 << 20).flatMap { try? JSONValue(parsing: $0) }
    return json?["format"]?.string == PlanJSON.format
  }

  static func read(_ path: String) throws -> SavedPlan {
    guard let bytes = Files.read(path, limit: 256 << 20) else { throw Exit(.usage, "\(path): \(reason)") }
    guard let json = try? JSONValue(parsing: bytes), json["format"]?.string == PlanJSON.format,
      let id = json["plan_id"]?.string
    else { throw Exit(.usage, "\(path) is not a plan that `hawker plan --out` saved") }
    let selection = json["selection"]
    return SavedPlan(
      id: id, lineage: json["journal"]?["lineage"]?.string,
      sequence: json["journal"]?["sequence"]?.integer.map(Int.init),
      choice: Plan.Choice(
        listings: Set(selection?["only"]?.array?.compactMap(\.string) ?? []), account: selection?["account"]?.string,
        isRefreshed: selection?["refresh"]?.bool ?? false))
  }

  /// The saved selection; flags may repeat it, and nothing else.
  func selection(given: Selection) throws -> Selection {
    let isNarrowed = !given.listings.isEmpty || given.account != nil
    guard !isNarrowed || given.listings == choice.listings && given.account == choice.account else {
      let flags = choice.listings.sorted().map { "--only \($0)" } + (choice.account.map { ["--account \($0)"] } ?? [])
      let what = flags.isEmpty ? "all listings and accounts" : flags.joined(separator: " ")
      throw Exit(
        .usage,
        "the saved plan is for \(what), and is applied as it is: leave --only and --account out, or make a plan for "
          + "these with `hawker plan --out`")
    }
    var selection = given
    (selection.listings, selection.account) = (choice.listings, choice.account)
    return selection
  }

  /// Before anything is recorded: what is looked at for the plan moves the journal on as well.
  func refuseOtherJournal(_ ledger: Ledger) throws {
    if let lineage, lineage != ledger.lineage { throw stale("it was made from another journal") }
    if let sequence, sequence != ledger.sequence {
      throw stale("the journal has moved on from entry \(sequence) to \(ledger.sequence)")
    }
  }

  /// `plan`: as it is made now, without what only `apply` can let through.
  func refuseOther(_ plan: Plan, looked: [MarketplaceFailure]?) throws {
    guard id != plan.id else { return }
    guard let looked else { throw stale("the listings or the config have changed since") }
    throw stale(
      looked.isEmpty
        ? "the listings, the config or what the marketplaces show are not what it was made from"
        : "not everything could be looked at now that it was made from")
  }

  private func stale(_ why: String) -> Exit {
    Exit(.person, "the saved plan is stale: \(why). Nothing was sent; make a new one with `hawker plan --out`")
  }

  private static var reason: String { String(cString: strerror(errno)) }
}

enum Files {
  /// The whole file; nil when it can't be read (`errno` says why) or is larger than `limit`.
  static func read(_ path: String, limit: Int) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count <= limit {
      let count = Glibc.read(descriptor, &piece, piece.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { return nil }
      if count == 0 { return bytes }
      bytes += piece[..<count]
    }
    errno = EFBIG
    return nil
  }

  /// Makes a file that isn't there yet. False when it is there; throws when it can't be made.
  static func create(_ path: String, _ text: String) throws -> Bool {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    if descriptor < 0, errno == EEXIST { return false }
    guard descriptor >= 0 else { throw refusal(path) }
    defer { close(descriptor) }
    try write(Array(text.utf8), to: descriptor, path)
    return true
  }

  /// Appends the lines that the file doesn't have; false: it has them all.
  static func add(_ lines: [String], to path: String) throws -> Bool {
    guard let bytes = read(path, limit: 1 << 20) else { throw refusal(path) }
    let text = String(decoding: bytes, as: UTF8.self)
    // `state` and `/state/` leave out the same.
    func plain(_ line: some StringProtocol) -> String { line.split(separator: "/").joined(separator: "/") }
    let there = Set(text.split(whereSeparator: \.isNewline).map(plain))
    let missing = lines.filter { !there.contains(plain($0)) }
    guard !missing.isEmpty else { return false }
    let descriptor = open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
    guard descriptor >= 0 else { throw refusal(path) }
    defer { close(descriptor) }
    let start = text.isEmpty || text.hasSuffix("\n") ? "" : "\n"
    try write(Array((start + missing.map { $0 + "\n" }.joined()).utf8), to: descriptor, path)
    return true
  }

  static func create(_ path: String, _ bytes: [UInt8]) throws {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    if descriptor < 0, errno == EEXIST { return }
    guard descriptor >= 0 else { throw refusal(path) }
    defer { close(descriptor) }
    try write(bytes, to: descriptor, path)
  }

  private static func write(_ bytes: [UInt8], to descriptor: Int32, _ path: String) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw refusal(path) }
      rest = rest.dropFirst(count)
    }
  }

  static func makeDirectory(_ path: String, mode: mode_t = 0o755) throws {
    guard mkdir(path, mode) == 0 || errno == EEXIST else {
      throw refusal(path)
    }
  }

  /// A full or failing disk is no wrong command line.
  private static func refusal(_ path: String) -> Exit {
    let code: ExitCode = [ENOSPC, EDQUOT, EIO].contains(errno) ? .failed : .usage
    return Exit(code, "\(path): \(String(cString: strerror(errno)))")
  }
}

extension Files {
  /// Puts new bytes in the place of a file, whole or not at all, with its mode; refuses when it has changed since it was
  /// read as `old`.
  static func replace(_ path: String, _ old: [UInt8], with new: [UInt8]) throws {
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw Exit(.person, "\(path) is no regular file; it was left as it is")
    }
    let slash = path.utf8.lastIndex(of: 0x2F).map { path.utf8.index(after: $0) } ?? path.startIndex
    // A name with a dot in front is no listing.
    let beside = "\(path[..<slash]).\(path[slash...]).hawker-\(getpid())"
    let descriptor = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw Exit(.person, "\(beside): \(String(cString: strerror(errno)))") }
    do {
      defer { close(descriptor) }
      try write(new, to: descriptor, beside)
      fchmod(descriptor, status.st_mode & 0o7777)
      if fsync(descriptor) != 0 { throw Exit(.person, "\(beside): \(String(cString: strerror(errno)))") }
      guard read(path, limit: old.count) == old else {
        throw Exit(.person, "\(path) was changed meanwhile; it was left as it is: run it again")
      }
      CrashPoint.reach("pull-written")
      guard rename(beside, path) == 0 else { throw Exit(.person, "\(path): \(String(cString: strerror(errno)))") }
      CrashPoint.reach("pull-renamed")
    } catch {
      unlink(beside)
      throw error
    }
  }
}
