import Glibc
import Synchronization

@testable import Journaling

/// The simulated file system behind the journal's seam. It remembers what it was before each changing call, and refuses,
/// shortens or stops calls as told.
final class SimulatedDisk: Disk {
  struct Call: Hashable, Sendable {
    var number: Int
    var name: String
    var path: String
  }

  /// What a crash before a call would find.
  struct Snapshot: Sendable {
    var files: SimulatedFiles
    var promises: Promises
    var call: Call
  }

  struct State {
    var files: SimulatedFiles
    var promises = Promises()
    var snapshots: [Snapshot] = []
    var isRecording = false
    var calls: [Call] = []
    var open: [Int32: Int] = [:]
    var nextDescriptor: Int32 = 1000
    /// The error number that a call gets instead of being made.
    var refuse: @Sendable (Call) -> Int32? = { _ in nil }
    /// Bytes that all files together may take; and what a write beyond them is told.
    var quota: (bytes: Int, code: Int32)?
    /// Changing calls that still succeed; then nothing does, as if the process had been killed.
    var remaining: Int?
    var failedSyncs: [String] = []
    /// Syncs of a file whose sync had failed before in the same process; the emergency file's last resort aside.
    var syncsAfterFailure = 0
    /// Files that a process left open although it ended in order.
    var leaks = 0
    var alarms: [String] = []
  }

  let state: Mutex<State>

  init(_ files: SimulatedFiles = SimulatedFiles(), isRecording: Bool = false) {
    state = Mutex(State(files: files, isRecording: isRecording))
  }

  var files: SimulatedFiles { state.withLock { $0.files } }
  var snapshots: [Snapshot] { state.withLock { $0.snapshots } }
  var calls: Int { state.withLock { $0.calls.count } }
  var openFiles: Int { state.withLock { $0.open.count } }
  func promise(_ promises: Promises) { state.withLock { $0.promises = promises } }
  func refuse(_ refuse: @escaping @Sendable (Call) -> Int32?) { state.withLock { $0.refuse = refuse } }
  func limit(to bytes: Int?, code: Int32 = ENOSPC) { state.withLock { $0.quota = bytes.map { ($0, code) } } }
  func endProcess(inOrder: Bool) {
    state.withLock { state in
      if inOrder { state.leaks += state.open.count }
      (state.open, state.failedSyncs) = ([:], [])
    }
  }
  func stop(after count: Int) { state.withLock { $0.remaining = count } }

  /// Makes a call, unless it is refused; `changes` are what a crash can fall between.
  private func call<Value>(
    _ name: String, _ path: String, _ operation: DiskError.Operation = .write, changes: Bool = true,
    _ body: (inout State) throws(DiskError) -> Value
  ) throws(DiskError) -> Value {
    let call = state.withLock { state in
      let call = Call(number: state.calls.count + 1, name: name, path: path)
      if changes, state.isRecording {
        state.snapshots.append(Snapshot(files: state.files, promises: state.promises, call: call))
      }
      state.calls.append(call)
      return call
    }
    let refuse = state.withLock { $0.refuse }
    let code = refuse(call)
    let outcome = state.withLock { state -> Result<Value, DiskError> in
      if let remaining = state.remaining, changes {
        if remaining == 0 { return .failure(DiskError(operation, path, code: EIO)) }
        state.remaining = remaining - 1
      }
      if let code {
        if name == "sync", let file = state.files.names[path] {
          state.files.failSync(file)
          state.failedSyncs.append(path)
        }
        return .failure(DiskError(operation, path, code: code))
      }
      do throws(DiskError) { return .success(try body(&state)) } catch { return .failure(error) }
    }
    return try outcome.get()
  }

  func prepare(_ directory: String) throws(DiskError) { try call("prepare", directory) { _ in } }

  func open(_ path: String, create: Bool) throws(DiskError) -> Int32 {
    try call("open", path) { (state) throws(DiskError) in
      guard create || state.files.names[path] != nil else { throw DiskError(.write, path, code: ENOENT) }
      let file = state.files.add(path)
      state.nextDescriptor += 1
      state.open[state.nextDescriptor] = file
      return state.nextDescriptor
    }
  }

  func write(_ bytes: [UInt8], to file: Int32, at offset: Int, path: String) throws(DiskError) {
    try call("write", path) { (state) throws(DiskError) in
      guard let file = state.open[file] else { throw DiskError(.write, path, code: EBADF) }
      guard let (quota, code) = state.quota else { return state.files.change(file, .write(offset, bytes)) }
      let own = max(state.files.files[file]?.bytes.count ?? 0, state.files.files[file]?.reserved ?? 0)
      let room = max(0, min(bytes.count, quota - (state.files.used - own) - offset))
      if room > 0 { state.files.change(file, .write(offset, Array(bytes[..<room]))) }
      if room < bytes.count { throw DiskError(.write, path, code: code) }
    }
  }

  func sync(_ file: Int32, path: String) throws(DiskError) {
    try call("sync", path, .sync) { (state) throws(DiskError) in
      if state.failedSyncs.contains(path), !path.hasSuffix("emergency.jsonl") { state.syncsAfterFailure += 1 }
      guard let file = state.open[file] else { throw DiskError(.sync, path, code: EBADF) }
      state.files.sync(file)
    }
  }

  func reserve(_ file: Int32, from start: Int, to end: Int, path: String) throws(DiskError) -> Bool {
    try call("reserve", path) { (state) throws(DiskError) in
      guard let file = state.open[file] else { throw DiskError(.write, path, code: EBADF) }
      let own = max(state.files.files[file]?.bytes.count ?? 0, state.files.files[file]?.reserved ?? 0)
      if let (quota, code) = state.quota, state.files.used - own + end > quota {
        throw DiskError(.write, path, code: code)
      }
      state.files.reserve(file, to: end)
      return true
    }
  }

  func truncate(_ file: Int32, to size: Int, path: String) throws(DiskError) {
    try call("truncate", path) { (state) throws(DiskError) in
      guard let file = state.open[file] else { throw DiskError(.write, path, code: EBADF) }
      if state.files.files[file]?.bytes.count != size || state.files.files[file]?.reserved != size {
        state.files.change(file, .resize(size))
      }
    }
  }

  func rename(_ path: String, to target: String) throws(DiskError) {
    try call("rename", path) { $0.files.move(path, target) }
  }

  func remove(_ path: String) throws(DiskError) { try call("remove", path) { $0.files.take(path) } }
  func syncDirectory(_ path: String) throws(DiskError) {
    try call("syncDirectory", path, .sync) { $0.files.syncDirectory(path) }
  }

  func read(_ path: String, limit: Int) throws(DiskError) -> [UInt8] {
    try call("read", path, .read, changes: false) { (state) throws(DiskError) in
      guard let file = state.files.names[path], let bytes = state.files.files[file]?.bytes else {
        throw DiskError(.read, path, code: ENOENT)
      }
      return bytes.count > limit ? Array(bytes[..<limit]) : bytes
    }
  }

  func names(in directory: String) throws(DiskError) -> [String] {
    try call("names", directory, .read, changes: false) { state in
      state.files.names.keys.filter { SimulatedFiles.directory(of: $0) == directory }
        .map { String($0.dropFirst(directory.count + 1)) }.sorted()
    }
  }

  func isThere(_ file: Int32, at path: String) throws(DiskError) -> Bool {
    try call("isThere", path, changes: false) { $0.files.names[path] == $0.open[file] }
  }

  func close(_ file: Int32) { state.withLock { $0.open[file] = nil } }
  func lock(_ path: String) throws(DiskError) -> Int32? { try open(path, create: true) }
  func unlock(_ lock: Int32) { close(lock) }
  func alarm(_ text: String) { state.withLock { $0.alarms.append(text) } }
}
