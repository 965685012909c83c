import Glibc

/// Everything that happened, one JSON object a line, only ever appended to. A line is written before its request is
/// answered, so what was acknowledged survives `kill -9`; a crash can tear the last line only, and that one is dropped.
/// (It is not forced to the disk: a power cut may lose the last seconds of an emulation.)
struct Ledger: ~Copyable {
  private let file: CInt
  private let path: String
  private var size: off_t

  /// Opens or makes the ledger and hands each change to `replay`, in order. One sandbox at a time.
  init(directory: String, replay: (Change) -> Void) throws(SandboxError) {
    path = directory + "/ledger.jsonl"
    file = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    size = 0
    guard file >= 0 else { throw .directory(directory, why: Disk.Failure.latest.reason) }
    // From here on deinit closes the file.
    guard flock(file, LOCK_EX | LOCK_NB) == 0 else { throw .busy(directory) }
    let bytes: [UInt8]
    do { bytes = try Disk.read(file) } catch { throw .directory(directory, why: error.reason) }
    let whole = (bytes.lastIndex(of: 0x0A) ?? -1) + 1
    if whole < bytes.count { ftruncate(file, off_t(whole)) }
    size = off_t(whole)
    for (index, line) in bytes[..<whole].split(separator: 0x0A).enumerated() {
      guard let change = Ledger.change(line) else { throw .damaged(file: path, line: index + 1) }
      replay(change)
    }
  }

  deinit { if file >= 0 { close(file) } }

  private static func change(_ line: ArraySlice<UInt8>) -> Change? {
    guard let json = try? JSONReading.value(of: Array(line)) else { return nil }
    return Change(json)
  }

  /// False when it can't be written; then nothing of it stays.
  mutating func append(_ changes: [Change]) -> Bool {
    let bytes = Ledger.lines(changes)
    do {
      try Disk.write(bytes, to: file)
      size += off_t(bytes.count)
      return true
    } catch {
      ftruncate(file, size)
      return false
    }
  }

  private static func lines(_ changes: [Change]) -> [UInt8] {
    var bytes: [UInt8] = []
    for change in changes {
      change.json.write(to: &bytes)
      bytes.append(0x0A)
    }
    return bytes
  }

  /// Writes the ledger anew with nothing but these changes. The old file's lock goes with it, so this one is taken first.
  static func compact(directory: String, to changes: [Change]) throws(SandboxError) {
    do { try Disk.replace(directory + "/ledger.jsonl", with: lines(changes)) } catch {
      throw .directory(directory, why: error.reason)
    }
  }
}
