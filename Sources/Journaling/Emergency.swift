import Listings

/// Outcomes that could not be written to the journal: beside it, and on standard error. Without them a post that was
/// made would be looked up again at best.
enum Emergency {
  /// Never fails: what can't be written is at least said.
  static func keep(_ bodies: [[UInt8]], at: String, _ disk: any Disk, _ layout: Layout) {
    var lines: [UInt8] = []
    for body in bodies {
      var chain = Chain()
      chain.write(body, at: at, to: &lines)
    }
    var place = "it is kept in \(layout.emergency), and the next start takes it in"
    do throws(DiskError) {
      CrashPoint.reach("emergency-before")
      let kept = try disk.readIfPresent(layout.emergency) ?? []
      // What an earlier failure left of a line must not spoil this one.
      if let last = kept.last, last != 0x0A { lines.insert(0x0A, at: 0) }
      let file = try disk.open(layout.emergency, create: true)
      defer { disk.close(file) }
      try disk.write(lines, to: file, at: kept.count, path: layout.emergency)
      CrashPoint.reach("emergency-written")
      try disk.sync(file, path: layout.emergency)
      CrashPoint.reach("emergency-synced")
      try disk.syncDirectory(layout.directory)
      CrashPoint.reach("emergency-kept")
    } catch {
      place =
        "it could not be kept beside it either (\(layout.emergency): \(error.reason)): keep this message, and settle the "
        + "post with `hawker resolve` once hawker starts again"
    }
    disk.alarm(
      "hawker: the journal could not take the outcome of a request that was made; \(place):\n"
        + String(decoding: lines, as: UTF8.self))
  }

  /// The outcomes that were kept, and how many lines could not be read.
  static func read(_ disk: any Disk, _ layout: Layout) throws(JournalError) -> (outcomes: [Outcome], unreadable: Int)? {
    let bytes: [UInt8]
    do throws(DiskError) {
      guard let found = try disk.readIfPresent(layout.emergency) else { return nil }
      bytes = found
    } catch { throw JournalError(error) }
    var outcomes: [Outcome] = []
    var unreadable = 0
    var lines = LineReader(bytes: bytes)
    while let range = lines.next() {
      guard let envelope = Envelope(bytes, range), let json = try? envelope.json(bytes),
        case .outcome(let outcome)? = try? Entry(kind: envelope.kind, json)
      else {
        unreadable += 1
        continue
      }
      outcomes.append(outcome)
    }
    return (outcomes, unreadable + (lines.offset < bytes.count ? 1 : 0))
  }
}
