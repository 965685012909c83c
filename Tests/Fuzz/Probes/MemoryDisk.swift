import Glibc

@testable import Journaling

/// A directory in memory that is only read.
struct MemoryDisk: Disk {
  let files: [String: [UInt8]]

  func read(_ path: String, limit: Int) throws(DiskError) -> [UInt8] {
    guard let bytes = files[path] else { throw DiskError(.read, path, code: ENOENT) }
    return Array(bytes.prefix(limit))
  }

  func names(in directory: String) throws(DiskError) -> [String] {
    files.keys.map { String($0.dropFirst(directory.utf8.count + 1)) }.sorted()
  }

  func prepare(_ directory: String) throws(DiskError) {}
  func open(_ path: String, create: Bool) throws(DiskError) -> Int32 { throw DiskError(.write, path, code: EROFS) }
  func write(_ bytes: [UInt8], to file: Int32, at offset: Int, path: String) throws(DiskError) {}
  func sync(_ file: Int32, path: String) throws(DiskError) {}
  func reserve(_ file: Int32, from start: Int, to end: Int, path: String) throws(DiskError) -> Bool { true }
  func truncate(_ file: Int32, to size: Int, path: String) throws(DiskError) {}
  func rename(_ path: String, to target: String) throws(DiskError) {}
  func remove(_ path: String) throws(DiskError) {}
  func syncDirectory(_ path: String) throws(DiskError) {}
  func isThere(_ file: Int32, at path: String) throws(DiskError) -> Bool { true }
  func close(_ file: Int32) {}
  func lock(_ path: String) throws(DiskError) -> Int32? { nil }
  func unlock(_ lock: Int32) {}
  func alarm(_ text: String) {}
}
