import Glibc
import Listings
import Loading

/// `listings/.hawker`: the journal's lineage, written into the listings root, so that an empty mount point or another
/// shop's folder is not taken for this one; and how far the journal had come, so that an older copy of the state, put back
/// whole, is not taken for all that happened.
package struct LineageMarker: Sendable {
  package struct Mark: Hashable, Sendable {
    package var lineage: String
    /// The number of an entry that was durable when it was written; 0 when the marker doesn't say.
    package var sequence: Int
    /// Whether the shop had a config file: without it, the defaults in its place would change every post.
    package var hasConfig: Bool
    /// What the root lay on when it was known to be the right one; nil when the marker doesn't say.
    package var device: RootDevice?
    /// Folders below the root that lay on disks of their own, relative to it.
    package var disks: Set<String> = []

    package init(lineage: String, sequence: Int, hasConfig: Bool = false, device: RootDevice? = nil) {
      self.device = device
      self.lineage = lineage
      self.sequence = sequence
      self.hasConfig = hasConfig
    }
  }

  private static let configLine: Substring = "config"
  private static let limit = 256 * 1024

  package let path: String

  package init(root: String) { path = root + "/.hawker" }

  /// What the marker says; nil without a marker.
  package func read() -> Mark? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: LineageMarker.limit)
    let count = Glibc.read(descriptor, &bytes, bytes.count)
    guard count > 0 else { return nil }
    let text = String(decoding: bytes[..<count], as: UTF8.self)
    let lines = text.split(whereSeparator: \.isNewline)
    guard let lineage = lines.first else { return nil }
    let number = lines.dropFirst().first { $0.hasPrefix("sequence ") }?.dropFirst(9)
    var mark = Mark(
      lineage: String(lineage), sequence: number.flatMap { Int($0) } ?? 0,
      hasConfig: lines.dropFirst().contains(LineageMarker.configLine),
      device: lines.dropFirst().lazy.compactMap { RootDevice($0) }.first)
    mark.disks = Set(SubDisks.read(text))
    return mark
  }

  /// Writes it whole or not at all. Returns the reason when that fails.
  package func write(_ mark: Mark) -> String? {
    let temporary = path + ".tmp"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o644)
    guard descriptor >= 0 else { return reason() }
    let config = mark.hasConfig ? "\(LineageMarker.configLine)\n" : ""
    let device = mark.device.map { "\($0)\n" } ?? ""
    let disks = mark.disks.sorted().compactMap(SubDisks.line).map { "\($0)\n" }.joined()
    let bytes = Array("\(mark.lineage)\nsequence \(mark.sequence)\n\(config)\(device)\(disks)".utf8)
    guard bytes.count <= LineageMarker.limit else { return "\(path): more disks below the root than a mark can hold" }
    let written = Glibc.write(descriptor, bytes, bytes.count)
    let isSynced = written == bytes.count && fsync(descriptor) == 0
    let failure = isSynced ? nil : reason()
    close(descriptor)
    if let failure {
      unlink(temporary)
      return failure
    }
    CrashPoint.reach("marker-written")
    guard rename(temporary, path) == 0 else { return reason() }
    CrashPoint.reach("marker-renamed")
    return nil
  }

  /// What the root lies on now, for a mark that says it is the right one.
  package var device: RootDevice? { RootDevice(of: String(path.dropLast("/.hawker".utf8.count))) }

  private func reason() -> String { "\(path): \(String(cString: strerror(errno)))" }
}
