import Glibc
import Listings
import Synchronization
import Testing

@testable import Journaling

/// A directory of its own for one test, gone with it.
final class Scene: Sendable {
  let root: String
  let clock = TestClock()

  init() {
    var template = Array("/tmp/hawker-journal-XXXXXX".utf8CString)
    root = String(cString: mkdtemp(&template)!)
  }

  deinit { Scene.erase(root) }

  var state: String { root + "/state" }
  func setting(_ disk: any Disk = TestDisk(), limits: SegmentLimits = SegmentLimits()) -> JournalSetting {
    // Little room behind the entries, so that batches write over it and reach beyond it.
    var limits = limits
    limits.headroom = min(limits.headroom, 1500)
    return JournalSetting(program: "0.1.0", now: clock.now, disk: disk, limits: limits)
  }

  func open(_ disk: any Disk = TestDisk(), limits: SegmentLimits = SegmentLimits()) throws(JournalError) -> Journal {
    try Journal.open(state, setting(disk, limits: limits))
  }

  /// What a power cut would leave, if all writes had arrived: a copy of the state as it is now.
  func crashed(_ name: String = "crashed") -> String {
    let copy = "\(root)/\(name)"
    Scene.erase(copy)
    mkdir(copy, 0o700)
    for name in Scene.files(in: state) { Scene.write(Scene.bytes("\(state)/\(name)"), to: "\(copy)/\(name)") }
    return copy
  }

  func open(copy: String, _ disk: any Disk = TestDisk()) throws(JournalError) -> Journal {
    try Journal.open(copy, setting(disk))
  }

  /// Without the room behind the entries of a segment that is being written.
  static func bytes(_ path: String) -> [UInt8] {
    let bytes = (try? LocalDisk().read(path)) ?? []
    return Array(bytes[..<(bytes.lastIndex { $0 != 0x20 }.map { $0 + 1 } ?? 0)])
  }
  static func text(_ path: String) -> String { String(decoding: bytes(path), as: UTF8.self) }

  static func write(_ bytes: [UInt8], to path: String) {
    unlink(path)
    let file = Glibc.open(path, O_RDWR | O_CREAT | O_TRUNC, 0o600)
    _ = Glibc.write(file, bytes, bytes.count)
    Glibc.close(file)
  }

  /// Names of plain files.
  static func files(in directory: String) -> [String] {
    ((try? LocalDisk().names(in: directory)) ?? []).filter { !isDirectory("\(directory)/\($0)") }
  }

  static func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  static func mode(_ path: String) -> UInt32 {
    var status = stat()
    stat(path, &status)
    return status.st_mode & 0o777
  }

  static func erase(_ path: String) {
    if isDirectory(path) {
      for name in (try? LocalDisk().names(in: path)) ?? [] { erase("\(path)/\(name)") }
      rmdir(path)
    } else {
      unlink(path)
    }
  }
}

/// A clock that goes on by a millisecond each time it is looked at.
final class TestClock: Sendable {
  private let milliseconds = Mutex<Int64>(1_795_363_200_000)

  var now: @Sendable () -> Timestamp {
    { [self] in
      milliseconds.withLock {
        $0 += 1
        return Timestamp(milliseconds: $0)
      }
    }
  }

  func advance(by duration: Duration) { milliseconds.withLock { $0 += duration.milliseconds } }
}

/// The machine's disk, except that it counts, refuses, stops and blocks as told, and syncs nothing (tests need no
/// durability).
final class TestDisk: Disk {
  struct Call: Hashable, Sendable {
    var name: String
    var path: String
  }

  struct State {
    var calls: [Call] = []
    var alarms: [String] = []
    /// Files that were not only looked into.
    var wholeReads = 0
    /// Changing calls that still succeed; then nothing does, as if the process had been killed.
    var remaining: Int?
    /// The error number that a call gets instead of being made.
    var refuse: @Sendable (Call) -> Int32? = { _ in nil }
    /// Runs in place of a sync.
    var onSync: @Sendable () -> Void = {}
  }

  let state = Mutex(State())
  private let disk = LocalDisk()

  var calls: [Call] { state.withLock { $0.calls } }
  var alarms: [String] { state.withLock { $0.alarms } }
  func count(_ name: String, _ part: String = "") -> Int {
    calls.count { $0.name == name && $0.path.contains(part) }
  }
  func stop(after count: Int?) { state.withLock { $0.remaining = count } }
  func refuse(_ refuse: @escaping @Sendable (Call) -> Int32?) { state.withLock { $0.refuse = refuse } }
  func onSync(_ body: @escaping @Sendable () -> Void) { state.withLock { $0.onSync = body } }
  var isStopped: Bool { state.withLock { $0.remaining == 0 } }

  private func change(
    _ name: String, _ path: String, _ operation: DiskError.Operation = .write
  ) throws(DiskError) {
    let call = Call(name: name, path: path)
    let refuse = state.withLock { state -> (@Sendable (Call) -> Int32?) in
      if state.remaining == 0 { return { _ in EIO } }
      state.remaining = state.remaining.map { $0 - 1 }
      state.calls.append(call)
      return state.refuse
    }
    let code = refuse(call)
    if let code { throw DiskError(operation, path, code: code) }
  }

  func prepare(_ directory: String) throws(DiskError) {
    try change("prepare", directory)
    try disk.prepare(directory)
  }
  func open(_ path: String, create: Bool) throws(DiskError) -> Int32 {
    try change("open", path)
    return try disk.open(path, create: create)
  }
  func write(_ bytes: [UInt8], to file: Int32, at offset: Int, path: String) throws(DiskError) {
    try change("write", path)
    try disk.write(bytes, to: file, at: offset, path: path)
  }
  func sync(_ file: Int32, path: String) throws(DiskError) {
    state.withLock { $0.onSync }()
    try change("sync", path, .sync)
  }
  func reserve(_ file: Int32, from start: Int, to end: Int, path: String) throws(DiskError) -> Bool {
    try change("reserve", path)
    return try disk.reserve(file, from: start, to: end, path: path)
  }
  func truncate(_ file: Int32, to size: Int, path: String) throws(DiskError) {
    try change("truncate", path)
    try disk.truncate(file, to: size, path: path)
  }
  func rename(_ path: String, to target: String) throws(DiskError) {
    try change("rename", target)
    try disk.rename(path, to: target)
  }
  func remove(_ path: String) throws(DiskError) {
    try change("remove", path)
    try disk.remove(path)
  }
  func syncDirectory(_ path: String) throws(DiskError) { try change("syncDirectory", path, .sync) }

  func read(_ path: String, limit: Int) throws(DiskError) -> [UInt8] {
    if limit > Format.lineLimit { state.withLock { $0.wholeReads += 1 } }
    return try disk.read(path, limit: limit)
  }
  func names(in directory: String) throws(DiskError) -> [String] { try disk.names(in: directory) }
  func isThere(_ file: Int32, at path: String) throws(DiskError) -> Bool {
    let call = Call(name: "isThere", path: path)
    if let code = state.withLock({ $0.refuse })(call) { throw DiskError(.write, path, code: code) }
    return try disk.isThere(file, at: path)
  }
  func close(_ file: Int32) { disk.close(file) }
  func lock(_ path: String) throws(DiskError) -> Int32? { try disk.lock(path) }
  func lockDirectory(_ path: String) throws(DiskError) -> Int32? { try disk.lockDirectory(path) }
  func unlock(_ lock: Int32) { disk.unlock(lock) }
  func alarm(_ text: String) { state.withLock { $0.alarms.append(text) } }
}

extension Ledger {
  /// Without its number: a new generation adds an entry that says nothing of any post.
  var facts: Ledger {
    var facts = self
    facts.sequence = 0
    return facts
  }
}
