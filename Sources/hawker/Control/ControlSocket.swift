import Glibc
import Planning

/// `state/control.sock`: how commands reach the daemon that owns the journal. Mode 0600 in a 0700 directory: whoever can
/// connect could write the journal's files as well.
struct ControlSocket: Sendable {
  /// A request or an answer is one line, no longer than this.
  static let lineLimit = 64 * 1024

  let directory: String
  var path: String { directory + "/control.sock" }

  init(state directory: String) { self.directory = directory }

  /// Runs `body` with an address that fits: a socket's path may have 107 bytes, a shop's folder more.
  func withAddress<Value>(_ body: (String) throws -> Value) rethrows -> Value? {
    let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    return try body("/proc/self/fd/\(descriptor)/control.sock")
  }

  /// Hands a decision to the daemon; nil when none listens.
  func ask(_ decision: Decision) throws -> Answer? { try ask(decision.line, within: 30) }

  /// The same for any line that the daemon knows.
  func ask(_ request: String, within seconds: Int = 600) throws -> Answer? {
    let connected = withAddress { ControlSocket.connect($0, within: seconds) } ?? -1
    guard connected >= 0 else { return nil }
    defer { close(connected) }
    guard ControlSocket.send(Array(request.utf8), to: connected), let line = ControlSocket.read(connected),
      let answer = Answer(line: line)
    else {
      throw Exit(
        .failed,
        "the daemon did not answer on \(path), and may still do this when it goes on; look at its log, and at "
          + "`hawker status`, before you try again")
    }
    return answer
  }

  /// A daemon that was stopped, or hangs, is waited for no longer than `seconds`, for each piece.
  private static func connect(_ path: String, within seconds: Int) -> Int32 {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return -1 }
    var limit = timeval(tv_sec: seconds, tv_usec: 0)
    for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
      setsockopt(descriptor, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
    }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix(107)) }
    let size = socklen_t(MemoryLayout<sockaddr_un>.size)
    let isConnected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.connect(descriptor, $0, size) == 0 }
    }
    if isConnected { return descriptor }
    close(descriptor)
    return -1
  }

  private static func send(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }

  /// Up to the end of the line; nil when the other side goes away before that.
  private static func read(_ descriptor: Int32) -> [UInt8]? {
    var line: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 4096)
    while line.last != 0x0A {
      let count = Glibc.read(descriptor, &piece, piece.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0, line.count + count <= lineLimit else { return nil }
      line += piece[..<count]
    }
    return line
  }
}
