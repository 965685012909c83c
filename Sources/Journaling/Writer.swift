import Listings

/// What a journal is opened with.
package struct JournalSetting: Sendable {
  /// hawker's version.
  package var program: String
  package var now: @Sendable () -> Timestamp
  package var disk: any Disk
  package var limits: SegmentLimits

  package init(
    program: String, now: @escaping @Sendable () -> Timestamp, disk: any Disk = LocalDisk(),
    limits: SegmentLimits = SegmentLimits()
  ) {
    self.program = program
    self.now = now
    self.disk = disk
    self.limits = limits
  }
}

/// The end of the journal: numbers, chains and writes entries, and starts new generations. One thread owns it.
struct Writer: Sendable {
  let setting: JournalSetting
  let layout: Layout
  let lineage: String
  /// Nil in a test that looks at no other writer.
  var lock: Lock?
  var chain: Chain
  /// The newest segment, 0 before the first; its file, -1 when it must not be written on.
  var segment: Int
  var file: Int32 = -1
  /// Where the newest segment's durable entries end, in bytes; and how many there are.
  var end = 0
  var entries = 0
  var checkpoint: Int
  /// Why nothing can be written any more: a write or a sync failed, and what is on the disk is unknown.
  private(set) var death: JournalError?

  /// Where the file ends: behind the entries stand spaces, so that a batch needs no new size to be durable.
  private var sizedEnd = 0
  private var reservedEnd = 0
  private var canReserve = true
  private var headAt = Timestamp(milliseconds: 0)
  /// Compaction that found no room is tried again when the segment has grown to this.
  private var postponedTo = 0

  init(_ setting: JournalSetting, _ layout: Layout, lineage: String, after recovery: Recovery?) {
    (self.setting, self.layout, self.lineage) = (setting, layout, lineage)
    chain = recovery?.chain ?? Chain()
    segment = recovery?.segment.number ?? 0
    checkpoint = recovery?.checkpoint ?? 0
    end = recovery?.segment.end ?? 0
    sizedEnd = recovery?.segment.bytes.count ?? 0
    entries = recovery?.segment.entries ?? 0
  }

  private var disk: any Disk { setting.disk }
  private var path: String { layout.segment(segment) }

  // MARK: Entries

  /// Makes the requests' entries durable, all with one write and one sync; gives each request's refusal, if any, and the
  /// time that the entries carry. Refused outcomes are kept aside, unless that is where they come from.
  mutating func commit(_ requests: [Request], isMerging: Bool = false) -> (refusals: [JournalError?], at: Timestamp) {
    let at = setting.now()
    let size = requests.reduce(0) { $0 + $1.size }
    let isFull = death == nil && !reserveRoom(size)
    var refusals: [JournalError?] = requests.map { isFull && !$0.isUrgent ? .full(path: path) : nil }
    do throws(JournalError) {
      try write(zip(requests, refusals).filter { $0.1 == nil }.map(\.0), at.description)
    } catch {
      for index in refusals.indices where refusals[index] == nil { refusals[index] = error }
    }
    if !isMerging { keepOutcomes(zip(requests, refusals).filter { $0.1 != nil }.map(\.0), at.description) }
    return (refusals, at)
  }

  private mutating func write(_ requests: [Request], _ at: String) throws(JournalError) {
    if let death { throw death }
    guard !requests.isEmpty else { return }
    var next = chain
    next.batch += 1
    guard next.sequence + entries(in: requests) < Format.numberLimit, next.batch < Format.numberLimit else {
      throw die(.unwritable(path: path, reason: "its numbers are used up"))
    }
    var buffer: [UInt8] = []
    buffer.reserveCapacity(requests.reduce(0) { $0 + $1.size })
    for request in requests {
      for body in request.bodies { next.append(body, at: at, to: &buffer) }
    }
    CrashPoint.reach("write-before")
    let count = buffer.count
    do throws(DiskError) { try put(&buffer) } catch { throw fallBack(error) }
    CrashPoint.reach("write-after")
    do throws(DiskError) { try disk.sync(file, path: path) } catch { throw die(JournalError(error)) }
    CrashPoint.reach("sync-after")
    try checkPlace()
    entries += next.sequence - chain.sequence
    end += count
    chain = next
  }

  /// Writes the lines, with more spaces behind them where those of before don't reach, if there is room for that.
  private mutating func put(_ lines: inout [UInt8]) throws(DiskError) {
    let count = lines.count
    // Where not even the reserve can be had any more, it is not spent on spaces.
    if end + count > sizedEnd, !canReserve || reservedEnd >= end + count + setting.limits.headroom {
      lines.append(contentsOf: repeatElement(Format.blank, count: setting.limits.headroom))
    }
    do throws(DiskError) { try disk.write(lines, to: file, at: end, path: path) } catch {
      guard error.isFull || error.isTooLarge, lines.count > count else { throw error }
      lines.removeLast(lines.count - count)
      try disk.truncate(file, to: end, path: path)
      (reservedEnd, sizedEnd) = (0, end)
      try disk.write(lines, to: file, at: end, path: path)
    }
    sizedEnd = max(sizedEnd, end + lines.count)
  }

  private func entries(in requests: [Request]) -> Int { requests.reduce(0) { $0 + $1.bodies.count } }

  /// A write that found no room is taken back, and nothing is lost but itself; after any other failure nobody knows what
  /// the file holds.
  private mutating func fallBack(_ error: DiskError) -> JournalError {
    guard error.isFull else { return die(JournalError(error)) }
    do throws(DiskError) { try disk.truncate(file, to: end, path: path) } catch { return die(JournalError(error)) }
    (reservedEnd, sizedEnd) = (0, end)
    return .full(path: path)
  }

  /// What went into a file that somebody has removed or replaced meanwhile is durable and lost all the same; and without
  /// its lock file another may write too.
  private mutating func checkPlace() throws(JournalError) {
    let isLocked: Bool
    let isThere: Bool
    do throws(DiskError) {
      isThere = try disk.isThere(file, at: path)
      isLocked = if let lock { try disk.isThere(lock.file, at: layout.lock) } else { true }
    } catch { throw die(JournalError(error)) }
    if isLocked, isThere { return }
    throw die(.replaced(path: isLocked ? path : isThere ? layout.lock : layout.directory))
  }

  @discardableResult
  mutating func die(_ error: JournalError) -> JournalError {
    death = death ?? error
    return error
  }

  /// Keeps room behind the entries for the outcomes of what is under way, so that a full disk stops intents only.
  private mutating func reserveRoom(_ size: Int) -> Bool {
    let needed = end + size + Format.reserve
    // Compaction has found no room for long.
    if needed > Format.segmentLimit / 2 { return false }
    guard canReserve, reservedEnd < needed else { return true }
    CrashPoint.reach("reserve-before")
    defer { CrashPoint.reach("reserve-after") }
    for goal in [needed + Format.reserve, needed] {
      do throws(DiskError) {
        canReserve = try disk.reserve(file, from: end, to: goal, path: path)
        reservedEnd = goal
        return true
      } catch {
        guard error.isFull else {
          canReserve = false
          return true
        }
      }
    }
    return false
  }

  private func keepOutcomes(_ refused: [Request], _ at: String) {
    var bodies: [[UInt8]] = []
    for request in refused {
      for (entry, body) in zip(request.entries, request.bodies) {
        if case .outcome = entry { bodies.append(body) }
      }
    }
    if !bodies.isEmpty { Emergency.keep(bodies, at: at, disk, layout) }
  }

  // MARK: Generations

  /// Starts a new generation: the fold as a checkpoint, and a new segment that goes on from it. Until the new segment
  /// has its name the old one is still the journal's end, and a failure for want of room changes nothing.
  mutating func turnOver(_ ledger: Ledger, skippingBatches skipped: Int = 0) throws(JournalError) {
    let at = setting.now()
    if chain.sequence > 0 {
      let checkpoint = Checkpoint(ledger: ledger, chain: chain)
      do throws(DiskError) {
        disk.close(
          try disk.publish(as: layout.checkpoint(chain.sequence), in: layout.directory) { (write) throws(DiskError) in
            try checkpoint.encode(program: setting.program, at: at, write)
          })
      } catch {
        throw JournalError(error)
      }
    }
    var next = chain
    next.batch += 1 + skipped
    let opened = Opened(
      lineage: lineage, program: setting.program, segment: segment + 1, checkpoint: chain.sequence,
      isUnclean: skipped > 0)
    var line: [UInt8] = []
    next.append(opened.body(), at: at.description, to: &line)
    let newFile = try publish(line, layout.segment(segment + 1))
    releaseFile()
    CrashPoint.reach("old-segment-released")
    (file, end, entries, segment) = (newFile, line.count, 1, segment + 1)
    (checkpoint, chain) = (chain.sequence, next)
    (reservedEnd, canReserve, postponedTo, sizedEnd) = (0, true, 0, end)
    try writeHead(isClean: false)
    CrashPoint.reach("generation-started")
    try prune(keeping: skipped > 0 ? Format.history : Format.generations)
  }

  private func publish(_ bytes: [UInt8], _ path: String) throws(JournalError) -> Int32 {
    do throws(DiskError) { return try disk.publish(bytes, as: path, in: layout.directory) } catch {
      throw JournalError(error)
    }
  }

  /// Gives back what was reserved behind the entries, and the file.
  private mutating func releaseFile() {
    guard file >= 0 else { return }
    if death == nil { try? disk.truncate(file, to: end, path: path) }
    disk.close(file)
    file = -1
  }

  mutating func writeHead(isClean: Bool, unswept: [String: Timestamp] = [:]) throws(JournalError) {
    let at = setting.now()
    let head = Head(
      lineage: lineage, chain: chain, segment: segment, checkpoint: checkpoint, isClean: isClean, unswept: unswept)
    headAt = at
    do throws(JournalError) { disk.close(try publish(head.line(at: at), layout.head)) } catch {
      // An older head only knows less.
      if case .full = error { return }
      throw error
    }
  }

  /// Removes old generations: the newest three can be started from, and `segments` can still be looked up. A start after
  /// a crash keeps more of them, so that a program that is killed again and again keeps its history. What can't be
  /// removed is merely old.
  private func prune(keeping segments: Int) throws(JournalError) {
    guard let inventory = try? Inventory(disk, layout) else { return }
    for number in inventory.segments.dropLast(segments) {
      guard (try? disk.remove(layout.segment(number))) != nil else { break }
      // One after another, so that a power cut leaves no gap among them.
      do throws(DiskError) { try disk.syncDirectory(layout.directory) } catch { throw JournalError(error) }
      CrashPoint.reach("pruned-segment")
    }
    guard let oldest = inventory.segments.suffix(Format.generations).first,
      let bytes = try? disk.read(layout.segment(oldest), limit: 4096)
    else { return }
    var lines = LineReader(bytes: bytes)
    guard let range = lines.next(), let first = Envelope(bytes, range),
      let opened = try? Opened(first, bytes, layout.segment(oldest)), let floor = opened.checkpoint
    else { return }
    for sequence in inventory.checkpoints where sequence < floor {
      try? disk.remove(layout.checkpoint(sequence))
      CrashPoint.reach("pruned-checkpoint")
    }
  }

  /// What is due after a commit: a new generation, or a new head.
  mutating func keepHouse(_ ledger: () -> Ledger) {
    guard death == nil else { return }
    do throws(JournalError) {
      if end >= max(setting.limits.bytes, postponedTo) || entries >= setting.limits.entries && end >= postponedTo {
        try compact(ledger())
      } else if abs(setting.now().milliseconds - headAt.milliseconds) >= 60_000 {
        try writeHead(isClean: false)
      }
    } catch {
      if case .full = error { postponedTo = end + setting.limits.bytes / 4 } else { die(error) }
    }
  }

  mutating func compact(_ ledger: Ledger) throws(JournalError) {
    if let death { throw death }
    try checkPlace()
    do throws(JournalError) { try turnOver(ledger) } catch {
      if case .full = error { throw error }
      throw die(error)
    }
  }

  /// Ends in order, so that the next start can write on. `unswept` is what it is to know besides the entries.
  mutating func finish(unswept: [String: Timestamp] = [:]) {
    CrashPoint.reach("finish-before")
    if death == nil { try? checkPlace() }
    releaseFile()
    CrashPoint.reach("finish-released")
    if death == nil { try? writeHead(isClean: true, unswept: unswept) }
    CrashPoint.reach("finish-after")
  }
}
