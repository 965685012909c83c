import CLibInotifyTools
import Glibc

/// libinotifytools, which is one global state: one of these lives at a time, on the owner thread alone.
///
/// Of the library only these are used: initialise, clean up, watch one folder, its number by its name, next single event.
/// Its recursion, renaming and statistics are unsound; more than one event at a time makes it spin; removing a watch that
/// the kernel dropped prints.
final class InotifyTools {
  private let wake: Wake
  /// Adds so far. The library keeps a record of each for ever, also of folders that are gone.
  private(set) var adds = 0

  private struct Wake: ~Copyable {
    let folder: OpenFolder
    let watch: Int32
  }

  enum Reading {
    case event(InotifyEvent)
    /// Nothing to tell: the wake folder was touched, or a signal came.
    case nothing
    case failed(errno: Int32)
  }

  init() throws(InotifyFailure) {
    let expected = try Self.nextDescriptor()
    guard inotifytools_initialize() != 0 else { throw .refused(errno: inotifytools_error()) }
    Self.closeOnExec(expected)
    // The buffer of a previous life may still hold events, of watches whose numbers will come again.
    while inotifytools_next_events(0, 1) != nil {}
    do {
      wake = try Self.watchWakeFolder()
    } catch {
      inotifytools_cleanup()
      throw .noWakeFolder(errno: error.number)
    }
    adds = 1
  }

  deinit { inotifytools_cleanup() }

  /// A touch of this descriptor, from any thread, ends `next()`.
  var wakeDescriptor: CInt { wake.folder.descriptor }

  /// Waits for ever.
  func next() -> Reading {
    // The event lies in a static buffer: it is copied before anything else is called.
    guard let event = inotifytools_next_event(0) else {
      let number = inotifytools_error()
      return number == EINTR || number == EAGAIN ? .nothing : .failed(errno: number)
    }
    if event.pointee.wd == wake.watch { return .nothing }
    return .event(
      InotifyEvent(
        watch: event.pointee.wd, kind: InotifyEvent.Kind(rawValue: event.pointee.mask), cookie: event.pointee.cookie,
        name: event.pointee.len > 0 ? copyBytes(hawker_event_name(event)) : []))
  }

  func add(_ folder: borrowing OpenFolder) throws(SystemFailure) -> Int32 {
    adds += 1
    return try Self.watch(folder, serial: adds, for: .everything)
  }

  /// The library gives a watch's number only for its name, finds dead folders by it too, and prints names that vanish to
  /// standard error. So every add has a name of its own that can't vanish: the descriptor's, and behind it the serial
  /// number's bits, spelled `./` and `/`. It ends in `/`, because the library would append that.
  private static func watch(
    _ folder: borrowing OpenFolder, serial: Int, for kinds: InotifyEvent.Kind
  ) throws(SystemFailure) -> Int32 {
    let bits = String(serial, radix: 2).map { $0 == "1" ? "./" : "/" }.joined()
    let name = "/proc/self/fd/\(folder.descriptor)/\(bits)"
    guard inotifytools_watch_file(name, CInt(bitPattern: kinds.rawValue)) != 0 else {
      throw SystemFailure(inotifytools_error())
    }
    let watch = inotifytools_wd_from_filename(name)
    guard watch > 0 else { throw SystemFailure(ENOENT) }
    return watch
  }

  /// A private folder that is removed at once: held open it can still be touched and watched, and nothing can sweep it
  /// away or find it left over.
  private static func watchWakeFolder() throws(SystemFailure) -> Wake {
    var failure = SystemFailure(ENOENT)
    for parent in [environment("XDG_RUNTIME_DIR"), environment("TMPDIR"), "/tmp", "/dev/shm", "/var/tmp"] {
      guard let parent, let path = makeFolder(in: parent) else { continue }
      defer { _ = path.withCString { rmdir($0) } }
      do {
        let folder = try OpenFolder(path, followingLinks: false)
        let watch = try watch(folder, serial: 1, for: [.attributes, .onlyFolders])
        return Wake(folder: folder, watch: watch)
      } catch { failure = error }
    }
    throw failure
  }

  private static func makeFolder(in parent: String) -> RawPath? {
    var template = Array((parent + "/hawker-wake-XXXXXX").utf8CString)
    let isMade = template.withUnsafeMutableBufferPointer { $0.baseAddress.flatMap { mkdtemp($0) } != nil }
    return isMade ? RawPath(String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)) : nil
  }

  private static func environment(_ name: String) -> String? {
    guard let value = getenv(name), value.pointee == CChar(bitPattern: UInt8(ascii: "/")) else { return nil }
    return String(cString: value)
  }

  /// The library waits by `select`, which writes past its set for descriptors from 1024 on.
  private static func nextDescriptor() throws(InotifyFailure) -> CInt {
    let probe = open("/dev/null", O_RDONLY | O_CLOEXEC)
    guard probe >= 0 else { throw .refused(errno: errno) }
    close(probe)
    guard probe < 1000 else { throw .tooManyDescriptors }
    return probe
  }

  /// The library lets children inherit its descriptor. Another thread may have taken the expected number: then it stays so.
  private static func closeOnExec(_ descriptor: CInt) {
    var target = [CChar](repeating: 0, count: 32)
    let length = readlink("/proc/self/fd/\(descriptor)", &target, target.count)
    guard length > 0, target.prefix(length).elementsEqual("anon_inode:inotify".utf8.map { CChar(bitPattern: $0) })
    else { return }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
  }
}
