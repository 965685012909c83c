import Support
import Synchronization

@testable import Journaling

/// One way to spoil one file of a journal.
struct Damage {
  enum Kind: CaseIterable { case flip, zero, swap, repeated, missing, inserted, cut, foreign, older, removed }

  let kind: Kind
  let path: String
  /// The file's new bytes, nil for a file that is gone.
  let bytes: [UInt8]?
  /// Where the first changed byte is.
  let start: Int

  /// Nil when the draw changes nothing.
  init?(_ recording: Recording, _ random: inout SeededRandom) {
    guard let kind = Kind.allCases.randomElement(using: &random),
      let path = recording.paths.randomElement(using: &random), let old = recording.image[path]
    else { return nil }
    let new = Damage.spoil(old, kind, path, recording, &random)
    guard new != old else { return nil }
    (self.kind, self.path, bytes) = (kind, path, new)
    start = zip(old, new ?? []).enumerated().first { $1.0 != $1.1 }?.offset ?? min(old.count, new?.count ?? 0)
  }

  private static func spoil(
    _ old: [UInt8], _ kind: Kind, _ path: String, _ recording: Recording, _ random: inout SeededRandom
  ) -> [UInt8]? {
    var bytes = old
    switch kind {
    case .flip: bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    case .zero:
      let start = Int.random(in: 0..<bytes.count, using: &random)
      let end = min(bytes.count, start + Int.random(in: 1...700, using: &random))
      bytes.replaceSubrange(start..<end, with: [UInt8](repeating: 0, count: end - start))
    case .cut: bytes.removeLast(Int.random(in: 1...bytes.count, using: &random))
    case .foreign: return recording.other[path] ?? recording.other[path.replacing("2", with: "1")] ?? old
    case .older: return recording.earlier.compactMap { $0[path] }.randomElement(using: &random) ?? old
    case .removed: return nil
    case .swap, .repeated, .missing, .inserted: return edited(old, kind, &random)
    }
    return bytes
  }

  private static func edited(_ old: [UInt8], _ kind: Kind, _ random: inout SeededRandom) -> [UInt8] {
    var lines = old.split(separator: 0x0A, omittingEmptySubsequences: false).map { Array($0) }
    let tail = lines.removeLast()
    guard !lines.isEmpty else { return old }
    let index = Int.random(in: 0..<lines.count, using: &random)
    let other = Int.random(in: 0..<lines.count, using: &random)
    switch kind {
    case .swap: lines.swapAt(index, other)
    case .repeated: lines.insert(lines[index], at: other)
    case .missing: lines.remove(at: index)
    default: lines.insert(Array("{\"seq\":1,\"batch\":1,\"at\":\"2026-11-22T16:00:00.000Z\"}".utf8), at: index)
    }
    return Array((lines + [tail]).joined(separator: [0x0A]))
  }
}

/// A journal of several generations, one of them left torn, as it lay on the disk when its program ended or died.
struct Recording {
  let isClean: Bool
  var image: [String: [UInt8]]
  /// The same directory at earlier moments, and a journal of another lineage.
  var earlier: [[String: [UInt8]]] = []
  var other: [String: [UInt8]] = [:]
  let ledger: Ledger
  /// The fold of the first k entries, for each k.
  let folds: [Ledger]
  let newest: String
  /// Where the last two batches begin in the newest segment.
  let tail: Int
  /// How far each older segment's entries go.
  let ends: [String: Int]
  /// Where the last batch begins in each segment, and where the last two do.
  let lastBatches: [String: Int]
  let lastTwoBatches: [String: Int]
  /// What verify says of it as it is.
  let notes: [String]

  var paths: [String] { image.keys.filter { !$0.hasSuffix("/lock") && !$0.contains("/torn/") }.sorted() }

  init(seed: UInt64, isClean: Bool, withOther: Bool = true, isSmall: Bool = false) throws {
    self.isClean = isClean
    var rig = Rig(SimulatedDisk(), random: SeededRandom(seed: seed))
    rig.limits = SegmentLimits(bytes: 1_000_000, entries: 100_000, headroom: 2000)
    var earlier: [[String: [UInt8]]] = []
    rig.isTerse = isSmall
    for generation in isSmall ? 3..<4 : 0..<4 {
      try rig.openJournal()
      for _ in 0..<5 {
        rig.append(requests: isSmall ? 1 : Int.random(in: 1...2, using: &rig.random))
        earlier.append(rig.disk.files.image)
      }
      if generation % 2 == 0 { try rig.compact() }
      if generation == 1 { rig.tear() }
      if generation < 3 { rig.kill() }
    }
    if isClean { rig.close() }
    image = rig.disk.files.image
    self.earlier = earlier
    if withOther { other = try Recording(seed: seed &+ 1, isClean: isClean, withOther: false).image }
    var ledger = Ledger()
    folds =
      [ledger]
      + rig.submitted.map {
        ledger.apply($0.entry, at: $0.at); return ledger
      }
    let layout = Layout(directory: Rig.directory)
    guard let recovery = try Recovery.read(SimulatedDisk(SimulatedFiles(image)), layout) else { throw Nothing() }
    (self.ledger, newest) = (recovery.ledger, recovery.segment.path)
    tail = Recording.tail(recovery.segment, recovery.chain)
    ends = try Recording.ends(image, layout)
    lastBatches = Recording.lastBatches(1, image, ends)
    lastTwoBatches = Recording.lastBatches(2, image, ends)
    notes = JournalReading.verify(Rig.directory, disk: SimulatedDisk(SimulatedFiles(image))).notes
  }

  struct Nothing: Error {}

  private static func tail(_ segment: Segment, _ last: Chain) -> Int {
    var lines = LineReader(bytes: segment.bytes)
    while let range = lines.next() {
      if let envelope = Envelope(segment.bytes, range), envelope.batch >= last.batch - 1 { return range.lowerBound }
    }
    return segment.bytes.count
  }

  private static func lastBatches(
    _ count: Int, _ image: [String: [UInt8]], _ ends: [String: Int]
  ) -> [String: Int] {
    var starts: [String: Int] = [:]
    for (path, end) in ends {
      let bytes = Array((image[path] ?? [])[..<end])
      var lines = LineReader(bytes: bytes)
      var found: [(batch: Int, start: Int)] = []
      while let range = lines.next(), let envelope = Envelope(bytes, range) {
        if envelope.batch != found.last?.batch { found.append((envelope.batch, range.lowerBound)) }
      }
      starts[path] = found.suffix(count).first?.start
    }
    return starts
  }

  private static func ends(_ image: [String: [UInt8]], _ layout: Layout) throws -> [String: Int] {
    var ends: [String: Int] = [:]
    let disk = SimulatedDisk(SimulatedFiles(image))
    let starts = try JournalReading.starts(disk, layout)
    for (index, start) in starts.enumerated() {
      var segment = try Segment(start.number, disk, layout)
      var chain = segment.origin
      try segment.walk(&chain, upTo: index + 1 < starts.count ? starts[index + 1].sequence - 1 : nil) { _, _ in }
      ends[segment.path] = segment.end
    }
    return ends
  }
}

extension Rig {
  /// Half a batch that a power cut left behind the newest segment.
  mutating func tear() {
    let path = disk.files.names.keys.filter { $0.contains("/journal-") }.max() ?? ""
    disk.append(Array("{\"seq\":9,\"batch\":9,\"at\":\"2026-11-22T1\0\0\0\0\0\0".utf8), to: path)
  }
}

extension SimulatedDisk {
  func append(_ bytes: [UInt8], to path: String) {
    state.withLock { state in
      guard let file = state.files.names[path], let end = state.files.files[file]?.bytes.count else { return }
      state.files.change(file, .write(end, bytes))
    }
  }
}
