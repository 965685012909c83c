import Glibc
import Inotify
import Synchronization

/// A shop under /tmp with an empty `listings`, removed in the end.
final class ShopFolder: Sendable {
  let path: String

  init() {
    var template = Array("/tmp/hawker-real-XXXXXX".utf8CString)
    precondition(mkdtemp(&template) != nil)
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    makeFolders(path + "/listings")
  }

  deinit { removeAll(path) }
}

func makeFolders(_ path: String) {
  if mkdir(path, 0o755) == 0 || errno == EEXIST { return }
  makeFolders("\(RawPath(path).parent!)")
  mkdir(path, 0o755)
}

func write(_ text: String, to path: String) {
  let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
  precondition(descriptor >= 0, "\(path): \(errorText(errno))")
  _ = Array(text.utf8).withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
  close(descriptor)
}

func removeAll(_ path: String) {
  if let stream = opendir(path) {
    defer { closedir(stream) }
    while let entry = readdir(stream) {
      let bytes = UnsafeRawPointer(entry).advanced(by: MemoryLayout<dirent>.offset(of: \.d_name)!)
      let name = String(cString: bytes.assumingMemoryBound(to: CChar.self))
      guard name != ".", name != ".." else { continue }
      if unlink(path + "/" + name) != 0 { removeAll(path + "/" + name) }
    }
  }
  rmdir(path)
}

func readNumber(_ path: String) -> Int {
  let descriptor = open(path, O_RDONLY)
  defer { close(descriptor) }
  var bytes = [UInt8](repeating: 0, count: 32)
  let count = read(descriptor, &bytes, bytes.count)
  return bytes.prefix(max(0, count)).reduce(0) { $1 >= 48 && $1 <= 57 ? $0 * 10 + Int($1 - 48) : $0 }
}

func inBackground(_ body: @escaping @Sendable () -> Void) {
  var thread = pthread_t()
  let status = pthread_create(&thread, nil, enterBackground, Unmanaged.passRetained(Work(body)).toOpaque())
  precondition(status == 0)
  pthread_detach(thread)
}

private final class Work: Sendable {
  let body: @Sendable () -> Void
  init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}

private func enterBackground(_ box: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  if let box { Unmanaged<Work>.fromOpaque(box).takeRetainedValue().body() }
  return nil
}

/// Holds inotify's owner thread back from reading.
final class Gate: Sendable {
  private let state = Mutex((isClosed: false, isHeld: false))

  func close() { state.withLock { $0.isClosed = true } }
  func open() { state.withLock { $0 = (false, false) } }
  func waitUntilHeld() { while !state.withLock({ $0.isHeld }) { sched_yield() } }

  func pass() {
    while state.withLock({ state in
      state.isHeld = state.isClosed
      return state.isClosed
    }) { sched_yield() }
  }
}

struct Holder: InotifyListener {
  let gate: Gate
  func heard(_ notice: Notice, _ watches: inout some FolderWatching) { if notice == .poked { gate.pass() } }
}

/// A limit of watches that is reached and later raised.
final class Refusal: Sendable {
  private let added = Mutex((count: 0, isFull: true))
  private let allowed: Int

  init(allowing allowed: Int) { self.allowed = allowed }

  func refuses(_ path: RawPath) -> Bool {
    added.withLock { added in
      added.count += 1
      return added.isFull && added.count > allowed
    }
  }

  func end() { added.withLock { $0.isFull = false } }
}
