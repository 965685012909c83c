import Glibc
import Listings
import Loading
import Marketplaces

/// Why the store can't be read or written, for a person. It holds nothing of what is stored.
struct CredentialError: Error, Hashable {
  let message: String

  init(_ message: String) { self.message = message }
}

/// `~/.config/hawker/credentials.json`: what `hawker connect` was granted. One file for all shops of a user, 0600 in a
/// 0700 directory, replaced whole: a write that fails leaves the old one.
struct CredentialStore: Sendable {
  /// The calls that a full disk or a crash may fail; tests have others.
  struct Steps: Sendable {
    var write: @Sendable (Int32, UnsafeRawBufferPointer) -> Int = { Glibc.write($0, $1.baseAddress, $1.count) }
    var sync: @Sendable (Int32) -> Int32 = { fsync($0) }
    var rename: @Sendable (String, String) -> Int32 = { Glibc.rename($0, $1) }
  }

  /// What tells one state of the file from another.
  struct Stamp: Hashable, Sendable {
    var device: UInt64
    var file: UInt64
    var size: Int64
    var seconds: Int
    var nanoseconds: Int
  }

  private static let largest = 1 << 20

  /// Nil: the user has no home.
  let directory: String?
  /// Folders that get committed: no secret is kept below them.
  let shared: [String]
  var steps = Steps()

  var path: String { (directory ?? "~/.config/hawker") + "/credentials.json" }

  init(directory: String?, outside shared: [String] = []) {
    self.directory = directory
    self.shared = shared
  }

  /// The user's own.
  static func standard(for config: Config) -> CredentialStore {
    var base = Environment["XDG_CONFIG_HOME"].flatMap { Paths.isAbsolute($0) ? $0 : nil }
    if base == nil, let home = Environment["HOME"], Paths.isAbsolute(home) { base = home + "/.config" }
    return CredentialStore(directory: base.map { $0 + "/hawker" }, outside: [config.listings, config.state])
  }

  /// Nil: there is no file.
  var stamp: Stamp? {
    var status = stat()
    guard directory != nil, stat(path, &status) == 0 else { return nil }
    return Stamp(
      device: UInt64(status.st_dev), file: UInt64(status.st_ino), size: Int64(status.st_size),
      seconds: status.st_mtim.tv_sec,
      nanoseconds: status.st_mtim.tv_nsec)
  }

  /// By account. A file that isn't there is empty.
  func read() throws(CredentialError) -> [String: StoredCredential] {
    guard directory != nil else { return [:] }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT { return [:] }
      throw failed(to: "read")
    }
    defer { close(descriptor) }
    try check(descriptor)
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 65_536)
    while bytes.count <= CredentialStore.largest {
      let count = Glibc.read(descriptor, &piece, piece.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw failed(to: "read") }
      if count == 0 { break }
      bytes += piece[..<count]
    }
    guard let credentials = CredentialCoding.credentials(bytes) else {
      throw CredentialError(
        "\(path) is not a credential store that this hawker can read; move it away and run `hawker connect` again")
    }
    return credentials
  }

  private func check(_ descriptor: Int32) throws(CredentialError) {
    try checkPlace()
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failed(to: "read") }
    guard status.st_mode & S_IFMT == S_IFREG else { throw CredentialError("\(path) is not a file") }
    guard status.st_uid == geteuid() else { throw CredentialError("\(path) belongs to another user") }
    guard status.st_mode & 0o077 == 0 else {
      let mode = String(status.st_mode & 0o777, radix: 8)
      throw CredentialError(
        "\(path) is open to others (mode \(mode)), so its tokens are not used: run `chmod 600 \(path)`; if somebody may "
          + "have read it, run `hawker connect` again afterwards")
    }
  }

  /// Not in a folder that gets committed, nor where others can put another file in its place.
  private func checkPlace() throws(CredentialError) {
    guard let directory else {
      throw CredentialError("there is no place for credentials: set HOME, or XDG_CONFIG_HOME to an absolute path")
    }
    let real = CredentialStore.real(directory)
    for folder in shared {
      guard !Paths.isIn(CredentialStore.real(folder), real) else {
        throw CredentialError(
          "\(directory) lies inside \(folder), which gets committed: set XDG_CONFIG_HOME to another place")
      }
    }
    var status = stat()
    guard stat(directory, &status) == 0 else { return }
    guard status.st_uid == geteuid() || status.st_uid == 0, status.st_mode & 0o022 == 0 else {
      throw CredentialError("others can write into \(directory): run `chmod 700 \(directory)`")
    }
  }

  /// Without links, as far as it exists.
  private static func real(_ path: String) -> String {
    if let found = realpath(path, nil) {
      defer { free(found) }
      return String(cString: found)
    }
    guard let slash = path.utf8.lastIndex(of: 0x2F), slash > path.startIndex else { return path }
    return real(String(path[..<slash])) + path[slash...]
  }

  /// By the call that failed last.
  private func failed(to step: String) -> CredentialError {
    CredentialError("\(path): can't \(step) it: \(String(cString: strerror(errno)))")
  }
}

// Writing, under a lock that all of the user's hawkers share.
extension CredentialStore {
  /// Held until it is let go of; the next one in line may be another process.
  struct Lock: ~Copyable {
    fileprivate let descriptor: Int32

    deinit { close(descriptor) }
  }

  /// Nil: somebody else has it.
  func tryLock() throws(CredentialError) -> Lock? {
    try checkPlace()
    try makeDirectory()
    let descriptor = open((directory ?? "") + "/credentials.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw failed(to: "write") }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      return nil
    }
    return Lock(descriptor: descriptor)
  }

  /// Whoever has it may be asking a marketplace meanwhile.
  func lock(_ ambient: Ambient) async throws(CredentialError) -> Lock {
    let limit = ambient.uptime() + .seconds(90)
    while ambient.uptime() < limit {
      if let lock = try tryLock() { return lock }
      do throws(CancellationError) { try await ambient.sleep(.milliseconds(50)) } catch {
        throw CredentialError("stopped while it waited for \(path)")
      }
    }
    throw CredentialError("another hawker has held \(path) for too long; look for one that hangs")
  }

  /// Replaces one account's entry; nil takes it out. What is there is read again first.
  func keep(_ credential: StoredCredential?, for account: String, _ lock: borrowing Lock) throws(CredentialError) {
    var all = try read()
    all[account] = credential
    try replace(with: CredentialCoding.bytes(all))
  }

  private func makeDirectory() throws(CredentialError) {
    guard let directory else { return }
    var path = ""
    for part in Paths.components(directory) {
      path += "/" + part
      guard mkdir(path, 0o700) == 0 || errno == EEXIST || access(path, F_OK) == 0 else { throw failed(to: "write") }
    }
    var status = stat()
    if stat(directory, &status) == 0, status.st_mode & 0o777 != 0o700 { chmod(directory, 0o700) }
  }

  private func replace(with bytes: [UInt8]) throws(CredentialError) {
    // Under the lock, so whatever has this name was left by one that died.
    let fresh = path + ".new"
    unlink(fresh)
    let descriptor = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw failed(to: "write") }
    CrashPoint.reach("credential-opened")
    var isWritten = write(bytes, to: descriptor)
    CrashPoint.reach("credential-written")
    isWritten = isWritten && steps.sync(descriptor) == 0
    CrashPoint.reach("credential-synced")
    let failure = failed(to: "write")
    close(descriptor)
    guard isWritten else {
      unlink(fresh)
      throw failure
    }
    guard steps.rename(fresh, path) == 0 else {
      let failure = failed(to: "write")
      unlink(fresh)
      throw failure
    }
    CrashPoint.reach("credential-renamed")
    let folder = open(directory ?? "", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    defer { close(folder) }
    // It is in place; that a power cut may bring the old one back is told.
    guard steps.sync(folder) == 0 else { throw failed(to: "write") }
    CrashPoint.reach("credential-done")
  }

  private func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { steps.write(descriptor, $0) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }
}
