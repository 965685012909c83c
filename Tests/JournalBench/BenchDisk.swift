import Glibc
import Journaling
import Synchronization

/// The machine's disk, which says how long its calls took. To make a journal quickly it doesn't sync, and at a word it
/// takes no more entries.
final class BenchDisk: Disk {
  struct Times {
    var (read, write, sync) = (Duration.zero, Duration.zero, Duration.zero)
    var syncs = 0
  }

  private let disk = LocalDisk()
  private let isFailing = Mutex(false)
  private let spent = Mutex(Times())
  private let syncs: Bool

  init(syncs: Bool) { self.syncs = syncs }

  var times: Times { spent.withLock { $0 } }

  func fail() { isFailing.withLock { $0 = true } }

  private func timed<Value>(
    _ part: (inout Times, Duration) -> Void, _ call: () throws(DiskError) -> Value
  ) throws(DiskError) -> Value {
    let start = ContinuousClock.now
    defer { spent.withLock { part(&$0, ContinuousClock.now - start) } }
    return try call()
  }

  func write(_ bytes: [UInt8], to file: Int32, at offset: Int, path: String) throws(DiskError) {
    if isFailing.withLock({ $0 }), path.contains("journal-") { throw DiskError(.write, path, code: EIO) }
    try timed({ $0.write += $1 }) { () throws(DiskError) in try disk.write(bytes, to: file, at: offset, path: path) }
  }
  func sync(_ file: Int32, path: String) throws(DiskError) {
    guard syncs else { return }
    spent.withLock { $0.syncs += 1 }
    try timed({ $0.sync += $1 }) { () throws(DiskError) in try disk.sync(file, path: path) }
  }
  func syncDirectory(_ path: String) throws(DiskError) {
    guard syncs else { return }
    spent.withLock { $0.syncs += 1 }
    try timed({ $0.sync += $1 }) { () throws(DiskError) in try disk.syncDirectory(path) }
  }
  func read(_ path: String, limit: Int) throws(DiskError) -> [UInt8] {
    try timed({ $0.read += $1 }) { () throws(DiskError) in try disk.read(path, limit: limit) }
  }
  func alarm(_ text: String) {}

  func prepare(_ directory: String) throws(DiskError) { try disk.prepare(directory) }
  func open(_ path: String, create: Bool) throws(DiskError) -> Int32 { try disk.open(path, create: create) }
  func reserve(_ file: Int32, from start: Int, to end: Int, path: String) throws(DiskError) -> Bool {
    try disk.reserve(file, from: start, to: end, path: path)
  }
  func truncate(_ file: Int32, to size: Int, path: String) throws(DiskError) {
    try disk.truncate(file, to: size, path: path)
  }
  func rename(_ path: String, to target: String) throws(DiskError) { try disk.rename(path, to: target) }
  func remove(_ path: String) throws(DiskError) { try disk.remove(path) }
  func names(in directory: String) throws(DiskError) -> [String] { try disk.names(in: directory) }
  func isThere(_ file: Int32, at path: String) throws(DiskError) -> Bool { try disk.isThere(file, at: path) }
  func close(_ file: Int32) { disk.close(file) }
  func lock(_ path: String) throws(DiskError) -> Int32? { try disk.lock(path) }
  func lockDirectory(_ path: String) throws(DiskError) -> Int32? { try disk.lockDirectory(path) }
  func unlock(_ lock: Int32) { disk.unlock(lock) }
}
