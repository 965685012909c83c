import Glibc
import Journaling
import Listings
import Support
import Synchronization

/// A disk in memory that outlives the programs that use it, and forgets at a crash what had not been synced. It reads
/// along in the journal, so that the model knows what was durable when, without asking hawker.
final class CrashDisk: Sendable {
  fileprivate struct File {
    var bytes: [UInt8] = []
    var durable: [UInt8] = []
    /// Bytes of whole lines that the memory has taken in.
    var told = 0
  }

  fileprivate struct State {
    var files: [Int: File] = [:]
    var names: [String: Int] = [:]
    var durableNames: [String: Int] = [:]
    var handles: [Int32: Int] = [:]
    var last = 0
    /// Grows at each start; a mount of another time is that of a dead program.
    var life = 0
    var isDown = false
    /// Changing calls that still succeed before the program dies.
    var remaining: Int?
    var memory = Memory()
  }

  private let state = Mutex(State())

  var memory: Memory { state.withLock(\.memory) }
  var isDown: Bool { state.withLock(\.isDown) }

  /// The program dies at its `count`-th next change.
  func blow(after count: Int) { state.withLock { $0.remaining = count } }
  func mend() { state.withLock { $0.remaining = nil } }
  func goDown() { state.withLock { $0.isDown = true } }

  /// A journal was opened on what was left, and has made all of it durable anew.
  func opened() {
    state.withLock { state in
      for (name, index) in state.names { state.take(in: index, name: name, durable: false) }
    }
  }

  /// Starts again: what was not synced is kept (a kill), dropped (a power cut) or kept in part.
  func reboot(_ random: inout SeededRandom) -> Mount {
    let (kind, share) = (Int.random(in: 0..<3, using: &random), Int.random(in: 0...100, using: &random))
    return state.withLock { state in
      if state.isDown, kind > 0 {
        state.names = state.durableNames
        for index in state.files.keys { state.files[index]?.lose(keeping: kind == 1 ? 0 : share) }
      }
      (state.isDown, state.remaining) = (false, nil)
      state.life += 1
      return Mount(disk: self, life: state.life)
    }
  }
}

extension CrashDisk.State {
  /// Tells the memory of whole lines that are safe.
  fileprivate mutating func take(in index: Int, name: String, durable: Bool) {
    guard name.contains("/journal-"), !name.hasSuffix(".tmp"), var file = files[index] else { return }
    let safe = durable ? file.durable : file.bytes
    while file.told < safe.count, let end = safe[file.told...].firstIndex(of: 0x0A) {
      memory.take(safe[file.told..<end])
      file.told = end + 1
    }
    files[index] = file
  }
}

extension CrashDisk.File {
  /// Of what was written behind the synced bytes, or over the room behind the entries, the first `share` percent.
  fileprivate mutating func lose(keeping share: Int) {
    defer { durable = bytes }
    guard bytes.count >= durable.count else { return bytes = durable }
    let padded = durable + [UInt8](repeating: 0, count: bytes.count - durable.count)
    guard let first = bytes.indices.first(where: { bytes[$0] != padded[$0] }),
      let last = bytes.indices.last(where: { bytes[$0] != padded[$0] })
    else { return }
    let end = first + (last + 1 - first) * share / 100
    bytes = Array(bytes[..<end] + (end < durable.count ? durable[end...] : []))
  }
}

/// The disk as one program sees it.
struct Mount: Disk {
  let disk: CrashDisk
  let life: Int

  func prepare(_ directory: String) throws(DiskError) { try disk.change(life, directory) { _ in } }

  func open(_ path: String, create: Bool) throws(DiskError) -> Int32 {
    try disk.change(life, path) { state throws(DiskError) in try state.open(path, create: create) }
  }

  func write(_ bytes: [UInt8], to file: Int32, at offset: Int, path: String) throws(DiskError) {
    try disk.change(life, path) { $0.edit(file) { $0.write(bytes, at: offset) } }
  }

  func sync(_ file: Int32, path: String) throws(DiskError) {
    try disk.change(life, path, .sync) { $0.sync(file) }
  }

  func reserve(_ file: Int32, from start: Int, to end: Int, path: String) throws(DiskError) -> Bool {
    try disk.change(life, path) { _ in true }
  }

  func truncate(_ file: Int32, to size: Int, path: String) throws(DiskError) {
    try disk.change(life, path) { $0.edit(file) { $0.cut(to: size) } }
  }

  func rename(_ path: String, to target: String) throws(DiskError) {
    try disk.change(life, path) { $0.names[target] = $0.names.removeValue(forKey: path) }
  }

  func remove(_ path: String) throws(DiskError) { try disk.change(life, path) { $0.names[path] = nil } }

  func syncDirectory(_ path: String) throws(DiskError) { try disk.change(life, path, .sync) { $0.syncNames(path) } }

  func read(_ path: String, limit: Int) throws(DiskError) -> [UInt8] {
    try disk.look(life, path) { state throws(DiskError) in
      guard let index = state.names[path], let file = state.files[index] else {
        throw DiskError(.read, path, code: ENOENT)
      }
      return Array(file.bytes.prefix(limit))
    }
  }

  func names(in directory: String) throws(DiskError) -> [String] {
    try disk.look(life, directory) { state in
      let prefix = directory + "/"
      return state.names.keys.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.utf8.count)) }
        .filter { !$0.contains("/") }.sorted()
    }
  }

  func isThere(_ file: Int32, at path: String) throws(DiskError) -> Bool {
    try disk.look(life, path) { $0.names[path] == $0.handles[file] }
  }

  func close(_ file: Int32) {}
  func lock(_ path: String) throws(DiskError) -> Int32? { try open(path, create: true) }
  func unlock(_ lock: Int32) {}
  func alarm(_ text: String) {}
}

extension CrashDisk {
  fileprivate func look<Value: Sendable>(
    _ life: Int, _ path: String, _ body: (inout State) throws(DiskError) -> Value
  ) throws(DiskError) -> Value {
    let result: Result<Value, DiskError> = state.withLock { state in
      guard !state.isDown, life == state.life else { return .failure(DiskError(.read, path, code: EIO)) }
      do throws(DiskError) { return .success(try body(&state)) } catch { return .failure(error) }
    }
    return try result.get()
  }

  @discardableResult
  fileprivate func change<Value: Sendable>(
    _ life: Int, _ path: String, _ operation: DiskError.Operation = .write,
    _ body: (inout State) throws(DiskError) -> Value
  ) throws(DiskError) -> Value {
    try look(life, path) { state throws(DiskError) in
      if let remaining = state.remaining {
        state.remaining = remaining - 1
        if remaining <= 0 {
          state.isDown = true
          throw DiskError(operation, path, code: EIO)
        }
      }
      return try body(&state)
    }
  }
}

extension CrashDisk.State {
  fileprivate mutating func open(_ path: String, create: Bool) throws(DiskError) -> Int32 {
    if names[path] == nil {
      guard create else { throw DiskError(.write, path, code: ENOENT) }
      last += 1
      files[last] = CrashDisk.File()
      names[path] = last
    }
    let handle = Int32(handles.count + 3)
    handles[handle] = names[path]
    return handle
  }

  fileprivate mutating func edit(_ handle: Int32, _ body: (inout CrashDisk.File) -> Void) {
    guard let index = handles[handle], files[index] != nil else { return }
    body(&files[index]!)
  }

  fileprivate mutating func sync(_ handle: Int32) {
    guard let index = handles[handle], let file = files[index] else { return }
    files[index]?.durable = file.bytes
    if let name = names.first(where: { $0.value == index })?.key { take(in: index, name: name, durable: true) }
  }

  fileprivate mutating func syncNames(_ directory: String) {
    let prefix = directory + "/"
    for name in Set(names.keys).union(durableNames.keys) where name.hasPrefix(prefix) {
      durableNames[name] = names[name]
    }
  }
}

extension CrashDisk.File {
  fileprivate mutating func write(_ new: [UInt8], at offset: Int) {
    if bytes.count < offset { bytes += [UInt8](repeating: 0, count: offset - bytes.count) }
    let overlap = min(bytes.count - offset, new.count)
    bytes.replaceSubrange(offset..<offset + overlap, with: new)
  }

  fileprivate mutating func cut(to size: Int) {
    if size < bytes.count { bytes.removeLast(bytes.count - size) }
  }
}
