import Glibc

/// What the writer's thread sleeps on: a pipe, with at most one byte in it. (Glibc's module has no eventfd.)
struct Bell: Sendable {
  private let hearing: Int32
  private let ringing: Int32

  init(_ directory: String) throws(JournalError) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw .unwritable(path: directory, reason: String(cString: strerror(errno))) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    (hearing, ringing) = (ends[0], ends[1])
  }

  func ring() {
    var byte: UInt8 = 1
    while write(ringing, &byte, 1) < 0, errno == EINTR {}
  }

  func wait() {
    var byte: UInt8 = 0
    while read(hearing, &byte, 1) < 0, errno == EINTR {}
  }

  func close() {
    _ = Glibc.close(hearing)
    _ = Glibc.close(ringing)
  }
}
