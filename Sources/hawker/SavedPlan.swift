import Glibc
import Listings
import Planning

/// A plan in a file: applied exactly, or refused when the inputs or the journal have moved on.
struct SavedPlan {
  let id: String
  let lineage: String?
  let sequence: Int?

  static func save(_ plan: Plan, to path: String) throws {
    let text = PlanJSON.render(plan, hawker: Version.text) + "\n"
    guard let file = fopen(path, "w") else { throw Exit(.usage, "\(path): \(Self.reason)") }
    let count = text.utf8.count
    let written = fputs(text, file)
    guard fclose(file) == 0, written >= 0 || count == 0 else { throw Exit(.usage, "\(path): \(Self.reason)") }
  }

  static func read(_ path: String) throws -> SavedPlan {
    guard let bytes = Files.read(path, limit: 256 << 20) else { throw Exit(.usage, "\(path): \(reason)") }
    guard let json = try? JSONValue(parsing: bytes), json["format"]?.string == PlanJSON.format,
      let id = json["plan_id"]?.string
    else { throw Exit(.usage, "\(path) is not a plan that `hawker plan --out` saved") }
    return SavedPlan(
      id: id, lineage: json["journal"]?["lineage"]?.string,
      sequence: json["journal"]?["sequence"]?.integer.map(Int.init))
  }

  /// Why it can't be applied; nil when the plan of now is the plan that was saved.
  func staleness(against plan: Plan) -> String? {
    if let lineage, lineage != plan.lineage { return "it was made from another journal" }
    if let sequence, sequence != plan.sequence {
      return "the journal has moved on from entry \(sequence) to \(plan.sequence)"
    }
    return id == plan.id ? nil : "the listings or the config have changed since"
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
