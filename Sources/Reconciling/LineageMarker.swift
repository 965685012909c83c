import Glibc

/// `listings/.hawker`: the journal's lineage, written into the listings root, so that an empty mount point or another
/// shop's folder is not taken for this one.
package struct LineageMarker: Sendable {
  package let path: String

  package init(root: String) { path = root + "/.hawker" }

  /// The lineage that the marker names; nil without a marker.
  package func read() -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 256)
    let count = Glibc.read(descriptor, &bytes, bytes.count)
    guard count > 0 else { return nil }
    let text = String(decoding: bytes[..<count], as: UTF8.self)
    return text.split(whereSeparator: \.isNewline).first.map(String.init)
  }

  /// Writes it whole or not at all. Returns the reason when that fails.
  package func write(_ lineage: String) -> String? {
    let temporary = path + ".tmp"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o644)
    guard descriptor >= 0 else { return reason() }
    let bytes = Array("\(lineage)\n".utf8)
    let written = Glibc.write(descriptor, bytes, bytes.count)
    let isSynced = written == bytes.count && fsync(descriptor) == 0
    let failure = isSynced ? nil : reason()
    close(descriptor)
    if let failure {
      unlink(temporary)
      return failure
    }
    return rename(temporary, path) == 0 ? nil : reason()
  }

  private func reason() -> String { "\(path): \(String(cString: strerror(errno)))" }
}
