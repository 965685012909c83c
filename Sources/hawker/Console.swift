import Glibc
import Synchronization

/// Standard output carries the result; everything else goes to standard error.
enum Console {
  static func out(_ text: String) {
    written.store(true, ordering: .relaxed)
    keep(write(text, to: STDOUT_FILENO))
  }
  /// The same for a long text that never was a String.
  static func out(_ bytes: [UInt8]) {
    written.store(true, ordering: .relaxed)
    keep(bytes.withUnsafeBytes { write($0, to: STDOUT_FILENO) })
  }

  private static let written = Atomic(false)
  /// Whether a result stands on standard output, or the beginning of one.
  static var hasResult: Bool { written.load(ordering: .relaxed) }

  static func error(_ text: String) { _ = write("hawker: \(text)\n", to: STDERR_FILENO) }
  static func note(_ text: String) { _ = write(text + "\n", to: STDERR_FILENO) }
  static func raw(_ text: String) { _ = write(text, to: STDERR_FILENO) }

  /// Why the result could not be written, or not all of it; 0: it was. Told when the command ends: what it does goes on.
  private static let failure = Mutex<Int32>(0)

  /// Its reader went away: nothing that is written now is read.
  static var isOutputClosed: Bool { failure.withLock { $0 == EPIPE } }

  /// A reader that has read enough is no failure.
  static var outputFailure: String? {
    let code = failure.withLock { $0 }
    if code == 0 || code == EPIPE { return nil }
    return "the result could not be written to standard output: \(String(cString: strerror(code)))"
  }

  private static func keep(_ code: Int32) {
    if code != 0 { failure.withLock { if $0 == 0 { $0 = code } } }
  }

  static var isOutputTerminal: Bool { isatty(STDOUT_FILENO) == 1 }
  static var isErrorTerminal: Bool { isatty(STDERR_FILENO) == 1 }
  static var isInputTerminal: Bool { isatty(STDIN_FILENO) == 1 }

  /// Asks on standard error; anything but a yes is a no.
  static func confirms(_ question: String) -> Bool {
    _ = write("\(question) [y/N] ", to: STDERR_FILENO)
    guard let answer = readLine() else { return false }
    return ["y", "yes"].contains(answer.lowercased())
  }

  private static func write(_ text: String, to descriptor: Int32) -> Int32 {
    var text = text
    return text.withUTF8 { write(UnsafeRawBufferPointer($0), to: descriptor) }
  }

  /// Zero, or why not all was written.
  private static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32 {
    var left = bytes[...]
    while !left.isEmpty {
      let rest = UnsafeRawBufferPointer(rebasing: left)
      let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return count == 0 ? EIO : errno }
      left = left.dropFirst(count)
    }
    return 0
  }
}
