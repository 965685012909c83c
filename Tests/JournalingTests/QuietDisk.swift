@testable import Journaling

/// The machine's disk, which keeps to itself what would be shouted on standard error: a proof fails too often for that.
struct QuietDisk: Disk {
  private let disk: LocalDisk

  init(_ calls: SystemCalls = SystemCalls()) { disk = LocalDisk(calls: calls) }

  func prepare(_ directory: String) throws(DiskError) { try disk.prepare(directory) }
  func open(_ path: String, create: Bool) throws(DiskError) -> Int32 { try disk.open(path, create: create) }
  func write(_ bytes: [UInt8], to file: Int32, at offset: Int, path: String) throws(DiskError) {
    try disk.write(bytes, to: file, at: offset, path: path)
  }
  func sync(_ file: Int32, path: String) throws(DiskError) { try disk.sync(file, path: path) }
  func reserve(_ file: Int32, from start: Int, to end: Int, path: String) throws(DiskError) -> Bool {
    try disk.reserve(file, from: start, to: end, path: path)
  }
  func truncate(_ file: Int32, to size: Int, path: String) throws(DiskError) {
    try disk.truncate(file, to: size, path: path)
  }
  func rename(_ path: String, to target: String) throws(DiskError) { try disk.rename(path, to: target) }
  func remove(_ path: String) throws(DiskError) { try disk.remove(path) }
  func syncDirectory(_ path: String) throws(DiskError) { try disk.syncDirectory(path) }
  func read(_ path: String, limit: Int) throws(DiskError) -> [UInt8] { try disk.read(path, limit: limit) }
  func names(in directory: String) throws(DiskError) -> [String] { try disk.names(in: directory) }
  func isThere(_ file: Int32, at path: String) throws(DiskError) -> Bool { try disk.isThere(file, at: path) }
  func close(_ file: Int32) { disk.close(file) }
  func lock(_ path: String) throws(DiskError) -> Int32? { try disk.lock(path) }
  func lockDirectory(_ path: String) throws(DiskError) -> Int32? { try disk.lockDirectory(path) }
  func unlock(_ lock: Int32) { disk.unlock(lock) }
  func alarm(_ text: String) {}
}
