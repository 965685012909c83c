/// The journal as it lies on the disk, read and checked; nothing is changed.
struct Recovery {
  var ledger: Ledger
  /// The newest good entry.
  var chain: Chain
  /// The newest segment.
  var segment: Segment
  /// The checkpoint it was read from, 0 for none.
  var checkpoint: Int
  var head: Head?
  /// A newer checkpoint that couldn't be read, and was done without.
  var bypassed: JournalError?

  /// Whether the program ended in order and the segment can be written on.
  var isClean: Bool {
    guard let head, bypassed == nil, segment.rest.isEmpty else { return false }
    return head.isClean && head.chain == chain && head.segment == segment.number
  }

  /// Nil: there is no journal. Without the lock the head has to be read first: it never promises more than the files
  /// that are read after it hold.
  static func read(_ disk: any Disk, _ layout: Layout) throws(JournalError) -> Recovery? {
    let head = try Head.read(disk, layout)
    guard let inventory = try Inventory(disk, layout) else { return nil }
    if inventory.segments.isEmpty, inventory.checkpoints.isEmpty, head == nil { return nil }
    var base = try Base.newest(inventory, disk, layout)
    let segments = try segments(after: base, inventory, disk, layout)
    var replay = Replay(from: &base, head: head)
    var last = segments.last
    for (index, segment) in segments.enumerated() {
      let next = index + 1 < segments.count ? segments[index + 1] : nil
      last = try replay.take(segment, before: next)
    }
    guard let last else { throw base.missing(layout.segment(head?.segment ?? 1)) }
    try replay.goOn(from: last)
    try replay.compare(with: last, layout)
    return Recovery(
      ledger: replay.ledger, chain: replay.chain, segment: last, checkpoint: base.sequence, head: head,
      bypassed: base.bypassed)
  }

  /// The segments that hold the entries after the base, read back from the newest.
  private static func segments(
    after base: Base, _ inventory: Inventory, _ disk: any Disk, _ layout: Layout
  ) throws(JournalError) -> [Segment] {
    var segments: [Segment] = []
    for number in inventory.segments.reversed() {
      if let newer = segments.first, newer.number != number + 1 { throw base.missing(layout.segment(newer.number - 1)) }
      let segment = try Segment(number, disk, layout)
      segments.insert(segment, at: 0)
      if segment.first.sequence <= base.sequence + 1 { return segments }
    }
    throw base.missing(layout.segment((segments.first?.number ?? 2) - 1))
  }
}

/// Where reading starts: the newest checkpoint that is intact, or nothing at all.
struct Base {
  var checkpoint: Checkpoint?
  var bypassed: JournalError?

  var sequence: Int { checkpoint?.chain.sequence ?? 0 }

  static func newest(_ inventory: Inventory, _ disk: any Disk, _ layout: Layout) throws(JournalError) -> Base {
    var base = Base()
    for sequence in inventory.checkpoints.reversed() {
      let path = layout.checkpoint(sequence)
      do throws(JournalError) {
        base.checkpoint = try read(path, sequence, disk)
        return base
      } catch {
        // Damage is survived with the generation before, which has to lead to the same entries; nothing else is.
        guard case .damaged = error else { throw error }
        base.bypassed = base.bypassed ?? error
      }
    }
    return base
  }

  static func read(_ path: String, _ sequence: Int, _ disk: any Disk) throws(JournalError) -> Checkpoint {
    let bytes: [UInt8]
    do throws(DiskError) { bytes = try disk.read(path) } catch { throw JournalError(error) }
    let checkpoint = try Checkpoint(reading: bytes, path: path)
    guard checkpoint.chain.sequence == sequence else {
      throw .broken(path, 1, "the checkpoint stands for entry \(checkpoint.chain.sequence), not for that of its name")
    }
    return checkpoint
  }

  /// A file that has to be there isn't; a checkpoint that could not be read is the first cause.
  func missing(_ path: String) -> JournalError {
    bypassed ?? .broken(path, 0, "the file is missing: entries after \(sequence) can't be read")
  }
}

/// The fold of segments over a base.
struct Replay {
  private(set) var ledger: Ledger
  private(set) var chain = Chain()
  private let base: Base
  private let head: Head?
  private var isStarted = false

  /// Takes the base's ledger out of it: kept in two places, the first entry would copy it.
  init(from base: inout Base, head: Head?) {
    ledger = base.checkpoint?.ledger ?? Ledger()
    base.checkpoint?.ledger = Ledger()
    self.base = base
    self.head = head
  }

  /// Takes a segment in, up to where the next one says it ended; returns it with what was walked.
  mutating func take(_ segment: Segment, before next: Segment?) throws(JournalError) -> Segment {
    var segment = segment
    if !isStarted { chain = segment.origin }
    isStarted = true
    if ledger.lineage.isEmpty { ledger.lineage = segment.opened.lineage }
    guard segment.opened.lineage == ledger.lineage else {
      throw .foreign(file: segment.path, lineage: segment.opened.lineage, expected: ledger.lineage)
    }
    try compareWithBase(segment.path)
    var (chain, ledger) = (chain, ledger)
    self.ledger = Ledger()
    defer { (self.chain, self.ledger) = (chain, ledger) }
    let (base, head, path, bytes) = (base, head, segment.path, segment.bytes)
    try segment.walk(&chain, upTo: next.map { $0.first.sequence - 1 }) { (scanned, line) throws(JournalError) in
      let envelope = scanned.envelope
      try Replay.agree(envelope, line, path, base, head)
      guard envelope.sequence > base.sequence else { return }
      do throws(Shortfall) { try ledger.replay(envelope, scanned.take(), bytes) } catch {
        throw .incomplete(path, line, error)
      }
      ledger.sequence = envelope.sequence
    }
    if let next, chain.sequence < next.first.sequence - 1 {
      throw .broken(
        path, segment.entries + 1,
        "the entry is not intact, and \(next.path) goes on behind it: the file was changed or the disk lost data")
    }
    return segment
  }

  private func compareWithBase(_ path: String) throws(JournalError) {
    guard let checkpoint = base.checkpoint, chain.sequence == checkpoint.chain.sequence,
      chain.sum != checkpoint.chain.sum
    else { return }
    throw .broken(path, 1, "it does not continue the checkpoint of entry \(chain.sequence)")
  }

  /// An entry that checkpoint or head know too has to be the one they know.
  private static func agree(
    _ envelope: Envelope, _ line: Int, _ path: String, _ base: Base, _ head: Head?
  ) throws(JournalError) {
    for known in [base.checkpoint?.chain, head?.chain] {
      if let known, known.sequence == envelope.sequence, known.sum != envelope.sum {
        throw .broken(path, line, "entry \(envelope.sequence) is not the one that was written as that")
      }
    }
  }

  /// Where a start after a crash was cut off behind its checkpoint: the last batch may be in that and no longer in the
  /// segment, when its lines had only been in memory (a sync had failed). The checkpoint is then the journal's end; a
  /// journal that went on from the segment's would give the same numbers twice.
  mutating func goOn(from last: Segment) throws(JournalError) {
    guard let checkpoint = base.checkpoint, chain.sequence < checkpoint.chain.sequence else { return }
    guard checkpoint.chain.batch <= chain.batch + 1 else {
      throw .broken(
        last.path, last.entries + 1, "entries up to \(checkpoint.chain.sequence) had been written, and are missing")
    }
    try last.judgeRest(after: chain)
    chain = checkpoint.chain
  }

  /// The end of the newest segment: whole, torn, cut back, or damaged.
  func compare(with last: Segment, _ layout: Layout) throws(JournalError) {
    if let head {
      guard head.lineage == ledger.lineage else {
        throw .foreign(file: last.path, lineage: ledger.lineage, expected: head.lineage)
      }
    }
    try last.judgeEnd(after: chain, head, layout)
  }
}
