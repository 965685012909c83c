import Glibc
import Journaling
import Listings
import Loading
import Planning
import Support

@testable import Reconciling

/// A small shop on the disk, with a journal, for plans with and without a cache.
final class ForecastShop {
  let folder: TemporaryFolder
  /// Ahead of the files' times, unless a plan is to find them too fresh to be trusted.
  var now: Timestamp
  private var ops = 0

  static let capabilities: [String: Capabilities] = Dictionary(
    uniqueKeysWithValues: ["facebook", "offerup"].map { name in
      (
        name,
        Capabilities(
          marketplace: name, titleLimit: 40, descriptionLimit: 500, photoCount: 0...5, photoSize: 1 << 20,
          photoFormats: [.jpeg, .gif], photoTransport: .upload, takesLocation: true,
          conditions: [.good: "USED", .fair: "FAIR"], fixedFields: name == "facebook" ? [] : [.category], source: "test"
        )
      )
    })

  init() throws {
    folder = try TemporaryFolder()
    now = Timestamp(milliseconds: ForecastShop.clock().milliseconds + 3_600_000)
    for name in ["listings", "listings/a", "listings/b", "listings/a/photos", "state"] { mkdir(path(name), 0o755) }
  }

  static func clock() -> Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
  }

  func path(_ name: String) -> String { "\(folder.path)/\(name)" }

  // MARK: Files

  /// Writes until it shows in the file's stamp: the tests' clock runs ahead of the kernel's, so that its rule about fresh
  /// files can't help.
  func write(_ name: String, _ text: String, byRename: Bool = false) {
    var status = stat()
    // A link's own stamp would stay as it is.
    if lstat(path(name), &status) == 0, status.st_mode & S_IFMT == S_IFLNK { unlink(path(name)) }
    let before = stamp(name)
    repeat {
      let target = path(byRename ? name + ".tmp" : name)
      guard let file = fopen(target, "w") else { return }
      fputs(text, file)
      fclose(file)
      if byRename { rename(target, path(name)) }
    } while stamp(name) == before
  }

  func read(_ name: String) -> String? {
    guard let file = fopen(path(name), "r") else { return nil }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    return String(decoding: bytes[..<fread(&bytes, 1, bytes.count, file)], as: UTF8.self)
  }

  func stamp(_ name: String) -> [Int] {
    var status = stat()
    guard lstat(path(name), &status) == 0 else { return [] }
    return [
      Int(status.st_ino), Int(status.st_size), status.st_mtim.tv_sec, status.st_mtim.tv_nsec, status.st_ctim.tv_sec,
      status.st_ctim.tv_nsec,
    ]
  }

  /// Puts a file's time of change back to what it was; the kernel's own mark of it stays.
  func setBack(_ name: String, to stamp: [Int]) {
    guard stamp.count == 6 else { return }
    let time = timespec(tv_sec: stamp[2], tv_nsec: stamp[3])
    _ = [time, time].withUnsafeBufferPointer { utimensat(AT_FDCWD, path(name), $0.baseAddress, 0) }
  }

  // MARK: Plans

  struct Told: Equatable {
    var text: String
    var json: String
  }

  func scene(isCached: Bool, at now: Timestamp? = nil) -> Forecast.Scene {
    let loaded = ConfigReader.read(file: path("hawker.yaml"), folder: folder.path)
    let now = now ?? self.now
    var scene = Forecast.Scene(
      loaded, capabilities: ForecastShop.capabilities, publicURL: nil, marksRoot: false, now: { now })
    scene.build = isCached ? "test" : nil
    return scene
  }

  func forecast(isCached: Bool, at now: Timestamp? = nil) async throws -> Forecast {
    try await Forecast.make(scene(isCached: isCached, at: now))
  }

  /// `plan.createdAt` aside, what a person and a script see.
  static func told(_ plan: Plan) -> Told {
    var plan = plan
    plan.createdAt = Timestamp(milliseconds: 0)
    return Told(text: PlanText().render(plan), json: PlanJSON.render(plan, hawker: "0"))
  }

  // MARK: Journal

  func record(_ entries: [Entry]) async throws {
    let now = now
    let journal = try Journal.open(path("state"), program: "0", now: { now })
    try await journal.append(entries)
    await journal.close()
  }

  var ledger: Ledger? { try? JournalReading.read(path("state")) }

  /// Does what the plan says, as if every request went well but for those that `fails` names.
  func apply(fails: (PostKey) -> Bool = { _ in false }) async throws {
    let plan = try await forecast(isCached: false).plan
    var entries: [Entry] = plan.bookkeeping.compactMap { fact in
      switch fact {
      case .moved(let listing, let from, let file): .moved(listing: listing, from: from, file: file)
      case .protected(let listing, let isProtected): .protected(listing: listing, isProtected)
      case .counted(let listing, let quantity): .counted(listing: listing, quantity)
      case .saleSeen(let key): .released(key, by: Entry.saleSeen)
      default: nil
      }
    }
    for action in plan.executable {
      guard let kind = Intent.Action(rawValue: action.kind.rawValue) else {
        if action.kind == .forget { entries.append(.forgotten(action.key)) }
        continue
      }
      ops += 1
      entries.append(.intent(intent(kind, action, op: "op\(ops)")))
      entries.append(.outcome(outcome(kind, op: "op\(ops)", isDone: !fails(action.key))))
    }
    if ledger == nil || !entries.isEmpty { try await record(entries) }
  }

  func intent(_ kind: Intent.Action, _ action: Action, op: String) -> Intent {
    Intent(
      op: op, action: kind, key: action.key, marketplace: action.marketplace, reference: "\(action.key.listing).\(op)",
      content: action.post?.content, remoteID: action.remoteID, file: action.listingFile, at: now,
      because: action.because)
  }

  private func outcome(_ kind: Intent.Action, op: String, isDone: Bool) -> Outcome {
    guard isDone else {
      return Outcome(op: op, result: .failed, failure: Failure(code: "rejected", message: "no"))
    }
    let isNew = kind == .create || kind == .replace
    return Outcome(op: op, result: .done, remoteID: isNew ? "r-\(op)" : nil, url: isNew ? "https://x/\(op)" : nil)
  }
}
