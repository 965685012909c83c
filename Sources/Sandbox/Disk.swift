import Glibc

/// The few file operations that the sandbox needs; failures carry the system's reason.
enum Disk {
  struct Failure: Error {
    let reason: String

    static var latest: Failure { Failure(reason: String(cString: strerror(errno))) }
  }

  static func makeDirectory(_ path: String) throws(Failure) {
    // By bytes: to a String, a slash with a combining mark behind it is another character.
    var made = path.utf8.first == 0x2F ? "/" : ""
    for part in path.utf8.split(separator: 0x2F).map({ Substring($0) }) {
      made += made.isEmpty || made == "/" ? part : "/\(part)"
      guard mkdir(made, 0o700) == 0 || errno == EEXIST else { throw Failure.latest }
    }
    var status = stat()
    guard stat(path, &status) == 0 else { throw Failure.latest }
    guard status.st_mode & S_IFMT == S_IFDIR else { throw Failure(reason: "it is not a directory") }
  }

  static func names(in directory: String) -> [String] {
    guard let handle = opendir(directory) else { return [] }
    defer { closedir(handle) }
    var names: [String] = []
    while let entry = readdir(handle) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  /// A regular file's bytes; `limit` guards memory.
  static func read(_ path: String, limit: Int = .max) throws(Failure) -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw Failure.latest }
    defer { close(file) }
    return try read(file, limit: limit)
  }

  static func read(_ file: CInt, limit: Int = .max) throws(Failure) -> [UInt8] {
    var status = stat()
    guard fstat(file, &status) == 0 else { throw Failure.latest }
    guard status.st_mode & S_IFMT == S_IFREG, status.st_size <= limit else {
      throw Failure(reason: "it is no regular file, or too large")
    }
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
    var count = 0
    while count < bytes.count {
      let got = bytes.withUnsafeMutableBytes { pread(file, $0.baseAddress.map { $0 + count }, $0.count - count, count) }
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else { throw Failure.latest }
      if got == 0 { break }
      count += got
    }
    bytes.removeLast(bytes.count - count)
    return bytes
  }

  static func write(_ bytes: [UInt8], to file: CInt) throws(Failure) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw Failure.latest }
      rest = rest.dropFirst(count)
    }
  }

  /// Whole or not at all: written beside and moved into place.
  static func replace(_ path: String, with bytes: [UInt8]) throws(Failure) {
    let temporary = path + ".part"
    let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw Failure.latest }
    do throws(Failure) {
      defer { close(file) }
      try write(bytes, to: file)
    } catch {
      unlink(temporary)
      throw error
    }
    guard rename(temporary, path) == 0 else { throw Failure.latest }
  }
}

extension Disk {
  /// A line on standard error, in one piece.
  static func tell(_ line: String) { try? write(Array(line.utf8), to: STDERR_FILENO) }
}
