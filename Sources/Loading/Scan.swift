import Glibc
import Listings

/// One scan: look at all folders, load their files, look whether anything moved meanwhile; if so, again.
extension Loader {
  /// Runs the work on several threads at once, each until there is none left, and returns when all have ended.
  package typealias Spread = @Sendable (_ work: @escaping @Sendable () -> Void) -> Void

  /// So many files are worth a thread.
  static let crowd = 1000

  /// Waits for all of it.
  package mutating func scan() -> Wanted {
    let git = gitActivity()
    let wanted = look()
    return watched(git, wanted)
  }

  /// The same with all cores, however few the files, and without a thread that waits: for who has nothing else to do
  /// meanwhile.
  package mutating func scanConcurrently() async -> Wanted {
    let git = gitActivity()
    let wanted = await lookConcurrently()
    return watched(git, wanted)
  }

  func gitActivity() -> String? { GitActivity.around(loaded.config.listings) }

  /// Looked at before and after: git may begin, or end, while the files are read.
  private func watched(_ before: String?, _ wanted: Wanted) -> Wanted {
    var wanted = wanted
    wanted.gitActivity = before ?? gitActivity()
    return wanted
  }

  private mutating func look() -> Wanted {
    for attempt in 1...3 {
      guard let root = openRoot() else { return unseen(Loader.rootMissing(loaded.config.listings, errno)) }
      var pass = begin(root)
      if pass.unseen == nil {
        let (loading, work) = (self.loading(), pass.walk.work)
        if let spread, work.reduce(0, { $0 + $1.names.count }) >= Loader.crowd {
          let batches = Batch.split(work, size: 32)
          let outcomes = loading.load(batches, of: work, in: root.number, spread: spread)
          finish(&pass, loading, outcomes, of: batches, in: root)
        } else {
          // A folder at a time: nobody shares the work.
          let batches = Batch.split(work, size: .max)
          let outcomes = batches.map { loading.load($0, of: work, in: root.number, &buffer) }
          finish(&pass, loading, outcomes, of: batches, in: root)
        }
      }
      if let wanted = conclude(&pass, isLast: attempt == 3) { return wanted }
    }
    return unseen("the listings changed while they were read; run it again")
  }

  private mutating func lookConcurrently() async -> Wanted {
    for attempt in 1...3 {
      guard let root = openRoot() else { return unseen(Loader.rootMissing(loaded.config.listings, errno)) }
      var pass = begin(root)
      if pass.unseen == nil {
        // Small enough that no core waits long for the last one.
        let batches = Batch.split(pass.walk.work, size: 16)
        let loading = self.loading()
        let outcomes = await loading.loadConcurrently(batches, of: pass.walk.work, in: root.number)
        pass.walk.passing.isRepeated = attempt > 1
        finish(&pass, loading, outcomes, of: batches, in: root)
      }
      if let wanted = conclude(&pass, isLast: attempt == 3) { return wanted }
    }
    return unseen("the listings changed while they were read; run it again")
  }

  private func unseen(_ reason: String) -> Wanted { Wanted(root: .unseen(reason), problems: configProblems) }

  /// Takes the shelf along: `finish` puts it back.
  mutating func loading() -> FileLoading {
    let shared = SharedShelf(shelf)
    shelf = PhotoShelf(clock: clock)
    return FileLoading(
      surroundings: surroundings, sources: sources, clock: clock, shelf: shared, passesOver: passesOver, isKept: isKept)
  }

  /// One look at everything.
  private struct Pass {
    var walk: Walk
    var status: stat
    /// Why the root was not seen, or not all of it.
    var unseen: String?
  }

  func openRoot() -> Descriptor? {
    // The root itself may be a link; what is below it may not.
    let number = open(loaded.config.listings, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    return number < 0 ? nil : Descriptor(number)
  }

  /// Looks at the folders. `walk.work` is what is to be loaded then.
  private mutating func begin(_ root: borrowing Descriptor) -> Pass {
    let path = loaded.config.listings
    guard let before = Files.status(of: root) else {
      return Pass(walk: Walk(old: [:], device: 0), status: stat(), unseen: Loader.rootMissing(path, errno))
    }
    var pass = Pass(walk: Walk(old: folders, device: UInt64(before.st_dev), room: sizeLimit), status: before)
    pass.unseen = markerProblem(root)
    guard pass.unseen == nil else { return pass }
    if folders.isEmpty, let cache { shelf.learn(cache.photos()) }
    shelf.beginScan(root: root, path: path)
    let base = bottom()
    visit(root, "", on: base, depth: 0, &pass.walk)
    missLostDisks(markedDisks(root), &pass.walk)
    return pass
  }

  /// Takes what was loaded, and looks whether all of it was there to be seen.
  private mutating func finish(
    _ pass: inout Pass, _ loading: FileLoading, _ outcomes: consuming [Batch.Outcome], of batches: [Batch],
    in root: borrowing Descriptor
  ) {
    shelf = loading.shelf.value
    shelf.endScan()
    gather(outcomes, of: batches, &pass.walk)
    pass.walk.work = []
    for visited in pass.walk.visited where isChanged(visited, root) { pass.walk.changed.append(visited.path) }
    let path = loaded.config.listings
    var after = stat()
    guard stat(path, &after) == 0, after.st_ino == pass.status.st_ino, after.st_dev == pass.status.st_dev else {
      pass.unseen = "\(path) went away or was replaced while it was read; is its disk still mounted?"
      return
    }
    pass.unseen = markerProblem(root)
    guard pass.unseen == nil else { return }
    folders = pass.walk.folders
    let learnt = passing.learnt
    passing = pass.walk.passing
    passing.learnt += learnt
    passing.hashedPhotos = shelf.hashed
    // Who makes no new cache has all it needs by now.
    if !passesOver, !isKept { (cache, passing) = (nil, Passing()) }
  }

  /// Nil when a file may have moved from a folder not read yet to one already read: neither place would show it.
  private func conclude(_ pass: inout Pass, isLast: Bool) -> Wanted? {
    if let reason = pass.unseen { return unseen(reason) }
    if !pass.walk.changed.isEmpty || !pass.walk.vanished.isEmpty, !isLast { return nil }
    return assemble(&pass.walk)
  }

  private func isChanged(_ visited: Walk.Visited, _ root: borrowing Descriptor) -> Bool {
    let now = visited.path.isEmpty ? Files.status(of: root) : Files.status(visited.path, in: root.number)
    return now.map { Stamp($0) } != visited.stamp
  }

  private static func rootMissing(_ path: String, _ code: Int32) -> String {
    switch code {
    case ENOENT:
      "the listings folder \(path) is not there; is its disk mounted, and is `listings` in hawker.yaml right?"
    case ENOTDIR: "\(path) is no folder; correct `listings` in hawker.yaml"
    case EACCES: "the listings folder \(path) can't be read; give this user the permission"
    default: "the listings folder \(path) can't be read: \(Files.reason(code))"
    }
  }

  /// Nil when the root is the one that the journal knows. The advice never is to make the marker: a wrong folder with a
  /// marker would empty the shop.
  func markerProblem(_ root: borrowing Descriptor) -> String? {
    let lineage: String
    var mayBeMissing = false
    switch options.marker {
    case .ignored, .none: return nil
    case .expected(let expected): lineage = expected
    case .acceptable(let expected): (lineage, mayBeMissing) = (expected, true)
    }
    let path = loaded.config.listings
    var marker = FileBuffer()
    switch marker.read(".hawker", in: root.number) {
    case .read(let count, _):
      let text = String(decoding: marker.bytes[..<count], as: UTF8.self)
      if text.contains(lineage) { return RootDevice(mark: text).flatMap { deviceProblem($0, root) } }
      return
        "\(path) belongs to another journal; use the state folder that belongs to it, or correct `listings` in hawker.yaml"
    case .vanished where mayBeMissing: return nil
    case .vanished:
      return
        "\(path) is not the folder that this journal was kept for (its mark is gone); mount or restore the right one. "
        + Loader.adoptAdvice
    default:
      return "\(path) can't be recognised: its mark can't be read; look at the disk and the permissions"
    }
  }

  private func markedDisks(_ root: borrowing Descriptor) -> [String] {
    switch options.marker {
    case .ignored, .none: return []
    case .expected, .acceptable: break
    }
    var marker = FileBuffer()
    guard case .read(let count, _) = marker.read(".hawker", in: root.number) else { return [] }
    return SubDisks.read(String(decoding: marker.bytes[..<count], as: UTF8.self))
  }

  static let adoptAdvice =
    "If you moved the listings on purpose, `hawker init --adopt-root` shows what would change and asks"

  private func deviceProblem(_ known: RootDevice, _ root: borrowing Descriptor) -> String? {
    guard let now = RootDevice(of: root.number), known.isOther(than: now) else { return nil }
    return "\(loaded.config.listings) is on another device than the folder that this journal was kept for, although it "
      + "bears its mark: a copy of it may be mounted there; mount the right one. " + Loader.adoptAdvice
  }
}
